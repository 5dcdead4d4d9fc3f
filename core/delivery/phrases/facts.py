"""What a phrase says, before it is a rule."""

from dataclasses import dataclass, field
from datetime import date

from core.delivery.calendar import DateRange

Span = tuple[int, int]
"""Tokens, from the first to behind the last."""


@dataclass
class TimeOfDay:
    """A time of day as it was said. A `vague` one is an hour of one to twelve without its half of the day."""

    hour: int
    minute: int
    vague: bool
    span: Span


@dataclass
class EveryNth:
    """ "Every second friday": every second one, or the second one of a month."""

    number: int
    days: frozenset[int]
    said: Span
    """The words before the days."""
    until: int
    """The token behind the days."""


@dataclass
class Rhythm:
    """On which dates. Weekdays are 0 to 6 from Monday on; positions are counted from 1, or from -1 backwards."""

    unit: str = ""
    """"day", "week", "month", "quarter" or "year"; every `step`th of them."""
    step: int = 1
    within: str = ""
    """The unit of "the first monday of the month"."""
    times: int = 0
    """How many dates a unit has, where that was said."""
    either: bool = False
    """Whether the unit was said with a word that also means twice a unit."""
    days: set[int] = field(default_factory=set)
    weekday_positions: set[tuple[int, int]] = field(default_factory=set)
    """Positions and weekdays: the second Friday is (2, 4)."""
    month_days: set[int] = field(default_factory=set)
    working_positions: set[int] = field(default_factory=set)
    bare_positions: set[int] = field(default_factory=set)
    """Positions of which nothing was said: "monthly on the first"."""
    dates: set[tuple[int, int]] = field(default_factory=set)
    """Months and days of a year."""
    months: set[int] = field(default_factory=set)
    every_nth: EveryNth | None = None
    every: bool = False
    """Whether "every" was said, so that a date is one of every year."""
    spans: dict[str, Span] = field(default_factory=dict)
    """Where each of these was said."""


@dataclass
class Without:
    """What is left out."""

    days: set[int] = field(default_factory=set)
    weekday_positions: set[tuple[int, int]] = field(default_factory=set)
    months: set[int] = field(default_factory=set)
    ranges: list[DateRange] = field(default_factory=list)
    span: Span = (0, 0)


@dataclass
class Facts:
    """All that a phrase says."""

    rhythm: Rhythm = field(default_factory=Rhythm)
    without: Without = field(default_factory=Without)
    clock: TimeOfDay | None = None
    half: str = ""
    """"am" or "pm", where a morning, afternoon or evening was named."""
    half_span: Span = (0, 0)
    starts: date | None = None
    until: date | None = None
    length: tuple[int, str] | None = None
    """How many of which unit it goes on for."""
    endless: bool = False
