"""What is found of a rhythm is kept, once each; what is said twice is refused."""

from core.delivery.phrases.clock_words import read_half
from core.delivery.phrases.cursor import Cursor
from core.delivery.phrases.facts import Facts

_MOST = 52


class RhythmWriter:
    """Keeps parts of a phrase as facts. Each method is told where its part begins, and raises `BadInput` for one that
    does not go with what is there."""

    def __init__(self, cursor: Cursor, facts: Facts) -> None:
        self.cursor, self.facts, self.rhythm = cursor, facts, facts.rhythm

    def set_unit(self, unit: str, step: int, first: int) -> bool:
        """Every so many of a unit."""
        if self.rhythm.unit:
            raise self.cursor.refusal(
                "“{part}” comes after another rhythm in the same phrase. Please say one, and add a second schedule "
                "for the other.",
                first,
            )
        if not 1 <= step <= _MOST:
            raise self.cursor.refusal("Please choose a number from 1 to 52 for how often it recurs.")
        self.rhythm.unit, self.rhythm.step = unit, step
        return self.said("unit", first)

    def said(self, what: str, first: int) -> bool:
        """Remember where a part of the rhythm stands."""
        before = self.rhythm.spans.get(what)
        self.rhythm.spans[what] = (before[0] if before else first, self.cursor.position)
        return True

    def add_days(self, days: frozenset[int], first: int) -> bool:
        """Weekdays, with the part of the day behind them."""
        if days & self.rhythm.days:
            raise self.cursor.refusal("“{part}” is in the phrase twice. Please say each day once.", first)
        self.rhythm.days |= days
        self.said("days", first)
        half = read_half(self.cursor)
        if half:
            self.set_half(half, self.cursor.position - 1)
        return True

    def set_half(self, half: str, first: int) -> None:
        """A morning, afternoon or evening."""
        if self.facts.half and self.facts.half != half:
            raise self.cursor.refusal(
                "One schedule has one time. Please add a second one for “{part}”.", first
            )
        self.facts.half, self.facts.half_span = half, (first, self.cursor.position)

    def add_unit(self, unit: str, step: int, first: int) -> bool:
        """Every so many of a unit as it is named."""
        if unit == "fortnight":
            unit, step = "week", 2 * step
        if unit in ("quarter", "year") and step > 1:
            raise self.cursor.refusal("I do not plan “{part}” ahead. Please say it in months.", first)
        return self.set_unit(unit, step, first)

    def keep(self, kept: set, found: set, what: str, first: int) -> bool:  # type: ignore[type-arg]  # any one set
        """Positions, days of a month or months."""
        if kept & found:
            raise self.cursor.refusal("“{part}” is in the phrase twice. Please say each once.", first)
        kept |= found
        return self.said(what, first)

    def add_months(self, months: frozenset[int], first: int) -> bool:
        """Months by name."""
        return self.keep(self.rhythm.months, set(months), "months", first)
