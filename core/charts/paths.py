"""The tries of a paper as it is, beside those of the same paper improved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.charts.axes import mark_radius, numbers, quarters, spaced
from core.charts.canvas import BLUE, GREEN, SKY, Canvas, Chart, Shape, draw
from core.charts.figures import spread
from core.lottery.decisions import Range
from core.lottery.shown import shown

_BETTER: Shape = "s"
_PLAIN: Shape = "o"


@dataclass(frozen=True, slots=True)
class Path:
    """The chances to be in by the first, second, ... try, and what to call them."""

    label: str
    chances: tuple[Range, ...]


def paths(title: str, plain: Path, better: Path, *, measured: int = 2, subject: str = "") -> Chart:
    """Two ways to the same end: a paper as it is, and the same paper improved.

    Tries beyond `measured` depend on the model's form and are drawn so. ValueError unless both have the same
    number of tries, at least one.
    """
    if not plain.chances or len(plain.chances) != len(better.chances):
        raise ValueError("Two paths need the same tries, and at least one.")

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, "chance in 100 to be in by each try", subject)
        _paths(canvas, plain, better, measured)

    listed = "; ".join(
        f"{path.label}, "
        + ", ".join(f"by try {n}: {spread(chance)}" for n, chance in enumerate(path.chances, 1))
        for path in (plain, better)
    )
    alt = f"{title}. {listed}."
    if len(plain.chances) > measured:
        alt += f" Beyond {measured} tries this is model-dependent."
    return draw(f"{subject}: {alt}" if subject else alt, drawing)


def _paths(canvas: Canvas, plain: Path, better: Path, measured: int) -> None:
    """Axes, two bands, two lines (dashed where nothing was measured), their names and last figures."""
    figures = max(canvas.width(shown(path.chances[-1]).value, bold=True) for path in (plain, better))
    left, right = quarters(canvas, canvas.right - figures)
    count, tall = len(plain.chances), canvas.tall - canvas.body
    xs = spaced(canvas, left, right, count)
    for path, color, light, shape in ((better, GREEN, GREEN, _BETTER), (plain, BLUE, SKY, _PLAIN)):
        line = [(x, tall * chance.value) for x, chance in zip(xs, path.chances, strict=True)]
        lows, highs = ([tall * getattr(chance, end) for chance in path.chances] for end in ("low", "high"))
        canvas.band(xs, lows, highs, light)
        canvas.line(line[:measured], color, width=canvas.pick(4, 2.6))
        canvas.line(line[max(measured - 1, 0) :], color, width=canvas.pick(4, 2.6), dashes=(2, 1.2))
        canvas.dots(line, mark_radius(canvas, xs), color, shape=shape)
    _ends(canvas, xs[-1] + canvas.pick(16, 9), plain.chances[-1], better.chances[-1], tall)
    _names(canvas, xs, (left, right), (better, plain), tall)
    numbers(canvas, xs, "try")
    canvas.foot("band: range" + (" · dashed: model-dependent" if count > measured else ""))


def _ends(canvas: Canvas, x: float, plain: Range, better: Range, tall: float) -> None:
    """The last figures of both lines beside their ends, moved apart where they would overlap."""
    gap = 1.16 * canvas.body
    heights = [tall * plain.value, tall * better.value]
    if abs(heights[0] - heights[1]) < gap:
        middle = max(sum(heights) / 2, gap / 2)
        down = -gap / 2 if plain.value <= better.value else gap / 2
        heights = [middle + down, middle - down]
    for value, color, y in zip((plain, better), (BLUE, GREEN), heights, strict=True):
        canvas.text(x, y, shown(value).value, color=color, bold=True)


def _free(
    places: Sequence[tuple[float, float]],
    needed: tuple[float, float, float],
    xs: Sequence[float],
    bands: Sequence[Sequence[tuple[float, float]]],
) -> tuple[float, float]:
    """Of these places for two lines of names, the first that no band runs through, else the one least so. They need
    so much room to the right, above and below."""
    (wide, above, below), enough = needed, 4.0

    def room(place: tuple[float, float]) -> float:
        at = np.linspace(place[0] - 10, place[0] + wide, 40)
        spaces = []
        for band in bands:
            low, high = (np.interp(at, xs, [each[end] for each in band]) for end in (0, 1))
            spaces.append(np.maximum(low - place[1] - above, place[1] - below - high).min())
        return min(enough, *map(float, spaces))

    return max(places, key=room)


def _names(
    canvas: Canvas, xs: Sequence[float], sides: tuple[float, float], both: Sequence[Path], tall: float
) -> None:
    """What the two lines are called, in a corner that they leave free, else between them."""
    size, gap = canvas.small, canvas.pick(16, 10)
    line = 1.6 * size
    wide = gap + max(canvas.width(path.label, size, bold=True) for path in both)
    near, far, top = sides[0] + gap, max(sides[1] - 10 - wide, sides[0] + gap), tall - size
    corners = [(near, top), (far, 2.8 * size), (far, top), (near, 2.8 * size)]
    between = [(near, tall / 2 + 0.8 * size), (far, tall / 2 + 0.8 * size)]
    bands = [[(tall * one.low, tall * one.high) for one in path.chances] for path in both]
    x, y = _free([*corners, *between], (wide, size, line + size), xs, bands)
    for row, (path, color, shape) in enumerate(zip(both, (GREEN, BLUE), (_BETTER, _PLAIN), strict=True)):
        canvas.dots([(x, y - line * row)], canvas.pick(7, 4.5), color, shape=shape)
        canvas.text(x + gap, y - line * row, path.label, size=size, color=color, bold=True)
