"""An experiment with two committees beside its model and a rerun."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.charts.canvas import GREEN, INK, MUTED, ON_MARK, ORANGE, Canvas, Chart, draw, mix
from core.charts.figures import share


@dataclass(frozen=True, slots=True)
class Split:
    """How many papers both committees accepted, one of the two, and neither; and whose count this is."""

    label: str
    both: float
    one: float
    neither: float

    @property
    def flip(self) -> float:
        """Of the papers that a committee accepted, the part that the other rejected; 0 if there are none."""
        accepted = 2 * self.both + self.one
        return self.one / accepted if accepted else 0.0


def side_by_side(splits: Sequence[Split], *, subject: str = "") -> Chart:
    """The verdicts of two committees on the same papers, counted several times, each as one bar.

    ValueError without a count, or where one has no papers.
    """
    if not splits or any(each.both + each.one + each.neither <= 0 for each in splits):
        raise ValueError("A comparison needs counts of papers.")
    title = f"Of what one accepts, the other rejects {share(splits[0].flip)} in 100"

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, "the same papers before two committees", subject)
        pitch = canvas.tall / len(splits)
        for row, each in enumerate(splits):
            _bar(canvas, each, canvas.tall - (row + 0.5) * pitch)
        _key(canvas)
        canvas.foot("in bold: of 100 papers that one accepts, what the other rejects")

    listed = "; ".join(
        f"{each.label}: both accept {each.both:.0f}, one of the two {each.one:.0f}, neither {each.neither:.0f}, "
        f"of the papers that one accepts the other rejects {share(each.flip)} in 100"
        for each in splits
    )
    return draw(
        f"{subject}: {listed}." if subject else f"{listed}.",
        drawing,
        (72.0 * len(splits), 68.0 * len(splits)),
    )


_COLORS = (GREEN, ORANGE, mix(MUTED, 0.28))
_KEY = ("both accept", "one of the two", "neither")


def _bar(canvas: Canvas, split: Split, y: float) -> None:
    """One count as a bar of three parts, to the scale of its own papers, with its flip at the end; whose it is stands
    beside it, on narrow paper above it."""
    start, end = canvas.pick(176.0, canvas.left), canvas.right - canvas.width("under 1", bold=True) - 14
    tall = canvas.pick(48.0, 26.0)
    canvas.text(
        canvas.left,
        y + canvas.pick(0, 23),
        split.label,
        width=canvas.pick(start - canvas.left - 12, end - start),
    )
    y -= canvas.pick(0, 8)
    parts = (split.both, split.one, split.neither)
    at = start
    for count, color in zip(parts, _COLORS, strict=True):
        wide = (end - start) * count / sum(parts)
        if wide >= 1:
            canvas.box(at, y - tall / 2, max(wide - 2, 1), tall, color)
        words = f"{count:,.0f}"
        if wide >= canvas.width(words, bold=True) + 8:
            ink = INK if color == _COLORS[2] else ON_MARK
            canvas.text(at + wide / 2 - 1, y, words, color=ink, bold=True, side="center")
        at += wide
    canvas.text(canvas.right, y, share(split.flip), bold=True, side="right")


def _key(canvas: Canvas) -> None:
    """What the colours mean, below the bars."""
    x, y, side, size = canvas.pick(176.0, canvas.left), -0.9 * canvas.body, canvas.pick(18, 11), canvas.small
    for words, color in zip(_KEY, _COLORS, strict=True):
        canvas.box(x, y - side / 2, side, side, color)
        canvas.text(x + 1.4 * side, y, words, size=size, color=MUTED)
        x += 1.4 * side + canvas.width(words, size) + canvas.pick(34, 14)
    canvas.below(-y + 0.8 * size)
