"""The server in a process of its own, so that a measurement does not share the bot's processor."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


class ServerProcess:
    """Speaks with ``python -m tests.servers.discord``."""

    def __init__(self, process: asyncio.subprocess.Process, about: dict[str, str]) -> None:
        self._process = process
        self.api_url = about["api_url"]
        self.gateway_url = about["gateway_url"]
        self.token = about["token"]

    async def ask(self, do: str, **what: Any) -> Any:
        """Have the server do something (see ``obey`` in its ``__main__``) and return what it answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **what}).encode() + b"\n")
        await self._process.stdin.drain()
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the server's process ended")
        return json.loads(line)


@asynccontextmanager
async def server_process() -> AsyncIterator[ServerProcess]:
    """A server in a process of its own, gone when the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.servers.discord",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    try:
        assert process.stdout is not None
        yield ServerProcess(process, json.loads(await process.stdout.readline()))
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()
