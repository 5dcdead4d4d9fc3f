"""Time zones as people name them: a city, a country, an abbreviation, an offset from UTC or a zone's own name.

What may mean several zones is asked about and never guessed: an abbreviation such as EST is a country's winter time,
and an offset is one of many places' clocks today and perhaps not in summer.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from importlib import resources
from zoneinfo import available_timezones

from core import clock
from core.chat import folding
from core.chat.text import say, shorten
from core.clock import AOE, Zone
from core.errors import Ambiguous, NotFound

MOST_READINGS = 5
"""How many zones are asked about at once."""

_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-\u2212\u2013])\s*(\d{1,2})(?:[:.]?(\d{2}))?", re.ASCII)
_POSIX = re.compile(r"etc/gmt([+-])(\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """A zone that may be meant, by its name, and the words that tell it from the others."""

    zone: str
    words: str = ""

    def __str__(self) -> str:
        place = self.zone.replace("_", " ")
        return f"{place}: {self.words}" if self.words else place


def read(typed: str, now: datetime) -> Sequence[ZoneReading]:
    """What was typed, as the zones that it may mean: one where that is clear, none where nobody is known by that. An
    offset means the zones that have it at `now`."""
    if (offset := offset_of(typed)) is not None:
        return [ZoneReading(AOE)] if offset == timedelta(hours=-12) else _of_offset(offset, now)
    key = _key(typed)
    named = _names().get(key)
    if key in _abbreviations():
        return _abbreviations()[key]
    if named is not None:
        return [ZoneReading(named)]
    return [ZoneReading(zone) for zone in _places().get(key, ())][:MOST_READINGS]


def known(name: str | None) -> str | None:
    """A zone's name as a platform tells it, None where it is no zone."""
    return _names().get(_key(name)) if name else None


def read_one(typed: str, now: datetime) -> Zone:
    """The zone that was typed. Raises `Ambiguous` where it may be one of several, `NotFound` where nobody knows it."""
    found = read(typed, now)
    if len(found) == 1:
        return Zone(found[0].zone)
    shown = shorten(typed, 60)
    if found:
        question = say("“{typed}” is the time in several places. Which one is meant?", typed=shown)
        raise Ambiguous(question, _choices(found))
    if close := similar(typed):
        question = say("I know no time zone “{typed}”. Did you mean one of these?", typed=shown)
        raise Ambiguous(question, _choices(close))
    raise NotFound(
        say("I know no time zone “{typed}”. Try a big city or a country, such as Lagos, or AoE.", typed=shown)
    )


def _choices(readings: Iterable[ZoneReading]) -> list[tuple[str, str]]:
    return [(each.zone, str(each)) for each in readings]


def similar(typed: str) -> list[ZoneReading]:
    """The zones whose names or cities look like what was typed, with the name that does."""
    known = {**{key: (zone,) for key, zone in _names().items()}, **_places()}
    found: dict[str, str] = {}
    for match in difflib.get_close_matches(_key(typed), known, n=9, cutoff=0.7):
        for zone in known[match]:
            named = match in (_key(zone), _city(zone))
            found.setdefault(zone, "" if named else match.title())
    return [ZoneReading(zone, words) for zone, words in found.items()][:3]


def search(typed: str) -> list[ZoneReading]:
    """The zones that what was typed may become, those of a city or country that begins so first."""
    wanted = _key(typed)
    hits: dict[str, tuple[int, str]] = {}
    for name in clock.zone_names():
        key = _key(name)
        if wanted in key:
            hits[name] = (0 if _city(name).startswith(wanted) else 1, "")
    for key, zones in _places().items():
        if wanted and key.startswith(wanted):
            for zone in zones:
                hits.setdefault(zone, (0, key.title()))
    for key, readings in _abbreviations().items():
        if wanted and key == wanted:
            for reading in readings:
                hits[reading.zone] = (-1, reading.words)
    ordered = sorted(hits, key=lambda zone: hits[zone][0])
    return [ZoneReading(zone, hits[zone][1]) for zone in ordered]


