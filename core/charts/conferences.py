"""A chart of simulated conferences: each a dot at how much the other committee would have turned down."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil, floor

from core.charts.canvas import BLUE, FAINT, INK, MUTED, ORANGE, PAPER, WIDTH, Canvas, Chart, draw
from core.charts.figures import between, percent

_LEFT, _RIGHT, _FLOOR, _TALL = 60.0, WIDTH - 60.0, 92.0, 212.0
_HEAPS = 28  # at most; of more different values, near ones share a heap
_LEAST_GAP = 10.0  # units between two heaps, or their dots would be too small to see
_TRIM = 40  # of so many conferences one at each end lies outside the middle 95 %


def conferences_chart(
    flips: Sequence[float], mine: float, middle: Sequence[float] = (), *, mark: str, subject: str = ""
) -> Chart:
    """Simulated conferences of one size, and one that is marked.

    flips: of each conference, the share of accepted papers that the other committee rejected; `mine` is the
    marked one's share, named by `mark`; `middle` the two shares between which 95 of 100 such conferences lie, where
    that is known, else it is taken from those that are shown. ValueError without a conference.
    """
    if not flips or not all(0 <= flip <= 1 for flip in (*flips, mine)):
        raise ValueError("A strip needs at least one conference, and shares between 0 and 1.")
    ordered = sorted(flips)
    cut = len(ordered) // _TRIM
    low, high = middle or (ordered[cut], ordered[-1 - cut])
    title = f"Another committee turns down {between(low, high)}"

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, f"of the accepted papers, in {len(flips)} conferences", subject)
        _strip(canvas, ordered, mine, mark)
        words = "each dot is a simulated conference; only chance differs between them"
        canvas.text(WIDTH / 2, 28, words, size=17, color=MUTED, side="center")

    which = "95 of 100 like them" if middle else "95 of 100 of them" if cut else "all of them"
    alt = (
        f"{len(flips)} simulated conferences: of the accepted papers, another committee turns down "
        f"{between(low, high)} in {which}, {percent(ordered[len(ordered) // 2])} in the middle; "
        f"{mark}: {percent(mine)}."
    )
    return draw(f"{subject}: {alt}" if subject else alt, drawing)


def _strip(canvas: Canvas, flips: Sequence[float], mine: float, mark: str) -> None:
    """An axis that just holds them all, the conferences heaped on it, and a line at the marked one."""
    least, most = min(flips[0], mine), max(flips[-1], mine)
    steps = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
    step = next(each for each in steps if (most - least) / each <= 6)
    start = floor(least / step + 1e-9) * step
    stop = max(ceil(most / step - 1e-9) * step, start + step)

    def x_of(share: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (share - start) / (stop - start)

    for tick in range(round((stop - start) / step) + 1):
        x = x_of(start + tick * step)
        canvas.line([(x, _FLOOR), (x, _FLOOR + _TALL)], FAINT, width=1.5)
        words = f"{100 * (start + tick * step):.{0 if step >= 0.01 else 1}f}%"
        canvas.text(x, _FLOOR - 22, words, size=17, color=MUTED, side="center")
    _heaps(canvas, [x_of(flip) for flip in flips])
    canvas.line([(_LEFT, _FLOOR), (_RIGHT, _FLOOR)], INK)
    at = x_of(mine)
    canvas.line([(at, _FLOOR), (at, _FLOOR + _TALL + 34)], ORANGE, width=4)
    canvas.dots([(at, _FLOOR)], 10, ORANGE, edge=PAPER, edge_width=3)
    leftward = at > WIDTH / 2
    words, place = f"{mark}: {percent(mine)}", at + (-10 if leftward else 10)
    canvas.text(
        place, _FLOOR + _TALL + 23, words, color=ORANGE, bold=True, side="right" if leftward else "left"
    )


def _heaps(canvas: Canvas, xs: Sequence[float]) -> None:
    """A dot for each place, heaped where they are the same or near, and as large as all heaps allow."""
    heaps = Counter(xs)
    if len(heaps) > _HEAPS or _gap(heaps) < _LEAST_GAP:
        width = (_RIGHT - _LEFT) / _HEAPS
        columns = Counter(min(int((x - _LEFT) / width), _HEAPS - 1) for x in xs)
        heaps = Counter({_LEFT + (column + 0.5) * width: count for column, count in columns.items()})
    gap = _gap(heaps)
    tallest = max(heaps.values())
    pitch, abreast = max(
        (min(22.0, gap / (side + 0.4), (_TALL - 8) / ceil(tallest / side)), side) for side in range(1, 7)
    )
    dots = [
        (x + (n % abreast - (min(abreast, count) - 1) / 2) * pitch, _FLOOR + 6 + (n // abreast + 0.5) * pitch)
        for x, count in heaps.items()
        for n in range(count)
    ]
    canvas.dots(dots, pitch * 0.42, BLUE)


def _gap(places: Iterable[float]) -> float:
    """How far the nearest two of these are apart."""
    return min((after - before for before, after in pairwise(sorted(places))), default=60.0)
