"""Odds in words that a tired person understands. Every figure with its range."""

from core.lottery.decisions import RHO, RHO_HIGH, RHO_LOW, Range
from core.lottery.shown import shown
from core.papers.score_models import agreement

NOT_ABOUT = "*This is about the noise of reviewing, not about your paper.*"


AGREEMENT = agreement(Range(RHO, RHO_LOW, RHO_HIGH))
"""What every figure assumes unless somebody gave another agreement, or scores do not allow it."""


def per_hundred(chance: float) -> str:
    """A published rate or an exact share as a number in a hundred, for use before "in 100"."""
    rounded = round(100 * chance)
    if rounded == 0:
        return "fewer than 1"
    if rounded == 100:
        return "more than 99"
    return str(rounded)


def share(part: float) -> str:
    """A published or exact share: "about 49 in 100"."""
    words = per_hundred(part)
    return f"{words} in 100" if " " in words else f"about {words} in 100"


def odds(figure: Range) -> str:
    """A chance with its range: "about 16 in 100 (15 to 18)", as `core.lottery.shown` rounds it."""
    return shown(figure).words


def between(low: float, high: float) -> str:
    """Where an exact share lies, after "lie" or the like: "between 41 and 54 in 100"; "at 41.0 in 100" where both
    ends are the same even with a decimal."""
    least, most = _ends(low, high)
    return f"at {least} in 100" if least == most else f"between {least} and {most} in 100"


def _ends(low: float, high: float) -> tuple[str, str]:
    """The ends of an exact range in a hundred, with a decimal where they would be the same without one."""
    least, most = per_hundred(low), per_hundred(high)
    if least == most and " " not in least:
        return f"{100 * low:.1f}", f"{100 * high:.1f}"
    return least, most


def rejections(count: int) -> str:
    """ "one rejection", "3 rejections"."""
    return "one rejection" if count == 1 else f"{count} rejections"
