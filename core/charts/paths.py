"""The tries of a paper as it is, beside those of the same paper improved."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from core.charts.canvas import BLUE, FAINT, GREEN, MUTED, SKY, WIDTH, Canvas, Chart, Shape, draw
from core.charts.figures import percent, spread
from core.lottery.decisions import Range

_BETTER: Shape = "s"
_PLAIN: Shape = "o"
_LEFT, _RIGHT = 40, WIDTH - 40


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
        canvas.heading(title, "chance to be in by each try", subject)
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
    count, left, right, floor, tall = len(plain.chances), 100.0, _RIGHT - 60.0, 76.0, 248.0
    for quarter in range(5):
        y = floor + tall * quarter / 4
        canvas.line([(left, y), (right, y)], FAINT, width=1.5)
        canvas.text(left - 12, y, f"{quarter * 25}%", size=17, color=MUTED, side="right")
    inner = right - left - 60
    xs = [left + 30 + inner * (n / (count - 1) if count > 1 else 0.5) for n in range(count)]
    for path, color, light, shape in ((better, GREEN, GREEN, _BETTER), (plain, BLUE, SKY, _PLAIN)):
        line = [(x, floor + tall * chance.value) for x, chance in zip(xs, path.chances, strict=True)]
        canvas.band(
            xs,
            [floor + tall * chance.low for chance in path.chances],
            [floor + tall * chance.high for chance in path.chances],
            light,
        )
        canvas.line(line[:measured], color, width=4)
        canvas.line(line[max(measured - 1, 0) :], color, width=4, dashes=(2, 1.2))
        canvas.dots(line, 7, color, shape=shape)
    _ends(canvas, xs[-1] + 16, plain.chances[-1].value, better.chances[-1].value, floor, tall)
    _names(canvas, xs, (better, plain), floor, tall)
    every = ceil(count / 10)
    for n, x in enumerate(xs, 1):
        if (count - n) % every == 0:
            canvas.text(x, floor - 22, str(n), size=18, color=MUTED, side="center")
    words = "try · band: 95% range" + (" · dashed: model-dependent" if count > measured else "")
    canvas.text((left + right) / 2, 24, words, size=17, color=MUTED, side="center")


def _ends(canvas: Canvas, x: float, plain: float, better: float, floor: float, tall: float) -> None:
    """The last figures of both lines beside their ends, moved apart where they would overlap."""
    gap = 22.0
    heights = [floor + tall * plain, floor + tall * better]
    if abs(heights[0] - heights[1]) < gap:
        middle = max(sum(heights) / 2, floor + gap / 2)
        down = -gap / 2 if plain <= better else gap / 2
        heights = [middle + down, middle - down]
    for value, color, y in zip((plain, better), (BLUE, GREEN), heights, strict=True):
        canvas.text(x, y, percent(value), color=color, bold=True)


def _free(
    places: Sequence[tuple[float, float]],
    wide: float,
    xs: Sequence[float],
    bands: Sequence[Sequence[tuple[float, float]]],
) -> tuple[float, float]:
    """Of these places for two lines of names, the first that no band runs through, else the one least so."""
    above, below, enough = 18.0, 46.0, 8.0

    def room(place: tuple[float, float]) -> float:
        at = np.linspace(place[0] - 10, place[0] + wide, 40)
        spaces = []
        for band in bands:
            low, high = (np.interp(at, xs, [each[end] for each in band]) for end in (0, 1))
            spaces.append(np.maximum(low - place[1] - above, place[1] - below - high).min())
        return min(enough, *map(float, spaces))

    return max(places, key=room)


def _names(canvas: Canvas, xs: Sequence[float], both: Sequence[Path], floor: float, tall: float) -> None:
    """What the two lines are called, in a corner that they leave free, else between them."""
    wide = 16 + max(canvas.width(path.label, 18, bold=True) for path in both)
    near, far, top = 120.0, _RIGHT - 90 - wide, floor + tall - 18
    corners = [(near, top), (far, floor + 50), (far, top), (near, floor + 50)]
    between = [(near, floor + tall / 2 + 14), (far, floor + tall / 2 + 14)]
    bands = [[(floor + tall * one.low, floor + tall * one.high) for one in path.chances] for path in both]
    x, y = _free([*corners, *between], wide, xs, bands)
    for row, (path, color, shape) in enumerate(zip(both, (GREEN, BLUE), (_BETTER, _PLAIN), strict=True)):
        canvas.dots([(x, y - 28 * row)], 7, color, shape=shape)
        canvas.text(x + 16, y - 28 * row, path.label, size=18, color=color, bold=True)
