"""Weeks of a cohort, lived twice: once with what one member keeps hidden, and once without it.

In both histories everybody does the same, but for the hidden records of Xan: anonymous and private papers, what
becomes of them, their reviews, forecasts, private check-ins, private notes, what Xan has read. After nearly every step others
ask for everything that shows numbers. What is checked, at every moment:

1. As long as the same figures of hidden records were released in both histories, every answer is the same, word for
   word: lists, totals, filters, digests, previews, status, the lottery's figure, completions, short numbers.
2. Where other figures were released, all that is not one of these figures is still the same.
3. A figure that was released, renewed or withdrawn since the last look mixes the records of five owners or more, and
   where it counts, five members or more are not among them. Xan stands with four others at least.

Together: who does not know what four others hide learns nothing of what Xan hides.
"""

import os
import random
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.chat.model import Argument, Form, PersonRef, Picture, Records, Reply, Request
from core.clock import FixedClock
from core.cohorts import counting, directory, members
from core.cohorts.counting import MIN_PEOPLE, changed_owners, from_json
from core.cohorts.limits import Limits
from core.commands.admission import Admission
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.delivery.service import Delivery
from core.features.checkins import records as checkins
from core.features.lottery import ours
from core.papers import history as paper_history
from core.papers import updates
from core.store.open import open_store
from core.store.port import Conn
from tests.conftest import NOW
from tests.outlets import KeepingOutlet
from tests.people import EARLY, Actor, CohortFixture, found_cohort, text_of, told_in

WEEKS, SEEDS = (int(os.environ.get(f"COHORT_HIDDEN_{name}", "2")) for name in ("WEEKS", "SEEDS"))
LIMITLESS = Limits(**dict.fromkeys(("calls", "cohort_calls", "drawings"), 10**9))

OTHERS = [f"P{n}" for n in range(14)]
"""Those who hide things too; more than twice as many as stand behind a figure."""
LOOKING = ("olu", "P0")
"""An organizer who hides nothing and a member who does. Neither is shown anything of Xan's."""


@dataclass(frozen=True)
class Step:
    """One call. `hidden` ones are Xan's, and are made in one of the histories only."""

    who: str
    command: str
    args: Mapping[str, Argument] = field(default_factory=dict)
    hidden: bool = False


@dataclass
class History:
    """One cohort with its own database; `knows_hidden` says that Xan's hidden records are in it."""

    cohort: CohortFixture
    clock: FixedClock
    outlet: KeepingOutlet
    delivery: Delivery
    knows_hidden: bool
    released: dict[str, Any] = field(default_factory=dict)
    counted: set[tuple[str, int]] = field(default_factory=set)
    """What is in a batch, as (figure and record, owner)."""

    def actor(self, name: str) -> Actor:
        """Somebody of the cohort."""
        return getattr(self.cohort, name, None) or self.cohort.somebody(name)

    async def take(self, step: Step) -> None:
        """Make a call, unless it is one that this history does not have."""
        if step.hidden and not self.knows_hidden:
            return
        args = dict(step.args)
        if step.who == "Xan" and not self.knows_hidden:
            args.pop("mood", None)  # hidden also where the check-in is shared
        done = await self.actor(step.who).send(step.command, args)
        assert isinstance(done, Reply), step
        assert not done.error, (step, text_of(done))


