"""What two committees make of the same papers."""

from collections.abc import Sequence
from math import ceil

from core.charts.canvas import BLUE, GREEN, INK, MUTED, ORANGE, PAPER, Canvas, Chart, draw, mix
from core.charts.figures import said, spread
from core.lottery.decisions import Range
from core.lottery.shown import shown

_FEW = 15  # accepted papers of 100; of fewer, 1,000 are shown, or the dots would round the share beyond recognition

_SHARE = 0.12  # of its colour in a frame


def two_committees(accept_rate: float, flip: Range, *, subject: str = "") -> Chart:
    """What two committees make of the same 100 papers, or 1,000 where of 100 too few are accepted: a dot for each paper,
    a frame for each committee.

    flip is P(the other committee rejects | one accepts); subject may name the venue or the paper.
    """
    papers = 100 if round(100 * accept_rate) >= _FEW else 1000
    accepted = max(round(papers * accept_rate), 1)
    # Of a rate that rounds to none, one paper is shown all the same; then the share is that paper's.
    only = min(round(max(papers * accept_rate, 1) * flip.value), accepted)
    neither = max(papers - accepted - only, 0)
    both = accepted - only
    if accepted >= _FEW:
        title = f"Of {accepted} papers that A accepts, B rejects {only}"
    else:
        title = f"Of what A accepts, B rejects {shown(flip).value} in 100"

    def drawing(canvas: Canvas) -> None:
        _committees(canvas, only, both, neither)
        canvas.heading(title, f"the same {papers:,} papers before two committees", subject)
        canvas.foot(f"Accepted by one, rejected by the other: {spread(flip)}")

    alt = (
        f"Two committees, the same {papers:,} papers: both accept {both}, only A {only}, only B {only}, "
        f"neither {neither}. Of the papers that one accepts, the other rejects {spread(flip)}."
    )
    return draw(said(subject, alt), drawing)


def _committees(canvas: Canvas, only: int, both: int, neither: int) -> None:
    """Four blocks of dots, A's frame around the first two and B's around the second and third."""
    gap, apart, pad = canvas.pick(22.0, 12.0), canvas.pick(52.0, 20.0), canvas.pick(10.0, 6.0)
    counts, line, accepted = (only, both, only, neither), 1.6 * canvas.body, only + both
    says = (f"A accepts {accepted}", f"B accepts {accepted}")
    rest = f"{neither} neither" if neither else ""
    least = [*([1.4 * canvas.width("00", bold=True)] * 3), canvas.width(rest, bold=True)]
    framed = max(canvas.width(words, bold=True) for words in says) - gap
    room = canvas.right - canvas.left - 2 * (gap + pad) - apart
    rows, pitch, widths = _fitted(canvas, counts, least, framed, room)
    starts = [canvas.left + pad]
    for width, space in zip(widths, (gap, gap, apart), strict=False):
        starts.append(starts[-1] + width + space)
    ends = [start + width for start, width in zip(starts, widths, strict=True)]
    floor = pad + line
    top = floor + rows * pitch
    canvas.tall = top + pad + 2.1 * line
    frames = (
        (starts[0], ends[1], line, canvas.tall, mix(BLUE, _SHARE), 1.0),
        (starts[1], ends[2], 0, top + pad / 2 + line, ORANGE, _SHARE),
    )
    for start, end, low, high, color, alpha in frames:
        wide = end - start + 2 * pad
        canvas.box(start - pad, low, wide, high - low, color, alpha=alpha, corner=canvas.pick(14, 9))
    canvas.text(starts[0], top + 1.6 * line, says[0], color=BLUE, bold=True)
    canvas.text(ends[2], 0.55 * line, says[1], color=ORANGE, bold=True, side="right")
    for start, count, mark in zip(starts, counts, (BLUE, GREEN, ORANGE, None), strict=True):
        places = [(start + (i // rows + 0.5) * pitch, top - (i % rows + 0.5) * pitch) for i in range(count)]
        edge = None if mark else MUTED
        canvas.dots(
            places, pitch * 0.38, mark or PAPER, edge=edge, edge_width=min(canvas.pick(2, 1.2), 0.09 * pitch)
        )
        words = str(count) if mark else rest
        canvas.text(start + 2, top + 0.6 * line, words, color=INK if mark else MUTED, bold=True)


def _fitted(
    canvas: Canvas, counts: Sequence[int], least: Sequence[float], framed: float, room: float
) -> tuple[int, float, list[float]]:
    """How many rows of dots, how far apart, and how wide each block is, with room for its words; two blocks in a frame
    take `framed`. As far apart as the paper allows, however many they are, and no higher than that needs."""
    largest, tall = canvas.pick(27.0, 19.0), canvas.pick(165.0, 172.0)

    def widths(rows: int, pitch: float) -> list[float]:
        found = [max(ceil(count / rows) * pitch, wide) for count, wide in zip(counts, least, strict=True)]
        ends = (max(found[end], framed - found[1]) for end in (0, 2))
        return [next(ends), found[1], next(ends), found[3]]

    def pitch_of(rows: int) -> float:
        low, high = 0.0, min(largest, tall / rows)
        if sum(widths(rows, high)) <= room:
            return high
        for _ in range(8):
            middle = (low + high) / 2
            low, high = (middle, high) if sum(widths(rows, middle)) <= room else (low, middle)
        return low

    pitches = {rows: pitch_of(rows) for rows in range(5, 41)}
    rows = max(pitches, key=lambda each: (round(pitches[each], 1), -each))
    return rows, pitches[rows], widths(rows, pitches[rows])
