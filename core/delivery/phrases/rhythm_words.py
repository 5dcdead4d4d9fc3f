"""The part of a phrase that says on which dates: weekdays, positions in a month, every so many weeks."""

from core.delivery.phrases.clock_words import read_half
from core.delivery.phrases.facts import EveryNth
from core.delivery.phrases.lists import Positions, read_days, read_months, read_number, read_positions
from core.delivery.phrases.rhythm_facts import RhythmWriter
from core.delivery.phrases.tokens import Kind
from core.delivery.phrases.vocabulary import (
    A_UNIT,
    ADVERBS,
    AND,
    DAY_SETS,
    DOUBTFUL_ADVERBS,
    EVERY,
    MONTHS,
    OF,
    TIMES_A_UNIT,
    TWICE_ADVERBS,
    UNITS,
    WORKING,
)

_BEHIND_TIMES = frozenset({"on", "at", "@", "until", "starting"})
"""What may follow "10 times", which says an end that a rule cannot keep to."""


class RhythmReader(RhythmWriter):
    """Reads one part after the other into the facts of a phrase; each part is the next words or nothing."""

    def read(self) -> bool:
        """Read a part. False where none comes next; the place is as before then."""
        cursor, first = self.cursor, self.cursor.position
        cursor.accept(("on",))
        found = (
            self._every(first)
            or self._adverb(first)
            or self._times(first)
            or self._edge(first)
            or self._day_number(first)
            or self._positions(first)
            or self._days(first)
            or self._within(first)
            or self._months_in(first)
            or self._date(first)
        )
        if not found:
            cursor.position = first
        return found

    def _every(self, first: int) -> bool:
        cursor, rhythm = self.cursor, self.rhythm
        if cursor.peek() in ("alternate", "alternating"):
            cursor.take()
            return self._stepped(2, first)
        if cursor.peek() not in EVERY:
            return False
        cursor.take()
        rhythm.every = True
        if cursor.accept(("other",)):
            return self._stepped(2, first)
        if cursor.peek(1) in MONTHS and self._date(first):
            return True
        number = cursor.attempt(lambda: read_number(cursor))
        if number is not None:
            return self._stepped(number, first)
        half = "" if cursor.peek() in OF else read_half(cursor)
        if half:
            self.set_half(half, cursor.position - 1)
            return self.set_unit("day", 1, first)
        unit = UNITS.get(cursor.peek())
        if unit:
            cursor.take()
            return self.add_unit(unit, 1, first)
        if self._every_position(first) or self._date(first) or self._days(first):
            return True
        months = read_months(cursor)
        if months:
            return self.add_months(months, first)
        raise cursor.unknown()

    def _stepped(self, step: int, first: int) -> bool:
        """A unit or weekdays behind "every other" or "every 3"."""
        cursor = self.cursor
        unit = UNITS.get(cursor.peek())
        if unit:
            cursor.take()
            return self.add_unit(unit, step, first)
        if cursor.peek() in WORKING or cursor.peek() in DAY_SETS:
            self._refuse_steps_of_working_days(first)
        days = read_days(cursor)
        if not days:
            raise cursor.unknown()
        self.set_unit("week", step, first)
        return self.add_days(days, first)

    def _refuse_steps_of_working_days(self, first: int) -> None:
        self.cursor.take()
        self.cursor.accept(("day", "days"))
        raise self.cursor.refusal(
            "I cannot plan “{part}”: it would move through the week. Try “every 2 days”, or name the days.",
            first,
        )

    def _every_position(self, first: int) -> bool:
        """ "Every second week", "every second friday", "every 15th"."""
        cursor = self.cursor
        found = read_positions(cursor)
        if found is None:
            return False
        said = (first, cursor.position)
        number = next(iter(found.numbers)) if len(found.numbers) == 1 else 0
        unit = UNITS.get(cursor.peek())
        day_of_month = unit == "day" and self._month_follows(1)
        if unit and number > 0 and not day_of_month:
            cursor.take()
            return self.add_unit(unit, number, first)
        if number > 1 and (cursor.peek() in WORKING or cursor.peek() in DAY_SETS):
            ahead = 2 if cursor.peek() in WORKING else 1
            if not self._month_follows(ahead) and not self.rhythm.unit:
                self._refuse_steps_of_working_days(first)
        if number > 1:
            days = cursor.attempt(lambda: read_days(cursor))
            if days and not self._month_follows(0):
                return self._every_nth(EveryNth(number, days, said, cursor.position), first)
            cursor.position = said[1]
        return self._place(found, first)

    def _every_nth(self, nth: EveryNth, first: int) -> bool:
        if self.rhythm.every_nth or self.rhythm.days:
            raise self.cursor.refusal(
                "“{part}” comes after other days in the same phrase. Please add a second schedule for it.",
                first,
            )
        self.rhythm.every_nth = nth
        return self.said("every_nth", first)

    def _month_follows(self, ahead: int) -> bool:
        """Whether "of the month", "of January", "a month" and their like come next."""
        cursor = self.cursor
        if cursor.peek(ahead) not in OF | A_UNIT | {"during"}:
            return False
        if cursor.peek(ahead) in OF and cursor.peek(ahead + 1) in A_UNIT | {"the"}:
            ahead += 1
        return cursor.peek(ahead + 1) in MONTHS or cursor.peek(ahead + 1) in ("month", "quarter", "year")

    def _positions(self, first: int) -> bool:
        cursor = self.cursor
        found = read_positions(cursor)
        return found is not None and self._place(found, first)

    def _place(self, found: Positions, first: int) -> bool:
        """Positions with what they are positions of."""
        cursor, rhythm = self.cursor, self.rhythm
        positions = found.numbers
        if cursor.peek() in WORKING and cursor.peek(1) in ("day", "days"):
            cursor.position += 2
            return self.keep(rhythm.working_positions, positions, "working_positions", first)
        if cursor.accept(("weekday", "weekdays", "workday", "workdays")):
            return self.keep(rhythm.working_positions, positions, "working_positions", first)
        if cursor.accept(("day", "days")):
            return self.keep(rhythm.month_days, positions, "month_days", first)
        if cursor.peek() in DAY_SETS:
            cursor.take()
            raise cursor.refusal(
                "“{part}” could be several days. Please name one, such as first saturday.", first
            )
        days = cursor.attempt(lambda: read_days(cursor))
        if days:
            pairs = {(position, day) for position in positions for day in days}
            return self.keep(rhythm.weekday_positions, pairs, "weekday_positions", first)
        if cursor.peek() in UNITS:
            raise cursor.unknown()
        if not found.in_digits and not self._month_follows(0):
            return self.keep(rhythm.bare_positions, positions, "bare_positions", first)
        self.keep(rhythm.month_days, positions, "month_days", first)
        months = read_months(cursor)
        return self.add_months(months, first) if months else True

    def _days(self, first: int) -> bool:
        days = read_days(self.cursor)
        return days is not None and self.add_days(days, first)

    def _day_number(self, first: int) -> bool:
        """ "Day 15", "days 1 and 15", "15 of the month"."""
        cursor = self.cursor
        if cursor.kind() is Kind.NUMBER and cursor.peek(1) in OF and self._month_follows(1):
            return self.keep(self.rhythm.month_days, {int(cursor.take())}, "month_days", first)
        if cursor.peek() not in ("day", "days") or cursor.kind(1) is not Kind.NUMBER:
            return False
        cursor.take()
        days = {int(cursor.take())}
        while cursor.peek() in AND and cursor.kind(1) is Kind.NUMBER:
            cursor.take()
            days.add(int(cursor.take()))
        return self.keep(self.rhythm.month_days, days, "month_days", first)

    def _edge(self, first: int) -> bool:
        """ "The end of the month", "month-end", "the start of the quarter"."""
        cursor = self.cursor
        if cursor.accept(("month-end",)) or cursor.accept_all("month", "end"):
            self.rhythm.within = "month"
            return self.keep(self.rhythm.month_days, {-1}, "month_days", first)
        ahead = 1 if cursor.peek() == "the" else 0
        edges = {"end": -1, "start": 1, "beginning": 1}
        if cursor.peek(ahead) not in edges or not self._month_follows(ahead + 1):
            return False
        cursor.position += ahead
        return self.keep(self.rhythm.month_days, {edges[cursor.take()]}, "month_days", first)

    def _adverb(self, first: int) -> bool:
        cursor = self.cursor
        word = cursor.peek()
        if word in ADVERBS:
            cursor.take()
            return self.set_unit(*ADVERBS[word], first)
        if word in DOUBTFUL_ADVERBS:
            cursor.take()
            self.rhythm.either = True
            return self.set_unit(DOUBTFUL_ADVERBS[word], 2, first)
        if word in TWICE_ADVERBS:
            cursor.take()
            self.set_unit(TWICE_ADVERBS[word], 1, first)
            self.rhythm.times = 2
            return self.said("times", first)
        return False

    def _times(self, first: int) -> bool:
        """ "Twice a week", "once every two weeks", "3 times a week"."""
        cursor = self.cursor
        count = TIMES_A_UNIT.get(cursor.peek())
        if count:
            cursor.take()
        elif cursor.peek(1) == "times":
            count = read_number(cursor)
            cursor.take()
        if not count:
            return False
        if cursor.accept(("in",)):
            cursor.accept(("a",))
        if cursor.peek() not in A_UNIT and cursor.peek() not in ADVERBS:
            if cursor.kind() in (Kind.WORD, Kind.OTHER) and cursor.peek() not in _BEHIND_TIMES:
                raise cursor.unknown()
            raise cursor.refusal(
                "“{part}” says no end that I could keep to. Please write until when, such as until 2026-12-18.",
                first,
            )
        if cursor.peek() in ADVERBS:
            self._adverb(first)
        elif cursor.peek() in EVERY:
            self._every(first)
        else:
            cursor.accept(A_UNIT)
            unit = UNITS.get(cursor.peek())
            if unit is None:
                raise cursor.unknown()
            cursor.take()
            self.add_unit(unit, 1, first)
        self.rhythm.times = count
        return self.said("times", first)

    def _within(self, first: int) -> bool:
        """ "Of the month", "in each quarter", "a month"."""
        cursor = self.cursor
        if not self._month_follows(0) or self._named_month_follows():
            return False
        cursor.take()
        cursor.accept(A_UNIT | {"the"})
        unit = cursor.take()
        if self.rhythm.within:
            raise cursor.refusal("“{part}” is in the phrase twice.", first)
        self.rhythm.within = unit
        return self.said("within", first)

    def _named_month_follows(self) -> bool:
        cursor = self.cursor
        return cursor.peek(1) in MONTHS or (cursor.peek(1) in A_UNIT | {"the"} and cursor.peek(2) in MONTHS)

    def _months_in(self, first: int) -> bool:
        cursor = self.cursor
        if cursor.peek() not in OF | {"during"}:
            return False
        cursor.take()
        cursor.accept(EVERY)
        months = read_months(cursor)
        return bool(months) and self.add_months(months or frozenset(), first)

    def _date(self, first: int) -> bool:
        """ "1 march" or "march 1", of every year."""
        cursor = self.cursor
        words = (cursor.peek(), cursor.peek(1))
        for at, month in enumerate(words):
            day = words[1 - at]
            digits = day[:-2] if cursor.kind(1 - at) is Kind.ORDINAL else day
            if month in MONTHS and digits.isdecimal() and len(digits) < 3:
                cursor.position += 2
                return self.keep(self.rhythm.dates, {(MONTHS[month], int(digits))}, "dates", first)
        return False
