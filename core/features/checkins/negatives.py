"""Negative results over all time: what did not work, found by any words of what was learned, with what others took away
beside it.

Everybody in the cohort finds what was shared, and its author what was kept private too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from core.chat import folding
from core.chat.model import Button, Buttons, Person, Record, Records, Reply
from core.chat.text import Sayable, Text, enumerated, join, say
from core.clock import day_words
from core.cohorts.members import name_sql
from core.cohorts.model import Scope
from core.commands import paging
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import PAGE_SIZE, Page, PageArg
from core.commands.spec import Arg, Lesson, Lessons
from core.features.checkins import people
from core.features.checkins.excerpts import excerpt
from core.features.checkins.records import SEEN, WORDS
from core.store.port import Conn, Row
from core.store.words import Search

MOST = 200
"""Results of a search; another word narrows it down."""
BESIDE = 3
"""Lessons of each other kind that stand beside them."""


@dataclass(frozen=True, slots=True)
class NegativeResult:
    """What somebody learned from what did not work. `by` is a name; `private` says that only its author finds it."""

    day: date
    by: str
    learned: str
    private: bool
    member_id: int


_VISIBLE = f"k.negative = 1 AND ({SEEN} OR k.member_id = :viewer)"
_SEARCH = Search(WORDS, "checkin k", "k.id", "k.cohort_id", "k.id", _VISIBLE)


def find(conn: Conn, scope: Scope, typed: str, limit: int) -> list[NegativeResult]:
    """The negative results with these words that the caller may read, the newest first; all of them where no word was
    typed."""
    if folding.readings(typed):
        return _of_ids(conn, scope, _found(conn, scope, typed, limit))
    return page_of(conn, scope, Page(1, count(conn, scope), limit))


def _found(conn: Conn, scope: Scope, typed: str, limit: int) -> list[int]:
    rows = _SEARCH.find(conn, scope.cohort.id, typed, limit, viewer=_viewer(scope))
    return [row["id"] for row in rows]


def page_of(conn: Conn, scope: Scope, page: Page) -> list[NegativeResult]:
    """A page of all negative results that the caller may read, the newest first."""
    most = min(page.size, page.total - page.start)
    after = page.total - page.start - most
    # What comes before a page is walked over in an index, from the end that is nearer.
    ascending = after < page.start
    return _of_ids(
        conn, scope, _ids_of_page(conn, scope, after if ascending else page.start, most, ascending)
    )


def _ids_of_page(conn: Conn, scope: Scope, start: int, most: int, ascending: bool) -> list[int]:
    """So many ids from a place on in the list of what the caller may read. What is shared has an index that holds nothing
    else, so that it is counted off and not looked at; the caller's own private ones, which are few, are put in between."""
    sign, order = (1, "ASC") if ascending else (-1, "DESC")
    rows = conn.all(
        "SELECT k.id FROM checkin k WHERE k.member_id = :viewer AND k.cohort_id = :cohort AND k.negative = 1"
        " AND k.shared = 0 AND k.skipped = 0",
        viewer=_viewer(scope),
        cohort=scope.cohort.id,
    )
    own = sorted(sign * row["id"] for row in rows)
    skipped = max(0, start - len(own))
    rows = conn.all(
        f"SELECT k.id FROM checkin k WHERE k.cohort_id = :cohort AND k.negative = 1 AND {SEEN}"
        f" ORDER BY k.id {order} LIMIT :most OFFSET :skipped",
        cohort=scope.cohort.id,
        most=most + len(own),
        skipped=skipped,
    )
    shared = [sign * row["id"] for row in rows]
    if skipped and shared:
        before = sum(each < shared[0] for each in own)
        found, start = sorted([*shared, *own[before:]]), start - skipped - before
    else:
        found = sorted([*shared, *own])
    return [sign * each for each in found[start : start + most]]


def _of_ids(conn: Conn, scope: Scope, ids: Sequence[int]) -> list[NegativeResult]:
    """Those of some negative results that the caller may read, the newest first."""
    found: list[Row] = []
    listed = ", ".join(f":r{n}" for n in range(PAGE_SIZE))
    for at in range(0, len(ids), PAGE_SIZE):
        part = [*ids[at : at + PAGE_SIZE], *[-1] * PAGE_SIZE][:PAGE_SIZE]
        found += conn.all(
            f"SELECT k.id, k.day, k.learned, k.shared, k.member_id, {name_sql('k.member_id')} AS name"
            f" FROM checkin k WHERE k.id IN ({listed}) AND +k.cohort_id = :cohort AND {_VISIBLE}",
            viewer=_viewer(scope),
            **{f"r{n}": each for n, each in enumerate(part)},
        )
    found.sort(key=lambda row: -row["id"])
    return [
        NegativeResult(row["day"], row["name"], row["learned"], not row["shared"], row["member_id"])
        for row in found
    ]


