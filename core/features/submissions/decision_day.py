"""A quiet word on the day on which a venue decides, to each author of a paper that waits there: once a paper and date, and
not where the decision was recorded before."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.chat.model import Button, Buttons, Reply
from core.chat.text import Text, enumerated, join, say
from core.clock import local, local_date, to_instant
from core.cohorts import members
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.people import NoticeKind
from core.commands.decorators import dates_changed, post, timer
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery import timers
from core.features.submissions import notices
from core.papers import date_words, editions, waiting
from core.papers.editions import DateKind, KnownEdition
from core.papers.waiting import WaitingPaper
from core.store.port import Conn

TIMER = "submissions.decision-day"
NOTICE = NoticeKind("decision-days", "words on the day of a decision")
MORNING = time(9)
"""From when on it is said, by each reader's own clock."""
_AROUND = timedelta(days=2)
"""How far a day may lie from its instant, over all time zones."""


@dates_changed
def plan(conn: Conn, cohort: Cohort, now: datetime) -> None:
    """Set the timer of a cohort to the next morning, in a zone in which one of its members lives, of a day on which a venue
    decides."""
    zones = {cohort.zone, *members.zones(conn, cohort)}
    days = editions.days_of_decisions(conn, cohort.id, now - _AROUND)
    mornings = (to_instant(day, MORNING, zone) for day in days for zone in zones)
    at = min((each for each in mornings if each > now), default=None)
    timers.set_timer(conn, cohort.id, TIMER, at, now)


@timer(TIMER, label="word on the day of a decision")
def say_it(conn: Conn, cohort: Cohort, _since: datetime, now: datetime) -> None:
    """Write to those on whose morning of the day it is, and set the timer to the next one."""
    people = {each.id: each for each in members.members(conn, cohort.id)}
    scope = Scope(cohort, None, now, local_date(now, cohort.zone))
    for known in editions.with_dates_between(conn, cohort.id, now - _AROUND, now + _AROUND):
        for day in _days(known):
            papers = waiting.authors_at(conn, cohort.id, known.edition) if _is_near(day, now) else {}
            for paper, authors in papers.items():
                for each in authors:
                    if each in people and _is_morning_of(day, people[each].zone or cohort.zone, now):
                        data = {"paper": paper, "day": day.isoformat()}
                        key = f"paper:{paper}:waits:{day.isoformat()}:{each}"
                        notices.send(conn, scope, each, key, notices.WAITS, data, notice=NOTICE)
    plan(conn, cohort, now)


def _days(known: KnownEdition) -> list[date]:
    """The days on which an edition decides."""
    found = (each.said_day for each in known.all_of(DateKind.DECISION))
    return list(dict.fromkeys(each for each in found if each is not None))


def _is_near(day: date, now: datetime) -> bool:
    return abs(day - now.date()) <= _AROUND


def _is_morning_of(day: date, zone: str, now: datetime) -> bool:
    """Whether it is that day on the clocks of a zone, and no more night."""
    there = local(now, zone)
    return there.date() == day and there.time() >= MORNING


@dataclass(frozen=True, slots=True)
class _Word:
    """A paper that waits on the day of the decision, who else waits for the same as far as the reader may know, and whose
    word the day is."""

    paper: WaitingPaper
    others: tuple[str, ...]
    source: Text


def _read(conn: Conn, sent: Post, member: Member, now: datetime) -> _Word | None:
    """None where the paper waits no more, its reader is no author of it, or the day is another one now."""
    scope = Scope(sent.cohort, member, now, local_date(now, sent.cohort.zone))
    paper = waiting.one(conn, scope, sent.data["paper"])
    if paper is None or member.id not in paper.people:
        return None
    day = date.fromisoformat(sent.data["day"])
    for known in editions.find(conn, sent.cohort.id, paper.venue):
        for each in known.all_of(DateKind.DECISION):
            if each.said_day == day:
                beside = waiting.seen(conn, scope, known.edition)
                names = {who: name for one in beside for who, name in one.people.items() if who != member.id}
                return _Word(paper, tuple(names.values()), date_words.source(known, each))
    return None


def _is_obsolete(conn: Conn, sent: Post, member: Member, now: datetime) -> bool:
    """Whether there is nothing to say any more, or the day is over for its reader."""
    over = local_date(now, member.zone or sent.cohort.zone).isoformat() > sent.data["day"]
    return over or _read(conn, sent, member, now) is None


@post(notices.WAITS, label="word on the day of a decision", is_obsolete=_is_obsolete, notice=NOTICE)
async def render(core: Core, sent: Post) -> Reply:
    """Says that the day is there, and who waits, too."""
    member = await core.read(sent.cohort.id, members.by_id, sent.cohort.id, sent.data["to"])
    found = (
        await core.read(sent.cohort.id, _read, sent, member, core.clock.now()) if member is not None else None
    )
    if found is None:
        return Reply("A paper of yours was to be decided on that day.")
    paper = found.paper
    head = say(
        "Today {venue} is to decide, also on **#{number}** “{title}”.",
        venue=paper.venue,
        number=paper.number,
        title=paper.title,
    )
    buttons = (
        Button("It is decided", "submission update", {"paper": str(paper.number)}),
        Button("Who waits", "submission waiting", {"venue": str(paper.venue)}),
    )
    return Reply(
        join([head, _with(found.others), say("The date is {source}.", source=found.source)]),
        (Buttons(buttons),),
    )


def _with(others: tuple[str, ...]) -> Text:
    if not others:
        return say("Whatever it says, it is one committee’s word. Good luck!")
    names = enumerated(list(others)) if len(others) <= 3 else f"{len(others)} others"
    verb = "waits" if len(others) == 1 else "wait"
    return say("{names} {verb}, too. Good luck to all of you!", names=names, verb=verb)
