"""Words as they are looked for, in any script."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat import folding

pytestmark = pytest.mark.case(60)

FOUND = [
    ("muller", "Müller"),
    ("Müller", "Muller"),
    ("M\u0075\u0308ller", "Müller"),
    ("strasse", "Straße"),
    ("STRAßE", "strasse"),
    ("kobenhavn", "København"),
    ("lodz", "Łódź"),
    ("aether", "Æther"),
    ("oeuvre", "Œuvre"),
    ("istanbul", "İstanbul"),
    ("efficient", "E\ufb03cient"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("σισυφοσ", "Σίσυφος"),
    ("αναζητηση", "Αναζήτηση"),
    ("ёлка", "елка"),
    ("state-of-the-art", "state\u2011of\u2011the\u2011art"),
    ("state of the art", "state-of-the-art"),
    ("state‑of‑the‑art", "The state of the art"),
    ("pretraining", "On pre-training"),
    ("pre-training", "On pretraining"),
    ("pre training", "On pre\u00adtraining and pre-training"),
    ("navier-stokes", "Navier–Stokes"),
    ("bayes rule", "Bayes’ rule"),
    ("dont", "Don’t stop"),
    ("don't", "Don’t stop"),
    ("l'apprentissage", "L’apprentissage profond"),
    ("gpt4", "GPT-4"),
    ("２０２６", "Report of 2026"),
    ("2026", "تقرير ٢٠٢٦"),
    ("2306.03262", "https://arxiv.org/abs/2306.03262v1"),
    ("تعلم", "تَعَلُّم الآلة"),
    ("الاله", "تعلم الآلة"),
    ("يادگيري", "یادگیری"),
    ("שלום", "שָׁלוֹם עולם"),
    ("学習", "深層学習の理論"),
    ("深層学習", "深層学習の理論"),
    ("学习", "面向图的深度学习方法"),
    ("がくしゅう", "かんたんながくしゅう"),
    ("ｶﾞﾗｽ", "ガラスの研究"),
    ("เรียนรู้", "การเรียนรู้ของเครื่อง"),
    ("딥러닝", "딥러닝을 위한"),
    ("हिन्दी", "हिन्दी में शोध"),
    ("bert 模型", "BERT模型的压缩"),
    ("r²", "A better R2"),
    ("c++", "Faster C++"),
    ("🎉", "Done 🎉"),
    ("gro att", "Attention and grokking"),
    ("", "Anything"),
    ("…", "Anything"),
]


@pytest.mark.parametrize(("typed", "text"), FOUND)
def test_words_are_found_however_they_are_written(typed: str, text: str) -> None:
    assert folding.fits(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("okking", "Grokking"),
        ("grokking dropout", "Grokking"),
        ("学習理論", "深層学習の理論"),
        ("かき", "がぎ"),
        ("c++", "C and D"),
        ("pretraining", "pre and training"),
    ],
)
def test_other_words_are_not_found(typed: str, text: str) -> None:
    assert not folding.fits(typed, text)


def test_title_is_the_same_in_other_letters_but_not_in_other_order() -> None:
    assert folding.same("The state-of-the-Art!", "the STATE of the art")
    assert not folding.same("the art of the state", "the state of the art")
    assert not folding.same("…", "…"), "no words, no title"


@given(st.text(max_size=60))
def test_every_text_is_found_by_itself_and_its_other_cases(text: str) -> None:
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text)):
        if folding.whole(typed) == folding.whole(text):
            assert folding.fits(typed, text)


@given(st.text(max_size=60))
def test_words_hold_no_blank_and_folding_again_changes_nothing(text: str) -> None:
    for word in folding.words_of(text):
        assert word
        assert len(word) <= folding.LONGEST
        assert not word[0].isspace()
        assert "%" not in word
    assert folding.fold(folding.fold(text)) == folding.fold(text)
