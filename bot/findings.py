"""What `cohort-bot doctor` finds: a line each, and how what is wrong is mended."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 5
"""Channels, or workspaces, that a platform is asked about at the same time."""
MOST_SKEW = timedelta(seconds=30)
"""How far the clock may be from a platform's. Slack refuses what is signed five minutes ago, and schedules are late or
early by as much."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `mend` says what to do, and is empty where nothing is to be done."""

    subject: str
    said: str
    mend: str = ""

    @property
    def line(self) -> str:
        """It in one line, or two where something is to be done."""
        if not self.mend:
            return f"ok    {self.subject}: {self.said}"
        return f"MEND  {self.subject}: {self.said}\n      {self.mend}"


def clock(whose: str, header: str | None, now: datetime) -> Finding | None:
    """This machine's clock beside the one that a platform states in the header `Date`; None where it states none."""
    try:
        theirs = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    skew = now - theirs
    seconds = abs(round(skew.total_seconds()))
    if abs(skew) <= MOST_SKEW:
        return Finding("clock", f"within {max(seconds, 1)} s of {whose}’s")
    way = "ahead of" if skew > timedelta(0) else "behind"
    return Finding(
        "clock",
        f"{seconds:,} s {way} {whose}’s",
        "Let the machine set its clock by the network (timedatectl set-ntp true, or chrony).",
    )


async def each_as_it_comes(look: Callable[[T], Awaitable[R]], subjects: Iterable[T]) -> AsyncIterator[R]:
    """What looking at each of these finds, a few at the same time. What was found stays with who reads it, also where
    the time is over before the rest."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(subject: T) -> R:
        async with slots:
            return await look(subject)

    tasks = [asyncio.create_task(one(each)) for each in subjects]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
