"""Charts for the chat: data in, a PNG and its alternative text out. One idea each.

Plain functions that block for some 50 ms: call them with `asyncio.to_thread`. Titles, subjects and labels may
hold anything that a member typed. Probabilities are fractions.
"""

from collections.abc import Sequence
from math import ceil

from core.drawing import BLUE, FAINT, GREEN, INK, MUTED, ORANGE, PAPER, SKY, WIDTH, Chart, Sheet, draw
from core.lottery.decisions import Range

__all__ = ["Chart", "about_half", "bars", "between", "percent", "said", "spread", "tries", "two_committees"]

_LEFT, _RIGHT = 40, WIDTH - 40
_ROWS = 6  # of dots, in the chart of two committees
_MOST_BARS = 10


def percent(fraction: float) -> str:
    """A fraction as people say it: 49%; "under 1%" and "over 99%" rather than a certainty that is none."""
    if 0 < fraction < 0.005:
        return "under 1%"
    if 0.995 <= fraction < 1:
        return "over 99%"
    return f"{fraction * 100:.0f}%"


def spread(figure: Range) -> str:
    """A figure with its range, as 49% (44–54%); the figure alone, where both ends round to it."""
    value, low, high = percent(figure.value), percent(figure.low), percent(figure.high)
    if low == value == high:
        return value
    if " " in high:
        return f"{value} ({low} or more)"
    if " " in low:
        return f"{value} ({high} or less)"
    return f"{value} ({low[:-1]}–{high})"


def between(low: float, high: float) -> str:
    """The ends of a range: "44% to 54%"; "54% or less" where the lower end is under 1%, "98% or more" where the
    upper one is over 99%; one of them alone where both are said alike."""
    least, most = percent(low), percent(high)
    if least == most:
        return least
    if " " in most and " " not in least:
        return f"{least} or more"
    if " " in least and " " not in most:
        return f"{most} or less"
    return f"{least} to {most}"


def about_half(chances: Sequence[Range]) -> int | None:
    """The try by which about half of the papers are in; None where none is, because more are in at once."""
    half = next((n for n, chance in enumerate(chances, 1) if chance.value >= 0.5), None)
    return half if half is not None and half > 1 and chances[half - 1].value < 0.6 else None


def said(subject: str, sentence: str) -> str:
    """An alternative text that begins with its subject, if it has one."""
    return f"{subject}: {sentence}" if subject else sentence


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

    def drawing(sheet: Sheet) -> None:
        sheet.heading(title, "the same 100 papers before two committees", subject)
        _committees(sheet, only, both, neither)
        words = f"Accepted by one, rejected by the other: {spread(flip)}"
        sheet.text(_LEFT, 28, words, size=18, color=MUTED)

    alt = (
        f"Two committees, the same 100 papers: both accept {both}, only A {only}, only B {only}, "
        f"neither {neither}. Of the papers that one accepts, the other rejects {spread(flip)}."
    )
    return draw(said(subject, alt), drawing)


