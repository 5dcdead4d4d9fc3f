"""A chart of how far reviewers agree: an interval on a strip from 0 to 100 in 100, beside what was measured."""

from core.charts.canvas import BLUE, FAINT, INK, MUTED, ORANGE, PAPER, WIDTH, Canvas, Chart, draw, mix
from core.lottery.fit import Estimate
from core.lottery.scores import ICC_AFTER, ICC_BEFORE

_LEFT, _RIGHT, _FLOOR, _TALL = 60.0, WIDTH - 60.0, 128.0, 46.0
_HEIGHT = 400.0


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
        for at, words, mine in (
            (ICC_BEFORE, "ICLR before discussion", not discussed),
            (ICC_AFTER, "ICLR after it", discussed),
        ):
            _mark(canvas, at, f"{words}: {100 * at:.0f}", mine)
        canvas.text(
            40,
            40,
            "diamond: estimate · dark bar: 95% interval · the rest is who reviewed it",
            size=17,
            color=MUTED,
        )

    alt = (
        f"Of what makes review scores differ, about {share} in 100 ({low} to {high}) lies with the paper, in "
        f"scores from {when}; at ICLR {100 * ICC_BEFORE:.0f} before the discussion and {100 * ICC_AFTER:.0f} "
        "after it."
    )
    return draw(f"{subject}: {alt}" if subject else alt, drawing, _HEIGHT)


def _x(share: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * share


def _strip(canvas: Canvas, icc: Estimate) -> None:
    """The scale from 0 to 100, the interval as a bar on it, the estimate as a diamond."""
    canvas.box(_LEFT, _FLOOR, _RIGHT - _LEFT, _TALL, mix(BLUE, 0.14), corner=8)
    canvas.box(_x(icc.low), _FLOOR, max(_x(icc.high) - _x(icc.low), 3), _TALL, BLUE, corner=8)
    canvas.dots([(_x(icc.value), _FLOOR + _TALL / 2)], 12, PAPER, edge=INK, shape="D", edge_width=3)
    for tick in range(0, 101, 25):
        canvas.line([(_x(tick / 100), _FLOOR - 10), (_x(tick / 100), _FLOOR - 4)], FAINT, width=2)
        canvas.text(_x(tick / 100), _FLOOR - 26, str(tick), size=17, color=MUTED, side="center")


def _mark(canvas: Canvas, at: float, words: str, mine: bool) -> None:
    """What was measured elsewhere, above the strip; the figure that compares with ours stands out."""
    x, top = _x(at), _FLOOR + _TALL + (58 if at < ICC_AFTER else 26)
    color = ORANGE if mine else MUTED
    canvas.line(
        [(x, _FLOOR - 2), (x, top + 10)], color, width=4 if mine else 2, dashes=None if mine else (3, 2)
    )
    canvas.text(x + 10, top, words, size=18, color=color, bold=mine)
