"""Starter lists: the data files are sound, and loading one is shown first, done once and taken back; over both engines."""

import tomllib
from collections.abc import Mapping
from fnmatch import fnmatch
from importlib import resources
from itertools import combinations
from pathlib import Path

import pytest

from core.chat.model import Button, PersonRef, Records
from core.clock import FixedClock
from core.delivery.service import Delivery
from core.features.reading import tags
from core.features.reading.same_work import alike
from core.features.reading.tracks import Track, read
from core.works import identifiers
from core.works.identifiers import Scheme
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, answered, buttons_of, listed, text_of, told_by_digest
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "cohort-admin track-load": Redelivered({"track": "careers", "confirm": "yes"})
}

ROOT = Path(__file__).parents[2]
DATA = resources.files("core.features.reading") / "data"
LOAD = "cohort-admin track-load"


def test_every_track_has_a_file_that_an_installed_package_has() -> None:
    files = {each.name for each in DATA.iterdir() if each.name.endswith(".toml")}
    assert files == {f"{each}.toml" for each in Track}
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    assert all(any(fnmatch(each, pattern) for pattern in shipped) for each in files)


@pytest.mark.parametrize("track", Track)
def test_a_track_holds_works_with_all_that_is_known_of_them(track: Track) -> None:
    found = tomllib.loads(DATA.joinpath(f"{track}.toml").read_text("utf-8"))
    assert found["title"] == track.label
    assert found["about"][0].islower() or found["about"].startswith("research")
    assert len(found["work"]) >= 12
    for each in found["work"]:
        name = each["title"]
        assert set(each) <= {"title", "authors", "year", "venue", "ids", "tags", "why"}, name
        assert name == " ".join(name.split()) != ""
        assert len(each["venue"]) > 2, name
        assert min((len(author) for author in each["authors"]), default=0) > 3, name
        assert each["year"] in range(1950, 2027), name
        assert each["why"].endswith((".", "?")), name
        assert len(each["why"]) <= 120, name


@pytest.mark.parametrize("track", Track)
def test_identifiers_are_written_in_their_normal_form(track: Track) -> None:
    for each in tomllib.loads(DATA.joinpath(f"{track}.toml").read_text("utf-8"))["work"]:
        assert each["ids"]
        for typed in each["ids"]:
            found = identifiers.read(typed)
            assert found is not None, typed
            normal = {Scheme.ARXIV: found.words, Scheme.DOI: found.value}.get(found.scheme, found.address)
            assert typed == normal
            assert found.scheme is not Scheme.LINK or typed.startswith(("https://", "http://joschu.net/"))


def test_no_work_stands_twice() -> None:
    works = [each for track in Track for each in read(track).works]
    keys = [one.key for each in works for one in each.identifiers]
    assert len(keys) == len(set(keys))
    for one, other in combinations(works, 2):
        assert alike(one.work.title, other.work.title) < 0.9, one.work.title
    for each in works:
        assert tags.parse(", ".join(each.tags)) == each.tags


