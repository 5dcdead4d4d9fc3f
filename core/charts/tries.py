"""The chance to be in by the first, second, ... try."""

from collections.abc import Sequence
from math import ceil

from core.charts.canvas import BLUE, FAINT, INK, MUTED, ORANGE, PAPER, SKY, WIDTH, Canvas, Chart, draw
from core.charts.figures import percent, said, spread
from core.lottery.decisions import Range

_LEFT, _RIGHT = 40, WIDTH - 40


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
        canvas.heading(title, "chance to be in by each try", subject)
        _curve(canvas, chances, here, measured)

    listed = ", ".join(f"{n}: {spread(chance)}" for n, chance in enumerate(chances, 1))
    alt = f"Of such papers, accepted by try {listed}."
    if here is not None:
        alt += f" Marked: try {here}."
    if count > measured:
        alt += f" Beyond {measured} tries this depends on the model."
    return draw(said(subject, alt), drawing)


def _curve(canvas: Canvas, chances: Sequence[Range], here: int | None, measured: int) -> None:
    """Axes, the band, the line (dashed where it was not measured) and its marks."""
    count, left, right, floor, tall = len(chances), 100.0, _RIGHT - 8.0, 76.0, 248.0
    for quarter in range(5):
        y = floor + tall * quarter / 4
        canvas.line([(left, y), (right, y)], FAINT, width=1.5)
        canvas.text(left - 12, y, f"{quarter * 25}%", size=17, color=MUTED, side="right")
    inner = right - left - 60
    xs = [left + 30 + inner * (n / (count - 1) if count > 1 else 0.5) for n in range(count)]
    line = [(x, floor + tall * chance.value) for x, chance in zip(xs, chances, strict=True)]
    highs = [floor + tall * chance.high for chance in chances]
    canvas.band(xs, [floor + tall * chance.low for chance in chances], highs, SKY)
    canvas.line(line[:measured], BLUE, width=4)
    canvas.dots(line[:measured], 7, BLUE)
    if count > measured:
        canvas.line(line[max(measured - 1, 0) :], BLUE, width=4, dashes=(2, 1.2))
        canvas.dots(line[measured:], 7, PAPER, edge=BLUE, edge_width=3)
        below = chances[-1].value > 0.3
        words = "dashed: depends on the model · band: 95% range"
        canvas.text(right, floor + (31 if below else tall - 31), words, size=17, color=MUTED, side="right")
    every, own = ceil(count / 10), here or 0
    for n, ((x, y), high) in enumerate(zip(line, highs, strict=True), 1):
        mine, color = n == here, ORANGE if n == here else INK
        near = not mine and own > 0 and abs(x - xs[min(own, count) - 1]) < 60
        if mine:
            canvas.dots([(x, y)], 11, ORANGE, edge=PAPER, edge_width=3)
        if mine or (not near and (n in (1, count) or count <= 6)):
            words = percent(chances[n - 1].value)
            # Where the curve is crowded it rises through a label above its beginning.
            under = n == 1 and not mine and count > 6 and y > floor + 44
            canvas.text(
                x, y - 22 if under else max(y, high) + 20, words, color=color, bold=True, side="center"
            )
        if mine or ((count - n) % every == 0 and not (near and every > 1)):
            canvas.text(
                x, floor - 24, str(n), size=18, bold=mine, color=ORANGE if mine else MUTED, side="center"
            )
    canvas.text((left + right) / 2, 24, "try", size=17, color=MUTED, side="center")
