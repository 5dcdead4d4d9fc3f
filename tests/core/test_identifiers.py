"""Identifiers of works: one work one key, whatever clothes it comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.works.answers import words
from core.works.identifiers import read, rest_of

SAME = {
    "arxiv:2306.03262": [
        "2306.03262",
        "arXiv:2306.03262v1",
        "arxiv 2306.03262",
        "https://arxiv.org/abs/2306.03262v2",
        "http://www.arxiv.org/pdf/2306.03262.pdf",
        "https://arxiv.org/pdf/2306.03262v1",
        "https://arxiv.org/html/2306.03262v2#S3",
        "arxiv.org/abs/2306.03262",
        "https://export.arxiv.org/abs/2306.03262?context=cs",
        "https://ar5iv.labs.arxiv.org/html/2306.03262",
        "https://huggingface.co/papers/2306.03262",
        "https://doi.org/10.48550/arXiv.2306.03262",
        "A title (arXiv:2306.03262, 2023).",
    ],
    "arxiv:cs/9808001": ["cs/9808001", "https://arxiv.org/abs/cs/9808001v1", "arXiv:cs.CL/9808001"],
    "arxiv:cmp-lg/9808001": ["cmp-lg/9808001", "https://arxiv.org/pdf/cmp-lg/9808001"],
    "openreview:AbC": [
        "https://openreview.net/forum?id=AbC&noteId=x",
        "https://openreview.net/pdf?id=AbC",
        "openreview.net/forum?id=AbC",
    ],
    "openreview:abc": ["https://openreview.net/forum?id=abc"],
    "acl:P19-1001": ["https://aclanthology.org/P19-1001/", "https://www.aclweb.org/anthology/P19-1001.pdf", "10.18653/v1/P19-1001"],
    "doi:10.5555/s0000-1111(03)00148-x": [
        "(see doi:10.5555/S0000-1111(03)00148-X).",
        "https://doi.org/10.5555/S0000-1111(03)00148-X",
        "https://dx.doi.org/10.5555/s0000-1111%2803%2900148-x",
        "https://dl.acm.org/doi/abs/10.5555/S0000-1111(03)00148-X",
    ],
    "doi:10.1002/(sici)1097-4636(199823)43:4<371::aid-jbm5>3.0.co;2-t": [
        "10.1002/(SICI)1097-4636(199823)43:4<371::AID-JBM5>3.0.CO;2-T",
        "doi: 10.1002/(SICI)1097-4636(199823)43:4&lt;371::AID-JBM5&gt;3.0.CO;2-T.",
        "https://doi.org/10.1002/(SICI)1097-4636(199823)43:4%3C371::AID-JBM5%3E3.0.CO;2-T",
    ],
    "link:example.org/a-paper?v=2": [
        "https://example.org/a-paper/?utm_source=feed&v=2#top",
        "http://www.example.org/a-paper?v=2",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("key", "typed"), [(key, each) for key, found in SAME.items() for each in found])
def test_one_work_has_one_key(key: str, typed: str) -> None:
    found = read(typed)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "typed",
    [
        "Attention is all you need",
        "10.5555/a and 10.5555/b",
        "ftp://example.org/x",
        "javascript:alert(1)",
        "version 2306.03262 of it",
        "2399.99999",
        "",
    ],
)
def test_what_names_no_work_or_several_is_text(typed: str) -> None:
    assert read(typed) is None


def test_what_stands_beside_is_a_title() -> None:
    assert rest_of("Attention is all you need, arXiv:1706.03762") == "Attention is all you need"
    assert rest_of("https://arxiv.org/abs/1706.03762") == ""
    assert rest_of("cmp-lg/9808001") == ""


@pytest.mark.parametrize("typed", [each for found in SAME.values() for each in found])
def test_it_is_called_something_and_never_a_bare_address(typed: str) -> None:
    found = read(typed)
    assert found is not None
    assert found.words
    assert "://" not in found.words
    assert found.address.startswith(("https://", "http://"))
    again = read(found.address)
    assert again is not None
    assert again.key == found.key


@given(st.text(max_size=300))
def test_any_text_is_read_or_not_but_never_raises(typed: str) -> None:
    found = read(typed)
    rest_of(typed)
    words(typed)
    if found is not None:
        assert found.key
        assert found.address