def count(conn: Conn, scope: Scope) -> int:
    """How many negative results the caller may read."""
    # Each by its own index: together they would be one walk through what others keep private too.
    shared: int = conn.value(
        f"SELECT count(*) FROM checkin k WHERE k.cohort_id = :cohort AND k.negative = 1 AND {SEEN}",
        cohort=scope.cohort.id,
    )
    own: int = conn.value(
        "SELECT count(*) FROM checkin k WHERE k.member_id = :viewer AND k.cohort_id = :cohort AND k.negative = 1"
        " AND k.shared = 0",
        viewer=_viewer(scope),
    )
    return shared + own


def _viewer(scope: Scope) -> int:
    return scope.member.id if scope.member else -1


@dataclass(frozen=True, slots=True)
class _Found:
    """A page of negative results, with how a button names who wrote each, and what stands beside them. `more` says that
    there are more than are counted."""

    page: Page
    rows: Sequence[tuple[NegativeResult, str | None]]
    beside: Sequence[tuple[str, Sequence[Lesson]]]
    more: bool


@command("checkin negatives")
async def negatives(
    call: Call,
    search: Annotated[str, Arg("Any words of what was learned", max_length=200)] = "",
    page: PageArg = 1,
) -> Reply:
    """What did not work, shared by the cohort over all time."""
    registered = call.core.registry.lessons
    found = await call.read(_read, call.scope, call.request.person, registered, search, page)
    blocks = list(paging.blocks(call, found.page, [_row(call, each, who) for each, who in found.rows]))
    for _, lessons in found.beside:
        blocks.append(Records(tuple(map(_lesson, lessons))))
    if not found.rows:
        blocks.append(Buttons((Button("Check in", "checkin now"),)))
    return Reply(join([_head(found, search), *_beside(found)]), tuple(blocks))


def _read(
    conn: Conn, scope: Scope, caller: Person, registered: Sequence[Lessons], search: str, wanted: int
) -> _Found:
    if folding.readings(search):
        known = _found(conn, scope, search, MOST + 1)
        page, more = Page(wanted, min(len(known), MOST)), len(known) > MOST
        rows = _of_ids(conn, scope, known[:MOST][page.start : page.start + PAGE_SIZE])
    else:
        page = Page(wanted, count(conn, scope))
        rows, more = page_of(conn, scope, page), False
    beside = [(each.name, each.search(conn, scope, search, BESIDE)) for each in registered]
    named = [(each, people.button_name(conn, scope, caller, each.member_id)) for each in rows]
    return _Found(page, named, [each for each in beside if each[1]], more)


def _head(found: _Found, search: str) -> Text:
    if not found.rows:
        if search:
            return say("No negative result that you can read has “{words}”.", words=search)
        return say("No negative result yet. One that is shared saves somebody else the detour.")
    noun = "negative result" if found.page.total == 1 else "negative results"
    fitting = say(" with “{words}”", words=search) if search else say("")
    head = say("**{n} {noun}**{fitting}, newest first", n=found.page.words, noun=noun, fitting=fitting)
    if found.more:
        return join([head, say("There are more than these; another word narrows it down.")])
    return head


def _beside(found: _Found) -> list[Sayable]:
    if not found.beside:
        return []
    names = enumerated([name for name, _ in found.beside])
    return [say("Below stand {names} that go with it.", names=names)]


def _row(call: Call, found: NegativeResult, who: str | None) -> Record:
    details: list[Sayable] = [found.by, day_words(found.day)]
    if found.private:
        details.append("only you see this")
    own = call.scope.member is not None and found.member_id == call.scope.member.id
    args = {"day": found.day.isoformat()} | ({} if own or who is None else {"who": who})
    opens = Button("Open", "checkin show", args) if own or who else None
    learned = excerpt(found.learned, 300) if opens else " ".join(found.learned.split())
    return Record(learned, tuple(details), opens)


def _lesson(lesson: Lesson) -> Record:
    details = [each for each in (lesson.about, lesson.by, day_words(lesson.day)) if each]
    text = excerpt(lesson.text, 300) if lesson.opens else " ".join(lesson.text.split())
    return Record(text, tuple(details), lesson.opens)
