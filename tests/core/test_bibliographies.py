"""Bibliographies: what people's files hold, read whole or refused by line; and back again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.works.bibliographies import bibtex, read_file, ris
from core.works.identifiers import read
from core.works.model import Work

AWKWARD = r"""% Encoding: windows-1252
Notes to self, not an entry
@comment{jabref-meta: databaseType:biblatex;}
@string{jmr = "J. of Made-up Results"}
@misc{
  author = {Office of Tests}, title = {No key at all}, year = 2024,
}
@article{ WOS:000000000000001,
Author = {M{\"u}ller, A. and Å, B.},
Title = {{A TITLE IN CAPITALS THAT RUNS
   OVER TWO LINES}},
Year = {{2019}}, Month = {{SEP 12}}, Journal = jmr # " Letters" }
@article{broken, title = {Never closed, author = {X, Y}, year = 2020
@inproceedings(paren2021, title = "Round brackets", author = {Doe, J.}, year = 2021)
@article{miss, title = {A missing comma} author = {Roe, R.}, year = {2022}}
@book{kept, title = {The one after}, author = {Kay, K.}, year = {2023}}
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_broken_entry_swallows_no_neighbour(encoding: str) -> None:
    found = read_file(AWKWARD.encode(encoding))
    assert [(line, work.title, work.year) for line, work, _ in found.works] == [
        (5, "No key at all", 2024),
        (8, "A TITLE IN CAPITALS THAT RUNS OVER TWO LINES", 2019),
        (14, "Round brackets", 2021),
        (16, "The one after", 2023),
    ]
    assert found.works[1][1].authors == ("A. Müller", "B. Å")
    assert found.works[1][1].venue == "J. of Made-up Results Letters"
    assert [(each.line, each.reason) for each in found.refused] == [
        (13, "It is not closed, or something is missing in it."),
        (15, "A comma is missing after title."),
    ]
    assert len(found.works) + len(found.refused) == 6


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("{Fernandez, Alexandre and Borland, L.}", ["Alexandre Fernandez", "L. Borland"]),
        ("{Okoro E, Lind G, Brook KA}", ["E Okoro", "G Lind", "KA Brook"]),
        ("{Meyer, H. and {Air and Ground Research Team}}", ["H. Meyer", "Air and Ground Research Team"]),
        ("{{Barnes and Noble, Inc.}}", ["Barnes and Noble, Inc."]),
        ("{{Del Hoyo}, J and others}", ["J Del Hoyo"]),
        (r"{van der Maaten, Laurens and Erd{\H o}s, P{\'a}l}", ["Laurens van der Maaten", "Pál Erdős"]),
        ("{King, Jr, Martin Luther}", ["Martin Luther King Jr"]),
    ],
)
def test_names_as_files_have_them(typed: str, names: list[str]) -> None:
    found = read_file(f"@misc{{k, title = {{50% of it}}, author = {typed}}}".encode())
    assert (list(found.works[0][1].authors), found.works[0][1].title) == (names, "50% of it")


def test_ris_with_lines_between_and_ends_without_blank() -> None:
    text = (
        "Record #1 of 2\nTY  - JOUR\nTI  - A title that\ngoes on\nAU  - van der Maaten, Laurens\nPY  - 2021/05//\n"
        "DO  - 10.5555/ABC\nER  -\n\nnoise between\nTY  - BOOK\r\nT1  - Second\r\nER  - \r\nTY  - JOUR\nTI  - Third\n"
    )
    found = read_file(text.encode())
    assert [(line, work.title, work.year) for line, work, _ in found.works] == [
        (2, "A title that goes on", 2021),
        (11, "Second", None),
    ]
    assert found.works[0][1].authors == ("Laurens van der Maaten",)
    assert found.works[0][2] == read("10.5555/abc")
    assert [(each.line, each.reason) for each in found.refused] == [(14, "It has no end (ER).")]


def test_300_authors_are_kept() -> None:
    names = " and ".join(f"Name{n}, A." for n in range(300))
    found = read_file(f"@misc{{k, title = {{T}}, author = {{{names}}}}}".encode())
    assert len(found.works[0][1].authors) == 300


WORDS = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="<>&"), min_size=1, max_size=12
)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
LETTERS = st.text(st.sampled_from("abcDEFöőßÅéñçž'-."), min_size=1, max_size=9)
NAMES = st.lists(LETTERS, min_size=1, max_size=4).map(" ".join)
WORKS = st.builds(
    Work,
    st.sampled_from(["A {b} 50% & $c_d$", r"back\slash", "``quoted'' -- dashes", "Ünïcode #1"]),
    st.lists(
        st.one_of(NAMES.filter(lambda name: name.strip("-'. ") != ""), st.just("Barnes and Noble, Inc.")),
        max_size=4,
    ).map(tuple),
    st.one_of(st.none(), st.integers(1500, 2030)),
    st.sampled_from(["", "J. of A & B", "Trans. 50%"]),
)


@given(WORKS)
def test_what_is_written_is_read_again(work: Work) -> None:
    for text in (bibtex("k3", work, None), ris(work, None)):
        found = read_file(text.encode())
        assert not found.refused
        ((_, again, _),) = found.works
        assert (again.title, again.year, again.venue) == (work.title, work.year, work.venue)
        assert again.authors == tuple(" ".join(name.split()) for name in work.authors)


@given(st.text(max_size=400) | TEXTS.map(lambda text: f"@misc{{k, title = {{{text}}}, author = {text}"))
def test_any_file_is_read_or_refused_and_never_raises(text: str) -> None:
    read_file(text.encode("utf-8", "surrogatepass"))
