"""Processes of a measurement: started with a line to wait for, watched, and always ended."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
READY = 30.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Child:
    """A running process. `begun` is when it was started, on the clock of `time.perf_counter`."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path, begun: float) -> None:
        self.process = process
        self.log = log
        self.begun = begun

    def age(self) -> float:
        """Seconds since it was started."""
        return time.perf_counter() - self.begun

    async def line(self) -> str:
        """The next line it prints. Raises `RuntimeError`, with its log, where it ends instead."""
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(READY):
                line = await self.process.stdout.readline()
        except TimeoutError:
            raise RuntimeError(f"nothing was said for {READY} s: {self.log.read_text()[-2_000:]}") from None
        if not line:
            raise RuntimeError(f"the process ended: {self.log.read_text()[-2_000:]}")
        return line.decode().strip()

    async def ask(self, do: str, **what: Any) -> Any:
        """Give an order as a line of JSON and return the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **what}).encode() + b"\n")
        await self.process.stdin.drain()
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process ended: {self.log.read_text()[-2_000:]}")
        return json.loads(line)

    def processor(self) -> float:
        """Seconds of processor time used so far, all threads."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def resident(self) -> float:
        """Resident memory, in MB."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * _PAGE / 1e6


@asynccontextmanager
async def child(
    *command: str, log: Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> AsyncIterator[Child]:
    """A Python process, told to end (its input closed, then SIGTERM, then SIGKILL) when the block ends."""
    with log.open("wb") as errors:
        begun = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            cwd=cwd,
            env={**_environment(log.parent), **(env or {})},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            limit=2**27,
        )
        try:
            yield Child(process, log, begun)
        finally:
            await _end(process)


def _environment(folder: Path) -> dict[str, str]:
    """This process's surroundings without settings of the bot. Compiled modules are kept, as they are in an
    installation, but among the files of the measurement."""
    own = ("COHORT_", "DISCORD_", "SLACK_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    for stop in (process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 10)
            return


def folder_in(folder: Path, name: str) -> Path:
    """A new folder in a folder."""
    made = folder / name
    made.mkdir()
    return made


async def until_told() -> None:
    """In a child: wait until its input ends."""
    await asyncio.to_thread(sys.stdin.read)
