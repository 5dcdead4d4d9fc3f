"""An experiment with two committees beside its model and a rerun."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.charts.canvas import GREEN, INK, MUTED, ORANGE, WIDTH, Canvas, Chart, draw, mix
from core.charts.figures import percent
from core.charts.paths import _LEFT, _RIGHT


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
    title = f"Of what one accepts, the other rejects {percent(splits[0].flip)}"

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, "the same papers before two committees", subject)
        for row, each in enumerate(splits):
            _bar(canvas, each, 290 - 72 * row)
        _key(canvas, 62)
        words = "in bold: of the papers that one accepts, what the other rejects"
        canvas.text(WIDTH / 2, 26, words, size=17, color=MUTED, side="center")

    listed = "; ".join(
        f"{each.label}: both accept {each.both:.0f}, one of the two {each.one:.0f}, neither {each.neither:.0f}, "
        f"of the papers that one accepts the other rejects {percent(each.flip)}"
        for each in splits
    )
    return draw(f"{subject}: {listed}." if subject else f"{listed}.", drawing)


_COLORS = (GREEN, ORANGE, mix(MUTED, 0.28))
_KEY = ("both accept", "one of the two", "neither")


def _bar(canvas: Canvas, split: Split, y: float) -> None:
    """One count as a bar of three parts, to the scale of its own papers, with its flip at the end."""
    start, end, tall = 176.0, _RIGHT - 70.0, 48.0
    canvas.text(_LEFT, y, split.label, width=start - _LEFT - 12)
    parts = (split.both, split.one, split.neither)
    at = start
    for count, color in zip(parts, _COLORS, strict=True):
        wide = (end - start) * count / sum(parts)
        if wide >= 1:
            canvas.box(at, y - tall / 2, max(wide - 2, 1), tall, color)
        words = f"{count:.0f}"
        if wide >= canvas.width(words, bold=True) + 8:
            ink = INK if color == _COLORS[2] else "#FFFFFF"
            canvas.text(at + wide / 2, y, words, color=ink, bold=True, side="center")
        at += wide
    canvas.text(_RIGHT, y, percent(split.flip), bold=True, side="right")


def _key(canvas: Canvas, y: float) -> None:
    x = 176.0
    for words, color in zip(_KEY, _COLORS, strict=True):
        canvas.box(x, y - 9, 18, 18, color)
        canvas.text(x + 26, y, words, size=17, color=MUTED)
        x += 26 + canvas.width(words, 17) + 34