class Plan:
    """The steps of one seed, the same for both histories."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - the steps of a test
        self.papers: dict[str, list[tuple[str, str]]] = {"Xan": [("Open", "cohort")]}
        self.stages = {"Open": "drafting"}
        self.away: set[str] = set()
        self.count = 0

    def day(self) -> Iterator[Step]:
        """What happens on one day, in random order."""
        for who in self.random.sample([*self.random.sample(OTHERS, 7), "Xan", "Xan"], 9):
            if who in self.away:
                self.away.discard(who)
                yield Step(who, "cohort join")
            yield from self.something(who)
        if self.random.random() < 0.25:
            who = self.random.choice(OTHERS[5:])
            if who not in self.away:
                self.away.add(who)
                yield Step(who, "cohort leave")
                if self.random.random() < 0.3:
                    self.papers.pop(who, None)
                    yield Step(who, "privacy forget", {"sure": "yes"})

    def something(self, who: str) -> Iterator[Step]:
        """One thing that somebody does, mostly a hidden one."""
        draw, hides = self.random.random(), who == "Xan"
        if draw < 0.35:
            yield from self.new_paper(who)
        elif draw < 0.5 and self.papers.get(who):
            title, visibility = self.random.choice(self.papers[who])
            hidden = hides and visibility != "cohort"
            ends = ["desk-rejected", "accepted", "rejected"]
            stage = self.random.choice(["submitted", "in-review", "revising", *ends])
            self.stages[title] = stage
            yield Step(who, "submission update", {"paper": title, "stage": stage, "sure": "yes"}, hidden)
            if stage not in ends:
                yield self.forecast(who, title)
        elif draw < 0.56 and self.hidden_of(who):
            yield from self.corrections(who, *self.random.choice(self.hidden_of(who)))
        elif draw < 0.6 and self.papers.get(who):
            title, visibility = self.papers[who][0] if hides else self.random.choice(self.papers[who])
            if visibility == "anonymous" and not hides:
                yield Step(who, "submission edit", {"paper": title, "visibility": "cohort"})
            noted: dict[str, Argument] = {"paper": title, "stage": self.stages[title], "note": "Mine"}
            yield Step(who, "submission update", noted, hides)
            if visibility == "anonymous" and not hides and self.random.random() < 0.5:
                yield Step(who, "submission edit", {"paper": title, "visibility": "anonymous"})
        elif draw < 0.85:
            share = self.random.choice(["private", "private", "shared"])
            hidden = hides and share == "private"
            values = {"progress": "x", "share": share, "blocker_kind": self.random.choice(["data", "time"])}
            values["mood"] = self.random.choice("12345")
            yield Step(who, "checkin now", values, hidden)
            yield Step(who, "checkin answer", {"asked": "1", "q1": "yes"}, hidden)
            yield Step(who, "checkin answer", {"asked": "2 3", "q2": "7", "q3": "Something"}, hides)
        elif draw < 0.95:
            yield Step(who, "reading done", {"item": self.random.choice("123")}, hides)
        else:
            yield Step(who, "reading vote", {"item": self.random.choice("123")})

    def hidden_of(self, who: str) -> list[tuple[str, str]]:
        """Somebody's papers that were hidden when they were added."""
        return [each for each in self.papers.get(who, []) if each[1] != "cohort"]

    def corrections(self, who: str, title: str, visibility: str) -> Iterator[Step]:
        """What is corrected of a hidden paper, which is then deleted, and had back or not."""
        hides = who == "Xan"
        yield Step(who, "submission edit", {"paper": title, "venue": "ICML 2025"}, hides)
        yield Step(who, "submission edit", {"paper": title, "coauthors": "Chen Li"}, hides)
        if self.random.random() < 0.6:
            yield Step(who, "submission delete", {"paper": title, "sure": "yes"}, hides)
            if self.random.random() < 0.5:
                self.papers[who].remove((title, visibility))
            else:
                yield Step(who, "submission restore", {"paper": title}, hides)

    def forecast(self, who: str, title: str) -> Step:
        """What somebody thinks of their paper's chances, which nobody else ever sees."""
        chance = self.random.randint(1, 99)
        return Step(who, "submission forecast", {"paper": title, "chance": str(chance)}, who == "Xan")

    def new_paper(self, who: str) -> Iterator[Step]:
        """A paper, of which reviews are noted."""
        self.count += 1
        title = f"Paper {self.count} of {who}"
        visibility = self.random.choice(["anonymous", "anonymous", "private", "cohort"])
        hidden = who == "Xan" and visibility != "cohort"
        stage = self.random.choice(["drafting", "revising", "rejected"])
        self.papers.setdefault(who, []).append((title, visibility))
        self.stages[title] = stage
        yield Step(
            who,
            "submission add",
            {"title": title, "venue": "ICLR 2024", "stage": stage, "visibility": visibility},
            hidden,
        )
        for score in self.random.sample([1, 3, 5, 6, 8], 2):
            values: dict[str, Argument] = {"paper": title, "score": score, "when": "before"}
            yield Step(who, "review add", values, who == "Xan")
        if stage == "revising":
            yield self.forecast(who, title)


