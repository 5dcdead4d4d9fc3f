"""Records are found by any words of their text, on both engines, by those who may see them."""

import random
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.chat import folding
from core.chat.model import Person, Place, Request
from core.cohorts import directory, members
from core.cohorts.model import Cohort, Member, Scope
from core.features.checkins import negatives
from core.features.checkins.negatives import NegativeResult
from core.papers import titles
from core.store import words
from core.store.open import _DIALECTS, migrate, migrations
from core.store.port import Conn, Store
from core.store.scoped import run
from core.store.sqlite import SqliteStore
from tests.conftest import NOW
from tests.people import Actor, CohortFixture, buttons_of, found_cohort, number_of, text_of

pytestmark = pytest.mark.case(60)

TITLES = tuple(
    unicodedata.normalize("NFC", title)
    for title in (
        "Grokking in one-layer transformers",
        "A state\u2011of\u2011the\u2011art survey of M\u00fcller\u2019s method",
        "\u6df1\u5c64\u5b66\u7fd2\u306e\u7406\u8ad6",
        "\u062a\u064e\u0639\u064e\u0644\u0651\u064f\u0645 \u0627\u0644\u0622\u0644\u0629",
        "\u0391\u03bd\u03b1\u03b6\u03ae\u03c4\u03b7\u03c3\u03b7 \u03c3\u03b5 \u03b3\u03c1\u03ac\u03c6\u03bf\u03c5\u03c2",
        "E\ufb03cient pre-training on the Stra\u00dfe",
    )
)
TYPED = (
    ("transformers", 1),
    ("layer grok", 1),
    ("ONE-LAYER", 1),
    ("muller", 2),
    ("state-of-the-art", 2),
    ("M\u00fcller state of the art", 2),
    ("\u5b66\u7fd2", 3),
    ("\u062a\u0639\u0644\u0645", 4),
    ("\u03b1\u03bd\u03b1\u03b6\u03b7\u03c4\u03b7\u03c3\u03b7", 5),
    ("strasse", 6),
    ("efficient", 6),
    ("pretraining", 6),
    ("pre-train", 6),
)
"""What is typed, and which of the titles it finds, counted from 1."""


async def offered(who: Actor, command: str, param: str, typed: str) -> list[str]:
    """The labels that completion offers somebody."""
    request = Request("c", command, who.person, who.place, {})
    return [each.label for each in await who.core.complete(request, param, typed)]


async def test_paper_is_found_by_any_words(cohort: CohortFixture) -> None:
    for title in TITLES:
        await cohort.ada.ok("submission add", title=title)
    for typed, number in TYPED:
        shown = await cohort.ben.ok("submission timeline", paper=typed)
        assert text_of(shown).startswith(f"#{number} "), typed
        assert await offered(cohort.ben, "submission timeline", "paper", typed) == [
            f"#{number} {TITLES[number - 1]}"
        ]
    nothing = await cohort.ben.fails("submission timeline", paper="transformers dropout")
    assert "I found nothing for" in text_of(nothing)
    assert await offered(cohort.ben, "submission timeline", "paper", "!?") == []


async def test_reading_item_is_found_by_any_words(cohort: CohortFixture) -> None:
    for title in TITLES:
        await cohort.ada.ok("reading add", reference=title)
    for typed, number in TYPED:
        assert await offered(cohort.ben, "reading vote", "item", typed) == [f"#{number} {TITLES[number - 1]}"]
        assert TITLES[number - 1] in text_of(await cohort.ben.ok("reading vote", item=typed))


async def test_review_is_offered_by_words_of_its_paper(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title=TITLES[1], venue="ICLR 2027")
    await cohort.ada.ok("review add", paper="muller", score="6")
    assert len(await offered(cohort.ada, "review remove", "review", "muller")) == 1
    assert len(await offered(cohort.ada, "review remove", "review", "")) == 1
    assert await offered(cohort.ada, "review remove", "review", "grokking") == []
    assert await offered(cohort.ben, "review remove", "review", "muller") == []


async def test_title_that_is_typed_whole_is_meant(cohort: CohortFixture) -> None:
    for title in ("Grokking", "More on grokking", "Grokking again"):
        await cohort.ada.ok("submission add", title=title)
    assert "More on" not in text_of(await cohort.ada.ok("submission timeline", paper="grokking!"))


