"""`python -m bot` as an operator starts it: a process of its own, with an environment and two streams."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds for a process to say something; starting takes a second or two on an idle machine."""

_OWN = re.compile(r"COHORT_|DISCORD_|SLACK_|PYTHON")


class Process:
    """A running bot. `logs` is what it has written to standard error, `said` to standard output."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.logs = ""
        self.said = ""
        self._news = asyncio.Condition()
        assert process.stdout is not None
        assert process.stderr is not None
        self._readers = (
            asyncio.create_task(self._read(process.stdout, "said")),
            asyncio.create_task(self._read(process.stderr, "logs")),
        )

    async def _read(self, stream: asyncio.StreamReader, into: str) -> None:
        while chunk := await stream.read(2**16):
            setattr(self, into, getattr(self, into) + chunk.decode())
            async with self._news:
                self._news.notify_all()

    async def address(self) -> str:
        """Where its web part listens, as it says in its one line."""
        await self.until(lambda: "\n" in self.said)
        found = re.search(r"http://[\d.:]+", self.said)
        assert found, self.said
        return found[0]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds of what it has written; an end of the process before that fails."""
        ended = asyncio.ensure_future(self._process.wait())
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                while not condition():
                    assert not ended.done(), f"it ended\n{self.said}\n{self.logs}"
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"nothing came\n{self.said}\n{self.logs}") from None
        finally:
            ended.cancel()

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """Send SIGKILL, which nothing can prepare for."""
        self._process.kill()

    async def ended(self, within: float = PATIENCE) -> int:
        """Wait for its end; its exit code."""
        code = await asyncio.wait_for(self._process.wait(), within)
        await asyncio.gather(*self._readers)
        return code

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    async def close(self) -> None:
        """Let nothing be left of it."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await asyncio.gather(*self._readers)


@asynccontextmanager
async def bot(*arguments: str, **environment: str) -> AsyncIterator[Process]:
    """`python -m bot` with arguments, in an environment that holds nothing else of the bot's."""
    async with with_descriptors(None, *arguments, **environment) as process:
        yield process


@asynccontextmanager
async def with_descriptors(most: int | None, *arguments: str, **environment: str) -> AsyncIterator[Process]:
    """The same, where it may open so many descriptors, or as many as this process."""
    limited = ("sh", "-c", f'ulimit -n {most} && exec "$@"', "sh") if most else ()
    inherited: Mapping[str, str] = {k: v for k, v in os.environ.items() if not _OWN.match(k)}
    process = await asyncio.create_subprocess_exec(
        *limited,
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=ROOT,
        env={**inherited, "COHORT_HTTP": "127.0.0.1:0", **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    running = Process(process)
    try:
        yield running
    finally:
        await running.close()


async def health(address: str) -> tuple[int, dict[str, str]]:
    """What /health says."""
    async with aiohttp.ClientSession() as session, session.get(address + "/health") as answer:
        return answer.status, json.loads(await answer.text())
