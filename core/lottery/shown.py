"""How a chance is shown: a whole number in 100, no more exact than its range allows.

Between 5 and 95 chances are rounded to whole numbers, and to fives where their range is wider than 10 in 100. Beyond,
no model of reviewing can tell one from the other: "under 5" and "over 95". Figures for scripts and tests stay
unrounded, and published rates and exact distributions keep their digits (`core.features.lottery.texts.share`).
"""

from dataclasses import dataclass

from core.lottery.decisions import Range

LEAST, MOST = 5, 95
WIDE = 0.10
"""Where a range is wider than that, figures are rounded to fives."""
_COARSE = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A chance and the ends of its range in words that stand before "in 100": "40", "under 5", "over 95"."""

    value: str
    low: str
    high: str

    @property
    def range(self) -> str:
        """The range in brackets: "(15 to 18)", "(up to 12)", "(90 or more)"; empty where there is none."""
        if self.low == self.high:
            return ""
        if self.low.startswith("under"):
            return f"({self.low} to {self.high})" if self.value != self.low else f"(up to {self.high})"
        if self.high.startswith("over"):
            return f"({self.low} to {self.high})" if self.value != self.high else f"({self.low} or more)"
        return f"({self.low} to {self.high})"

    @property
    def alone(self) -> str:
        """The chance without its range: "about 16 in 100"."""
        return f"{self.value} in 100" if " " in self.value else f"about {self.value} in 100"

    @property
    def words(self) -> str:
        """ "about 16 in 100 (15 to 18)"."""
        return f"{self.alone} {self.range}".rstrip()

    @property
    def ranged(self) -> str:
        """ "16 (15 to 18)", where the unit stands elsewhere."""
        return f"{self.value} {self.range}".rstrip()

    @property
    def brief(self) -> str:
        """ "16 (15 to 18) in 100", for a picture."""
        return f"{self.ranged} in 100"


def shown(figure: Range) -> Shown:
    """A chance as it is shown."""
    step = _COARSE if figure.high - figure.low > WIDE else 1
    return Shown(*(rounded(each, step) for each in (figure.value, figure.low, figure.high)))


def rounded(chance: float, step: int = 1) -> str:
    """A chance in 100, rounded to a multiple of `step`; "under 5" or "over 95" beyond these."""
    if chance < LEAST / 100:
        return f"under {LEAST}"
    if chance > MOST / 100:
        return f"over {MOST}"
    return str(step * int(100 * chance / step + 0.5))
