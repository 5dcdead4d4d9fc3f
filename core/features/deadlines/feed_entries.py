"""What deadlines put into calendars. No title of a paper stands in them: whoever shares a calendar shares it all."""

from collections.abc import Sequence
from datetime import datetime

from core.chat.text import enumerated
from core.clock import AOE, local_date, words_without_zone
from core.cohorts.model import Cohort, Member
from core.commands.decorators import calendar_source
from core.commands.spec import CalendarEntry
from core.features.deadlines import follows, texts
from core.features.deadlines.calendars import SHOWN_BACK
from core.features.deadlines.follows import Due, Following
from core.papers.editions import DateKind
from core.store.port import Conn


@calendar_source("deadlines")
def write(conn: Conn, cohort: Cohort, member: Member | None, now: datetime) -> Sequence[CalendarEntry]:
    """The dates of the venues that a member follows, or that the cohort does."""
    today = local_date(now, cohort.zone)
    found = (
        follows.followed(conn, cohort, member.id, today) if member else follows.of_cohort(conn, cohort, today)
    )
    return [
        _entry(each, number)
        for following in found
        for kind in follows.NAMED
        for number, each in enumerate(_dates(following, kind, now), 1)
    ]


def _dates(following: Following, kind: DateKind, now: datetime) -> list[Due]:
    return [
        Due(following.known, date, following)
        for date in following.known.all_of(kind)
        if date.at is not None and date.at > now - SHOWN_BACK
    ]


def _entry(due: Due, number: int) -> CalendarEntry:
    known, date = due.known, due.date
    handle = known.number if known.number is not None else known.edition
    numbered = f" {number}" if number > 1 else ""
    details = [f"{date.label}. Said by {date.source.words}."]
    if date.at is not None and date.day is None:
        details.append(f"{words_without_zone(date.at, AOE)} AoE.")
    if due.following is not None and due.following.papers:
        papers = enumerated([f"#{paper.number}" for paper in due.following.papers[:5]])
        details.append(f"For {papers}.")
    details += [
        f"{each.source.words} says something else."
        for each in known.disagreeing(date.kind)
        if each.source != date.source and each.at != date.at
    ]
    return CalendarEntry(
        f"deadline:{handle}:{date.kind.value}:{number}",
        f"{texts.name_of(known)}: {texts.what(date)}{numbered}",
        at=None if date.day else date.at,
        day=date.day,
        last_day=date.ends_on,
        details=" ".join(details),
        link=date.source.link or known.link,
    )
