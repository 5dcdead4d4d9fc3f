"""Labelled amounts as horizontal bars."""

from collections.abc import Sequence

from core.charts.canvas import BLUE, MUTED, WIDTH, Canvas, Chart, draw

_LEFT, _RIGHT = 40, WIDTH - 40
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
    pitch, foot = 46.0, 26.0
    head = 84.0 + (32 if below else 0) + (36 if len(title) > 40 else 0)  # such a title may take a second line

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, below)
        widest = max(canvas.width(label) for label, _ in shown)
        start = _LEFT + min(max(widest, 60.0), 250.0) + 16
        long = _RIGHT - start - 100
        for row, (label, value) in enumerate(shown):
            y = foot + (len(shown) - row - 0.5) * pitch
            canvas.text(start - 16, y, label, side="right", width=start - 14 - _LEFT)
            if value:
                canvas.box(start, y - 15, max(3.0, long * value / most), 30, BLUE)
            amount = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
            canvas.text(start + long * value / most + 12, y, amount, bold=True)
        canvas.line([(start, foot), (start, foot + len(shown) * pitch)], MUTED, width=2)

    listed = ", ".join(f"{label} {value:,g}" for label, value in items)
    return draw(alt or f"{title}: {listed}.", drawing, head + pitch * len(shown) + foot)
