"""Charts for the chat: data in, a PNG and its alternative text out. One idea each.

Plain functions that block for some 50 ms: call them with `asyncio.to_thread`. Titles, subjects and labels may
hold anything that a member typed. Probabilities are fractions.
"""

from collections.abc import Sequence
from math import ceil

from core.drawing import BLUE, FAINT, GREEN, INK, MUTED, ORANGE, PAPER, SKY, WIDTH, Chart, Sheet, draw, mix
from core.lottery.decisions import Range, phi

__all__ = ["Chart", "bars", "own_scores", "percent", "spread", "tries", "two_committees"]

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


def _said(subject: str, sentence: str) -> str:
    """An alternative text that begins with its subject, if it has one."""
    return f"{subject}: {sentence}" if subject else sentence


def two_committees(accept_rate: float, flip: Range, *, subject: str = "") -> Chart:
    """What two committees make of the same 100 papers: a dot for each paper, a frame for each committee.

    flip is P(the other committee rejects | one accepts); subject may name the venue or the paper.
    """
    only = round(100 * accept_rate * flip.value)
    accepted = max(round(100 * accept_rate), only, 1)
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
    return draw(_said(subject, alt), drawing)


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
    elif chances[0].value < 0.5 <= chances[-1].value:
        half = next(n for n, chance in enumerate(chances, 1) if chance.value >= 0.5)
        title = f"About half of such papers are in by try {half}"
    else:
        title = f"In by try {count}: {spread(chances[-1])}"

    def drawing(sheet: Sheet) -> None:
        sheet.heading(title, "chance to be in by each try", subject)
        _curve(sheet, chances, here, measured)

    listed = ", ".join(f"{n}: {spread(chance)}" for n, chance in enumerate(chances, 1))
    alt = f"Chance of a typical paper to be accepted by try {listed}."
    if here is not None:
        alt += f" Marked: try {here}."
    if count > measured:
        alt += f" Beyond {measured} tries this depends on the model."
    return draw(_said(subject, alt), drawing)


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
            sheet.text(x, max(y, high) + 20, words, color=color, bold=True, side="center")
        if mine or ((count - n) % every == 0 and not (near and every > 1)):
            sheet.text(
                x, floor - 24, str(n), size=18, bold=mine, color=ORANGE if mine else MUTED, side="center"
            )
    sheet.text((left + right) / 2, 24, "try", size=17, color=MUTED, side="center")


def own_scores(
    scores: Sequence[float],
    scale: Sequence[float],
    *,
    accept_line: float,
    chair_noise: float,
    now: float,
    following: Range,
    subject: str = "",
) -> Chart:
    """A paper's own scores on the venue's scale, and what they say of this verdict and of the next one.

    accept_line: the mean score at which both verdicts are equally likely; chair_noise: how softly the chance
    rises there (both in points); now, following: the chances in this round and the next. ValueError without
    scores or with a scale of fewer than two steps.
    """
    steps = sorted(set(scale))
    if not scores or len(steps) < 2:
        raise ValueError("A chart of scores needs scores, and a scale of at least two steps.")
    mean, listed = sum(scores) / len(scores), ", ".join(f"{score:g}" for score in scores)
    this, other = percent(now), percent(following.value)
    title = (
        f"{this} now, {other} with new reviewers" if this != other else f"{this} now and with new reviewers"
    )

    def drawing(sheet: Sheet) -> None:
        sheet.heading(title[0].upper() + title[1:], f"scores {listed} · mean {mean:.2f}", subject)
        _scale(sheet, scores, steps, accept_line, chair_noise)
        _chance(sheet, 122, "This round", Range(now, now, now), BLUE)
        _chance(sheet, 74, "Next committee", following, GREEN)
        words = "diamond: mean score · darker blue: better chance this round"
        if percent(following.low) != percent(following.high):
            words += " · line: range"
        sheet.text(_LEFT, 28, words, size=17, color=MUTED)

    alt = (
        f"Scores {listed} (mean {mean:.2f}) on a scale of {steps[0]:g} to {steps[-1]:g}; the chance is even "
        f"at a mean of {accept_line:.2f}. Accepted in this round: {percent(now)}; by a new committee: "
        f"{spread(following)}."
    )
    return draw(_said(subject, alt), drawing)


def _scale(sheet: Sheet, scores: Sequence[float], steps: Sequence[float], line: float, noise: float) -> None:
    """The venue's scale as a strip that darkens with the chance, the scores as dots on it, the mean in it."""
    low, high, floor = min(*scores, *steps), max(*scores, *steps), 206.0
    left, right, over = 84.0, WIDTH - 84.0, 44.0

    def score_at(x: float) -> float:
        return low + (high - low) * (x - left) / (right - left)

    def x_of(score: float) -> float:
        return left + (right - left) * (score - low) / (high - low)

    start, stop = round(left - over), round(right + over)
    chances = [phi((score_at(x) - line) / noise) for x in range(start, stop)]
    sheet.strip(start, floor, stop - start, 24, [mix(BLUE, 0.12 + 0.76 * chance) for chance in chances])
    for step in steps:
        sheet.text(x_of(step), floor - 20, f"{step:g}", size=18, color=MUTED, side="center")
    if low <= line <= high:
        x, leftward = x_of(line), x_of(line) > WIDTH / 2
        sheet.line([(x, floor), (x, floor + 132)], INK, width=2, dashes=(3, 2))
        words, place = f"even chance at {line:.1f}", x + (-8 if leftward else 8)
        sheet.text(place, floor + 123, words, size=17, color=MUTED, side="right" if leftward else "left")
    radius = min(13.0, 92 / (2.15 * max(list(scores).count(score) for score in scores)))
    places = []
    for index, score in enumerate(scores):
        under = list(scores[:index]).count(score)
        places.append((x_of(score), floor + 28 + radius * (1 + 2.15 * under)))
    sheet.dots(places, radius, ORANGE, edge=PAPER)
    sheet.dots([(x_of(sum(scores) / len(scores)), floor + 12)], 9, PAPER, edge=INK, shape="D", edge_width=2.5)


def _chance(sheet: Sheet, y: float, label: str, chance: Range, color: str) -> None:
    """A probability as a bar on a track of 0 to 1, its range as a line, and its words."""
    start, long = 236.0, 344.0
    sheet.text(_LEFT, y, label, width=start - _LEFT - 12)
    sheet.box(start, y - 15, long, 30, mix(MUTED, 0.14), corner=6)
    if long * chance.value >= 2:
        sheet.box(start, y - 15, long * chance.value, 30, color, corner=6)
    if percent(chance.low) != percent(chance.high):
        sheet.line([(start + long * chance.low, y), (start + long * chance.high, y)], INK, width=4)
    words = spread(chance)
    room = WIDTH - 20 - start - long - 14
    fits = sheet.width(words, bold=True) <= room
    sheet.text(start + long + 14, y, words if fits else percent(chance.value), bold=True)


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
