"""Processes of the bot that a test kills: the launcher's side that stays alive, and servers that kill."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from typing import Protocol

from aiohttp import web

from tests.servers.discord.rest import Answer, Call, Drop, Next
from tests.servers.slack import SlackServer
from tests.story.process import PATIENCE, ROOT

KILLED = -SIGKILL


class Launcher:
    """Speaks with `python -m tests.faults.launcher`; one process of the bot at a time."""

    def __init__(self) -> None:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("COHORT_", "PYTHON"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.launcher"],
            cwd=ROOT,
            env=inherited,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = 0

    async def start(self, environment: Mapping[str, str], log: Path, step: str = "", nth: int = 1) -> int:
        """Start the bot, to die at the n-th occurrence of a step where one is named. Its process id."""
        assert self._process.stdin is not None
        order = {"environment": dict(environment), "step": step, "nth": nth, "log": str(log)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        self.pid = await self._number()
        return self.pid

    async def ended(self) -> int:
        """Wait for its end: the exit code, or minus the signal that killed it."""
        try:
            return await asyncio.wait_for(self._number(), PATIENCE)
        except TimeoutError:
            self.kill()
            await self._number()
            raise

    def kill(self) -> None:
        """Kill the bot."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, SIGKILL)

    async def _number(self) -> int:
        assert self._process.stdout is not None
        return int(await asyncio.to_thread(self._process.stdout.readline))

    def close(self) -> None:
        """Let nothing be left."""
        self._process.kill()
        self._process.communicate()


class Killable(Protocol):
    """What runs a process of the bot."""

    def kill(self) -> None:
        """Kill it."""
        ...


class Killer:
    """A server's part in a kill: the n-th post kills the process that sent it, before the server takes it or
    after. Idle until `aim`."""

    def __init__(self) -> None:
        self._victim: Killable | None = None
        self._left = 0
        self._accepted = False

    def aim(self, victim: Killable, nth: int, *, accepted: bool) -> None:
        """Kill at the n-th post from now on."""
        self._victim, self._left, self._accepted = victim, nth, accepted

    def rest(self) -> None:
        """Kill nothing."""
        self._victim = None

    def takes(self) -> tuple[bool, bool]:
        """A post came. Whether it kills, and whether it is taken first."""
        if self._victim is None:
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
        kills, taken = self.takes()
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
        kills, taken = self.killer.takes()
        if not kills:
            return await super()._api(request)
        if taken:
            await super()._api(request)
        self.killer.kill()
        return self._drop(request)
