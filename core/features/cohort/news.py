"""What the digest says of the cohort itself: who joined."""

from collections.abc import Collection, Sequence
from datetime import datetime

from core.chat.model import Button
from core.cohorts import members
from core.cohorts.model import Cohort
from core.commands.decorators import section
from core.commands.news import MOST_LINES, NewsLine, SectionPart
from core.store.port import Conn

ABOUT = "member:"
"""How the digest names a member, before the membership's id."""


def still(conn: Conn, cohort: Cohort, abouts: Sequence[str]) -> Collection[str]:
    """Those who are in the cohort yet."""
    ids = {each: int(each.removeprefix(ABOUT)) for each in abouts}
    return [about for about, member in ids.items() if members.by_id(conn, cohort.id, member)]


@section("joined", order=70, heading="Who joined", still=still)
def write(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """Who came into the cohort."""
    found = members.joined_between(conn, cohort.id, since, until)
    lines = tuple(
        NewsLine(name, about=f"{ABOUT}{member}", member=member) for member, name in found[:MOST_LINES]
    )
    return SectionPart(lines, len(found) - len(lines), Button("Members", "cohort members"), names_only=True)
