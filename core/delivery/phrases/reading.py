"""A phrase as it was understood."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from core.chat.text import enumerated, say
from core.clock import date_words, day_words
from core.delivery.calendar import DateRange
from core.delivery.phrases.clock_words import wall_time
from core.delivery.phrases.cursor import Cursor, Unclear
from core.delivery.phrases.describe import describe, ordinal
from core.delivery.phrases.facts import Facts
from core.delivery.phrases.grammar import PhraseReader, end_of
from core.delivery.phrases.rules import rule_parts
from core.delivery.recurrence import Recurrence
from core.errors import Ambiguous, BadInput, UserError

_SHORT_MONTHS = {29: (2,), 30: (2,), 31: (2, 4, 6, 9, 11)}
"""The months that lack a day; February has its 29th every fourth year."""


@dataclass(frozen=True, slots=True)
class Instead:
    """Something that may have been meant instead, with the phrase that says it."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class PhraseReading:
    """What a phrase says. `words` say the same, in the bot's way and with whole dates, so that they mean the same on
    any day. `starts` is the day it begins on and `endless` tells that it has no end, where the phrase said so. `notes`
    are what somebody may not expect of it."""

    recurrence: Recurrence
    words: str
    exceptions: tuple[DateRange, ...] = ()
    starts: date | None = None
    endless: bool = False
    notes: tuple[str, ...] = ()
    instead: Instead | None = None


def read(words: str, today: date) -> PhraseReading:
    """What a person means. `today` is the local date that it counts from.

    Raises `BadInput` with the word that is not understood, and `Ambiguous` where it means several things.
    """
    cursor = Cursor(words)
    try:
        facts = PhraseReader(cursor, today).read()
        parts = rule_parts(cursor, facts)
        facts_wall = wall_time(cursor, facts)
    except Unclear as unclear:
        raise _question(unclear, today) from None
    since = max(today, facts.starts or today)
    recurrence = Recurrence(";".join(parts), facts_wall, facts.starts or today)
    recurrence = _ended(cursor, facts, recurrence)
    first = _first(recurrence, facts.starts or today)
    if first is None:
        raise BadInput(
            say("“{words}” is over before it begins. Please choose a later end.", words=cursor.words)
        )
    # Counted from its first date, "every 2 weeks on friday" begins with the coming Friday.
    recurrence = replace(recurrence, anchor=first)
    coming = next(recurrence.dates(since), None)
    if coming is None:
        raise BadInput(say("“{words}” is over already. Please choose a later end.", words=cursor.words))
    notes, starts = _notes(facts, recurrence), None
    if facts.starts is not None and (facts.starts > today or recurrence.step > 1):
        starts, recurrence = coming, replace(recurrence, anchor=coming)
    elif facts.starts is not None and facts.starts < today:
        notes = (*notes, f"{day_words(facts.starts)} is over, so it begins now.")
    return PhraseReading(
        recurrence,
        describe(recurrence, starts),
        tuple(sorted(facts.without.ranges, key=lambda span: span.first)),
        starts,
        facts.endless,
        notes,
        _instead(recurrence, starts),
    )


def _first(recurrence: Recurrence, since: date) -> date | None:
    """The first date of a rule that has not begun to count."""
    return next(replace(recurrence, rule=recurrence.rule_of_every()).dates(since), None)


def _ended(cursor: Cursor, facts: Facts, recurrence: Recurrence) -> Recurrence:
    until = facts.until
    if facts.length is not None:
        first = _first(recurrence, recurrence.anchor)
        until = end_of(first, facts.length) if first else None
    if until is None:
        return recurrence
    if facts.starts is not None and until < facts.starts:
        raise cursor.refusal(
            "“{words}” is over before it begins. Please choose a later end.", words=cursor.words
        )
    return recurrence.ending(until)


def _question(unclear: Unclear, today: date) -> Ambiguous:
    """The ways to understand a phrase, each with its next dates."""
    readings = []
    for phrase in unclear.phrases:
        try:
            found = read(phrase, today)
        except UserError:  # the rest of it is open or wrong too, which is told when this one is chosen
            readings.append((phrase, phrase))
            continue
        words = phrase if found.exceptions else found.words  # what is left out stands in the phrase alone
        coming = islice(found.recurrence.dates(today), 3)
        dates = ", ".join(date_words(each, year=False) for each in coming)
        readings.append((words, f"{words}: {dates}"))
    return Ambiguous(say("“{part}” can mean several things. Which one?", part=unclear.part), readings)


def _short_days(recurrence: Recurrence) -> list[int]:
    """The days of the month that some of a rule's months lack."""
    named = recurrence.parts().get("BYMONTH")
    months = {int(each) for each in named.split(",")} if named else set(range(1, 13))
    return [day for day, lacking in _SHORT_MONTHS.items() if months & set(lacking)]


def _notes(facts: Facts, recurrence: Recurrence) -> tuple[str, ...]:
    notes = [
        f"In months without a {ordinal(day)} nothing is posted for it."
        for day in _short_days(recurrence)
        if day in facts.rhythm.month_days
    ]
    if any(abs(number) == 5 for number, _ in facts.rhythm.weekday_positions):
        notes.append("Only some months have a fifth one; in the others nothing is posted for it.")
    return tuple(notes)


def _instead(recurrence: Recurrence, starts: date | None) -> Instead | None:
    """The last day of the month, where a day is meant that short months lack."""
    parts = recurrence.parts()
    days = parts.get("BYMONTHDAY", "").split(",")
    short = [day for day in days if day in map(str, _short_days(recurrence))]
    if not short or "-1" in days:
        return None
    kept = [day for day in days if day not in short]
    rule = ";".join(
        f"{name}={','.join([*kept, '-1'])}" if name == "BYMONTHDAY" else f"{name}={value}"
        for name, value in parts.items()
    )
    label = f"Last day instead of {enumerated([ordinal(int(day)) for day in short])}"
    return Instead(label, describe(replace(recurrence, rule=rule), starts))
