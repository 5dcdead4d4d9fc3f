"""One large conference with an exact quota, without holding it in memory.

Where the cut of a quota lies is known beforehand to within a few standard deviations of a sample quantile,
sqrt(p (1 - p) / n) / density(t) with p = accepted / n. Papers above that window are accepted and those below
it rejected; only the few inside are kept, and ranked when all have been drawn. The result is exactly that of
ranking them all. Should the cut lie outside after all, the same papers are drawn again with a wider window.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, pi, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.lottery.chunks import CHUNK, Progress, each, generator
from core.lottery.decisions import threshold

_HALF: Final = 6.0  # half the window's width in standard deviations of the cut: missed once in 10^9 times
_WIDER: Final = 4.0

_Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Of one chunk: how many A, B and (outside the window) both surely accept; the values of the rest."""

    chunk: int
    above_a: int
    above_b: int
    both: int
    a: _Floats
    b: _Floats


def large_conference(
    papers: int, accepted: int, rho: float, seed: int, which: int, threads: int, progress: Progress | None
) -> int:
    """How many of its papers two committees both accept, when each accepts exactly so many.

    `which` numbers the conferences of one seed. The arguments have been checked by the caller.
    """
    if rho == 1:
        return accepted
    p, chunks, noise = accepted / papers, -(-papers // CHUNK), np.float32(sqrt(1 - rho * rho))
    t = threshold(p)
    half = _HALF * sqrt(2 * pi * p * (1 - p) / papers) * exp(t * t / 2)
    while True:
        window = np.float32(t - half), np.float32(t + half)

        def work(numbers: Iterator[int], window: tuple[np.float32, np.float32] = window) -> list[_Seen]:
            room = np.empty((3, CHUNK), np.float32)
            sizes = ((chunk, min(CHUNK, papers - chunk * CHUNK)) for chunk in numbers)
            return [
                _look(chunk, generator(seed, which * chunks + chunk), rho, window, room[:, :size])
                for chunk, size in sizes
            ]

        dealt = each(chunks, threads, work, progress)
        seen = sorted((part for parts in dealt for part in parts), key=lambda part: part.chunk)
        best_a = _best([part.a for part in seen], window, accepted - sum(part.above_a for part in seen))
        window_b = window[0] / noise, window[1] / noise
        best_b = _best([part.b for part in seen], window_b, accepted - sum(part.above_b for part in seen))
        if best_a is not None and best_b is not None:
            return sum(part.both for part in seen) + int(np.count_nonzero(best_a & best_b))
        half *= _WIDER


def _look(
    chunk: int,
    source: np.random.Generator,
    rho: float,
    window: tuple[np.float32, np.float32],
    room: _Floats,
) -> _Seen:
    """Draw a chunk's papers and sort out those whose verdicts hang on the exact cut. `room` is three rows."""
    (low, high), (a, b, shared), noise = window, room, np.float32(sqrt(1 - rho * rho))
    source.standard_normal(out=a, dtype=np.float32)
    source.standard_normal(out=b, dtype=np.float32)
    np.multiply(a, np.float32(rho / noise), out=shared)
    b += shared  # B's value in units of its own noise: a pass less, and the ranks are the same
    above_a, above_b = a >= high, b >= high / noise
    kept = np.flatnonzero(((a >= low) ^ above_a) | ((b >= low / noise) ^ above_b))  # in either's window
    in_a, in_b, in_both = (int(np.count_nonzero(each)) for each in (above_a, above_b, above_a & above_b))
    return _Seen(chunk, in_a, in_b, in_both, a[kept], b[kept])


def _best(
    parts: list[_Floats], window: tuple[np.float32, np.float32], wanted: int
) -> NDArray[np.bool_] | None:
    """Which of the kept papers a committee accepts: those above the window, and the `wanted` best inside it.
    None when the cut is not inside."""
    values, (low, high) = np.concatenate(parts), window
    best = values >= high
    inside = np.flatnonzero((values >= low) & ~best)
    if not 0 <= wanted <= inside.size:
        return None
    best[inside[np.argsort(-values[inside], kind="stable")[:wanted]]] = True
    return best
