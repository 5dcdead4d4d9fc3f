"""A chart of simulated conferences: each a dot at how much the other committee would have turned down."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil, floor

from core.charts.canvas import BLUE, FAINT, INK, MUTED, ORANGE, PAPER, Canvas, Chart, Side, draw
from core.charts.figures import UNIT, between, share

_HEAPS = (28, 20)  # at most; of more different values, near ones share a heap
_LEAST_GAP = (10.0, 6.0)  # units between two heaps, or their dots would be too small to see
_TRIM = 40  # of so many conferences one at each end lies outside the middle 95 %


def conferences_chart(
    flips: Sequence[float],
    mine: float,
    middle: Sequence[float] = (),
    *,
    mark: str,
    grain: float = 0.0,
    subject: str = "",
) -> Chart:
    """Simulated conferences of one size, and one that is marked.

    flips: of each conference, the share of accepted papers that the other committee rejected; `mine` is the
    marked one's share, named by `mark`; `grain` by how much a share can differ from the next one, one accepted paper, so
    that near shares are heaped by whole numbers of papers; `middle` the two shares between which 95 of 100 such conferences lie, where
    that is known, else it is taken from those that are shown. ValueError without a conference.
    """
    if not flips or not all(0 <= flip <= 1 for flip in (*flips, mine)):
        raise ValueError("A strip needs at least one conference, and shares between 0 and 1.")
    ordered = sorted(flips)
    cut = len(ordered) // _TRIM
    low, high = middle or (ordered[cut], ordered[-1 - cut])
    title = f"Another committee turns down {between(low, high, '')}"

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, f"of 100 accepted papers, in {len(flips)} conferences", subject)
        _strip(canvas, ordered, mine, mark, grain)
        canvas.foot("each dot is a simulated conference; only chance differs between them")

    which = "95 of 100 like them" if middle else "95 of 100 of them" if cut else "all of them"
    alt = (
        f"{len(flips)} simulated conferences: of the accepted papers, another committee turns down "
        f"{between(low, high)} in {which}, {share(ordered[len(ordered) // 2])} in the middle; "
        f"{mark}: {share(mine)} {UNIT}."
    )
    return draw(f"{subject}: {alt}" if subject else alt, drawing, (246, 200))


def _strip(canvas: Canvas, flips: Sequence[float], mine: float, mark: str, grain: float) -> None:
    """An axis that just holds them all, the conferences heaped on it, and a line at the marked one."""
    least, most = min(flips[0], mine), max(flips[-1], mine)
    steps = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
    step = next(each for each in steps if (most - least) / each <= canvas.pick(6, 5))
    start = floor(least / step + 1e-9) * step
    stop = max(ceil(most / step - 1e-9) * step, start + step)
    inset, tall = canvas.pick(20, 14), canvas.tall - 1.8 * canvas.body
    left, right = canvas.left + inset, canvas.right - inset

    def x_of(part: float) -> float:
        return left + (right - left) * (part - start) / (stop - start)

    for tick in range(round((stop - start) / step) + 1):
        x = x_of(start + tick * step)
        canvas.line([(x, 0), (x, tall)], FAINT, width=canvas.pick(1.5, 1))
        words = f"{100 * (start + tick * step):.{0 if step >= 0.01 else 1}f}"
        canvas.text(x, -1.25 * canvas.small, words, size=canvas.small, color=MUTED, side="center")
    canvas.below(2 * canvas.small)
    unit = grain * (right - left) / (stop - start)
    _heaps(canvas, [x_of(flip) for flip in flips], unit, (left, right), tall)
    canvas.line([(left, 0), (right, 0)], INK, width=canvas.pick(2, 1.2))
    at, gap = x_of(mine), canvas.pick(10, 6)
    canvas.line([(at, 0), (at, canvas.tall)], ORANGE, width=canvas.pick(4, 2.6))
    canvas.dots([(at, 0)], canvas.pick(10, 6), ORANGE, edge=PAPER, edge_width=canvas.pick(3, 2))
    leftward = at > canvas.across / 2
    side: Side = "right" if leftward else "left"
    words, y = f"{mark}: {share(mine)}", canvas.tall - 0.6 * canvas.body
    canvas.text(at + (-gap if leftward else gap), y, words, color=ORANGE, bold=True, side=side)


def _heaps(canvas: Canvas, xs: Sequence[float], unit: float, ends: tuple[float, float], tall: float) -> None:
    """A dot for each place, heaped where they are the same or near, and as large as all heaps allow. Places are whole
    numbers of `unit` apart, unless that is 0."""
    left, right = ends
    heaps, most = Counter(xs), canvas.pick(*_HEAPS)
    if len(heaps) > most or _gap(heaps) < canvas.pick(*_LEAST_GAP):
        width = (right - left) / most
        if unit:
            # Heaps of a whole number of counts each: otherwise some would hold one more than others, and look like peaks.
            width = unit * ceil(max(width, canvas.pick(*_LEAST_GAP)) / unit)
            left = min(xs) - unit / 2
            most = ceil((max(xs) - left) / width)
        columns = Counter(min(int((x - left) / width), most - 1) for x in xs)
        heaps = Counter({left + (column + 0.5) * width: count for column, count in columns.items()})
    tallest, low = max(heaps.values()), canvas.pick(6, 4)
    gap = min(
        _gap(heaps), 2 * (min(heaps) - canvas.left / 2), 2 * (canvas.right + canvas.left / 2 - max(heaps))
    )
    pitch, abreast = max(
        (min(canvas.pick(22.0, 14.0), gap / (side + 0.4), (tall - low) / ceil(tallest / side)), side)
        for side in range(1, 7)
    )
    dots = [
        (x + (n % abreast - (min(abreast, count) - 1) / 2) * pitch, low + (n // abreast + 0.5) * pitch)
        for x, count in heaps.items()
        for n in range(count)
    ]
    canvas.dots(dots, pitch * 0.42, BLUE)


def _gap(places: Iterable[float]) -> float:
    """How far the nearest two of these are apart."""
    return min((after - before for before, after in pairwise(sorted(places))), default=60.0)
