"""How it was going over time: one's own days, and the cohort's weeks beside them."""

from collections.abc import Sequence

from core.charts.canvas import BLUE, FAINT, MUTED, ORANGE, PAPER, Canvas, Chart, Color, draw

HARD, GREAT = 1, 5
"""The ends of the scale."""

Point = tuple[float, float]
"""When, from 0 at the first day shown to 1 at the last, and how it was going, from 1 to 5."""


def moods(
    title: str, own: Sequence[Point], cohort: Sequence[Point], ends: tuple[str, str], alt: str
) -> Chart:
    """One's own days as a line with marks, the cohort's weeks as a dashed line; `ends` name the first and the last day.
    ValueError without a point."""
    if not own and not cohort:
        raise ValueError("There is nothing to draw.")

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title)
        left = _scale(canvas)
        _line(canvas, left, cohort, ORANGE, dashed=True)
        _line(canvas, left, own, BLUE, dashed=False)
        y, size = -1.25 * canvas.small, canvas.small
        canvas.text(left, y, ends[0], size=size, color=MUTED)
        canvas.text(canvas.right, y, ends[1], size=size, color=MUTED, side="right")
        canvas.below(-y + 0.7 * size)
        named = [*(["line: yours"] if own else []), *(["dashed: the cohort’s weeks"] if cohort else [])]
        canvas.foot(" · ".join(named))

    return draw(alt, drawing)


def _scale(canvas: Canvas) -> float:
    """Lines from hard to great. Returns where they begin."""
    labels = {HARD: "1 hard", 2: "2", 3: "3", 4: "4", GREAT: "5 great"}
    start = (
        canvas.left + canvas.pick(12, 6) + max(canvas.width(each, canvas.small) for each in labels.values())
    )
    for value, label in labels.items():
        y = _height(canvas, value)
        canvas.line([(start, y), (canvas.right, y)], FAINT, width=canvas.pick(1.5, 1))
        canvas.text(start - canvas.pick(12, 6), y, label, size=canvas.small, color=MUTED, side="right")
    return start


def _height(canvas: Canvas, value: float) -> float:
    return canvas.body / 2 + (canvas.tall - canvas.body) * (value - HARD) / (GREAT - HARD)


def _line(canvas: Canvas, left: float, points: Sequence[Point], color: Color, *, dashed: bool) -> None:
    radius = canvas.pick(6.0, 4.0)
    inner = canvas.right - left - 2 * radius
    at = [(left + radius + inner * when, _height(canvas, value)) for when, value in points]
    canvas.line(at, color, width=canvas.pick(3, 2), dashes=(2, 1.2) if dashed else None)
    if dashed:
        canvas.dots(at, radius, PAPER, edge=color, edge_width=canvas.pick(3, 2))
    else:
        canvas.dots(at, radius, color)
