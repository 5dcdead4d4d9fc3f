"""What two committees make of the same papers."""

from math import ceil

from core.charts.canvas import BLUE, GREEN, INK, MUTED, ORANGE, PAPER, WIDTH, Canvas, Chart, draw
from core.charts.figures import percent, said, spread
from core.lottery.decisions import Range

_LEFT, _RIGHT = 40, WIDTH - 40
_ROWS = 6  # of dots, in the chart of two committees


def two_committees(accept_rate: float, flip: Range, *, subject: str = "") -> Chart:
    """What two committees make of the same 100 papers: a dot for each paper, a frame for each committee.

    flip is P(the other committee rejects | one accepts); subject may name the venue or the paper.
    """
    accepted = max(round(100 * accept_rate), 1)
    # Of a rate that rounds to none, one paper is shown all the same; then the share is that paper's.
    only = min(round(max(100 * accept_rate, 1) * flip.value), accepted)
    neither = max(100 - accepted - only, 0)
    both = accepted - only
    if accepted >= 15:
        title = f"Of {accepted} papers that A accepts, B rejects {only}"
    else:  # so few dots would round the share beyond recognition
        title = f"Of what A accepts, B rejects {percent(flip.value)}"

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, "the same 100 papers before two committees", subject)
        _committees(canvas, only, both, neither)
        words = f"Accepted by one, rejected by the other: {spread(flip)}"
        canvas.text(_LEFT, 28, words, size=18, color=MUTED)

    alt = (
        f"Two committees, the same 100 papers: both accept {both}, only A {only}, only B {only}, "
        f"neither {neither}. Of the papers that one accepts, the other rejects {spread(flip)}."
    )
    return draw(said(subject, alt), drawing)


def _committees(canvas: Canvas, only: int, both: int, neither: int) -> None:
    """Four blocks of dots, A's frame around the first two and B's around the second and third."""
    counts, gap, pad = (only, both, only, neither), 22.0, 10.0
    columns = [ceil(count / _ROWS) for count in counts]
    least = (54.0, 54.0, 54.0, 116.0)  # room for the words on each block
    pitch = 27.0
    while sum(max(n * pitch, w) for n, w in zip(columns, least, strict=True)) > _RIGHT - _LEFT - 4 * gap - 30:
        pitch -= 0.5
    widths = [max(n * pitch, w) for n, w in zip(columns, least, strict=True)]
    starts = [_LEFT + pad]
    for width, apart in zip(widths, (gap, gap, gap + 30), strict=False):
        starts.append(starts[-1] + width + apart)
    ends = [start + width for start, width in zip(starts, widths, strict=True)]
    floor, tall = 112.0, _ROWS * pitch
    top, accepted = floor + tall, only + both
    canvas.box(
        starts[0] - pad, floor - 8, ends[1] - starts[0] + 2 * pad, tall + 76, BLUE, alpha=0.14, corner=14
    )
    canvas.box(
        starts[1] - pad, floor - 46, ends[2] - starts[1] + 2 * pad, tall + 84, ORANGE, alpha=0.14, corner=14
    )
    canvas.text(starts[0], top + 50, f"A accepts {accepted}", color=BLUE, bold=True)
    canvas.text(ends[2], floor - 28, f"B accepts {accepted}", color=ORANGE, bold=True, side="right")
    for start, count, color in zip(starts, counts, (BLUE, GREEN, ORANGE, ""), strict=True):
        places = [(start + (i // _ROWS + 0.5) * pitch, top - (i % _ROWS + 0.5) * pitch) for i in range(count)]
        canvas.dots(places, pitch * 0.38, color or PAPER, edge=None if color else "#9AA3AB")
        words = str(count) if color else f"{count} neither"
        canvas.text(start + 4, top + 19, words, color=INK if color else MUTED, bold=True)