QUESTIONS = {"shared": "yes-no", "private": "number", "mentors": "text"}
"""What organizers ask beside a check-in: the kind of a question by who reads its answers."""

LOOKS: Sequence[tuple[str, Mapping[str, Argument]]] = (
    ("submission list", {}),
    ("submission list", {"stage": "revising"}),
    ("submission waiting", {}),
    ("digest preview", {}),
    ("checkin status", {}),
    ("lottery ours", {}),
    ("submission forecast", {}),
)
"""What is asked for all the time."""

THOROUGH: Sequence[tuple[str, Mapping[str, Argument]]] = (
    *LOOKS,
    ("submission list", {"venue": "ICLR 2024"}),
    ("submission list", {"who": PersonRef("U-xan", "Xan")}),
    ("digest show", {}),
    ("reading list", {}),
    ("reading next", {}),
    ("reading progress", {}),
    ("reading progress", {"who": PersonRef("U-xan", "Xan")}),
    ("checkin blockers", {}),
    ("checkin mood", {}),
    ("checkin negatives", {}),
    ("checkin history", {"who": PersonRef("U-xan", "Xan")}),
    ("checkin show", {}),
    ("cohort members", {}),
    ("feedback list", {}),
    ("feedback list", {"which": "closed"}),
    ("cohort-admin show", {}),
    ("cohort-admin question-list", {}),
    *(("cohort-admin question-remove", {"question": number}) for number in "123"),
    ("cohort-admin delivery", {}),
)
"""Everything that shows numbers, asked for at the end of each day."""


def whole(result: Reply | Form) -> str:
    """All words of an answer, without numbers that only its reader sees."""
    assert isinstance(result, Reply)
    parts = [text_of(result)]
    for block in result.blocks:
        match block:
            case Records():
                parts += told_in(result)
            case Picture(alt=alt):
                parts.append(alt)
            case _:
                parts.append(str(block))
    return re.sub(r"(#|'paper': ')\d{4,}", r"\1hidden", "\n".join(parts))


async def look(history: History, *, thorough: bool) -> dict[str, str]:
    """What others are shown."""
    seen: dict[str, str] = {}
    for name in LOOKING if thorough else LOOKING[:1]:
        actor = history.actor(name)
        for command, args in THOROUGH if thorough else LOOKS:
            if command.startswith("cohort-admin") and name != "olu":
                continue
            seen[f"{name}: {command} {args}"] = whole(await actor.send(command, args))
        for paper in await _visible_papers(history):
            seen[f"{name}: timeline {paper}"] = whole(
                await actor.send("submission timeline", {"paper": paper})
            )
        asked = Request("completion", "submission show", actor.person, actor.place)
        for typed in ("", "Xan", "1"):
            offered = await history.cohort.core.complete(asked, "paper", typed)
            seen[f"{name}: offered {typed}"] = re.sub(r"#\d{4,}", "#hidden", str(offered))
    theirs = {history.actor(name).person.id for name in LOOKING}
    shown = (each for each in history.outlet.sent if not each.target.direct or each.target.channel in theirs)
    seen["posted"] = "\n".join(whole(each.reply) for each in shown)
    return seen


async def _visible_papers(history: History) -> list[str]:
    """The titles of Xan's papers that the cohort sees."""

    def titles(conn: Conn) -> list[str]:
        rows = conn.all(
            "SELECT s.title FROM submission s WHERE s.visibility = 'cohort' AND s.owner_id = (SELECT m.id"
            " FROM member m JOIN person p ON p.id = m.person_id WHERE p.name = 'Xan') ORDER BY s.id"
        )
        return [row["title"] for row in rows]

    return await history.cohort.core.store.read(titles)


