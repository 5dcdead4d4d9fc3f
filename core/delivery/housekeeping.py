"""What is kept for a while only, and what was removed from the tables, goes: a little at a time, so that nobody waits.

Each statement stands in the module that owns its table.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.commands import handled_calls, kept_files, stored_call
from core.commands.dispatch import Core
from core.delivery import deferred, post_lines, retention, schedules
from core.store.port import Conn

log = structlog.get_logger()

BATCH = 200
"""Rows that one transaction deletes: a few milliseconds."""
VACUUM_EVERY = timedelta(days=1)

PruneRows = Callable[[Conn, datetime, int], int]
"""Deletes at most so many rows whose time is over. Returns how many."""

PRUNES: Sequence[PruneRows] = (
    stored_call.purge,
    kept_files.purge,
    handled_calls.forget,
    schedules.forget_changes,
)


class Housekeeping:
    """The work of every hour. It remembers when the files were last written anew."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._vacuumed_at: datetime | None = None

    async def run(self) -> None:
        """Do it once."""
        now = self._core.clock.now()
        await self._core.store.write(deferred.expire, now)
        for prune in (*PRUNES, *(each.run for each in self._core.registry.prunes)):
            await self._prune(prune, now)
        editable = [each.name for each in self._core.registry.posts.values() if each.editable]
        for cohort in await self._core.store.read(retention.cohorts_with_posts):
            await self._prune(partial(_prune_posts, cohort, editable), now)
        for cohort in await self._core.store.read(post_lines.cohorts):
            await self._core.store.write(post_lines.forget_unseen, self._core.registry.sections, cohort)
        await self._clear_remains(now)

    async def _prune(self, prune: PruneRows, now: datetime) -> None:
        while await self._core.store.write(prune, now, BATCH) >= BATCH:
            pass

    async def _clear_remains(self, now: datetime) -> None:
        vacuum = self._vacuumed_at is None or not timedelta(0) <= now - self._vacuumed_at < VACUUM_EVERY
        if await self._core.store.clear_remains(vacuum=vacuum):
            self._vacuumed_at = now if vacuum else self._vacuumed_at
        else:
            log.info("the log of changes is in use; what was removed goes from it an hour later")


def _prune_posts(cohort: int, editable: Sequence[str], conn: Conn, now: datetime, most: int) -> int:
    return retention.prune(conn, cohort, editable, now, most)
