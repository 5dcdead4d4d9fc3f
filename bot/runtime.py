"""Runs the bot as a process: signals, and the interpreter tuned for many short calls."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable

from bot.application import Application, log
from bot.bootstrap import bootstrap
from bot.settings import Settings


async def serve(settings: Settings, *, playground: bool, ready: Callable[[Application], None]) -> None:
    """Run until SIGINT or SIGTERM, then stop in order. `ready` is called once calls can arrive."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    house = await bootstrap(settings, playground=playground)
    if await _started(house, asked):
        _settle_down()
        ready(house)
        await asked.wait()
    log.info("stopping")
    await house.stop()


def _settle_down() -> None:
    """Tune the interpreter for many short calls; see `python -m tests.bench`."""
    # What stands now stays: collections that pass it by, and come less often, take less from the slowest
    # answers.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    # The database threads let go of the interpreter at every statement, and wait up to this long to get it
    # back from a busy event loop. With the usual 5 ms the median of single calls was 2.6 ms, so it is 2.1.
    sys.setswitchinterval(0.0005)


async def _started(house: Application, asked: asyncio.Event) -> bool:
    """Start the house. False where a stop was asked for meanwhile: a platform that does not answer may take
    longer to say so than an operator waits."""
    starting = asyncio.timeout(None)
    watching = asyncio.create_task(_end(starting, asked))
    try:
        async with starting:
            await house.start()
    except TimeoutError:
        if not asked.is_set():
            raise
    finally:
        watching.cancel()
    return not asked.is_set()


async def _end(starting: asyncio.Timeout, asked: asyncio.Event) -> None:
    await asked.wait()
    starting.reschedule(asyncio.get_running_loop().time())