_FIGURES = (
    r"^Anonymous papers, counted without names:.*$",
    r"^Anonymous papers, counted without names · .*$",
    r"(?<=people), and \d+ kept private$|(?<=person), and \d+ kept private$",
    r"^Check-ins · \d+ kept private$",
    r"The (?:[\d,]+ )?answers that were given",
    r"^How it is going in the cohort: .*$|^The cohort: .*$|^The cohort’s line begins .*$",
    r"^How it has been going, from 1 .*$|^Nobody has said in these weeks .*$|^You have not said in these .*$",
    r"^In the cohort, over \d+ decided forecasts: .*$|^The cohort’s figures begin with five people .*$",
    r"^Readings finished together · \d+$",
    r"^Papers · .*$|^Most wanted · .*$|^In numbers$",
    r"^A quiet stretch\..*$",
    r"^.*; who could help\?$|^… and \d+ more$",
)
"""The figures of hidden records in words, and what a digest says or leaves out where there is nothing but them, or where
their lines take the room."""


def without_figures(seen: Mapping[str, str]) -> dict[str, str]:
    """What is shown besides figures of hidden records."""
    found: dict[str, str] = {}
    for asked, text in seen.items():
        if "lottery ours" in asked:
            continue
        for figure in _FIGURES:
            text = re.sub(figure, "", text, flags=re.MULTILINE)
        found[asked] = re.sub(r"\n+", "\n", text).strip()
    return found


def released(conn: Conn) -> dict[str, Any]:
    """All figures as they are stored: shown values under "value", and what they stand for."""
    figures = {
        (row["name"], row["cell"]): (row["amount"], from_json(row["basis"]))
        for row in conn.all("SELECT * FROM figure")
    }
    for row in conn.all("SELECT * FROM review_agreement"):
        shown = (row["papers"], row["icc"], row["low"], row["high"], row["anova"], row["at"])
        figures["reviews", row["scale"]] = (shown, from_json(row["basis"]))
    batches = [
        (row["name"], row["amount"], row["at"]) for row in conn.all("SELECT * FROM figure_batch ORDER BY id")
    ]
    return {"figures": figures, "batches": batches}


def in_batches(conn: Conn) -> set[tuple[str, int]]:
    """What was counted in batches, with its owner."""
    checkins = conn.all("SELECT id, member_id FROM checkin WHERE counted = 1")
    done = conn.all("SELECT item_id, member_id FROM reading_done WHERE counted = 1")
    moods = conn.all("SELECT id, member_id FROM checkin WHERE mood_counted = 1 AND mood IS NOT NULL")
    return (
        {(f"checkins.private {row['id']}", row["member_id"]) for row in checkins}
        | {(f"reading.finished {row['item_id']} {row['member_id']}", row["member_id"]) for row in done}
        | {(f"checkins.mood {row['id']}", row["member_id"]) for row in moods}
    )


def values(found: Mapping[str, Any]) -> Any:
    """What a reader can know of the stored figures."""
    return {key: value for key, (value, _) in found["figures"].items() if value is not None}, found["batches"]


async def check_releases(history: History) -> None:
    """Whatever was released since the last look mixes enough people."""
    store = history.cohort.core.store
    now, counted = await store.read(released), await store.read(in_batches)
    present = {each.id for each in await store.read(members.members, history.cohort.id)}
    before = history.released or {"figures": {}, "batches": []}
    for key, (value, basis) in now["figures"].items():
        old_value, old_basis = before["figures"].get(key, (None, {}))
        if value != old_value:
            assert len(changed_owners(basis, old_basis)) >= MIN_PEOPLE, key
            if key[0] != "reviews" and value is not None:
                assert len(basis) >= MIN_PEOPLE, key
                if key[0] != "forecasts":  # means, which stand in no total
                    assert len(present - basis.keys()) >= MIN_PEOPLE, key
    fresh = counted - history.counted
    for name, amount, _ in now["batches"][len(before["batches"]) :]:
        mine = {(record, owner) for record, owner in fresh if record.startswith(f"{name.partition(':')[0]} ")}
        owners = {owner for _, owner in mine}
        assert len(owners) >= MIN_PEOPLE, name
        if not name.startswith("checkins.mood"):  # a mean stands in no total
            assert len(present - owners) >= MIN_PEOPLE, name
        if name != "checkins.mood":  # which is a sum
            assert amount == len(mine), name
    history.released, history.counted = now, counted