async def test_a_track_is_shown_loaded_once_and_taken_back(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    size = len(read(Track.CRAFT).works)
    empty = await cohort.olu.ok("reading list")
    assert [each.label for each in buttons_of(empty)] == ["Add something", "Load a starter list"]
    assert "Load a starter list" not in [
        each.label for each in buttons_of(await cohort.ada.ok("reading list"))
    ]
    await cohort.ada.ok("reading add", reference="https://dl.acm.org/doi/pdf/10.1145/1273445.1273458")
    await cohort.ada.ok("reading add", reference="The science of scientific writing")
    await delivery.flush()
    sent = len(outlet.sent)
    shown = await cohort.olu.ok(LOAD, track="research-craft")
    assert f"has {size} works" in text_of(shown)
    assert f"{size - 2} are new here, 1 on the list already, 1 like something there" in text_of(shown)
    (rows,) = [each.rows for each in shown.blocks if isinstance(each, Records)]
    assert len(rows) == size - 2
    assert len(listed(await cohort.ada.ok("reading list"))) == 2, "nothing is loaded yet"

    done = answered(await cohort.olu.click(shown, f"Load {size - 2}"))
    assert f"is on the reading list: {size - 2} new" in text_of(done)
    assert "nothing new" not in text_of(done)
    again = answered(await cohort.olu.click(shown, f"Load {size - 2}"))
    assert "is on the reading list: nothing new" in text_of(again)
    await delivery.flush()
    assert len(outlet.sent) == sent, "nothing is posted"
    found = await cohort.ada.ok("reading show", item="Strong Inference")
    assert "John R. Platt, Science, 1964" in text_of(found)
    assert "from Olu" in text_of(found)
    assert "#experiments #research-craft" in text_of(found)
    news = await told_by_digest(cohort.ada)
    assert f"Olu · {size - 2} works of the starter list “Research craft”" in news

    kept = await cohort.ben.ok("reading add", reference="arXiv:1807.03341")
    assert "This is on the list already" in text_of(kept)
    await cohort.mina.ok("reading takeaway", item="Strong Inference", takeaway="Rule things out.")
    back = answered(await cohort.olu.click(done, "Take it back"))
    assert f"{size - 4} taken back" in text_of(back)
    assert "2 stay, which somebody voted for" in text_of(back)
    names = " ".join(listed(await cohort.ada.ok("reading list")))
    assert "Troubling Trends" in names
    assert "Strong Inference" in names
    assert "Better Figures" not in names
    preview = answered(await cohort.olu.click(back, "Load it again"))
    assert f"{size - 4} are new here, 3 on the list already" in text_of(preview)
    await cohort.olu.click(preview, f"Load {size - 4}")
    assert len(listed(await cohort.ada.ok("reading list"))) == size


async def test_the_audit_tells_loading_from_taking_back(cohort: CohortFixture) -> None:
    done = await cohort.olu.ok(LOAD, track="careers", confirm="yes")
    await cohort.olu.click(done, "Take it back")
    again = await cohort.olu.ok(LOAD, track="careers", undo="yes")
    assert "nothing was taken back" in text_of(again)
    shown = await cohort.olu.ok("cohort-admin audit")
    assert text_of(shown).startswith("2 changes in Lab, newest first.")
    assert [line.split(" · ", 3)[3] for line in listed(shown)] == [
        "track: careers; undo: yes",
        "track: careers",
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("You and Your Research (Hamming, 1986)", "You and Your Research", True),
        ("You and Your Research", "You and your research (Richard W. Hamming 1986a)", True),
        ("A Survey (Part 2)", "A Survey", False),
        ("Proceedings of the Workshop (ICML 2014)", "Proceedings of the Workshop (ICML 2021)", False),
        ("The NeurIPS Experiment 2014", "The NeurIPS Experiment", False),
    ],
)
def test_a_citation_behind_a_title_makes_no_other_work(one: str, other: str, same: bool) -> None:
    assert (alike(one, other) >= 0.9) is same


async def test_a_work_that_was_typed_with_its_author_and_year_is_not_loaded_beside_it(
    cohort: CohortFixture,
) -> None:
    await cohort.ada.ok("reading add", reference="You and Your Research (Hamming, 1986)")
    size = len(read(Track.CAREERS).works)
    shown = text_of(await cohort.olu.ok(LOAD, track="careers"))
    assert f"{size - 1} are new here, 1 like something there, and left out" in shown


async def test_only_organizers_load_a_track(cohort: CohortFixture) -> None:
    refused = await cohort.ada.fails(LOAD, track="careers")
    assert "organizer" in text_of(refused)
    nothing = await cohort.olu.click(Button("Take it back", LOAD, {"track": "careers", "undo": "yes"}))
    assert "nothing was taken back" in text_of(nothing)


async def test_an_arxiv_id_of_a_work_that_was_loaded_by_its_doi_is_the_same_work(
    cohort: CohortFixture,
) -> None:
    await cohort.olu.ok(LOAD, track="compute-light", confirm="yes")
    same = await cohort.ada.ok("reading add", reference="https://arxiv.org/pdf/1907.10597v3")
    assert "This is on the list already" in text_of(same)
    assert "Green AI" in text_of(same)


async def test_a_starter_list_stays_when_who_loaded_it_is_forgotten(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin organizer", person=PersonRef("U-ada", "Ada"), add="yes")
    await cohort.olu.ok(LOAD, track="careers", confirm="yes")
    await cohort.olu.ok("reading add", reference="A work of Olu's own", why="Mine")
    await cohort.olu.ok("privacy forget", sure="yes")
    size = len(read(Track.CAREERS).works)
    assert len(listed(await cohort.ada.ok("reading list"))) == size, "and not what nobody else had to do with"
    shown = text_of(await cohort.ada.ok("reading show", item="You and Your Research"))
    assert "A talk to argue with." in shown
    assert "from Olu" not in shown
    back = await cohort.ada.ok(LOAD, track="careers", undo="yes")
    assert f"{size} taken back" in text_of(back)
