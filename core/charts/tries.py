"""The chance to be in by the first, second, ... try."""

from collections.abc import Sequence

import numpy as np

from core.charts.axes import mark_radius, numbers, quarters, spaced
from core.charts.canvas import BLUE, INK, ORANGE, PAPER, SKY, Canvas, Chart, draw
from core.charts.figures import said, spread
from core.lottery.decisions import Range
from core.lottery.shown import shown


def about_half(chances: Sequence[Range]) -> int | None:
    """The try by which about half of the papers are in; None where none is, because more are in at once."""
    half = next((n for n, chance in enumerate(chances, 1) if chance.value >= 0.5), None)
    return half if half is not None and half > 1 and chances[half - 1].value < 0.6 else None


def tries(
    chances: Sequence[Range], *, here: int | None = None, measured: int = 2, subject: str = ""
) -> Chart:
    """The chance to be in by the first, second, ... try, with its range; `here` marks the caller's own try.

    Tries beyond `measured` depend on the model's form and are drawn so. ValueError without a try.
    """
    if not chances:
        raise ValueError("There is no try to draw.")
    count = len(chances)
    if here is not None and 1 <= here <= count:
        title = f"In by try {here}: {spread(chances[here - 1])}"
    elif half := about_half(chances):
        title = f"About half of such papers are in by try {half}"
    else:
        title = f"In by try {count}: {spread(chances[-1])}"

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, "chance in 100 to be in by each try", subject)
        _curve(canvas, chances, here, measured)

    listed = ", ".join(f"{n}: {spread(chance)}" for n, chance in enumerate(chances, 1))
    alt = f"Of such papers, accepted by try {listed}."
    if here is not None:
        alt += f" Marked: try {here}."
    if count > measured:
        alt += f" Beyond {measured} tries this depends on the model."
    return draw(said(subject, alt), drawing)


def _curve(canvas: Canvas, chances: Sequence[Range], here: int | None, measured: int) -> None:
    """Axes, the band, the line (dashed where it was not measured), its marks and figures."""
    left, right = quarters(canvas)
    xs = spaced(canvas, left, right - canvas.pick(8, 0), len(chances))
    tall = canvas.tall - canvas.body
    line = [(x, tall * chance.value) for x, chance in zip(xs, chances, strict=True)]
    canvas.band(xs, [tall * each.low for each in chances], [tall * each.high for each in chances], SKY)
    solid, mark = canvas.pick(4, 2.6), mark_radius(canvas, xs)
    canvas.line(line[:measured], BLUE, width=solid)
    canvas.dots(line[:measured], mark, BLUE)
    if len(chances) > measured:
        canvas.line(line[max(measured - 1, 0) :], BLUE, width=solid, dashes=(2, 1.2))
        canvas.dots(line[measured:], mark, PAPER, edge=BLUE, edge_width=canvas.pick(3, 2))
    _figures(canvas, xs, chances, tall, here)
    numbers(canvas, xs, "try", here)
    dashed = "dashed: depends on the model · " if len(chances) > measured else ""
    canvas.foot(f"{dashed}band: range")


def _figures(
    canvas: Canvas, xs: Sequence[float], chances: Sequence[Range], tall: float, here: int | None
) -> None:
    """The figures on the curve: the caller's own, the last, the first, and of a short curve all that have room."""
    count, line = len(chances), canvas.body
    mine = here if here is not None and 1 <= here <= count else None
    order = [*([mine] if mine else []), count, 1, *(range(2, count) if count <= 6 else ())]
    taken: list[tuple[float, float]] = []
    highest = [tall * max(chance.value, chance.high) for chance in chances]
    for n in dict.fromkeys(order):
        words, color = shown(chances[n - 1]).value, ORANGE if n == mine else INK
        half = canvas.width(words, bold=True) / 2
        x = min(xs[n - 1], canvas.right + canvas.left / 2 - half)
        left, right = x - half - line / 3, x + half + line / 3
        if any(left < end and start < right for start, end in taken):
            continue
        taken.append((left, right))
        over = float(np.interp(np.linspace(left, right, 9), xs, highest).max()) + canvas.pick(7, 5)
        canvas.text(x, over + 0.6 * line, words, color=color, bold=True, side="center")
    if mine:
        place = (xs[mine - 1], tall * chances[mine - 1].value)
        canvas.dots([place], canvas.pick(11, 7), ORANGE, edge=PAPER, edge_width=canvas.pick(3, 2))
