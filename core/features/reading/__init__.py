"""The reading list: what to read next, chosen together."""

GROUPS = {"reading": "The reading list: suggest, vote, read together, and say what you took from it."}
