"""Dates in a phrase: "18 dec", "December 18, 2026", "18.12.2026", "next monday", "the end of june"."""

import calendar as months_of_year
import re
from datetime import date, timedelta

from core.clock import day_words
from core.delivery.calendar import DateRange
from core.delivery.phrases.cursor import Cursor, Unclear
from core.delivery.phrases.tokens import Kind
from core.delivery.phrases.vocabulary import MONTHS, TO, WEEKDAYS
from core.errors import BadInput

_NO_DATE = "“{part}” is no date. Please write it like 2026-12-18 or 18 Dec 2026."
_DATES = (Kind.ISO_DATE, Kind.DOTTED_DATE, Kind.SLASHED_DATE)


def last_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, months_of_year.monthrange(year, month)[1])


class DateReader:
    """Reads dates. One without a year is the next one from `today` on."""

    def __init__(self, cursor: Cursor, today: date) -> None:
        self.cursor, self.today = cursor, today

    def read(self) -> date | None:
        """The date that comes next, if one does. Raises `BadInput` for one that is in no calendar."""
        cursor, first = self.cursor, self.cursor.position
        if cursor.kind() in _DATES:
            return self._digits(first)
        return cursor.attempt(self._of_month) or self._relative(first)

    def period(self) -> DateRange | None:
        """A date, or dates from one to another."""
        cursor, first = self.cursor, self.cursor.position
        begin = cursor.attempt(self._shared_month) or self.read()
        if begin is None:
            return None
        if isinstance(begin, DateRange):
            return begin
        end = begin
        if cursor.peek() in TO:
            cursor.take()
            found = DateReader(cursor, begin).read()
            if found is None:
                raise cursor.unknown()
            end = found
        if end < begin or (end - begin).days > 366:
            raise cursor.refusal("“{part}” ends before it begins, or lasts longer than a year.", first)
        return DateRange(begin, end)

    def end(self, first: int) -> date:
        """The date of an "until". `first` is where that stands."""
        cursor = self.cursor
        found = self._end_of_period() or self.read()
        if found is not None:
            return found
        month = MONTHS.get(cursor.peek())
        if month is None:
            if cursor.done():
                raise cursor.refusal("“{part}” needs a date behind it, such as 2026-12-18.", first)
            raise self._unknown()
        begin = self._year_month(month)
        readings = [
            cursor.replaced((first, cursor.position, f"until {each.isoformat()}"))
            for each in (begin - timedelta(days=1), last_of_month(begin.year, begin.month))
        ]
        raise Unclear(cursor.text(first), readings)

    def start(self, first: int) -> date:
        """The date of a "starting". `first` is where that stands."""
        cursor = self.cursor
        found = self.read()
        if found is not None:
            return found
        cursor.accept(("in",))
        month = MONTHS.get(cursor.peek())
        if month is not None:
            return self._year_month(month)
        if cursor.done():
            raise cursor.refusal("“{part}” needs a date behind it, such as 2026-12-18.", first)
        raise self._unknown()

    def _unknown(self) -> BadInput:
        cursor = self.cursor
        first = cursor.position
        whole = cursor.peek() in ("next", "this", "the") or cursor.kind() in (Kind.NUMBER, Kind.ORDINAL)
        cursor.position += 2 if whole else 1
        return cursor.refusal(
            "I do not understand the date “{part}”. Please write it like 2026-12-18 or 18 Dec 2026.",
            first,
            min(cursor.position, len(cursor.tokens)),
        )

    def _year_month(self, month: int) -> date:
        """The first day of a month, with or without a year behind it."""
        self.cursor.take()
        year = self._year()
        if year is None:
            passed = month < self.today.month
            year = self.today.year + passed
        return date(year, month, 1)

    def _end_of_period(self) -> date | None:
        cursor, today = self.cursor, self.today
        ahead = 1 if cursor.peek() == "the" else 0
        if cursor.peek(ahead) != "end":
            return None
        cursor.position += ahead + 1
        cursor.accept(("of",))
        the = cursor.accept(("the", "this"))
        if cursor.accept(("year",)):
            return date(today.year, 12, 31)
        if cursor.accept(("month",)):
            return last_of_month(today.year, today.month)
        month = None if the else MONTHS.get(cursor.peek())
        if month is not None:
            begin = self._year_month(month)
            return last_of_month(begin.year, begin.month)
        year = None if the else self._year()
        if year is None:
            raise cursor.unknown()
        return date(year, 12, 31)

    def _year(self) -> int | None:
        cursor = self.cursor
        ahead = 1 if cursor.peek() == "," else 0
        text = cursor.peek(ahead)
        if cursor.kind(ahead) is not Kind.NUMBER or not re.fullmatch("20[0-9]{2}", text):
            return None
        cursor.position += ahead + 1
        return int(text)

    def _digits(self, first: int) -> date:
        cursor, kind = self.cursor, self.cursor.kind()
        numbers = [int(each) for each in re.findall(r"\d+", cursor.take())]
        if kind is Kind.ISO_DATE:
            return self._date(numbers[0], numbers[1], numbers[2], first)
        year = numbers[2] if len(numbers) > 2 else None
        if year is not None and year < 100:
            year += 2000
        day, month = numbers[0], numbers[1]
        if kind is Kind.SLASHED_DATE:
            either = [each for each in ((day, month), (month, day)) if each[1] <= 12]
            if len(either) == 2 and day != month:
                dates = [self._dated(year, its_month, its_day, first) for its_day, its_month in either]
                phrases = [cursor.replaced((first, cursor.position, each.isoformat())) for each in dates]
                raise Unclear(cursor.text(first), phrases)
            day, month = either[0] if either else (day, month)
        return self._dated(year, month, day, first)

    def _of_month(self) -> date | None:
        """ "18 dec 2026", "the 18th of december", "dec 18", with the weekday before it or not."""
        cursor, first = self.cursor, self.cursor.position
        weekday = WEEKDAYS.get(cursor.peek())
        if weekday is not None:
            cursor.take()
            cursor.accept((",",))
        cursor.accept(("the",))
        day = self._day_number()
        if day is not None:
            cursor.accept(("of",))
        month = MONTHS.get(cursor.peek())
        if month is None:
            return None
        cursor.take()
        day = self._day_number() if day is None else day
        if day is None:
            return None
        found = self._dated(self._year(), month, day, first)
        if weekday is not None and found.weekday() != weekday:
            raise cursor.refusal(
                "“{part}” does not fit together: that date is {day}.", first, day=day_words(found)
            )
        return found

    def _shared_month(self) -> DateRange | None:
        """ "24-26 december": the month is said once."""
        cursor, first = self.cursor, self.cursor.position
        begin = self._day_number()
        if begin is None or not cursor.accept(TO):
            return None
        end, month = self._day_number(), MONTHS.get(cursor.peek())
        if end is None or month is None:
            return None
        cursor.take()
        year = self._year()
        last = self._dated(year, month, end, first)
        begin_date = self._date(last.year, month, begin, first)
        return DateRange(begin_date, last) if begin_date <= last else None

    def _day_number(self) -> int | None:
        cursor = self.cursor
        if cursor.kind() not in (Kind.NUMBER, Kind.ORDINAL) or len(cursor.peek()) > 4:
            return None
        number = int(re.findall(r"\d+", cursor.peek())[0])
        if number > 99:
            return None
        cursor.take()
        return number

    def _relative(self, first: int) -> date | None:
        cursor, today = self.cursor, self.today
        if cursor.peek() in ("today", "tomorrow"):
            return today + timedelta(days=cursor.take() == "tomorrow")
        if cursor.peek() in ("next", "this"):
            return cursor.attempt(lambda: self._next(first))
        weekday = WEEKDAYS.get(cursor.peek())
        if weekday is None:
            return None
        cursor.take()
        return today + timedelta(days=(weekday - today.weekday()) % 7)

    def _next(self, first: int) -> date | None:
        cursor, today = self.cursor, self.today
        word = cursor.take()
        monday = today - timedelta(days=today.weekday())
        weekday = WEEKDAYS.get(cursor.peek())
        if weekday is not None:
            cursor.take()
            coming = today + timedelta(days=(weekday - today.weekday()) % 7)
            of_next_week = monday + timedelta(days=7 + weekday)
            if word == "this" or coming == of_next_week:
                return coming
            if coming == today:
                return of_next_week
            phrases = [
                cursor.replaced((first, cursor.position, each.isoformat())) for each in (coming, of_next_week)
            ]
            raise Unclear(cursor.text(first), phrases)
        if word == "next" and cursor.accept(("week",)):
            return monday + timedelta(days=7)
        if word == "next" and cursor.accept(("month",)):
            return last_of_month(today.year, today.month) + timedelta(days=1)
        if word == "next" and cursor.accept(("year",)):
            return date(today.year + 1, 1, 1)
        return None

    def _dated(self, year: int | None, month: int, day: int, first: int) -> date:
        """A date; without a year the next one from today on."""
        if year is not None:
            return self._date(year, month, day, first)
        for coming in range(self.today.year, self.today.year + 9):
            if 1 <= month <= 12 and 1 <= day <= months_of_year.monthrange(coming, month)[1]:
                found = date(coming, month, day)
                if found >= self.today:
                    return found
        raise self.cursor.refusal(_NO_DATE, first)

    def _date(self, year: int, month: int, day: int, first: int) -> date:
        try:
            return date(year, month, day)
        except ValueError:
            raise self.cursor.refusal(_NO_DATE, first) from None