def _committees(sheet: Sheet, only: int, both: int, neither: int) -> None:
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
    sheet.box(
        starts[0] - pad, floor - 8, ends[1] - starts[0] + 2 * pad, tall + 76, BLUE, alpha=0.14, corner=14
    )
    sheet.box(
        starts[1] - pad, floor - 46, ends[2] - starts[1] + 2 * pad, tall + 84, ORANGE, alpha=0.14, corner=14
    )
    sheet.text(starts[0], top + 50, f"A accepts {accepted}", color=BLUE, bold=True)
    sheet.text(ends[2], floor - 28, f"B accepts {accepted}", color=ORANGE, bold=True, side="right")
    for start, count, color in zip(starts, counts, (BLUE, GREEN, ORANGE, ""), strict=True):
        places = [(start + (i // _ROWS + 0.5) * pitch, top - (i % _ROWS + 0.5) * pitch) for i in range(count)]
        sheet.dots(places, pitch * 0.38, color or PAPER, edge=None if color else "#9AA3AB")
        words = str(count) if color else f"{count} neither"
        sheet.text(start + 4, top + 19, words, color=INK if color else MUTED, bold=True)


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

    def drawing(sheet: Sheet) -> None:
        sheet.heading(title, "chance to be in by each try", subject)
        _curve(sheet, chances, here, measured)

    listed = ", ".join(f"{n}: {spread(chance)}" for n, chance in enumerate(chances, 1))
    alt = f"Of such papers, accepted by try {listed}."
    if here is not None:
        alt += f" Marked: try {here}."
    if count > measured:
        alt += f" Beyond {measured} tries this depends on the model."
    return draw(said(subject, alt), drawing)


def _curve(sheet: Sheet, chances: Sequence[Range], here: int | None, measured: int) -> None:
    """Axes, the band, the line (dashed where it was not measured) and its marks."""
    count, left, right, floor, tall = len(chances), 100.0, _RIGHT - 8.0, 76.0, 248.0
    for quarter in range(5):
        y = floor + tall * quarter / 4
        sheet.line([(left, y), (right, y)], FAINT, width=1.5)
        sheet.text(left - 12, y, f"{quarter * 25}%", size=17, color=MUTED, side="right")
    inner = right - left - 60
    xs = [left + 30 + inner * (n / (count - 1) if count > 1 else 0.5) for n in range(count)]
    line = [(x, floor + tall * chance.value) for x, chance in zip(xs, chances, strict=True)]
    highs = [floor + tall * chance.high for chance in chances]
    sheet.band(xs, [floor + tall * chance.low for chance in chances], highs, SKY)
    sheet.line(line[:measured], BLUE, width=4)
    sheet.dots(line[:measured], 7, BLUE)
    if count > measured:
        sheet.line(line[max(measured - 1, 0) :], BLUE, width=4, dashes=(2, 1.2))
        sheet.dots(line[measured:], 7, PAPER, edge=BLUE, edge_width=3)
        below = chances[-1].value > 0.3
        words = "dashed: depends on the model · band: 95% range"
        sheet.text(right, floor + (31 if below else tall - 31), words, size=17, color=MUTED, side="right")
    every, own = ceil(count / 10), here or 0
    for n, ((x, y), high) in enumerate(zip(line, highs, strict=True), 1):
        mine, color = n == here, ORANGE if n == here else INK
        near = not mine and own > 0 and abs(x - xs[min(own, count) - 1]) < 60
        if mine:
            sheet.dots([(x, y)], 11, ORANGE, edge=PAPER, edge_width=3)
        if mine or (not near and (n in (1, count) or count <= 6)):
            words = percent(chances[n - 1].value)
            # Where the curve is crowded it rises through a label above its beginning.
            under = n == 1 and not mine and count > 6 and y > floor + 44
            sheet.text(
                x, y - 22 if under else max(y, high) + 20, words, color=color, bold=True, side="center"
            )
        if mine or ((count - n) % every == 0 and not (near and every > 1)):
            sheet.text(
                x, floor - 24, str(n), size=18, bold=mine, color=ORANGE if mine else MUTED, side="center"
            )
    sheet.text((left + right) / 2, 24, "try", size=17, color=MUTED, side="center")


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

    def drawing(sheet: Sheet) -> None:
        sheet.heading(title, below)
        widest = max(sheet.width(label) for label, _ in shown)
        start = _LEFT + min(max(widest, 60.0), 250.0) + 16
        long = _RIGHT - start - 100
        for row, (label, value) in enumerate(shown):
            y = foot + (len(shown) - row - 0.5) * pitch
            sheet.text(start - 16, y, label, side="right", width=start - 14 - _LEFT)
            if value:
                sheet.box(start, y - 15, max(3.0, long * value / most), 30, BLUE)
            amount = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
            sheet.text(start + long * value / most + 12, y, amount, bold=True)
        sheet.line([(start, foot), (start, foot + len(shown) * pitch)], MUTED, width=2)

    listed = ", ".join(f"{label} {value:,g}" for label, value in items)
    return draw(alt or f"{title}: {listed}.", drawing, head + pitch * len(shown) + foot)
