"""Thanks: said to somebody, told to them at once, and a line of the next digest. Nobody counts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Reply
from core.chat.text import Text, join, say
from core.cohorts import settings
from core.cohorts.members import name_sql, present_sql
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.people import NoticeKind
from core.commands import handled_calls, paging
from core.commands.decorators import command, post, section
from core.commands.dispatch import Call, Core
from core.commands.news import MOST_LINES, NewsLine, SectionPart
from core.commands.paging import Page, PageArg
from core.commands.spec import Arg, LongText, Post
from core.delivery import outbox, post_lines
from core.errors import BadInput, QuotaReached
from core.features.feedback import notices
from core.store.port import Conn, Row

THANKED = "feedback.thanked"
"""The kind of post that tells somebody of a thank you."""
THANKS = NoticeKind("thanks", "thank-yous")

_ABOUT = "thanks:"
"""What lines of the digest find a thank you by, with its id behind it."""

_PRESENT = f"{present_sql('t.by_id')} AND {present_sql('t.to_id')}"
"""Whoever said it, and whoever is thanked, is in the cohort."""

MOST_A_DAY = 20
"""Thanks that one member says within a day."""


@dataclass(frozen=True, slots=True)
class Thanks:
    """A thank you. `by` and `to` are names."""

    id: int
    number: int
    by_id: int
    by: str
    to_id: int
    to: str
    words: str
    at: datetime


_SELECT = (
    f"SELECT t.*, {name_sql('t.by_id')} AS by_name, {name_sql('t.to_id')} AS to_name FROM feedback_thanks t"
)


def _of_row(row: Row) -> Thanks:
    by, to = row["by_name"] or "Somebody", row["to_name"] or "somebody"
    return Thanks(row["id"], row["number"], row["by_id"], by, row["to_id"], to, row["words"], row["at"])


def by_id(conn: Conn, thanks_id: int) -> Thanks | None:
    """A thank you; None where it was taken back."""
    row = conn.one(f"{_SELECT} WHERE t.id = :id AND t.cohort_id = :cohort", id=thanks_id)
    return _of_row(row) if row else None


def between(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> list[Thanks]:
    """The thanks of a period between those who are in the cohort, in their order."""
    rows = conn.all(
        f"{_SELECT} WHERE t.cohort_id = :cohort AND t.at > :since AND t.at <= :until AND {_PRESENT}"
        " ORDER BY t.at, t.id",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    return [_of_row(row) for row in rows]


def of_member(conn: Conn, member_id: int) -> list[Thanks]:
    """All thanks that a member said or was told, in their order."""
    found = [
        conn.all(f"{_SELECT} WHERE t.{column} = :member AND +t.cohort_id = :cohort", member=member_id)
        for column in ("by_id", "to_id")
    ]
    return sorted((_of_row(row) for rows in found for row in rows), key=lambda each: (each.at, each.id))


@dataclass(frozen=True, slots=True)
class Thanked:
    """A thank you as it was kept, and whether its reader gets it by direct message."""

    number: int
    reached: bool


def add(conn: Conn, scope: Scope, by: Member, to: Member, words: str) -> Thanked:
    """Keep a thank you, and tell who is thanked."""
    if by.id == to.id:
        raise BadInput("Thank yourself warmly, by all means; here it takes somebody else.", field="person")
    today: int = conn.value(
        "SELECT count(*) FROM feedback_thanks WHERE by_id = :by AND +cohort_id = :cohort AND at > :since",
        by=by.id,
        since=scope.now - timedelta(days=1),
    )
    if today >= MOST_A_DAY:
        raise QuotaReached("So much thanks in one day! Tomorrow I take more.")
    number = settings.next_number(conn, scope.cohort.id, "thanks")
    made = conn.insert(
        "INSERT INTO feedback_thanks (cohort_id, number, by_id, to_id, words, at)"
        " VALUES (:cohort, :number, :by, :to, :words, :now)",
        cohort=scope.cohort.id,
        number=number,
        by=by.id,
        to=to.id,
        words=words,
        now=scope.now,
    )
    data = {"thanks": made}
    told = notices.send(
        conn,
        scope.cohort,
        to.id,
        THANKED,
        f"{THANKED}:{made}",
        data,
        scope.now,
        asked_for=False,
        notice=THANKS,
    )
    return Thanked(number, told is not None)


def remove(conn: Conn, scope: Scope, number: int) -> str:
    """Take a thank you back. What a digest posted stays in its channel, and is shown no more. Returns who had been thanked."""
    row = conn.one(
        f"{_SELECT} WHERE t.cohort_id = :cohort AND t.number = :number", cohort=scope.cohort.id, number=number
    )
    if row is None or scope.member is None or row["by_id"] != scope.member.id:
        raise BadInput(
            say("There is no thank you {number} of yours. {/feedback thanks} lists them.", number=number),
            field="thanks",
        )
    found = _of_row(row)
    post_lines.forget(conn, scope.cohort.id, f"{_ABOUT}{found.id}")
    waiting = outbox.find(conn, f"{THANKED}:{found.id}")
    if waiting is not None:
        outbox.withdraw(conn, waiting, "Who said it took it back.", scope.now)
    conn.run("DELETE FROM feedback_thanks WHERE id = :id AND cohort_id = :cohort", id=found.id)
    handled_calls.erase_results(conn, scope.cohort.id)
    return found.to


def _page(conn: Conn, member_id: int, page: int) -> tuple[Page, list[Thanks]]:
    """The thanks that a member said and got, the newest first."""
    who = "+t.cohort_id = :cohort AND (t.by_id = :member OR t.to_id = :member)"
    total = conn.value(f"SELECT count(*) FROM feedback_thanks t WHERE {who}", member=member_id)
    shown = Page(page, total, 10)
    rows = conn.all(
        f"{_SELECT} WHERE {who} ORDER BY t.at DESC, t.id DESC LIMIT {shown.size} OFFSET {shown.start}",
        member=member_id,
    )
    return shown, [_of_row(row) for row in rows]


@command("feedback thank", form="Say thank you", submit="Say it")
async def thank(
    call: Call,
    person: Annotated[Member, Arg("Who helped you")],
    words: Annotated[LongText, Arg("What for; the cohort reads it in the digest", max_length=300)],
) -> Reply:
    """Thank somebody: they hear it at once, the cohort in the digest."""
    done = await call.write(add, call.scope, call.member, person, words)
    told = "I tell **{name}** now" if done.reached else "No direct message reaches **{name}** now"
    text = say(told + ", and the next digest says it to all:", name=person.name)
    back = Button("Take it back", "feedback unthank", {"thanks": str(done.number)}, ButtonStyle.DANGER)
    return Reply(join([text, say("> {words}", words=words)]), (Buttons((back,)),))


@command("feedback unthank", form="Take thanks back", submit="Take it back")
async def unthank(
    call: Call, thanks: Annotated[int, Arg("Its number in your list", minimum=1, maximum=10**9)]
) -> Reply:
    """Take back a thank you of yours; what a digest said stays said."""
    name = await call.write(remove, call.scope, thanks)
    return Reply(
        say("Your thanks to {name} are taken back. What a digest said already stays said.", name=name)
    )


@command("feedback thanks")
async def thanks(call: Call, page: PageArg = 1) -> Reply:
    """Read the thanks that you got and said."""
    shown, found = await call.read(_page, call.member.id, page)
    if not found:
        text = say("There are no thanks yet. Who helped you lately?")
        return Reply(text, (Buttons((Button("Say thank you", "feedback thank"),)),))
    head = say("**Thanks** that you got and said ({count}):", count=shown.words)
    back = tuple(
        Button(f"Take back {each.number}", "feedback unthank", {"thanks": str(each.number)})
        for each in found
        if each.by_id == call.member.id
    )[:5]
    rows = (Buttons(back),) if back else ()
    return Reply(join([head, *map(line, found)]), (*rows, *paging.turns(call, shown)))


def line(said: Thanks) -> Text:
    """A thank you in a line."""
    return say(
        "- {number}. **{by}** thanks **{to}**: {words}",
        number=said.number,
        by=said.by,
        to=said.to,
        words=said.words,
    )


@post(THANKED, label="thank you", notice=THANKS)
async def render(core: Core, sent: Post) -> Reply:
    """Tells somebody of a thank you."""
    found = await core.read(sent.cohort.id, by_id, sent.data["thanks"])
    if found is None:
        return Reply("A thank you for you was taken back.")
    head = say("**{by}** thanks you, in {cohort}:", by=found.by, cohort=sent.cohort.name)
    return Reply(join([head, say("> {words}", words=found.words)]))


def _still(conn: Conn, cohort: Cohort, abouts: Sequence[str]) -> set[str]:
    """Those of some thanks that were not taken back, and whose people are still here."""
    ids = {each: int(each.removeprefix(_ABOUT)) for each in abouts}
    return {
        each
        for each, thanks_id in ids.items()
        if conn.value(
            f"SELECT 1 FROM feedback_thanks t WHERE t.id = :id AND t.cohort_id = :cohort AND {_PRESENT}",
            id=thanks_id,
            cohort=cohort.id,
        )
    }


@section("thanks", order=40, heading="Thanks", still=_still)
def digest_section(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """Who thanked whom, and for what."""
    found = between(conn, cohort.id, since, until)
    lines = tuple(_digest_line(each) for each in found[:MOST_LINES])
    return SectionPart(lines, len(found) - len(lines)) if lines else None


def _digest_line(said: Thanks) -> NewsLine:
    name = say("{by} thanks {to}", by=said.by, to=said.to)
    return NewsLine(name, " ".join(said.words.split()), f"{_ABOUT}{said.id}", said.by_id)
