"""What became of a post, for an answer that must not say that something was posted before it was."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.commands.dispatch import Core
from core.delivery.outbox import PostState
from core.store.port import Conn
from core.store.scoped import across

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.25
"""Seconds between two looks at the post: the first pause, and the longest of those that follow. Another process
may be the one that sends it, so that only the row can tell."""

MOMENT = 1.5
"""Seconds that somebody waits gladly to see what became of what they shared; later they are told otherwise."""


@dataclass(frozen=True, slots=True)
class PostOutcome:
    """How a post stands. `reason` says why where it was not sent, or not yet."""

    state: PostState
    reason: str = ""

    @property
    def sent(self) -> bool:
        """Whether it arrived."""
        return self.state is PostState.SENT

    @property
    def refused(self) -> bool:
        """Whether it certainly did not arrive, and is not tried again."""
        return self.state in (PostState.FAILED, PostState.MISSED, PostState.UNWANTED)

    @property
    def settled(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state not in (PostState.PENDING, PostState.SENDING)


def outcome(conn: Conn, row_id: int) -> PostOutcome | None:
    """How the post of a row stands, None where there is no such row (any more)."""
    # Whoever asks has just written it, perhaps for a cohort that is founded or joined by it.
    row = across(conn).one("SELECT state, reason FROM outbox WHERE id = :id", id=row_id)
    return PostOutcome(PostState(row["state"]), row["reason"] or "") if row else None


async def wait_for(core: Core, row_id: int, most: float = math.inf) -> PostOutcome | None:
    """How the post of a row stands as soon as it is settled, or when `core.post_wait` seconds are over, or `most`."""
    loop = asyncio.get_running_loop()
    until, pause = loop.time() + min(core.post_wait, most), FIRST_PAUSE
    while True:
        found = await core.store.read(outcome, row_id)
        if found is None or found.settled or loop.time() >= until:
            return found
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


async def wait_for_all(core: Core, rows: Sequence[int]) -> None:
    """Wait a moment, as `wait_for` does, for the posts of several rows at once."""
    await asyncio.gather(*(wait_for(core, each, MOMENT) for each in rows))
