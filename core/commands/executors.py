"""Threads for pictures and for simulations.

Each kind has threads of its own (bulkheads). asyncio's default executor serves name look-ups and file reads too:
with sixty simulations in it a name look-up waited five seconds (measured), and every platform with it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
"""Of each kind. A person has one drawing and one simulation in flight, so that one person never has both threads."""


class Executors:
    """Where functions that block run off the event loop. Threads are started when they are first needed."""

    def __init__(self) -> None:
        self._drawings = ThreadPoolExecutor(THREADS, "drawing")
        self._simulations = ThreadPoolExecutor(THREADS, "simulation")

    async def draw(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a plain function that draws a picture or writes a file, some 50 ms of work."""
        return await _run(self._drawings, fn, *args, **kwargs)

    async def simulate(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a plain function that computes for longer. What nobody waits for any more and has not begun is left
        out."""
        return await _run(self._simulations, fn, *args, **kwargs)

    def close(self) -> None:
        """Begin nothing more. What runs is not waited for."""
        for each in (self._drawings, self._simulations):
            each.shutdown(wait=False, cancel_futures=True)


async def _run(pool: ThreadPoolExecutor, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    run = partial(copy_context().run, fn, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(pool, run)
