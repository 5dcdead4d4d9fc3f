"""The way from typed text to a time zone."""

from collections.abc import Sequence

from core.chat.model import Choice
from core.chat.text import shorten
from core.clock import SystemClock, Zone
from core.cohorts import zones
from core.cohorts.model import Scope
from core.commands.decorators import record
from core.store.port import Conn


@record(Zone, complete=lambda _conn, _scope, typed: complete(typed), needs_cohort=False)
def resolve(_conn: Conn, scope: Scope | None, typed: str) -> Zone:
    """A zone by its name, a city or country in it, an offset or an abbreviation, or "AoE"."""
    return zones.read_one(typed, scope.now if scope else SystemClock().now())


def complete(typed: str) -> Sequence[Choice]:
    """The zones that what was typed may become."""
    return [
        Choice(each.zone, shorten(f"{each.zone.replace('_', ' ')}{_known_as(each)}", 75))
        for each in zones.search(typed)[:25]
    ]


def _known_as(reading: zones.ZoneReading) -> str:
    return f" ({reading.words})" if reading.words else ""
