"""A phrase, read clause by clause until no word is left."""

from datetime import date, timedelta

from core.delivery.phrases.clock_words import read_clock, read_half, refuse_zone
from core.delivery.phrases.cursor import Cursor, Unclear
from core.delivery.phrases.date_words import DateReader, last_of_month
from core.delivery.phrases.facts import Facts
from core.delivery.phrases.left_out import LeftOutReader
from core.delivery.phrases.lists import read_number
from core.delivery.phrases.rhythm_words import RhythmReader
from core.delivery.phrases.tokens import Kind
from core.delivery.phrases.vocabulary import (
    AND,
    EXCEPT,
    MONTHS,
    ONCE_ONLY,
    STARTING,
    TO,
    UNITS,
    UNTIL,
    WEEKDAYS,
)

_TWO_STARTS = "“{part}” says a second time when it begins. Please say it once."
_TWO_ENDS = "“{part}” says a second time when it ends. Please say it once."


class PhraseReader:
    """Reads a phrase into `facts`. A year that is left out is found from `today`."""

    def __init__(self, cursor: Cursor, today: date) -> None:
        self.cursor, self.today = cursor, today
        self.facts = Facts()
        self._rhythm = RhythmReader(cursor, self.facts)
        self._dates = DateReader(cursor, today)
        self._joined: int | None = None
        """Where the last clause begins that "and" joins to one with a time."""

    def read(self) -> Facts:
        """All of the phrase. Raises `BadInput` for what is not understood, `Unclear` for what means several things."""
        cursor = self.cursor
        while not cursor.done():
            first = cursor.position
            if first and cursor.accept(AND):
                cursor.accept(AND)
                if cursor.done():
                    raise cursor.refusal(
                        "“{part}” is followed by nothing. Is something missing?", first, first + 1
                    )
                self._joined = first + 1 if self.facts.clock else None
            self._clause()
        return self.facts

    def _clause(self) -> None:
        cursor, first = self.cursor, self.cursor.position
        word = cursor.peek()
        if word == "from":
            self._from(first)
        elif word == "between":
            self._between(first)
        elif word in EXCEPT or (word, cursor.peek(1)) in (("other", "than"), ("apart", "from")):
            if not self._endless(first):
                LeftOutReader(cursor, self.facts, self.today).read(first)
        elif cursor.accept_all("up", "to") or cursor.accept(UNTIL):
            self._until(first)
        elif self._starts():
            self._starting(first)
        elif word == "for":
            self._for(first)
        elif not (self._time(first) or self._half(first) or self._rhythm.read()):
            self._refuse(word)

    def _starts(self) -> bool:
        cursor = self.cursor
        if cursor.accept_all("as", "of") or cursor.accept_all("as", "from"):
            return True
        edge = cursor.peek() in ("start", "beginning") and cursor.peek(1) == "of"
        if edge or not cursor.accept(STARTING):
            return False
        cursor.accept(("on", "from"))
        return True

    def _time(self, first: int) -> bool:
        clock = read_clock(self.cursor)
        if clock is None:
            return False
        if self.facts.clock is not None:
            self._second_time(first)
        self.facts.clock = clock
        return True

    def _second_time(self, first: int) -> None:
        cursor, before = self.cursor, self.facts.clock
        assert before is not None  # noqa: S101 - the caller looked
        rest = first if self._joined is None else self._joined
        raise cursor.refusal(
            "One schedule has one time, and I read “{time}” already. Please leave “{part}” out, or add a second "
            "schedule for it.",
            rest,
            len(cursor.tokens) if self._joined is not None else cursor.position,
            time=cursor.text(*before.span),
        )

    def _half(self, first: int) -> bool:
        half = read_half(self.cursor)
        if half and self.facts.half:
            raise self.cursor.refusal(
                "“{part}” names a second part of the day. One schedule has one time.", first
            )
        if half:
            self.facts.half, self.facts.half_span = half, (first, self.cursor.position)
        return bool(half)

    # Beginning and end.

    def _start_at(self, day: date, first: int) -> None:
        if self.facts.starts is not None:
            raise self.cursor.refusal(_TWO_STARTS, first)
        self.facts.starts = day

    def _end_at(self, day: date, first: int) -> None:
        if self.facts.until is not None or self.facts.length is not None or self.facts.endless:
            raise self.cursor.refusal(_TWO_ENDS, first)
        self.facts.until = day

    def _starting(self, first: int) -> None:
        self._start_at(self._dates.start(first), first)

    def _until(self, first: int) -> None:
        reader = DateReader(self.cursor, max(self.today, self.facts.starts or self.today))
        self._end_at(reader.end(first), first)

    def _endless(self, first: int) -> bool:
        cursor = self.cursor
        if not (cursor.accept_all("without", "end") or cursor.accept_all("no", "end")):
            return False
        if self.facts.until is not None or self.facts.length is not None:
            raise cursor.refusal(_TWO_ENDS, first)
        self.facts.endless = True
        return True

    def _from(self, first: int) -> None:
        """ "From monday to friday", "from september to june", "from 1 dec to 18 dec", "from 1 dec on"."""
        cursor = self.cursor
        cursor.take()
        if cursor.peek() in WEEKDAYS and cursor.peek(1) in TO and cursor.peek(2) in WEEKDAYS:
            self._rhythm.read()
            return
        if cursor.peek() in MONTHS and cursor.peek(1) in TO and cursor.peek(2) in MONTHS:
            self._from_months(first)
        begin = self._dates.start(first)
        self._start_at(begin, first)
        if cursor.peek() in TO:
            cursor.take()
            self._end_at(DateReader(cursor, begin).end(first), first)
        elif cursor.peek() == "on" and (not cursor.peek(1) or cursor.peek(1) in AND):
            cursor.take()
        else:
            cursor.accept(("onwards", "onward", "forward"))

    def _from_months(self, first: int) -> None:
        """Raise `Unclear`: once, or each year."""
        cursor = self.cursor
        begin_month, end_month = MONTHS[cursor.peek()], MONTHS[cursor.peek(2)]
        begin = date(self.today.year + (begin_month < self.today.month), begin_month, 1)
        end = last_of_month(begin.year + (end_month < begin_month), end_month)
        names = cursor.text(cursor.position, cursor.position + 3)
        phrases = [
            cursor.replaced((first, cursor.position + 3, said))
            for said in (f"starting {begin} until {end}", f"in {names}")
        ]
        raise Unclear(cursor.text(first, cursor.position + 3), phrases)

    def _between(self, first: int) -> None:
        cursor = self.cursor
        cursor.take()
        begin = self._dates.read()
        if begin is None or not cursor.accept({"and"} | TO):
            raise cursor.unknown()
        self._start_at(begin, first)
        self._end_at(DateReader(cursor, begin).end(first), first)

    def _for(self, first: int) -> None:
        cursor = self.cursor
        cursor.take()
        if cursor.accept(("the",)):
            cursor.accept(("next",))
        number, unit = read_number(cursor), UNITS.get(cursor.peek())
        if not number or unit not in ("day", "week", "fortnight", "month"):
            raise cursor.unknown()
        cursor.take()
        if self.facts.until is not None or self.facts.length is not None or self.facts.endless:
            raise cursor.refusal(_TWO_ENDS, first)
        if number > 366:
            raise cursor.refusal("“{part}” is too long for me to count. Please say until when.", first)
        self.facts.length = (number * 2, "week") if unit == "fortnight" else (number, unit)

    # What is not understood.

    def _refuse(self, word: str) -> None:
        cursor, first = self.cursor, self.cursor.position
        refuse_zone(cursor)
        if word == "-" and cursor.kind(1) is Kind.TIME:
            raise cursor.refusal(
                "A post has a time and no end: please leave “{part}” out.",
                cursor.position,
                cursor.position + 2,
            )
        if cursor.kind() in (Kind.ISO_DATE, Kind.DOTTED_DATE, Kind.SLASHED_DATE) or word in ONCE_ONLY:
            cursor.position += word in ("next", "this")
            raise cursor.refusal(
                "A schedule recurs, and “{part}” is one date. Please say how often, such as every friday 16:00; "
                "“starting” and “until” go before a date.",
                first,
                cursor.position + 1,
            )
        if cursor.kind() is Kind.NUMBER:
            raise cursor.refusal(
                "What does “{part}” count? A time is written 09:30 or 9am, a day of the month 1st or 15th.",
                first,
                min(first + 2, len(cursor.tokens)),
            )
        raise cursor.unknown()


def end_of(first: date, length: tuple[int, str]) -> date:
    """The last day of so many days, weeks or months from a first date on."""
    number, unit = length
    if unit == "day":
        return first + timedelta(days=number - 1)
    if unit == "week":
        return first + timedelta(days=7 * number - 1)
    months = first.year * 12 + first.month - 1 + number
    year, month = divmod(months, 12)
    day = min(first.day, last_of_month(year, month + 1).day)
    return date(year, month + 1, day) - timedelta(days=1)
