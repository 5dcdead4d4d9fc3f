"""Whether the bot is well, for whoever watches it: `GET /health`."""

import asyncio
from collections.abc import Callable, Mapping

from aiohttp import web

from core.clock import Clock
from core.cohorts import places
from core.store import notes
from core.store.port import Store

HEALTH = "health"
"""The note that is written to see whether the database takes changes."""

FRESH = 5.0
"""Seconds for which a write that worked answers further requests: however many ask, the database is written to
once."""

WAIT = 4.0
"""Seconds after which a database that has not answered counts as failing."""


class Health:
    """Answers `GET /health`. `parts` says which of the bot's other parts are well."""

    def __init__(self, store: Store, clock: Clock, parts: Callable[[], Mapping[str, bool]]) -> None:
        self._store = store
        self._clock = clock
        self._parts = parts
        self._worked_at: float | None = None
        self._probe: asyncio.Task[bool] | None = None
        self._closed: int | None = None

    async def answer(self, _: web.Request) -> web.Response:
        """200 where everything is well, else 503; each part by name. `closed_channels` is how many channels of
        cohorts take no posts: one cohort's channel is for its organizers to mend, so it turns nothing red."""
        states = {**self._parts(), "database": await self._database()}
        healthy = all(states.values())
        body = {
            "status": "ok" if healthy else "failing",
            **{name: "ok" if works else "failing" for name, works in states.items()},
            **({} if self._closed is None else {"closed_channels": self._closed}),
        }
        return web.json_response(body, status=200 if healthy else 503)

    async def _database(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self._worked_at is not None and now - self._worked_at < FRESH:
            return True
        if self._probe is None or self._probe.done():
            self._probe = asyncio.create_task(self._write())
        done, _ = await asyncio.wait({self._probe}, timeout=WAIT)
        return bool(done) and self._probe.result()

    async def _write(self) -> bool:
        try:
            # A write, because reading still works with a full disk or a locked database.
            await self._store.write(notes.put, HEALTH, self._clock.now().isoformat())
            self._closed = await self._store.read(places.closed_count)
        except Exception:
            self._worked_at = self._closed = None
            return False
        self._worked_at = asyncio.get_running_loop().time()
        return True

    async def stop(self) -> None:
        """Leave no write behind that nobody waits for."""
        if self._probe is not None and not self._probe.done():
            await asyncio.wait({self._probe}, timeout=WAIT)
