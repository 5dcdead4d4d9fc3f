"""What somebody said how likely things are, beside how often these came true."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from core.charts.axes import quarters
from core.charts.canvas import BLUE, MUTED, ORANGE, PAPER, Canvas, Chart, draw, mix
from core.charts.figures import said

_SIGMAS = 1.96
DECILES = 10


@dataclass(frozen=True, slots=True)
class Decile:
    """Forecasts of about the same chance: the mean of what was said (a fraction), how many there are, and how many of them
    came true."""

    said: float
    count: int
    true: int

    @property
    def share(self) -> float:
        """The share that came true."""
        return self.true / self.count

    @property
    def range(self) -> tuple[float, float]:
        """What chance alone leaves open of it: Wilson's interval of 95 in 100."""
        z, n, p = _SIGMAS, self.count, self.share
        middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


def deciles(found: Sequence[tuple[int, bool]]) -> list[Decile]:
    """Forecasts (a chance in 100, and whether it came true) by tens: 1 to 9, 10 to 19 ... 90 to 99."""
    tens: dict[int, list[tuple[int, bool]]] = {}
    for chance, true in found:
        tens.setdefault(chance // DECILES, []).append((chance, true))
    return [
        Decile(sum(chance for chance, _ in of) / len(of) / 100, len(of), sum(true for _, true in of))
        for _, of in sorted(tens.items())
    ]


def calibration(
    title: str, found: Sequence[Decile], measured: tuple[float, float], source: str, subject: str = ""
) -> Chart:
    """Deciles as discs, larger for more forecasts, with what chance leaves open of them; dashed where what is said comes true
    as often. `measured` is what others said and what came of it (fractions), `source` who they were. ValueError for none."""
    if not found:
        raise ValueError("There is no decided forecast.")

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, "accepted in 100, by the chance that was said", subject)
        left, right = quarters(canvas)
        inset, tall = canvas.pick(16.0, 10.0), canvas.tall - canvas.body
        start, long = left + inset, right - left - 2 * inset
        canvas.line(
            [(start, 0), (start + long, tall)], mix(MUTED, 0.4), width=canvas.pick(2.5, 1.6), dashes=(3, 2)
        )
        most = max(each.count for each in found)
        for each in found:
            x, (low, high) = start + long * each.said, each.range
            canvas.line([(x, tall * low), (x, tall * high)], mix(BLUE, 0.4), width=canvas.pick(3, 2))
            radius = canvas.pick(12.0, 8.0) * max(0.4, sqrt(each.count / most))
            canvas.dots([(x, tall * each.share)], radius, BLUE)
        place = (start + long * measured[0], tall * measured[1])
        canvas.dots([place], canvas.pick(8, 5.5), ORANGE, edge=PAPER, shape="D")
        y = -1.25 * canvas.small
        for quarter in range(5):
            x = start + long * quarter / 4
            canvas.text(x, y, str(25 * quarter), size=canvas.small, color=MUTED, side="center")
        canvas.below(-y + 0.7 * canvas.small)
        canvas.foot(
            f"discs: larger for more forecasts; lines: what chance leaves open · dashed: as often as said · orange: {source}"
        )

    told = ", ".join(f"{100 * each.said:.0f} said, {each.true} of {each.count} accepted" for each in found)
    alt = f"{title}. By the chance in 100 that was said: {told}. {source}: {100 * measured[0]:.0f} said, {100 * measured[1]:.0f} accepted."
    return draw(said(subject, alt), drawing, (300, 230))
