"""Accept rates and score scales of venues, as far as they are known.

Rates are fractions of the submissions to the main conference. Most are from lixin4ever's
Conference-Acceptance-Rate list on GitHub; those of 2025 and later are from secondary reports (CVPR and AAAI 2026 are
rounded there). Populations differ from venue to venue, and within one: see each venue's note before comparing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

SOURCE = "published rates"
"""What the table is called where it is named as a source."""
AS_OF = date(2026, 11, 1)
"""The month in which its figures were looked up last."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The scores that reviewers can give, from the lowest up, and what to know about them."""

    values: tuple[float, ...]
    note: str = ""
    assumed: str = ""  # where it is not known but assumed: whose it is, in words

    @property
    def low(self) -> float:
        """The lowest score."""
        return self.values[0]

    @property
    def high(self) -> float:
        """The highest score."""
        return self.values[-1]


@dataclass(frozen=True, slots=True)
class Rate:
    """An accept rate (a fraction), whose it is, and of which year; `asked` is the year that was asked for."""

    venue: str
    year: int
    value: float
    asked: int | None = None

    @property
    def exact(self) -> bool:
        """Whether this is the rate of the very year that was asked for, or none was asked for."""
        return self.asked in (None, self.year)


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue: rates by year, scales by the first year in which they were in use, other names, and a note.

    `decided` holds, where it is known and another population, the rate of the papers that were decided: a paper
    with scores that came to a verdict is one of them.
    """

    name: str
    rates: Mapping[int, float] = field(default_factory=dict)
    scales: Mapping[int, Scale] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    note: str = ""
    decided: Mapping[int, float] = field(default_factory=dict)
    undiscussed: tuple[int, ...] = ()
    """Years whose decisions were made on scores from before the reviewers' discussion."""
    reviews: Mapping[int, float] = field(default_factory=dict)
    """How many reviews a paper got on average, by year."""

    def rate(self, year: int | None = None) -> Rate | None:
        """The rate of `year` or of the nearest known year (without a year, the newest), or None."""
        if not self.rates:
            return None
        nearest = max(self.rates) if year is None else min(self.rates, key=lambda known: abs(known - year))
        return Rate(self.name, nearest, self.rates[nearest], year)

    def scale(self, year: int | None = None) -> Scale | None:
        """The score scale in use in `year` (without one, the newest), or None if it is not known."""
        started = [first for first in self.scales if year is None or first <= year]
        return self.scales[max(started)] if started else None


@dataclass(frozen=True, slots=True)
class Edition:
    """A venue and the year that was named with it, if one was."""

    venue: Venue
    year: int | None

    @property
    def rate(self) -> Rate | None:
        """The rate of this year or of the nearest known one; None if none is known."""
        return self.venue.rate(self.year)

    @property
    def scale(self) -> Scale | None:
        """The score scale of this year, None if it is not known."""
        return self.venue.scale(self.year)


def _years(first: int, *percents: float) -> dict[int, float]:
    """Accept rates in percent of the years from `first` on, as fractions by year."""
    return {first + offset: round(percent / 100, 4) for offset, percent in enumerate(percents)}


@cache
def table() -> tuple[Venue, ...]:
    """Every venue that is known, in the order of their names."""
    one_to_ten = Scale(tuple(range(1, 11)))
    # Known of 2014 alone; in the years to 2024 it may have been another.
    as_in_2014 = replace(one_to_ten, assumed="a scale of 1 to 10 as at NIPS 2014, assumed for 2015 to 2024")
    iclr_2026 = Scale((0, 2, 4, 6, 8, 10), "Of the scores of 2026 only a part was reported.")
    return (
        Venue("AAAI", _years(2021, 21.4, 15.0, 19.6, 23.8, 23.4, 17.5)),
        Venue(
            "ACL",
            {2023: 0.235, 2025: 0.203},
            note="Main conference; Findings took another 18.4 in 100 in 2023.",
        ),
        Venue("AISTATS", _years(2021, 29.8, 29.2, 29.4, 27.6, 31.3), aliases=("AI and Statistics",)),
        Venue("COLT", _years(2020, 30.9)),
        Venue("CVPR", _years(2021, 23.7, 25.3, 25.8, 23.6, 22.1, 25.0)),
        Venue(
            "EMNLP", _years(2023, 23.3), note="Main conference; Findings took another 22.9 in 100 in 2023."
        ),
        Venue(
            "ICLR",
            _years(2021, 28.7, 32.9, 32.0, 30.8, 31.7, 27.4),
            {2013: one_to_ten, 2022: Scale((1, 3, 5, 6, 8, 10)), 2026: iclr_2026},
            ("International Conference on Learning Representations",),
            "At ICLR 2026 5,355 papers were accepted: 27.4 in 100 of the 19,525 valid submissions, and 38.9 in 100 of "
            "the 13,763 that were not withdrawn before they were decided.",
            {2026: 0.389},
            (2026,),
            {2021: 3.9, 2023: 3.9, 2026: 3.9},
        ),
        Venue(
            "ICML",
            _years(2021, 21.5, 21.9, 27.9, 27.5, 26.9, 26.6),
            aliases=("International Conference on Machine Learning",),
        ),
        Venue("KDD", _years(2022, 15.0, 22.1), aliases=("SIGKDD",)),
        Venue(
            "NeurIPS",
            _years(2021, 25.7, 25.6, 26.1, 25.8, 24.5),
            {2014: one_to_ten, 2015: as_in_2014, 2025: Scale(tuple(range(1, 7)))},
            ("NIPS", "Neural Information Processing Systems"),
        ),
        Venue("TMLR", note="A journal without a fixed number of places: no accept rate is known."),
        Venue("UAI", _years(2021, 26.3, 32.3, 31.2)),
    )


_YEAR_AT_END = re.compile(r"(?:20|19)?\d\d\Z")


def _key(name: str) -> str:
    """What two spellings of one name share: letters and digits, in one case."""
    return re.sub(r"[\W_]+", "", name).casefold()


@cache
def _index() -> dict[str, Venue]:
    return {_key(name): venue for venue in table() for name in (venue.name, *venue.aliases)}


def find(name: str) -> Edition | None:
    """The venue of this name and the year at its end, if any; None when the venue is not known.

    Case, spaces and punctuation do not matter; the year may be 2026, 26 or '26. "nips-2014" is NeurIPS 2014,
    "NeurIPS 2026" is NeurIPS 2026, whose `rate` is then that of the newest known year, and says so.
    """
    if len(name) > 200:
        return None
    end = next((at for at in range(len(name), 0, -1) if name[at - 1].isalnum() or name[at - 1] == "_"), 0)
    year = _YEAR_AT_END.search(name, 0, end)
    venue = _index().get(_key(name[: year.start() if year else end]))
    if venue is None:
        return None
    return Edition(venue, int(year[0]) + (2000 if len(year[0]) == 2 else 0) if year else None)


def names() -> tuple[str, ...]:
    """The names of all venues, for completion."""
    return tuple(venue.name for venue in table())
