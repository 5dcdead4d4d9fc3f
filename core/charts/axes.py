"""The axes of the pictures that show a chance by the number of tries."""

from collections.abc import Sequence

from core.charts.canvas import FAINT, MUTED, ORANGE, Canvas


def quarters(canvas: Canvas, right: float | None = None) -> tuple[float, float]:
    """Lines at 0, 25, 50, 75 and 100, in 100, over the height of the chart but for a line of type. Returns where they begin
    and end."""
    labels = [f"{quarter * 25}" for quarter in range(5)]
    gap, end = canvas.pick(12, 6), canvas.right if right is None else right
    start = canvas.left + gap + max(canvas.width(label, canvas.small) for label in labels)
    for quarter, label in enumerate(labels):
        y = (canvas.tall - canvas.body) * quarter / 4
        canvas.line([(start, y), (end, y)], FAINT, width=canvas.pick(1.5, 1))
        canvas.text(start - gap, y, label, size=canvas.small, color=MUTED, side="right")
    return start, end


def spaced(canvas: Canvas, left: float, right: float, count: int) -> list[float]:
    """Where so many tries stand between two ends, the first and the last with room for a figure."""
    margin = 0.5 * canvas.width("over 95", bold=True) + 2
    inner = right - left - 2 * margin
    return [left + margin + inner * (n / (count - 1) if count > 1 else 0.5) for n in range(count)]


def mark_radius(canvas: Canvas, xs: Sequence[float]) -> float:
    """How large the marks on a curve are: smaller where many stand close to each other."""
    largest = canvas.pick(7.0, 4.5)
    return largest if len(xs) < 2 else min(largest, 0.36 * (xs[1] - xs[0]))


def numbers(canvas: Canvas, xs: Sequence[float], what: str, marked: int | None = None) -> None:
    """1, 2, 3 ... below the chart, as many of them as there is room for and the marked one, and what they count."""
    count, size = len(xs), canvas.small
    gap = canvas.width("0000", size)
    step = (xs[-1] - xs[0]) / (count - 1) if count > 1 else gap
    every = next(each for each in (1, 2, 3, 4, 5, 10, 20, 50, count) if each >= min(gap / step, count))
    y = -1.25 * size
    at = xs[marked - 1] if marked is not None and 1 <= marked <= count else None
    for n, x in enumerate(xs, 1):
        mine = n == marked
        if mine or ((count - n) % every == 0 and (at is None or abs(x - at) >= gap)):
            canvas.text(x, y, str(n), size=size, bold=mine, color=ORANGE if mine else MUTED, side="center")
    canvas.text(canvas.left, y, what, size=size, color=MUTED)
    canvas.below(-y + 0.7 * size)
