"""The chart of a paper's own scores. As in `charts`: data in, a PNG and its alternative text out."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from core.charts.canvas import BLUE, GREEN, INK, MUTED, ORANGE, PAPER, Canvas, Chart, Color, Side, draw, mix
from core.charts.figures import said, spread
from core.lottery.decisions import Range, phi
from core.lottery.shown import shown

_MOST_LISTED = 12  # scores that the heading names one by one
_SHADES = 60  # of the strip
_HIGHEST = 8  # dots over each other; of more equal scores there is one dot, and their number


def own_scores(
    scores: Sequence[float],
    scale: Sequence[float],
    *,
    accept_line: float,
    chair_noise: float,
    now: Range,
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
    named = f"scores {listed}"
    if len(scores) > _MOST_LISTED:
        least, most = min(scores), max(scores)
        named = f"{len(scores)} scores, " + (f"{least:g} to {most:g}" if least < most else f"all {most:g}")
    this, other = shown(now).value, shown(following).value
    apart = f"{this} in 100 now, {other} with new reviewers"
    title = apart if this != other else f"{this} in 100 now and with new reviewers"

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title[0].upper() + title[1:], f"{named} · mean {mean:.2f}", subject)
        _scale(canvas, scores, steps, accept_line, chair_noise)
        _chance(canvas, canvas.pick(66, 70), "This round", now, BLUE)
        _chance(canvas, canvas.pick(18, 21), "Next committee", following, GREEN)
        words = "diamond: mean score · stronger blue: better chance this round"
        if shown(now).range or shown(following).range:
            words += " · line: range"
        canvas.foot(words)

    alt = (
        f"Scores {listed} (mean {mean:.2f}) on a scale of {steps[0]:g} to {steps[-1]:g}; the chance is even "
        f"at a mean of {accept_line:.2f}. Accepted in this round: {spread(now)}; by a new committee: "
        f"{spread(following)}."
    )
    return draw(said(subject, alt), drawing, (290, 236))


def _scale(
    canvas: Canvas, scores: Sequence[float], steps: Sequence[float], line: float, noise: float
) -> None:
    """The venue's scale as a strip that grows stronger with the chance, the scores as dots on it, the mean in it."""
    low, high, floor = min(*scores, *steps), max(*scores, *steps), canvas.pick(150.0, 138.0)
    over, thick = canvas.pick(44.0, 18.0), canvas.pick(24, 16)
    left, right = canvas.left + over, canvas.right - over

    def score_at(x: float) -> float:
        return low + (high - low) * (x - left) / (right - left)

    def x_of(score: float) -> float:
        return left + (right - left) * (score - low) / (high - low)

    places = [canvas.left + (canvas.right - canvas.left) * (n + 0.5) / _SHADES for n in range(_SHADES)]
    shares = [0.12 + 0.76 * phi((score_at(x) - line) / noise) for x in places]
    canvas.strip(canvas.left, floor, canvas.right - canvas.left, thick, BLUE, shares)
    for step in _labelled(canvas, steps, (right - left) / (high - low)):
        words = f"{step:g}"
        canvas.text(
            x_of(step), floor - 1.1 * canvas.small, words, size=canvas.small, color=MUTED, side="center"
        )
    if low <= line <= high:
        x, y, gap = x_of(line), canvas.tall - 0.5 * canvas.small, canvas.pick(8, 5)
        side: Side = "right" if x > canvas.across / 2 else "left"
        canvas.line([(x, floor), (x, canvas.tall)], INK, width=canvas.pick(2, 1.2), dashes=(3, 2))
        words, place = f"even chance at {line:.1f}", x - gap if side == "right" else x + gap
        canvas.text(place, y, words, size=canvas.small, color=MUTED, side=side)
    _dots(canvas, scores, x_of, floor + thick + canvas.pick(4, 3))
    canvas.dots(
        [(x_of(sum(scores) / len(scores)), floor + thick / 2)],
        canvas.pick(9, 6),
        PAPER,
        edge=INK,
        shape="D",
        edge_width=canvas.pick(2.5, 1.6),
    )


def _labelled(canvas: Canvas, steps: Sequence[float], unit: float) -> Sequence[float]:
    """Those of the steps that have room for their number, a point being `unit` wide: all, else the multiples
    of 1, 2, 5, 10 ..., else the two ends."""
    room = max(canvas.width(f"{step:g}", canvas.small) for step in steps) + canvas.pick(14, 9)
    rounder = [size * 10**power for power in range(6) for size in (1, 2, 5)]
    for some in (steps, *([step for step in steps if step % each == 0] for each in rounder)):
        if len(some) > 1 and min(after - before for before, after in pairwise(some)) * unit >= room:
            return some
    return (steps[0], steps[-1])


def _dots(canvas: Canvas, scores: Sequence[float], x_of: Callable[[float], float], floor: float) -> None:
    """Each score as a dot, equal ones over each other; where they would be too many, one dot with their number."""
    counts, edge_width = Counter(scores), canvas.pick(2, 1.2)
    largest = canvas.pick(13.0, 8.0)
    if max(counts.values()) > _HIGHEST:
        places = [(x_of(score), floor + largest) for score in counts]
        canvas.dots(places, largest, ORANGE, edge=PAPER, edge_width=edge_width)
        for score, count in counts.items():
            if count > 1:
                words, y = f"{count}×", floor + 2 * largest + 0.8 * canvas.small
                canvas.text(x_of(score), y, words, size=canvas.small, color=ORANGE, bold=True, side="center")
        return
    levels = _levels(sorted(map(x_of, scores)), 2 * largest)
    # As tall as there is room below the words at the even chance.
    radius = min(
        largest, (canvas.tall - 1.4 * canvas.small - floor) / (2.15 * (1 + max(level for _, level in levels)))
    )
    places = [(x, floor + radius * (1 + 2.15 * level)) for x, level in levels]
    canvas.dots(places, radius, ORANGE, edge=PAPER, edge_width=edge_width)


def _levels(xs: Sequence[float], wide: float) -> list[tuple[float, int]]:
    """Each place with the lowest level at which no other place is nearer than a dot is wide."""
    ends: list[float] = []
    found = []
    for x in xs:
        level = next((at for at, end in enumerate(ends) if x - end >= wide), len(ends))
        ends[level : level + 1] = [x]
        found.append((x, level))
    return found


def _chance(canvas: Canvas, y: float, label: str, chance: Range, color: Color) -> None:
    """A probability as a bar on a track of 0 to 1, its range as a line, and its words; what it is the chance of stands
    beside it, on narrow paper above it."""
    start, long, thick = canvas.pick(236.0, canvas.left), canvas.pick(344.0, 190.0), canvas.pick(30, 16)
    canvas.text(canvas.left, y + canvas.pick(0, 13), label)
    y -= canvas.pick(0, 8)
    corner = canvas.pick(6, 4)
    canvas.box(start, y - thick / 2, long, thick, mix(MUTED, 0.14), corner=corner)
    if long * chance.value >= 2:
        canvas.box(start, y - thick / 2, long * chance.value, thick, color, corner=corner)
    if shown(chance).range:
        ends = [(start + long * chance.low, y), (start + long * chance.high, y)]
        canvas.line(ends, INK, width=canvas.pick(4, 2.6))
    words, gap = shown(chance).ranged, canvas.pick(14, 8)
    fits = canvas.width(words, bold=True) <= canvas.across - canvas.pick(20, 12) - start - long - gap
    canvas.text(start + long + gap, y, words if fits else shown(chance).value, bold=True)
