"""Replies of real commands in a cohort with much in it: nothing is cut without a word, no fixed-width text is wider than a
phone, the words for notifications and screen readers say what the blocks say, nothing is said twice, and the answer comes
first and is short."""

import asyncio
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.chat.columns import PHONE, width
from core.chat.model import Argument, Fields, Records, Reply
from core.chat.text import as_text
from core.clock import FixedClock
from core.cohorts import directory, members
from core.cohorts.model import Scope
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.features.submissions import changes
from core.papers.model import Stage
from core.papers.updates import NewPaper
from core.store.open import open_store
from core.store.port import Conn
from core.store.scoped import within
from tests import shown
from tests.channels import KnownChannels
from tests.conftest import NOW, core_over
from tests.people import EARLY, Actor, CohortFixture, found_cohort, known_cohort
from tests.query_plans import PlanRecorder
from tests.redelivery import Redelivered, declared, seed_cohort, somebody

LATIN = (
    "On the reproducibility of committee decisions under repeated independent review of the same submissions "
)
HEBREW = "על רעש בביקורת עמיתים ועל מה שוועדה שנייה הייתה מחליטה על אותם מאמרים "
CHINESE = "学术评审中的噪声：当两个委员会独立审阅相同的稿件时会发生什么 "
ARABIC = "عن الضجيج في مراجعة الأقران وما الذي كانت لجنة ثانية ستقرره "
MARKED = "*Not* _markup_ `at` **all** ~but~ ||title|| <!channel> [x](http://evil.example) # - > "
KINDS = (LATIN, HEBREW, CHINESE, ARABIC, MARKED)
LINK = "https://arxiv.org/abs/2306.03262v{}"

LOTTERY: Mapping[str, Mapping[str, Argument]] = {
    "lottery paper": {"paper": "1"},
    "lottery scores": {"scores": "6 5 4", "venue": "ICLR 2025"},
    "lottery venue": {"venue": "NeurIPS 2021"},
    "lottery plan": {"tries": "20"},
    "lottery experiment": {"year": "2021", "seed": "7"},
    "lottery simulate": {"papers": "166", "accept_rate": "25%", "reviewers": "4", "seed": "7"},
    "lottery ours": {},
    "lottery explain": {"topic": "model"},
}
PAGES: tuple[tuple[str, Mapping[str, Argument]], ...] = tuple(
    (command, {"page": str(page)})
    for command in ("submission list", "reading list", "cohort members", "cohort-admin members")
    for page in (1, 2, 100)
)
CALLS = declared() | {name: Redelivered(args) for name, args in LOTTERY.items()}
CUT = re.compile(r"…(?! and (news about )?[\d,]+ more)")
"""An ellipsis that does not say how much is left out."""


SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n")
PREAMBLE = re.compile(
    r"(Here (is|are|comes)|Sure|Of course|OK|Okay|Please note|Note that|Let me|I would like|Thank you for|Great)\b"
)
"""How a first line begins that keeps the answer for later."""
MOST_WORDS = 75
"""Words of prose in one answer, without what members wrote and what is listed."""


def title(number: int) -> str:
    """A title as long as titles may be."""
    return f"{number} {KINDS[number % len(KINDS)] * 9}"[:240].strip()


async def fill(cohort: CohortFixture) -> None:
    """Much of everything, in several scripts."""
    people = [
        Actor(cohort.core, replace(cohort.olu.person, id=f"U0M{n}{at}", name=f"{kind[:28].strip()} {n}"))
        for n in range(8)
        for at, kind in enumerate(KINDS[:4])
    ]
    core = cohort.core

    def add(conn: Conn) -> None:
        found = directory.cohort(conn, cohort.id)
        assert found is not None
        for each in people:
            directory.add_member(conn, cohort.id, directory.ensure_person(conn, each.person, EARLY), EARLY)
        now = core.clock.now()
        everybody = members.members(conn, cohort.id)
        for number in range(45):
            owner = everybody[number % len(everybody)]
            scope = Scope(found, owner, now, now.date(), core.admission.limits)
            stage = list(Stage)[number % 9]
            changes.add(
                within(conn, cohort.id),
                scope,
                owner.id,
                NewPaper(title(number), None, stage, "cohort", None, None),
            )

    await core.store.write(add)
    for number in range(44):
        reference = LINK.format(number) if number % 4 == 0 else title(number) * 2
        await cohort.ada.ok("reading add", reference=reference[:480], why=title(number + 1))
    for each in people[:9]:
        await each.ok("reading vote", item="5")
    for number in range(6):
        await cohort.olu.ok("review add", paper="1", score=str(number % 3 + 4), summary=title(number) * 4)


@dataclass(frozen=True)
class Filled:
    """An SQLite file, and its cohort's id."""

    path: Path
    cohort: int


