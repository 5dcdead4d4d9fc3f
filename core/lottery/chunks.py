"""Simulations cut into chunks, so that the seed alone decides the result, whatever the number of threads.

Each chunk has a generator of its own, made from the seed and the chunk's number. numpy draws without the
interpreter's lock, so threads do help; memory stays at a few megabytes a thread.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import numpy as np

from core.lottery import checks

CHUNK: Final = 1 << 16  # papers; a few float32 arrays of it fit a core's cache. Part of what a seed means.
MOST_THREADS: Final = 64

Progress = Callable[[float], None]
"""Told the part of the work (a fraction) that was just finished, from whichever thread finished it. What it
raises stops all threads within a chunk and is raised to the caller: so a simulation is cancelled."""

_Result = TypeVar("_Result")


def generator(seed: int, chunk: int) -> np.random.Generator:
    """The source of a chunk's draws: SFC64, the quickest of numpy's for float32 normals."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(chunk,))))


def each(
    chunks: int, threads: int, work: Callable[[Iterator[int]], _Result], progress: Progress | None = None
) -> list[_Result]:
    """`work` on the numbers of the chunks, dealt out to so many threads; one result a thread.

    Raises ValueError unless there are 1 to 64 threads, and whatever `work` or `progress` raises.
    """
    if checks.at_least("The number of threads", threads, 1) > MOST_THREADS:
        raise ValueError(f"There can be at most {MOST_THREADS} threads, not {threads}.")
    threads = min(threads, chunks)
    stopped = threading.Event()

    def dealt(first: int) -> Iterator[int]:
        for chunk in range(first, chunks, threads):
            if stopped.is_set():
                return
            yield chunk
            if progress is not None:
                progress(1 / chunks)

    if threads == 1:
        return [work(dealt(0))]

    def one(first: int) -> _Result:
        try:
            return work(dealt(first))
        except BaseException:
            stopped.set()
            raise

    with ThreadPoolExecutor(threads, "lottery") as pool:
        try:
            return list(pool.map(one, range(threads)))
        except BaseException:  # also an interrupt of the thread that waits
            stopped.set()
            raise
