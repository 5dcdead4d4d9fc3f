"""The way from typed text to a time zone."""

from collections.abc import Sequence

from core import clock
from core.chat.model import Choice
from core.chat.text import say
from core.clock import Zone
from core.cohorts.model import Scope
from core.commands.decorators import record
from core.errors import NotFound
from core.store.port import Conn


@record(Zone, complete=lambda _conn, _scope, typed: complete(typed), needs_cohort=False)
def resolve(_conn: Conn, _scope: Scope | None, typed: str) -> Zone:
    """A zone by its IANA name, its city or "AoE"."""
    found = clock.read_zone(typed)
    if found is None:
        similar = clock.similar_zones(typed)
        hint = (
            f"Did you mean {', '.join(similar)}?" if similar else "Try a city, such as Africa/Lagos, or AoE."
        )
        raise NotFound(say("I know no time zone “{typed}”. {hint}", typed=typed[:60], hint=hint))
    return Zone(found)


def complete(typed: str) -> Sequence[Choice]:
    """Zones whose name holds what was typed, those whose city begins with it first."""
    wanted = typed.casefold().replace(" ", "_")
    names = [name for name in clock.zone_names() if wanted in name.casefold()]
    names.sort(key=lambda name: not name.rsplit("/", 1)[-1].casefold().startswith(wanted))
    return [Choice(name, name.replace("_", " ")) for name in names[:25]]
