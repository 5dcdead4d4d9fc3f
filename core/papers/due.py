"""What a paper's venue has next for it, from dates that can be relied on alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from core import clock
from core.chat.text import Text, moment, say
from core.papers.editions import DateKind, EditionDate, KnownEdition
from core.papers.model import Stage

_REVIEWED = (DateKind.SUPPLEMENTARY, DateKind.REBUTTAL_START, DateKind.REBUTTAL_END, DateKind.DECISION)
KINDS: Mapping[Stage, tuple[DateKind, ...]] = {
    Stage.IDEA: (DateKind.ABSTRACT, DateKind.PAPER),
    Stage.DRAFTING: (DateKind.ABSTRACT, DateKind.PAPER),
    Stage.SUBMITTED: _REVIEWED,
    Stage.IN_REVIEW: _REVIEWED,
    Stage.REBUTTAL: (DateKind.REBUTTAL_END, DateKind.DECISION),
    Stage.REVISING: (DateKind.DECISION,),
    Stage.ACCEPTED: (DateKind.CAMERA_READY, DateKind.CONFERENCE),
}
"""What comes next for a paper at a stage. At any other nothing does."""

WHOLE_DAY = timedelta(days=1)
"""How long after its instant a date that lasts for a day may still be ahead."""


def next_date(known: KnownEdition, stage: Stage, now: datetime, zone: str) -> EditionDate | None:
    """The next date of an edition for a paper at a stage, by the calendar of a zone; None where none that can be relied on
    is ahead."""
    found = [known.date(kind, now - WHOLE_DAY) for kind in KINDS.get(stage, ())]
    ahead = [each for each in found if each is not None and _is_ahead(each, now, zone)]
    return min(ahead, key=instant, default=None)


def instant(date: EditionDate) -> datetime:
    """The instant of a date that can be relied on."""
    assert date.at is not None  # noqa: S101 - asked of dates that can be relied on
    return date.at


def _is_ahead(date: EditionDate, now: datetime, zone: str) -> bool:
    return (date.days_left(now, zone) or 0) >= 0 if date.day is not None else instant(date) >= now


def words(date: EditionDate, now: datetime, zone: str) -> Text:
    """A date ahead in a few words: "decisions in 12 days (Thu 24 Sep 2026)"."""
    days = date.days_left(now, zone) or 0
    left = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    what = date.kind.label
    if date.day is not None:
        return say("{what} {left} ({day})", what=what, left=left, day=clock.day_words(date.day))
    return say("{what} {left} ({at})", what=what, left=left, at=moment(instant(date), zone))
