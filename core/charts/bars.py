"""Labelled amounts as horizontal bars."""

from collections.abc import Sequence

from core.charts.canvas import BLUE, MUTED, Canvas, Chart, draw

_MOST_BARS = 10


def bars(title: str, items: Sequence[tuple[str, float]], alt: str = "", *, below: str = "") -> Chart:
    """Labelled amounts as horizontal bars; of more than ten the first ten, saying how many are left out.

    Without `alt` the alternative text lists title, labels and amounts. ValueError for no items or an amount
    below 0.
    """
    if not items or any(not 0 <= value < float("inf") for _, value in items):
        raise ValueError("A bar chart needs at least one amount, and none below 0.")
    shown = items[:_MOST_BARS]
    if len(items) > len(shown):
        below = " · ".join(part for part in (below, f"and {len(items) - len(shown)} more") if part)
    most = max(value for _, value in shown) or 1

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, below)
        amounts = [f"{value:,.0f}" if value == int(value) else f"{value:,.1f}" for _, value in shown]
        pitch, thick, gap = canvas.tall / len(shown), canvas.pick(30, 22), canvas.pick(16, 8)
        widest = max(canvas.width(label) for label, _ in shown)
        start = canvas.left + min(max(widest, canvas.pick(60, 30)), canvas.pick(250, 140)) + gap
        long = canvas.right - start - gap - max(canvas.width(amount, bold=True) for amount in amounts)
        for row, ((label, value), amount) in enumerate(zip(shown, amounts, strict=True)):
            y = canvas.tall - (row + 0.5) * pitch
            canvas.text(start - gap, y, label, side="right", width=start - gap - canvas.left)
            if value:
                canvas.box(start, y - thick / 2, max(3.0, long * value / most), thick, BLUE)
            canvas.text(start + long * value / most + canvas.pick(12, 7), y, amount, bold=True)
        canvas.line([(start, 0), (start, canvas.tall)], MUTED, width=canvas.pick(2, 1.2))

    listed = ", ".join(f"{label} {value:,g}" for label, value in items)
    return draw(alt or f"{title}: {listed}.", drawing, (46.0 * len(shown), 33.0 * len(shown)))