async def test_several_that_are_found_are_buttons_that_carry_the_call(cohort: CohortFixture) -> None:
    for number in range(1, 8):
        await cohort.ada.ok("submission add", title=f"Grokking, part {number} of 7")
    asked = await cohort.ada.fails(
        "submission update", paper="grokking part", stage="submitted", note="Sent *it*"
    )
    assert "Which one do you mean by “grokking part”?" in text_of(asked)
    assert "There are more than these" in text_of(asked)
    labels = [each.label for each in buttons_of(asked)]
    assert labels == [f"#{number} Grokking, part {number} of 7" for number in (7, 6, 5, 4, 3)]
    done = await cohort.ada.click(asked, labels[1])
    assert "part 6" in text_of(done)
    assert "Sent *it*" in text_of(await cohort.ada.ok("submission timeline", paper="6"))
    few = await cohort.ada.fails("submission show", paper="grokking 7")
    assert len(buttons_of(few)) == 5, "every title has a word that begins with 7"


async def test_form_shows_record_by_number_and_title(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Grokking", venue="ICLR 2027")
    form = await cohort.ada.form("review add", paper="1")
    values = {each.name: each.value for each in form.fields}
    assert values["paper"] == "#1 Grokking"
    assert "Noted" in text_of(await cohort.ada.submit(form, score="6"))
    hidden = number_of(await cohort.ada.ok("submission add", title="Secret", visibility="private"))
    assert "I found nothing" in text_of(await cohort.ben.fails("review add", paper=hidden))


async def test_hidden_papers_are_found_by_their_owners_alone(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Secret quokkas", visibility="private")
    await cohort.ada.ok("submission add", title="Nameless quokkas", visibility="anonymous")
    await cohort.ben.ok("submission add", title="Open quokkas")
    assert len(await offered(cohort.ada, "submission timeline", "paper", "quokkas")) == 3
    for who in (cohort.ben, cohort.olu):
        assert await offered(who, "submission timeline", "paper", "quokkas") == ["#1 Open quokkas"]
        assert "Open" in text_of(await who.ok("submission timeline", paper="quokka"))
        for typed in ("secret", "Secret quokkas", "nameless"):
            assert "I found nothing" in text_of(await who.fails("submission timeline", paper=typed))


async def test_own_papers_come_first_then_the_newest(cohort: CohortFixture) -> None:
    for who in (cohort.ada, cohort.ben, cohort.ada):
        await who.ok("submission add", title="On quokkas")
    for typed in ("quo", ""):
        labels = await offered(cohort.ben, "submission timeline", "paper", typed)
        assert [label.split()[0] for label in labels] == ["#2", "#3", "#1"]


async def test_another_cohorts_records_are_not_found(cohort: CohortFixture) -> None:
    other = await found_cohort(cohort.core, "Other", place=Place("test", "W2", "C2", name="lab"))
    await cohort.ada.ok("submission add", title="Quokkas")
    await cohort.ada.ok("reading add", reference="Quokkas")
    assert await offered(other.ada, "submission timeline", "paper", "quokkas") == []
    assert await offered(other.ada, "reading vote", "item", "quokkas") == []


async def test_frequent_words_find_what_others_do(
    store: Store, cohort: CohortFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frequent words are looked for among the newest first; what is found is the same as by looking at all."""
    monkeypatch.setattr(words, "FEW", 8)
    monkeypatch.setattr(words, "RECENT", 30)
    chance = random.Random(9)  # noqa: S311 - not a secret
    known = ["data", "deep", "graph", "graphs", "learning", "learned", "pre-training", "pretraining", "rare"]
    made = [" ".join(chance.choices(known, [8, 9, 4, 4, 9, 2, 3, 3, 1], k=3)) for _ in range(150)]
    scope = await store.write(_fill, cohort.id, made)
    for typed in (
        "learn",
        "graph data",
        "rare",
        "rare deep",
        "pre-training graph",
        "d",
        "data deep learning",
    ):
        expected = [number for number, title in enumerate(made, 1) if folding.fits(typed, title)]
        found = await store.read(titles.visible_by_words, scope, typed, 20)
        assert [row["number"] for row in found] == expected[::-1][:20], typed


def _fill(conn: Conn, cohort_id: int, made: list[str]) -> Scope:
    from core.papers.model import Stage
    from core.papers.updates import NewPaper, add_paper

    owner = members.members(conn, cohort_id)[0]
    scope = Scope(Cohort(cohort_id, "Lab", "UTC"), None, NOW, NOW.date())
    for title in made:
        add_paper(conn, scope, owner.id, NewPaper(title, None, Stage.IDEA, "cohort", None, None))
    return scope


@pytest.fixture
async def old_store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(str(tmp_path / "old.db"))
    yield store
    await store.close()


async def test_records_that_were_there_before_are_found(old_store: SqliteStore) -> None:
    store = old_store
    await store.write(migrate, [each for each in migrations() if each[0] < 32], _DIALECTS["sqlite"])
    await store.write(_write_old)
    await store.write(migrate, migrations(), _DIALECTS["sqlite"])
    scope = Scope(Cohort(1, "Lab", "UTC"), None, NOW, NOW.date())
    for number in range(1, 1202, 300):
        assert [
            row["number"]
            for row in await store.read(titles.visible_by_words, scope, f"muller no{number:04}", 5)
        ] == [number]
    scope = replace(scope, member=Member(1, 1, 1, "Ada"))
    assert [each.learned for each in await store.read(run, 1, negatives.find, scope, "muller", 5)] == [
        "M\u00fcller failed"
    ]


def _write_old(conn: Conn) -> None:
    conn.run("INSERT INTO cohort (id, name, zone, created_at) VALUES (1, 'Lab', 'UTC', 0)")
    conn.run("INSERT INTO person (id, name, created_at) VALUES (1, 'Ada', 0)")
    conn.run("INSERT INTO member (id, cohort_id, person_id, joined_at) VALUES (1, 1, 1, 0)")
    for number in range(1, 1202):
        conn.run(
            "INSERT INTO submission (cohort_id, number, owner_id, title, folded, stage, first_stage, visibility,"
            " created_at) VALUES (1, :number, 1, :title, '', 'idea', 'idea', 'cohort', 0)",
            number=number,
            title=f"M\u00fcller, no{number:04}",
        )
    conn.run(
        "INSERT INTO checkin (cohort_id, member_id, day, learned, negative, created_at)"
        " VALUES (1, 1, '2026-11-01', 'M\u00fcller failed', 1, 0), (1, 1, '2026-11-02', 'M\u00fcller did not', 0, 0)"
    )


async def test_schedule_is_found_by_its_words(cohort: CohortFixture) -> None:
    for kind, when in (("digest", "monday 09:00"), ("digest", "friday 16:00"), ("checkin", "weekdays 09:30")):
        await cohort.olu.ok("cohort-admin schedule-add", kind=kind, when=when)
    (choice,) = await offered(cohort.olu, "cohort-admin schedule-pause", "schedule", "digest fri")
    assert choice.startswith("#2 digest")
    assert "#2" in text_of(await cohort.olu.ok("cohort-admin schedule-pause", schedule="friday digest"))
    assert len(buttons_of(await cohort.olu.fails("cohort-admin schedule-pause", schedule="digest"))) == 2
    asked = await cohort.olu.fails("cohort-admin schedule-remove", schedule="checkin")
    assert "#3" in text_of(await cohort.olu.click(buttons_of(asked)[0]))


async def test_negative_results_are_found_by_whom_they_were_shared_with(cohort: CohortFixture) -> None:
    learned = "The learning-rate warm\u2011up did not help Müller’s method"
    await cohort.ada.ok("checkin now", progress="Ran it", learned=learned, negative="yes", share="shared")
    await cohort.ben.ok(
        "checkin now", progress="Ran it", learned="Warmup again", negative="yes", share="private"
    )
    await cohort.mina.ok(
        "checkin now", progress="Ran it", learned="Warm-up works", negative="no", share="shared"
    )

    async def found(who: Actor, typed: str) -> list[tuple[str, str, bool]]:
        rows = await cohort.core.read(cohort.id, _negatives, cohort.id, who.person, typed)
        return [(each.by, each.learned, each.private) for each in rows]

    shared, own = ("Ada", learned, False), ("Ben", "Warmup again", True)
    for typed in ("muller warmup", "RATE help", ""):
        assert await found(cohort.ada, typed) == [shared]
    assert await found(cohort.ben, "warm-up") == [own, shared]
    assert await found(cohort.olu, "again") == []
    await cohort.ada.ok(
        "checkin edit", progress="Ran it", learned="It did help", negative="yes", share="shared"
    )
    assert await found(cohort.olu, "warmup") == []
    assert [each[1] for each in await found(cohort.olu, "it did")] == ["It did help"]
    await cohort.ada.ok(
        "checkin edit", progress="Ran it", learned="It did help", negative="no", share="shared"
    )
    assert await found(cohort.ada, "help") == []
    assert await found(cohort.ada, "") == []


def _negatives(conn: Conn, cohort_id: int, person: Person, typed: str) -> list[NegativeResult]:
    known = directory.person_of(conn, person)
    assert known is not None
    scope = Scope(Cohort(cohort_id, "Lab", "UTC"), members.member_of(conn, cohort_id, known), NOW, NOW.date())
    return negatives.find(conn, scope, typed, 10)


async def test_words_go_with_their_record(store: Store, cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Quokkas leave")
    await cohort.ada.ok("reading add", reference="Quokkas leave")
    assert await store.read(_kept) == 6
    await store.write(
        lambda conn: [conn.run(f"DELETE FROM {each}") for each in ("submission", "reading_item")]
    )
    assert await store.read(_kept) == 0


def _kept(conn: Conn) -> int:
    tables = ("submission_word", "reading_item_word")
    return sum(conn.value(f"SELECT count(*) FROM {each}") for each in tables)
