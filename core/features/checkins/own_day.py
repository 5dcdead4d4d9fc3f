"""The day that it is for whoever checks in: their own local one, which ends at four in the morning."""

from datetime import date, timedelta

from core.clock import local
from core.cohorts.model import Scope

DAY_ENDS = 4
"""The hour at which a day ends: who works into the night still means the day before."""


def _day_in(scope: Scope, zone: str) -> date:
    there = local(scope.now, zone)
    return there.date() if there.hour >= DAY_ENDS else there.date() - timedelta(days=1)


def today(scope: Scope) -> date:
    """The caller's own day."""
    return _day_in(scope, (scope.member.zone if scope.member else None) or scope.cohort.zone)


def is_late(scope: Scope, day: date) -> bool:
    """Whether a day is over, for the caller and for the cohort."""
    return day < min(today(scope), _day_in(scope, scope.cohort.zone))
