"""The way from typed text to a time zone, and the members of a cohort, page by page."""

from collections.abc import Sequence

from core.chat.model import Choice, Person
from core.chat.text import shorten
from core.clock import SystemClock, Zone
from core.cohorts import directory, members, zones
from core.cohorts.model import Member, Scope
from core.commands.decorators import record
from core.commands.paging import Page
from core.store.port import Conn


@record(
    Zone,
    complete=lambda _conn, _scope, typed: complete(typed),
    needs_cohort=False,
    own=lambda person: zones.known(person.zone),
)
def resolve(_conn: Conn, scope: Scope | None, typed: str) -> Zone:
    """A zone by its name, a city or country in it, an offset or an abbreviation, or "AoE"."""
    return zones.read_one(typed, scope.now if scope else SystemClock().now())


def complete(typed: str) -> Sequence[Choice]:
    """The zones that what was typed may become."""
    return [
        Choice(each.zone, shorten(f"{each.zone.replace('_', ' ')}{_known_as(each)}", 75))
        for each in zones.search(typed)
    ]


def _known_as(reading: zones.ZoneReading) -> str:
    return f" ({reading.words})" if reading.words else ""


def page_of_members(
    conn: Conn, cohort_id: int, caller: Person, page: int
) -> tuple[Page, list[tuple[Member, str]]]:
    """A page of the members, each with what a call names them by: their account where the caller is, else their name."""
    everybody = members.members(conn, cohort_id)
    shown = Page(page, len(everybody))
    return shown, [
        (each, directory.account_of(conn, each.person_id, caller) or each.name)
        for each in everybody[shown.start : shown.start + shown.size]
    ]
