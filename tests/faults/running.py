"""Processes of the bot that a test kills: the launcher's side that stays alive, and servers that kill."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGKILL, SIGTERM, SIGUSR1, Signals
from socket import socket, socketpair
from typing import Protocol

from aiohttp import web

from tests.servers.discord.rest import Answer, Call, Drop, Next
from tests.servers.slack import SlackServer
from tests.story.process import PATIENCE, ROOT

KILLED = -SIGKILL


BY_NAME = "localhost"
"""How a replica that is to be killed calls the platforms, which others call by their address: a server tells
by it whose post comes."""


class Launcher:
    """Orders from `python -m tests.faults.launcher` one process of the bot at a time. `code` is how it ended,
    None while it runs."""

    def __init__(self, line: socket) -> None:
        self._line = line
        self._half = b""
        self._begin()

    def _begin(self) -> None:
        self.pid = 0
        self.code: int | None = None
        self._times = self._idle = 0
        self._begun = False
        self._news = asyncio.Event()

    async def start(
        self,
        environment: Mapping[str, str],
        log: Path,
        step: str = "",
        nth: int = 1,
        clock: Path | None = None,
    ) -> int:
        """Start the bot, to die at the n-th occurrence of a step where one is named. Its process id. With a
        file for its clock it is one of several replicas; then it stays, and this waits until it is idle."""
        self._begin()
        self._idle = -1
        asyncio.get_running_loop().add_reader(self._line, self._read)
        order = {
            "environment": dict(environment),
            "step": step,
            "nth": nth,
            "log": str(log),
            "clock": str(clock or ""),
        }
        self._line.sendall(json.dumps(order).encode() + b"\n")
        await self._until(lambda: bool(self.pid))
        if clock:
            await self.rest()
        return self.pid

    @property
    def resting(self) -> bool:
        """Whether it has nothing to do, as far as it knows since its clock was set the last time."""
        return self.code is not None or self._idle == self._times

    async def rest(self) -> None:
        """Wait until it has nothing to do, or has ended."""
        await self._until(lambda: self.resting)

    async def begun(self) -> None:
        """Wait until it has found something to do, or nothing."""
        await self._until(lambda: self.resting or self._begun)

    def clock_was_set(self) -> None:
        """Let a replica look at the file of its clock, and then at what there is to do."""
        self._times += 1
        self._begun = False
        self._signal(SIGUSR1)

    async def stop(self) -> int:
        """Ask it to stop, as an operator does; how it ended."""
        self._signal(SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        """Wait for its end: the exit code, or minus the signal that killed it."""
        try:
            await self._until(lambda: self.code is not None)
        except TimeoutError:
            self.kill()
            await self._until(lambda: self.code is not None)
            raise
        assert self.code is not None
        return self.code

    def kill(self) -> None:
        """Kill the bot."""
        self._signal(SIGKILL)

    async def clear(self) -> None:
        """Leave nothing running, whatever has failed."""
        if self.running:
            self.kill()
            await self.ended()

    @property
    def running(self) -> bool:
        """Whether a process was started that has not ended."""
        return bool(self.pid) and self.code is None

    def _signal(self, number: Signals) -> None:
        if self.running:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _read(self) -> None:
        data = self._line.recv(4096)
        *lines, self._half = (self._half + data).split(b"\n") if data else (b"ended 1", b"")
        for line in lines:
            self._hear(*line.decode().split())
        self._news.set()

    def _hear(self, word: str, number: str = "-1") -> None:
        if word == "started":
            self.pid = int(number)
        elif word == "ended":
            self.code = int(number)
            asyncio.get_running_loop().remove_reader(self._line)
        else:  # idle, with a number, or busy
            self._idle = int(number)
            self._begun |= word == "busy"

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def close(self) -> None:
        """Let nothing be left."""
        self.kill()
        self._line.close()


@contextmanager
def launching(count: int) -> Iterator[list[Launcher]]:
    """Launchers that work at the same time. They share what was imported."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("COHORT_", "PYTHON"))}
    pairs = [socketpair() for _ in range(count)]
    theirs = [each.fileno() for _, each in pairs]
    process = subprocess.Popen(  # noqa: S603 - a module of ours and numbers
        [sys.executable, "-m", "tests.faults.launcher", *map(str, theirs)],
        cwd=ROOT,
        env=inherited,
        pass_fds=theirs,
    )
    launchers = []
    for ours, each in pairs:
        each.close()
        launchers.append(Launcher(ours))
    try:
        yield launchers
    finally:
        for launcher in launchers:
            launcher.close()
        process.wait()


class Killable(Protocol):
    """What runs a process of the bot."""

    def kill(self) -> None:
        """Kill it."""
        ...


class Killer:
    """A server's part in a kill: the n-th post kills the process that sent it, before the server takes it or
    after. Idle until `aim`. Replicas other than the one to be killed wait `slow` seconds for their posts."""

    def __init__(self) -> None:
        self._victim: Killable | None = None
        self._left = 0
        self._accepted = False
        self._by_name = False
        self.slow = 0.0

    def aim(self, victim: Killable, nth: int, *, accepted: bool, by_name: bool = False) -> None:
        """Kill at the n-th post from now on; with `by_name`, of those that come from a replica that calls the
        server so."""
        self._victim, self._left, self._accepted, self._by_name = victim, nth, accepted, by_name

    def rest(self) -> None:
        """Kill nothing."""
        self._victim = None

    async def takes(self, host: str) -> tuple[bool, bool]:
        """A post came, sent to `host`. Whether it kills, and whether it is taken first."""
        named = host.startswith(BY_NAME)
        if self.slow and not named:
            await asyncio.sleep(self.slow)
        if self._victim is None or (self._by_name and not named):
            return False, True
        self._left -= 1
        return self._left == 0, self._accepted

    def kill(self) -> None:
        """Do it; posts that arrive from the dead process afterwards are taken, as a platform would."""
        assert self._victim is not None
        self._victim.kill()
        self.rest()

    async def on_discord(self, call: Call, proceed: Next) -> Answer:
        """A fault for the Discord server, for all of its posts."""
        kills, taken = await self.takes(call.headers.get("Host", ""))
        answer = await proceed(call) if taken or not kills else Answer()
        if kills:
            self.kill()
            raise Drop
        return answer


class KillingSlack(SlackServer):
    """A Slack whose `chat.postMessage` can kill its caller."""

    def __init__(self) -> None:
        super().__init__()
        self.killer = Killer()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["method"] != "chat.postMessage":
            return await super()._api(request)
        kills, taken = await self.killer.takes(request.host)
        if not kills:
            return await super()._api(request)
        if taken:
            await super()._api(request)
        self.killer.kill()
        return self._drop(request)