@pytest.fixture(scope="session")
def filled(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    registry: Registry,
    plan_recorder: PlanRecorder,
) -> Filled:
    """The cohort with much of everything, made once to be copied."""
    path = tmp_path_factory.mktemp("filled") / "cohort.db"
    shutil.copy(sqlite_template, path)

    async def fill_file() -> int:
        store = await open_store(f"sqlite:///{path}")
        try:
            cohort = await found_cohort(core_over(store, registry, FixedClock(NOW), KnownChannels()))
            await seed_cohort(cohort)
            await fill(cohort)
        finally:
            await store.close()
        return cohort.id

    plan_recorder.found.clear()
    cohort_id = asyncio.run(fill_file())
    assert plan_recorder.found == []
    return Filled(path, cohort_id)


@pytest.fixture
def sqlite_url(filled: Filled, tmp_path: Path) -> str:
    """A copy of that file."""
    path = tmp_path / "cohort.db"
    shutil.copy(filled.path, path)
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite_cohort(filled: Filled, sqlite_core: Core) -> CohortFixture:
    """Its cohort."""
    return known_cohort(sqlite_core, filled.cohort)


async def answers(cohort: CohortFixture, command: str, call: Redelivered) -> list[Reply]:
    """What a call and the steps before it are answered."""
    steps = [*((who, name, args) for who, name, args in call.before), (call.by, command, call.args)]
    found = [await somebody(cohort, who).send(name, args) for who, name, args in steps]
    return [each for each in found if isinstance(each, Reply)]


UNWALKED = {"lottery elsewhere", "lottery share", "lottery unshare"}
"""Commands that buttons call alone; what they say is in the tests of the lottery."""


def test_every_command_is_walked(registry: Registry) -> None:
    assert {each for each in registry.commands if each not in CALLS} <= UNWALKED


@pytest.mark.parametrize("command", CALLS)
async def test_replies_are_whole_on_every_platform(command: str, sqlite_cohort: CohortFixture) -> None:
    for reply in await answers(sqlite_cohort, command, CALLS[command]):
        await check(reply)


async def test_pages_are_whole_on_every_platform(sqlite_cohort: CohortFixture) -> None:
    for command, args in PAGES:
        reply = await sqlite_cohort.olu.ok(command, **args)
        assert any(isinstance(block, Records) for block in reply.blocks), command
        await check(reply)


def prose(reply: Reply) -> list[str]:
    """The lines of an answer that are no list, without what is quoted in them."""
    lines = as_text(reply.text).plain().split("\n")
    return [re.sub(r"“.*?”", "“”", each) for each in lines if not each.startswith(("•", ">"))]


def check_words(reply: Reply) -> None:
    """No sentence is said twice, the first line is no preamble, and what is said is short."""
    lines = prose(reply)
    fields = [block for block in reply.blocks if isinstance(block, Fields)]
    told = [*lines, *(str(as_text(value).plain()) for block in fields for _, value in block.items)]
    sentences = [each for line in told for each in SENTENCE.split(line) if len(each.split()) > 3]
    assert [each for each in set(sentences) if sentences.count(each) > 1] == [], "this is said twice"
    assert not PREAMBLE.match(lines[0]), "the answer comes first"
    assert sum(len(line.split()) for line in lines) <= MOST_WORDS, "this can be said in fewer words"


async def check(reply: Reply) -> None:
    """See the docstring of the module."""
    check_words(reply)
    said = list(shown.parts(reply))
    assert [part for part in said if CUT.search(part)] == [], "what is left out has to be said"
    for messages in (await shown.on_discord(reply), shown.on_slack(reply)):
        assert shown.missing(said, "\n".join(f"{each.screen}\n{each.file}" for each in messages)) == []
        for each in messages:
            assert [line for line in each.fixed if width(line) > PHONE] == []
    boxed = {label for block in reply.blocks if isinstance(block, Fields) for label, _ in block.items}
    values = [
        str(as_text(value).plain())
        for block in reply.blocks
        if isinstance(block, Fields)
        for _, value in block.items
    ]
    heard = [each.fallback for each in await shown.on_discord(reply)]
    if not heard[-1].endswith(shown.IN_FILE):
        left_out = shown.missing(said, "\n".join(heard))
        assert left_out == [] or "Below: " in heard[-1]
        assert not boxed & set(left_out), "a box is named at least"
        assert all(any(part in value for value in values) for part in left_out)
    for each in shown.on_slack(reply):
        whole = each.screen.strip().replace(" (Europe/Berlin)", "").split("\n")  # which is said once
        more = shown.MORE_LINES.search(each.fallback)
        read = whole[: len(whole) - int(more[1])] if more else whole
        assert shown.missing(read, each.fallback) == []


async def test_cut_text_is_found(sqlite_cohort: CohortFixture) -> None:
    with pytest.raises(AssertionError, match="left out"):
        await check(Reply("One long ti…"))
    await check(Reply("One\n… and 3 more"))
    await check(replace(Reply("One"), blocks=(Fields((("Label", "x " * 600), ("Next", "y " * 500))),)))


def test_wordy_answer_is_found() -> None:
    twice = Reply("Your paper is saved. Everybody can see it.\nYour paper is saved.")
    for reply in (twice, Reply("Here is your paper."), Reply("word " * 100)):
        with pytest.raises(AssertionError):
            check_words(reply)
