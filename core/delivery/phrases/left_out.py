"""What a phrase leaves out: "except friday", "but not in august", "except 24 dec to 2 jan"."""

from datetime import date

from core.chat.text import say
from core.delivery.calendar import DateRange
from core.delivery.phrases.cursor import Cursor
from core.delivery.phrases.date_words import DateReader
from core.delivery.phrases.facts import Facts
from core.delivery.phrases.lists import read_days, read_months, read_positions
from core.delivery.phrases.tokens import Kind
from core.delivery.phrases.vocabulary import AND, HOLIDAYS, MONTHS, WEEKDAYS
from core.errors import BadInput


class LeftOutReader:
    """Reads what is left out into the facts of a phrase."""

    def __init__(self, cursor: Cursor, facts: Facts, today: date) -> None:
        self.cursor, self.facts = cursor, facts
        self._dates = DateReader(cursor, today)

    def read(self, first: int) -> None:
        """What is left out, from "except" on. Raises `BadInput`."""
        cursor = self.cursor
        word = cursor.take()
        if word in ("other", "apart"):
            cursor.take()
        elif word == "but":
            cursor.accept(("not", "no"))
        if self.facts.without.span != (0, 0):
            raise cursor.refusal(
                "“{part}” leaves something out a second time. Please say it in one list.",
                first,
                cursor.position + 1,
            )
        while True:
            cursor.accept(("on", "in", "for", "during"))
            cursor.accept(("in", "during"))
            if not self._left_out():
                raise self._refusal(first)
            if not (cursor.peek() in AND and self._more_left_out()):
                break
            cursor.take()
            cursor.accept(AND)
        self.facts.without.span = (first, cursor.position)

    def _more_left_out(self) -> bool:
        """Whether what follows "and" is left out too, and no clause of its own."""
        cursor, before = self.cursor, self.cursor.position
        cursor.take()
        cursor.accept(AND)
        cursor.accept(("on", "in", "for", "during", "the"))
        follows = cursor.kind() in (Kind.ISO_DATE, Kind.DOTTED_DATE, Kind.SLASHED_DATE, Kind.ORDINAL)
        follows = follows or cursor.peek() in WEEKDAYS or cursor.peek() in MONTHS or cursor.peek() in HOLIDAYS
        follows = follows or (cursor.kind() is Kind.NUMBER and cursor.peek(1) in MONTHS)
        cursor.position = before
        return follows

    def _left_out(self) -> bool:
        """One thing that is left out, or a list of such."""
        cursor, without = self.cursor, self.facts.without
        first = cursor.position
        span = self._dates_left_out()
        if span is not None:
            without.ranges.append(span)
            return True
        cursor.position = first
        cursor.accept(("every", "the"))
        positions = cursor.attempt(lambda: read_positions(cursor))
        days = cursor.attempt(lambda: read_days(cursor))
        if days and positions:
            found = {(position, day) for position in positions.numbers for day in days}
            return self._leave_out(without.weekday_positions, found, first)
        if days:
            return self._leave_out(without.days, set(days), first)
        if positions:
            raise cursor.refusal(
                "I cannot leave “{part}” out: what can be left out are days of the week, months and dates.",
                first,
            )
        months = read_months(cursor)
        return bool(months) and self._leave_out(without.months, set(months or ()), first)

    def _leave_out(self, kept: set, found: set, first: int) -> bool:  # type: ignore[type-arg]  # any one set
        if kept & found:
            raise self.cursor.refusal("“{part}” is left out twice. Please say each once.", first)
        kept |= found
        return True

    def _dates_left_out(self) -> DateRange | None:
        """Dates, where no weekday alone and no month alone comes next."""
        cursor = self.cursor
        alone = cursor.peek() in WEEKDAYS and cursor.kind(1) not in (Kind.NUMBER, Kind.ORDINAL)
        return None if alone or cursor.peek() == "this" else cursor.attempt(self._dates.period)

    def _refusal(self, first: int) -> BadInput:
        cursor = self.cursor
        if cursor.peek() in HOLIDAYS:
            return BadInput(
                say(
                    "I know no “{part}”. Please give their dates, such as except 2026-12-21 to 2027-01-04, or set days off "
                    "for the whole cohort with {/cohort-admin set}.",
                    part=cursor.text(cursor.position, cursor.position + 1),
                )
            )
        if cursor.done():
            return cursor.refusal("“{part}” is followed by nothing. What shall be left out?", first)
        return cursor.unknown()
