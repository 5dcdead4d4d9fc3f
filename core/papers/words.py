"""The words of papers' titles."""

from core.store.words import WordIndex

WORDS = WordIndex("submission_word", "submission_id")
"""Which papers have which words in their titles."""
