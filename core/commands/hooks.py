"""What a feature may do when something happens: somebody leaves, a paper changes, an instant comes. As in `spec`, these are
the types, which `core.commands.decorators` marks functions with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.privacy import DataSubject
from core.cohorts.roles import RoleChange
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class MemberLeftHook:
    """What a feature does when somebody leaves a cohort."""

    run: Callable[[Conn, Cohort, int, datetime], None]


@dataclass(frozen=True, slots=True)
class MemberForgottenHook:
    """What a feature does when somebody has themselves forgotten: `run(conn, of)`, while their membership, which has
    ended, still stands with all that hangs on it."""

    run: Callable[[Conn, DataSubject], None]


@dataclass(frozen=True, slots=True)
class TimerKind:
    """What a feature does when a timer that it set goes off: `run(conn, cohort, since, now)`, where `since` is the instant
    up to which it has dealt with everything, see `core.delivery.timers`. `label` is what people call it."""

    name: str
    label: str
    run: Callable[[Conn, Cohort, datetime, datetime], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Something that a feature does in the background, again and again: `async run(core)`. It looks for what is due and
    does it; what is due stands in rows, so that a restart loses nothing."""

    name: str
    run: Callable[[Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PaperChangedHook:
    """What a feature does when a paper is called otherwise, is seen by others, is deleted or is back."""

    run: Callable[[Conn, Scope, int], None]


@dataclass(frozen=True, slots=True)
class DatesChangedHook:
    """What a feature does when dates of venues in a cohort's list have changed."""

    run: Callable[[Conn, Cohort, datetime], None]


@dataclass(frozen=True, slots=True)
class Prune:
    """What a feature keeps for a while only: `run(conn, now, most)` deletes at most so many rows whose time is over, and
    returns how many."""

    run: Callable[[Conn, datetime, int], int]


@dataclass(frozen=True, slots=True)
class MentorEndedHook:
    """What a feature does when somebody is no mentor of a cohort any more, and is still in it."""

    run: Callable[[Conn, Cohort, int, datetime], None]


@dataclass(frozen=True, slots=True)
class RoleChangedHook:
    """What a feature does when a member gets or loses a role through one of the platform: `run(conn, cohort, member,
    change, now)`, with the member as they were before."""

    run: Callable[[Conn, Cohort, Member, RoleChange, datetime], None]


@dataclass(frozen=True, slots=True)
class PaperDecidedHook:
    """What a feature does when a paper is decided: `run(conn, scope, paper_id, stage)`, with the stage that it has now."""

    run: Callable[[Conn, Scope, int, str], None]