async def compare(told: History, untold: History, *, thorough: bool = False) -> bool:
    """Look at both histories. Returns whether the same figures were released in both."""
    seen, other = [await look(history, thorough=thorough) for history in (told, untold)]
    for history in (told, untold):
        await check_releases(history)
    same = bool(values(told.released) == values(untold.released))
    if not same:
        seen, other = without_figures(seen), without_figures(other)
    for asked, text in seen.items():
        assert text == other[asked], asked
    return same


@asynccontextmanager
async def live(registry: Registry, url: str, *, knows_hidden: bool) -> AsyncIterator[History]:
    """A cohort of twenty in a database of its own."""
    store, clock, outlet = await open_store(url), FixedClock(NOW), KeepingOutlet()
    core = Core(registry, store, clock, admission=Admission(LIMITLESS))
    cohort = await found_cohort(core)

    def enrol(conn: Conn) -> None:
        for name in (*OTHERS, "Xan"):
            person = directory.ensure_person(conn, cohort.somebody(name).person, EARLY)
            directory.add_member(conn, cohort.id, person, EARLY)

    await store.write(enrol)
    delivery = Delivery(core, {"test": outlet})
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="every friday 16:00")
    for asked in ("shared", "private", "mentors"):
        question = {"text": f"For {asked}?", "kind": QUESTIONS[asked], "visibility": asked}
        await cohort.olu.ok("cohort-admin question-add", **question)
    for title in ("First", "Second", "Third"):
        await cohort.olu.ok("reading add", reference=title)
    await cohort.somebody("Xan").ok("submission add", title="Open")
    try:
        yield History(cohort, clock, outlet, delivery, knows_hidden)
    finally:
        await delivery.stop()
        await store.close()


@dataclass(frozen=True)
class Outcome:
    """How often figures were the same in both histories when somebody looked, and how often not; and the number of
    hidden steps."""

    same: int
    other: int
    hidden: int


async def play(registry: Registry, urls: tuple[str, str], seed: int, weeks: int = WEEKS) -> Outcome:
    """Live through weeks in both histories and compare them all the time."""
    plan, same, looks, hidden = Plan(seed), 0, 0, 0
    async with AsyncExitStack() as stack:
        told = await stack.enter_async_context(live(registry, urls[0], knows_hidden=True))
        untold = await stack.enter_async_context(live(registry, urls[1], knows_hidden=False))
        for day in range(7 * weeks):
            checked_in: set[str] = set()
            for step in plan.day():
                if step.command.startswith("checkin") and step.who in checked_in:
                    continue
                checked_in |= {step.who} if step.command.startswith("checkin") else set()
                for history in (told, untold):
                    await history.take(step)
                hidden += step.hidden
                if step.hidden or plan.random.random() < 0.2:
                    same += await compare(told, untold)
                    looks += 1
            for history in (told, untold):
                history.clock.move_to(NOW + timedelta(days=day + 1))
                await history.delivery.flush()
            same += await compare(told, untold, thorough=True)
            looks += 1
    return Outcome(same, looks - same, hidden)


