"""Dates of venues in words: by the reader's own clock and anywhere on Earth, how far off, and whose word they are."""

from datetime import datetime

from core import clock
from core.chat.text import Text, moment, say
from core.clock import AOE
from core.papers.editions import EditionDate, KnownEdition


def when(date: EditionDate, zone: str) -> Text:
    """When something is due, by the reader's own clock and anywhere on Earth."""
    if date.at is None:
        return say("to be announced")
    if date.day is not None:
        first = clock.day_words(date.day)
        if date.ends_on is None or date.ends_on <= date.day:
            return say("{day}", day=first)
        return say("{first} to {last}", first=first, last=clock.day_words(date.ends_on))
    return instant(date.at, zone)


def instant(at: datetime, zone: str) -> Text:
    """An instant by the reader's own clock and anywhere on Earth."""
    return say("{here}, which is {there} AoE", here=moment(at, zone), there=clock.words_without_zone(at, AOE))


def left(date: EditionDate, now: datetime, zone: str) -> str:
    """How long it is until a date, in words."""
    days = date.days_left(now, zone)
    if days is None:
        return ""
    if days < 0 or (date.day is None and date.at is not None and date.at < now):
        return "over"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def source(known: KnownEdition, date: EditionDate) -> Text:
    """Whose word a date is, of when, and where to look it up."""
    said = say("said by {who}", who=date.source.words)
    link = date.source.link or known.link
    return say("{said}, [official page]({link})", said=said, link=link) if link else said
