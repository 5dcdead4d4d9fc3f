"""The chart of a paper's own scores. As in `charts`: data in, a PNG and its alternative text out."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from core.charts.canvas import BLUE, GREEN, INK, MUTED, ORANGE, PAPER, WIDTH, Canvas, Chart, draw, mix
from core.charts.figures import percent, said, spread
from core.lottery.decisions import Range, phi

_LEFT = 40
_MOST_LISTED = 12  # scores that the heading names one by one
_HIGHEST = 8  # dots over each other; of more equal scores there is one dot, and their number


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
    named = f"scores {listed}"
    if len(scores) > _MOST_LISTED:
        least, most = min(scores), max(scores)
        named = f"{len(scores)} scores, " + (f"{least:g} to {most:g}" if least < most else f"all {most:g}")
    this, other = percent(now), percent(following.value)
    title = (
        f"{this} now, {other} with new reviewers" if this != other else f"{this} now and with new reviewers"
    )

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title[0].upper() + title[1:], f"{named} · mean {mean:.2f}", subject)
        _scale(canvas, scores, steps, accept_line, chair_noise)
        _chance(canvas, 122, "This round", Range(now, now, now), BLUE)
        _chance(canvas, 74, "Next committee", following, GREEN)
        words = "diamond: mean score · darker blue: better chance this round"
        if percent(following.low) != percent(following.high):
            words += " · line: range"
        canvas.text(_LEFT, 28, words, size=17, color=MUTED)

    alt = (
        f"Scores {listed} (mean {mean:.2f}) on a scale of {steps[0]:g} to {steps[-1]:g}; the chance is even "
        f"at a mean of {accept_line:.2f}. Accepted in this round: {percent(now)}; by a new committee: "
        f"{spread(following)}."
    )
    return draw(said(subject, alt), drawing)


def _scale(
    canvas: Canvas, scores: Sequence[float], steps: Sequence[float], line: float, noise: float
) -> None:
    """The venue's scale as a strip that darkens with the chance, the scores as dots on it, the mean in it."""
    low, high, floor = min(*scores, *steps), max(*scores, *steps), 206.0
    left, right, over = 84.0, WIDTH - 84.0, 44.0

    def score_at(x: float) -> float:
        return low + (high - low) * (x - left) / (right - left)

    def x_of(score: float) -> float:
        return left + (right - left) * (score - low) / (high - low)

    start, stop = round(left - over), round(right + over)
    chances = [phi((score_at(x) - line) / noise) for x in range(start, stop)]
    canvas.strip(start, floor, stop - start, 24, [mix(BLUE, 0.12 + 0.76 * chance) for chance in chances])
    for step in _labelled(canvas, steps, (right - left) / (high - low)):
        canvas.text(x_of(step), floor - 20, f"{step:g}", size=18, color=MUTED, side="center")
    if low <= line <= high:
        x, leftward = x_of(line), x_of(line) > WIDTH / 2
        canvas.line([(x, floor), (x, floor + 132)], INK, width=2, dashes=(3, 2))
        words, place = f"even chance at {line:.1f}", x + (-8 if leftward else 8)
        canvas.text(place, floor + 123, words, size=17, color=MUTED, side="right" if leftward else "left")
    _dots(canvas, scores, x_of, floor + 28)
    canvas.dots(
        [(x_of(sum(scores) / len(scores)), floor + 12)], 9, PAPER, edge=INK, shape="D", edge_width=2.5
    )


def _labelled(canvas: Canvas, steps: Sequence[float], unit: float) -> Sequence[float]:
    """Those of the steps that have room for their number, a point being `unit` wide: all, else the multiples
    of 1, 2, 5, 10 ..., else the two ends."""
    room = max(canvas.width(f"{step:g}", 18) for step in steps) + 14
    rounder = [size * 10**power for power in range(6) for size in (1, 2, 5)]
    for some in (steps, *([step for step in steps if step % each == 0] for each in rounder)):
        if len(some) > 1 and min(after - before for before, after in pairwise(some)) * unit >= room:
            return some
    return (steps[0], steps[-1])


def _dots(canvas: Canvas, scores: Sequence[float], x_of: Callable[[float], float], floor: float) -> None:
    """Each score as a dot, equal ones over each other; where they would be too many, one dot with their number."""
    counts = Counter(scores)
    if max(counts.values()) > _HIGHEST:
        canvas.dots([(x_of(score), floor + 13) for score in counts], 13, ORANGE, edge=PAPER)
        for score, count in counts.items():
            if count > 1:
                words = f"{count}×"
                canvas.text(x_of(score), floor + 42, words, size=18, color=ORANGE, bold=True, side="center")
        return
    # Up to 80 units tall, below the words at the even chance.
    radius = min(13.0, 80 / (2.15 * max(counts.values())))
    places = [
        (x_of(score), floor + radius * (1 + 2.15 * under))
        for score, count in counts.items()
        for under in range(count)
    ]
    canvas.dots(places, radius, ORANGE, edge=PAPER)


def _chance(canvas: Canvas, y: float, label: str, chance: Range, color: str) -> None:
    """A probability as a bar on a track of 0 to 1, its range as a line, and its words."""
    start, long = 236.0, 344.0
    canvas.text(_LEFT, y, label, width=start - _LEFT - 12)
    canvas.box(start, y - 15, long, 30, mix(MUTED, 0.14), corner=6)
    if long * chance.value >= 2:
        canvas.box(start, y - 15, long * chance.value, 30, color, corner=6)
    if percent(chance.low) != percent(chance.high):
        canvas.line([(start + long * chance.low, y), (start + long * chance.high, y)], INK, width=4)
    words = spread(chance)
    room = WIDTH - 20 - start - long - 14
    fits = canvas.width(words, bold=True) <= room
    canvas.text(start + long + 14, y, words if fits else percent(chance.value), bold=True)
