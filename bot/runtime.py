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
    stop_requested = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop_requested.set)
    application = await bootstrap(settings, playground=playground)
    if await _started(application, stop_requested):
        _tune_interpreter()
        ready(application)
        await stop_requested.wait()
    log.info("stopping")
    await application.stop()


def _tune_interpreter() -> None:
    """Tune the interpreter for many short calls; see `python -m tests.bench`."""
    # Objects made until now live as long as the process. Collections that pass them by, and come less often,
    # take less from the slowest answers.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    # The database threads let go of the interpreter at every statement, and wait up to this long to get it
    # back from a busy event loop. With the usual 5 ms the median of single calls was 2.6 ms, so it is 2.1.
    sys.setswitchinterval(0.0005)


async def _started(application: Application, stop_requested: asyncio.Event) -> bool:
    """Start the application. False where a stop was asked for meanwhile: a platform that does not answer may
    take longer to say so than an operator waits."""
    starting = asyncio.timeout(None)
    watching = asyncio.create_task(_expire_when(stop_requested, starting))
    try:
        async with starting:
            await application.start()
    except TimeoutError:
        if not stop_requested.is_set():
            raise
    finally:
        watching.cancel()
    return not stop_requested.is_set()


async def _expire_when(stop_requested: asyncio.Event, starting: asyncio.Timeout) -> None:
    await stop_requested.wait()
    starting.reschedule(asyncio.get_running_loop().time())
