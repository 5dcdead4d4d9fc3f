"""Awkward names on their way in and out again: a list that is exported and imported elsewhere is the same list."""

import json

import pytest

from core.chat.model import File, Place, Reply, Upload
from core.store.port import Conn
from core.works.bibliographies import read_file
from tests.people import CohortFixture, answered, button_of, buttons_of, found_cohort, text_of

MANY = " and ".join(f"{{\\'E}}lan{n}, Zo{{\\\"e}}" for n in range(300))
BIB = (
    r"""
@inproceedings{a, title = {Visualizing Data using {t-SNE}}, author = {van der Maaten, Laurens and Hinton, Geoffrey},
  year = 2008, booktitle = {JMLR}}
@article{b, title = "On the evolution of random graphs", author = {Erd{\H o}s, P{\'a}l and R\'enyi, Alfr{\'e}d},
  journal = {Publ. Math. Inst. \& Sci.}, year = {1960}}
@misc{c, title = {Observation of Waves}, author = {{The LIGO Scientific Collaboration} and {Virgo Collaboration}}, year=2016}
@misc{d, title = {G{\"o}del und {\O}rsted: \emph{\"Uber} Fu{\ss}noten}, author = {{\"O}zt{\"u}rk, {\c S}{\"u}kr{\"u} and
  O'Neil, Se{\'a}n and de la Cruz, Jr., Mar{\'\i}a}, year = 2020}
@misc{e, title = {A Work of Many}, author = {"""
    + MANY
    + "}, year = 2012}\n"
)
AUTHORS = {
    "Visualizing Data using t-SNE": ("Laurens van der Maaten", "Geoffrey Hinton"),
    "On the evolution of random graphs": ("Pál Erdős", "Alfréd Rényi"),
    "Observation of Waves": ("The LIGO Scientific Collaboration", "Virgo Collaboration"),
    "Gödel und Ørsted: Über Fußnoten": ("Şükrü Öztürk", "Seán O'Neil", "María de la Cruz Jr."),
    "A Work of Many": tuple(f"Zoë Élan{n}" for n in range(300)),
}


async def authors_in(cohort: CohortFixture) -> dict[str, tuple[str, ...]]:
    """What the list holds, by title."""

    def read(conn: Conn) -> dict[str, tuple[str, ...]]:
        rows = conn.all("SELECT title, authors FROM reading_item WHERE cohort_id = :cohort", cohort=cohort.id)
        return {row["title"]: tuple(json.loads(row["authors"])) for row in rows}

    return await cohort.core.store.read(read)


async def take_in(cohort: CohortFixture, name: str, content: bytes) -> Reply:
    shown = await cohort.ada.ok("reading import", file=Upload(name, content))
    (take,) = [each for each in buttons_of(shown) if each.label.startswith("Take in")]
    return answered(await cohort.ada.click(button_of(shown, take.label)))


@pytest.mark.parametrize("format", ["bibtex", "ris"])
async def test_awkward_names_come_back_as_they_were(cohort: CohortFixture, format: str) -> None:  # noqa: A002
    taken = await take_in(cohort, "papers.bib", BIB.encode())
    assert "5 new" in text_of(taken)
    assert await authors_in(cohort) == AUTHORS
    out = await cohort.ben.ok("reading export", format=format)
    (file,) = [block for block in out.blocks if isinstance(block, File)]
    other = await found_cohort(cohort.core, "Other", place=Place("test", "W", "C2", name="other"))
    again = await take_in(other, file.name, file.content)
    assert "5 new" in text_of(again)
    assert await authors_in(other) == AUTHORS
    shown = text_of(await other.ada.ok("reading show", item="A Work of Many"))
    assert "Zoë Élan0, Zoë Élan1 and 298 others" in shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_survive_the_encodings_that_files_have(encoding: str) -> None:
    text = "@misc{k, title = {Über Fußnoten}, author = {Öztürk, Seán and Müller, Zoë}, year = 2020}"
    ((_, work, _),) = read_file(text.encode(encoding)).works
    assert (work.title, work.authors) == ("Über Fußnoten", ("Seán Öztürk", "Zoë Müller"))
