"""Cohorts and their people, as every feature sees them."""

from dataclasses import dataclass, field
from datetime import date, datetime

from core.cohorts.limits import Limits


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort. `zone` is the name of its time zone; the dates are local to it."""

    id: int
    name: str
    zone: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person in one cohort. `zone` is the person's own time zone, None for the cohort's."""

    id: int
    cohort_id: int
    person_id: int
    name: str
    organizer: bool = False
    mentor: bool = False
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """On whose behalf a transaction runs: the cohort and, where the caller is one, the member."""

    cohort: Cohort
    member: Member | None
    now: datetime
    """The instant of the call."""
    today: date
    """The cohort's local date of the call."""
    limits: Limits = field(default_factory=Limits)
    """How much may be kept."""