def at_instant(typed: str, day: date, wall: time) -> tuple[datetime, str, bool] | None:
    """The instant at which it is `wall` on `day` by the clocks of what people call a zone, the zone's name, and whether
    that is sure: not so of what stands for another season's clocks, such as PST in September, or for zones with other
    clocks then. None where nobody knows it. Of an abbreviation with several meanings the first one is taken."""
    key = _key(typed)
    offset = timedelta(0) if key == "gmt" else offset_of(typed)
    if offset is not None:
        if abs(offset) > timedelta(hours=14):
            return None
        at = datetime.combine(day, wall, tzinfo=timezone(offset)).astimezone(UTC)
        names = {timedelta(hours=-12): AOE, timedelta(0): "UTC"}
        return at, names.get(offset) or offset_words(offset), True
    found = [each.zone for each in read(typed, datetime.combine(day, time(12), tzinfo=UTC))]
    if not found:
        return None
    instants = [clock.to_instant(day, wall, zone) for zone in found]
    if key not in _abbreviations() or not key.isalpha() or key in _ALL_YEAR:
        return instants[0], found[0], len(set(instants)) == 1
    called = [
        (clock.local(at, zone).tzname() or "").casefold() for at, zone in zip(instants, found, strict=True)
    ]
    if len(found) == 1 and not called[0].isalpha():  # the table of zones has no name for it
        return instants[0], found[0], True
    meant = {at for at, name in zip(instants, called, strict=True) if name == key}
    return instants[0], found[0], called[0] == key and (key in _AMERICAN or len(meant) == 1)


_ALL_YEAR = frozenset(("et", "ct", "mt", "pt", "nzt"))
"""Abbreviations that stand for a place's clocks in winter and in summer."""
_AMERICAN = frozenset(("est", "cst", "mst", "pst", "ast"))
"""Abbreviations that mean North America's clocks in lists of conferences, whoever else has them."""


def offset_of(typed: str) -> timedelta | None:
    """The offset from UTC that was typed, east positive. The names `Etc/GMT+5` mean five hours *behind* UTC."""
    folded = typed.strip().casefold()
    if match := _POSIX.fullmatch(folded):
        hours = int(match[2])
        return timedelta(hours=-hours if match[1] == "+" else hours)
    match = _OFFSET.fullmatch(folded)
    if match is None:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return size if match[1] == "+" else -size


def _of_offset(offset: timedelta, now: datetime) -> list[ZoneReading]:
    """Zones that have an offset now, those with other clocks in summer beside each other first."""
    having = [
        zone
        for zone in dict.fromkeys((*_cities(), *_of_countries()))
        if clock.local(now, zone).utcoffset() == offset
    ]
    different = _with_different_clocks(having, now)
    chosen = {*different[:MOST_READINGS], *having[: max(0, MOST_READINGS - len(different))]}
    return [ZoneReading(zone, _clocks(zone, now)) for zone in having if zone in chosen][:MOST_READINGS]


def _with_different_clocks(zones: Iterable[str], now: datetime) -> list[str]:
    """The first of those that have the same clocks all year."""
    kept: dict[object, str] = {}
    for zone in zones:
        kept.setdefault(_offsets(zone, now), zone)
    return list(kept.values())


def _offsets(zone: str, now: datetime) -> tuple[timedelta | None, timedelta | None]:
    """A zone's offsets in January and in July of this year."""
    days = (datetime(now.year, month, 15, 12, tzinfo=UTC) for month in (1, 7))
    january, july = (clock.local(day, zone).utcoffset() for day in days)
    return january, july


def _clocks(zone: str, now: datetime) -> str:
    """A zone's offsets in words: "UTC+5 all year"."""
    january, july = (offset_words(each or timedelta()) for each in _offsets(zone, now))
    return f"{january} all year" if january == july else f"{january} in January, {july} in July"


