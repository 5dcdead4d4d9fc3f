"""Odds in words that a tired person understands. Every figure with its range."""

from core.lottery.decisions import RHO, RHO_HIGH, RHO_LOW, Range

AGREEMENT = (
    f"an agreement of two committees of {RHO:g}, with the range that {RHO_LOW:g} to {RHO_HIGH:g} gives"
)
"""What every figure assumes unless somebody gave another agreement."""

NOT_ABOUT = "*This is about the noise of reviewing, not about your paper.*"


def hundred(chance: float) -> str:
    """A chance as a number in a hundred, for use before "in 100"."""
    rounded = round(100 * chance)
    if rounded == 0:
        return "fewer than 1"
    if rounded == 100:
        return "more than 99"
    return str(rounded)


def plainly(chance: float) -> str:
    """A chance: "about 1 in 4", where that is close enough, else "about 23 in 100"."""
    for parts in (2, 3, 4, 5, 10):
        if abs(chance - 1 / parts) < 0.005:
            return f"about 1 in {parts}"
    words = hundred(chance)
    return f"{words} in 100" if " " in words else f"about {words} in 100"


def odds(figure: Range) -> str:
    """A chance with its range: "about 16 in 100 (15 to 18)". A figure that has none stands alone."""
    if figure.low == figure.high:
        return plainly(figure.value)
    low, high = hundred(figure.low), hundred(figure.high)
    if low == high and " " not in low:
        low, high = f"{100 * figure.low:.1f}", f"{100 * figure.high:.1f}"
    if low == high:
        return plainly(figure.value)
    main = plainly(figure.value)
    return f"{main} ({low} to {high})" if main.endswith("in 100") else f"{main} ({low} to {high} in 100)"


def rejections(count: int) -> str:
    """ "one rejection", "3 rejections"."""
    return "one rejection" if count == 1 else f"{count} rejections"