@pytest.fixture(autouse=True)
def drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same picture is drawn once: thousands are asked for."""
    for module, name in ((ours, "reviewer_agreement"),):
        monkeypatch.setattr(module, name, _remembering(getattr(module, name)))


def _remembering(draw: Callable[..., Any]) -> Callable[..., Any]:
    drawn: dict[str, Any] = {}

    def again(*args: object, **named: object) -> object:
        asked = repr((args, named))
        if asked not in drawn:
            drawn[asked] = draw(*args, **named)
        return drawn[asked]

    return again


@pytest.fixture
def two_sqlite(sqlite_template: Path, tmp_path: Path) -> tuple[str, str]:
    """The addresses of two migrated SQLite databases."""
    paths = tmp_path / "told.db", tmp_path / "untold.db"
    for path in paths:
        shutil.copy(sqlite_template, path)
    return f"sqlite:///{paths[0]}", f"sqlite:///{paths[1]}"


@pytest.mark.slow
@pytest.mark.case(64)
@pytest.mark.case(65)
@pytest.mark.parametrize("seed", range(SEEDS))
async def test_what_one_member_hides_shows_nowhere(
    registry: Registry, two_sqlite: tuple[str, str], seed: int
) -> None:
    outcome = await play(registry, two_sqlite, seed)
    assert outcome.hidden > 5, "Xan hid hardly anything"
    assert outcome.same, "the histories were never compared word for word"


@pytest.mark.slow
@pytest.mark.case(64)
async def test_it_shows_nowhere_over_postgres(
    registry: Registry, postgres_url: str, emptied_postgres_url: str
) -> None:
    outcome = await play(registry, (postgres_url, emptied_postgres_url), 7, weeks=1)
    assert outcome.hidden
    assert outcome.same


HIDDEN_REQUESTS = (
    Step(
        "Xan", "feedback ask", {"topic": "Doubts", "visibility": "private", "details": "Stay?"}, hidden=True
    ),
    Step("P1", "feedback ask", {"topic": "Statistics"}),
    Step("mina", "feedback answer", {"request": "Doubts", "text": "Wait a week."}, hidden=True),
    Step("mina", "feedback answer", {"request": "Statistics", "text": "Take the median."}),
    Step("Xan", "feedback close", {"request": "Doubts"}, hidden=True),
    Step("Xan", "feedback ask", {"topic": "Fears", "visibility": "mentors"}, hidden=True),
    Step("P2", "feedback ask", {"topic": "Writing"}),
    Step("Xan", "feedback close", {"request": "Fears", "take_back": "yes"}, hidden=True),
    Step("P1", "feedback close", {"request": "Statistics"}),
)
"""What Xan asks the mentor alone, who is Mina, between what others ask everybody."""


async def test_what_is_asked_of_a_mentor_alone_shows_nowhere(
    registry: Registry, two_sqlite: tuple[str, str]
) -> None:
    async with (
        live(registry, two_sqlite[0], knows_hidden=True) as told,
        live(registry, two_sqlite[1], knows_hidden=False) as untold,
    ):
        for day, step in enumerate(HIDDEN_REQUESTS):
            for history in (told, untold):
                await history.take(step)
                history.clock.move_to(NOW + timedelta(days=day + 1))
                await history.delivery.flush()
            seen, other = [await look(history, thorough=True) for history in (told, untold)]
            for asked, text in seen.items():
                # Posts are numbered over all of them, so that organizers see gaps; nothing else of what is hidden.
                shown, beside = (re.sub(r"(#|'retry': ')\d+", r"\1", each) for each in (text, other[asked]))
                assert (text == other[asked]) or ("cohort-admin delivery" in asked and shown == beside), asked
                assert not any(word in text for word in ("Doubts", "Fears", "Stay?", "Wait a week.")), asked
        assert any("Wait a week." in whole(each.reply) for each in told.outlet.sent), "Xan read it"


BROKEN: Mapping[str, tuple[object, str, object]] = {
    "figures of few people": (counting, "may_show", lambda people: people >= 1),
    "figures renewed for one": (counting, "may_renew", lambda now, before: now != before),
    "numbers in order": (updates, "_hidden_number", updates._common_number),
    "notes for everybody": (paper_history, "_READ", "(e.note IS NOT NULL OR :viewer = 0)"),
    "private check-ins counted": (checkins, "SEEN", "(k.shared = 1 OR k.shared = 0)"),
}


@pytest.mark.slow
@pytest.mark.parametrize("broken", BROKEN)
async def test_what_shows_somewhere_is_found_out(
    registry: Registry, two_sqlite: tuple[str, str], monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setattr(*BROKEN[broken])
    with pytest.raises(AssertionError):
        await play(registry, two_sqlite, 1)
