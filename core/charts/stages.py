"""A cohort's papers by how far they have come, each a dot, with those that came there in a period."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.charts.canvas import BLUE, FAINT, ORANGE, Canvas, Chart, draw

_LEAST_PITCH = (6.0, 4.0)
"""Units between two dots; of more papers a bar says the same."""


@dataclass(frozen=True, slots=True)
class StageRow:
    """How many papers stand somewhere, and how many of them came there in the period."""

    label: str
    papers: int
    arrived: int = 0


def stages(title: str, rows: Sequence[StageRow], subject: str = "") -> Chart:
    """Papers by stage, those that arrived set apart. `title` says what happened. ValueError without a paper, or where
    more arrived than are there."""
    if not any(each.papers for each in rows) or any(not 0 <= each.arrived <= each.papers for each in rows):
        raise ValueError("There has to be a paper, and no more can have arrived than are there.")

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, "papers by how far they have come", subject)
        pitch, gap = canvas.tall / len(rows), canvas.pick(16, 9)
        start = canvas.left + max(canvas.width(each.label) for each in rows) + gap
        long = canvas.right - start - gap - max(canvas.width(_amount(each), bold=True) for each in rows)
        for at, row in enumerate(rows):
            y = canvas.tall - (at + 0.5) * pitch
            canvas.text(start - gap, y, row.label, side="right", width=start - gap - canvas.left)
            end = start + _papers(canvas, row, start, y, long, max(each.papers for each in rows))
            canvas.text(end + gap, y, _amount(row), bold=True)
            if at:
                canvas.line([(canvas.left, y + pitch / 2), (canvas.right, y + pitch / 2)], FAINT, width=1)
        if any(each.arrived for each in rows):
            canvas.foot("orange: came there in this period")

    listed = ", ".join(f"{each.label} {_amount(each)}" for each in rows)
    alt = f"{title}. Papers by how far they have come: {listed}."
    return draw(f"{subject}: {alt}" if subject else alt, drawing, (50.0 * len(rows), 34.0 * len(rows)))


def _amount(row: StageRow) -> str:
    return f"{row.papers:,} (+{row.arrived:,})" if row.arrived else f"{row.papers:,}"


def _papers(canvas: Canvas, row: StageRow, x: float, y: float, long: float, most: int) -> float:
    """The papers of a row, those that arrived last. Returns how long they are."""
    stayed = row.papers - row.arrived
    pitch = min(canvas.pick(22.0, 14.0), long / most)
    if pitch < canvas.pick(*_LEAST_PITCH):
        thick, ends = canvas.pick(18, 12), long * row.papers / most
        canvas.box(x, y - thick / 2, long * stayed / most, thick, BLUE)
        if row.arrived:
            came = max(long * row.arrived / most, 2.0)
            canvas.box(x + ends - came, y - thick / 2, came, thick, ORANGE)
        return ends
    canvas.dots([(x + (n + 0.5) * pitch, y) for n in range(stayed)], pitch * 0.36, BLUE)
    if row.arrived:
        places = [(x + (n + 0.5) * pitch, y) for n in range(stayed, row.papers)]
        canvas.dots(places, pitch * 0.44, ORANGE, shape="D")
    return row.papers * pitch
