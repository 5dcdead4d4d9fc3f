"""Who could help with what is in somebody's way: those who said that they know about it, as the digest names them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.clock import local_date
from core.cohorts.model import Cohort
from core.commands.decorators import help_finder
from core.commands.news import HelpNeeded
from core.features.feedback import helpers, routing
from core.store.port import Conn

NAMED = 2
"""Names for each who needs help; more would say that nobody in particular is meant."""


@help_finder("feedback")
def could_help(
    conn: Conn, cohort: Cohort, needed: Sequence[HelpNeeded], at: datetime
) -> Sequence[Sequence[str]]:
    """Those whose topics fit and who have room, without who pauses or is away. Nobody is named more often than they take
    requests."""
    names, left = {}, []
    for name, each in helpers.here(conn, cohort, local_date(at, cohort.zone)):
        names[each.member_id] = name
        left.append(each)
    found: list[list[str]] = []
    for need in needed:
        others = [
            each for each in left if each.member_id != need.member and routing.knows(each.topics, need.words)
        ]
        chosen = [each.member_id for each in routing.order(others, need.words, mentors_only=False)[:NAMED]]
        found.append([names[each] for each in chosen])
        left = [replace(each, open=each.open + 1) if each.member_id in chosen else each for each in left]
    return found
