"""Which cohorts a process serves: those with a channel on one of its platforms. Plain SQL.

A process with the machine's clock also writes the posts of such a cohort for platforms that another process serves;
they wait in the outbox for it. One whose clock can be moved deals with no cohort that has a channel elsewhere: what
it took for due would be posted there, and its slots would be used up.
"""

from collections.abc import Collection
from dataclasses import dataclass

from core.clock import Clock, SystemClock
from core.delivery.outlet import Target
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Served:
    """The platforms of a process; none means all. With `only` a cohort must have no channel on any other."""

    platforms: frozenset[str] = frozenset()
    only: bool = False

    @classmethod
    def by(cls, platforms: Collection[str], clock: Clock) -> "Served":
        """What a process with adapters for these platforms serves."""
        return cls(frozenset(platforms), only=not isinstance(clock, SystemClock))

    @property
    def condition(self) -> str:
        """A condition on the cohort `c` of a query that is given `parameters`."""
        if not self.platforms:
            return "1 = 1"
        names = ", ".join(f":{name}" for name in self.parameters)
        here = f"EXISTS (SELECT 1 FROM place pl WHERE pl.cohort_id = c.id AND pl.platform IN ({names}))"
        nowhere_else = (
            f"NOT EXISTS (SELECT 1 FROM place pl WHERE pl.cohort_id = c.id AND pl.platform NOT IN ({names}))"
        )
        # With the right time a cohort without any channel is everybody's: its schedules move on.
        return f"({here} AND {nowhere_else})" if self.only else f"({here} OR {nowhere_else})"

    @property
    def parameters(self) -> dict[str, str]:
        """What `condition` is asked with."""
        return {f"platform_{at}": name for at, name in enumerate(sorted(self.platforms))}

    def may_reach(self, target: Target) -> bool:
        """Whether a schedule that is due here may post there: by a clock that can be moved only to this process's
        own platforms, also where a member has an account on another. A target without a platform is only listed."""
        return not self.only or not self.platforms or target.platform in ("", *self.platforms)


EVERYWHERE = Served()
"""All cohorts there are."""


def platforms_elsewhere(conn: Conn, served: Served) -> list[str]:
    """The platforms on which cohorts have channels and which this process does not serve, by name."""
    if not served.platforms:
        return []
    names = ", ".join(f":{name}" for name in served.parameters)
    rows = conn.all(
        f"SELECT DISTINCT platform FROM place WHERE platform NOT IN ({names}) ORDER BY platform",
        **served.parameters,
    )
    return [row["platform"] for row in rows]