def offset_words(offset: timedelta) -> str:
    """An offset from UTC for people: "UTC+5", "UTC-3:30"."""
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _key(name: str) -> str:
    """What two spellings of one name share: letters and digits in one case, without accents, words apart."""
    plain = re.sub("['\u2019]", "", folding.fold(name))
    return " ".join(re.sub(r"[^\w/+]|_", " ", plain).split())


def _city(zone: str) -> str:
    return _key(zone.rsplit("/", 1)[-1])


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Zones by their own names, and by their last part where that is a place. `Brazil/East` and the like are none, and
    names such as EST are abbreviations."""
    names: dict[str, str] = {}
    for name in sorted(available_timezones()):
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "SystemV/")):
            names[_key(name)] = name
    for name in clock.zone_names():
        if not name.startswith(("US/", "Canada/", "Brazil/", "Mexico/", "Chile/")):
            names.setdefault(_city(name), name)
    return names | {_key(AOE): AOE, "anywhere on earth": AOE, "utc": "UTC", "z": "UTC", "zulu": "UTC"}


@lru_cache(maxsize=1)
def _cities() -> dict[str, tuple[str, ...]]:
    """Names of places by zone, from the project's list."""
    found = {}
    for line in _lines("cities.txt"):
        zone, _, names = line.partition(": ")
        found[zone] = tuple(name.strip() for name in names.split(","))
    return found


@lru_cache(maxsize=1)
def _abbreviations() -> dict[str, tuple[ZoneReading, ...]]:
    found = {}
    for line in _lines("abbreviations.txt"):
        names, _, meanings = line.partition(": ")
        readings = tuple(_reading(each.strip()) for each in meanings.split(";"))
        found.update({_key(name): readings for name in names.split(",")})
    return found


def _reading(meaning: str) -> ZoneReading:
    zone, _, words = meaning.partition(" (")
    return ZoneReading(zone, words.removesuffix(")"))


def _lines(name: str) -> Iterable[str]:
    text = resources.files("core.cohorts").joinpath("data", name).read_text("utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[str, ...]]:
    """Zones by the names of cities, states and countries; several where a name stands for several."""
    found: dict[str, list[str]] = {}
    for zone, names in _cities().items():
        for name in names:
            found.setdefault(_key(name), []).append(zone)
    for country, zones in _countries().items():
        known = found.setdefault(_key(country), [])
        known += [zone for zone in zones if zone not in known]
    return {key: tuple(zones) for key, zones in found.items()}


@lru_cache(maxsize=1)
def _of_countries() -> dict[str, str]:
    """The zones that countries use today, with the country's code."""
    rows = (line.split("\t") for line in _table("zone.tab"))
    return {zone: code for code, _, zone, *_ in rows}


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    """The zones of each country, its chief one first; one of several that have the same clocks."""
    names = dict(line.split("\t")[:2] for line in _table("iso3166.tab"))
    zones: dict[str, list[str]] = {}
    for zone, code in _of_countries().items():
        zones.setdefault(code, []).append(zone)
    cities = list(_cities())
    found = {}
    for code, name in names.items():
        # Those with many people's cities come first.
        ranked = sorted(
            zones.get(code, ()), key=lambda zone: cities.index(zone) if zone in cities else len(cities)
        )
        kept = _with_different_clocks(ranked, _YEAR)
        for each in (name, *_COUNTRY_NAMES.get(code, ())):
            found[each] = kept
    return found


_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
"""A year in which the clocks of a country's zones are compared."""

_COUNTRY_NAMES = {
    "US": ("USA", "United States of America", "America"),
    "CD": ("Democratic Republic of the Congo", "Congo"),
    "BR": ("Brasil",),
    "RU": ("Russian Federation",),
    "MX": ("Mexiko",),
    "CI": ("Cote d'Ivoire",),
}


def _table(name: str) -> Iterable[str]:
    text = resources.files("tzdata").joinpath("zoneinfo", name).read_text("utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))
