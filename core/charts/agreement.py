"""A chart of how far reviewers agree: an interval on a strip from 0 to 100 in 100, beside what was measured."""

from core.charts.canvas import BLUE, INK, MUTED, ORANGE, PAPER, Canvas, Chart, Side, draw, mix
from core.lottery.fit import Estimate
from core.lottery.scores import ICC_AFTER, ICC_BEFORE


def reviewer_agreement(icc: Estimate, *, discussed: bool, subject: str = "") -> Chart:
    """How much of what makes scores differ lies with the paper: a single review's ICC with its interval, all
    three fractions. `discussed` says that the scores are from after a discussion. ValueError off 0 to 1."""
    if not 0 <= icc.low <= icc.value <= icc.high <= 1:
        raise ValueError("An agreement and its interval have to lie between 0 and 1, in order.")
    when = "after the discussion" if discussed else "before the discussion"
    share, low, high = (round(100 * each) for each in (icc.value, icc.low, icc.high))
    title = f"About {share} in 100 lies with the paper"

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, f"what makes scores differ, {when}", subject)
        _strip(canvas, icc)
        for row, (at, words, mine) in enumerate(
            (
                (ICC_BEFORE, "ICLR before discussion", not discussed),
                (ICC_AFTER, "ICLR after it", discussed),
            )
        ):
            _mark(canvas, at, f"{words}: {100 * at:.0f}", mine, 1 - row)
        canvas.foot("diamond: estimate · dark bar: 95% interval · the rest is who reviewed it")

    alt = (
        f"Of what makes review scores differ, about {share} in 100 ({low} to {high}) lies with the paper, in "
        f"scores from {when}; at ICLR {100 * ICC_BEFORE:.0f} before the discussion and {100 * ICC_AFTER:.0f} "
        "after it."
    )
    return draw(f"{subject}: {alt}" if subject else alt, drawing, (130, 100))


def _x(canvas: Canvas, share: float) -> float:
    """Where a share stands; there is room for half a figure at each end."""
    inset = canvas.pick(20, 12)
    return canvas.left + inset + (canvas.right - canvas.left - 2 * inset) * share


def _strip(canvas: Canvas, icc: Estimate) -> None:
    """The scale from 0 to 100, the interval as a bar on it, the estimate as a diamond."""
    high, left, right = canvas.pick(46, 30), _x(canvas, 0), _x(canvas, 1)
    low, top = _x(canvas, icc.low), _x(canvas, icc.high)
    canvas.box(left, 0, right - left, high, mix(BLUE, 0.14), corner=canvas.pick(8, 5))
    canvas.box(low, 0, max(top - low, 3), high, BLUE, corner=canvas.pick(8, 5))
    canvas.dots(
        [(_x(canvas, icc.value), high / 2)],
        canvas.pick(12, 7.5),
        PAPER,
        edge=INK,
        shape="D",
        edge_width=canvas.pick(3, 2),
    )
    for tick in range(0, 101, 25):
        x = _x(canvas, tick / 100)
        canvas.line([(x, -canvas.pick(10, 6)), (x, -canvas.pick(4, 2))], MUTED, width=canvas.pick(2, 1.2))
        canvas.text(x, -canvas.pick(26, 16), str(tick), size=canvas.small, color=MUTED, side="center")
    canvas.below(canvas.pick(40, 26))


def _mark(canvas: Canvas, at: float, words: str, mine: bool, row: int) -> None:
    """What was measured elsewhere, above the strip; the figure that compares with ours stands out."""
    x, y = _x(canvas, at), canvas.pick(72, 52) + 1.7 * canvas.small * row
    color, gap = ORANGE if mine else MUTED, canvas.pick(10, 6)
    width, dashes = canvas.pick(4, 2.6) if mine else canvas.pick(2, 1.4), None if mine else (3.0, 2.0)
    canvas.line([(x, -2), (x, y + 0.5 * canvas.small)], color, width=width, dashes=dashes)
    leftward = x + gap + canvas.width(words, canvas.small, bold=mine) > canvas.right
    side: Side = "right" if leftward else "left"
    canvas.text(
        x - gap if leftward else x + gap, y, words, size=canvas.small, color=color, bold=mine, side=side
    )
