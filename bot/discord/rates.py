"""Waiting for Discord's rate limits: what left the machine, and what only waited for its turn.

discord.py waits by itself until a limit allows the next request, also after one that was answered. A post that ran out of
time while it waited has certainly not arrived and is tried again later; one whose request had left may have.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

from core.errors import TryLater, Uncertain

LIBRARY_WAIT = 30.0
"""Seconds that discord.py may wait for a limit before it refuses by itself. The least that it takes: with less it refuses
whenever a limit ends later, also with requests left (with 2.0, one post per 6 s and channel where five per 5 s are
allowed)."""

SEND_SECONDS = 15.0
"""Seconds for one post or edit with all of its requests; less than delivery gives a send, which cannot know what left."""

_BUSY = "Discord's limits for this channel are used up just now."


@dataclass(slots=True)
class Attempt:
    """How far the requests of one post have come. `left` says that the latest one may have been carried out;
    `wait_until` is the loop's time before which Discord wants no further one."""

    left: bool = False
    wait_until: float | None = None

    def out_of_time(self) -> TryLater | Uncertain:
        """What it means that the time is over now."""
        if self.left:
            return Uncertain("Discord did not answer in time.")
        if self.wait_until is None:
            return TryLater(_BUSY)
        return TryLater(_BUSY, max(0.0, self.wait_until - asyncio.get_running_loop().time()))


_attempt: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@asynccontextmanager
async def attempt() -> AsyncIterator[None]:
    """The time for one post. Raises `TryLater` or `Uncertain` where it is over."""
    current = Attempt()
    token = _attempt.set(current)
    timer = asyncio.timeout(SEND_SECONDS)
    try:
        async with timer:
            yield
    except TimeoutError as error:
        if not timer.expired():
            raise
        raise current.out_of_time() from error
    finally:
        _attempt.reset(token)


def trace() -> aiohttp.TraceConfig:
    """What discord.py's HTTP client is given, so that attempts know what left."""
    config = aiohttp.TraceConfig()
    config.on_request_headers_sent.append(_left)
    config.on_request_end.append(_answered)
    return config


async def _left(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, _sent: aiohttp.TraceRequestHeadersSentParams
) -> None:
    if (current := _attempt.get()) is not None:
        current.left = True


async def _answered(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
) -> None:
    current = _attempt.get()
    if current is None or not 400 <= ended.response.status < 500:
        return  # a success too: a post that arrived is looked for when its time ends before discord.py gives it back
    current.left = False
    try:
        wait = float(ended.response.headers.get("Retry-After", ""))
    except ValueError:
        return
    current.wait_until = asyncio.get_running_loop().time() + wait
