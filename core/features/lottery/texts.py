"""Odds in words that a tired person understands. Every figure with its range."""

from core.lottery.decisions import RHO, RHO_HIGH, RHO_LOW, Range

NOT_ABOUT = "*This is about the noise of reviewing, not about your paper.*"


def agreement(used: Range, *, most: bool = False) -> str:
    """What a figure assumes of two committees; `most` says that a paper's scores allow no more than `used`."""
    value, low, high = (f"{round(each, 2):g}" for each in (used.value, used.low, used.high))
    words = f"an agreement of two committees of {value}, with the range that {low} to {high} gives"
    return f"{words}, because these scores allow an agreement of {high} at most" if most else words


AGREEMENT = agreement(Range(RHO, RHO_LOW, RHO_HIGH))
"""What every figure assumes unless somebody gave another agreement, or scores do not allow it."""


def per_hundred(chance: float) -> str:
    """A chance as a number in a hundred, for use before "in 100"."""
    rounded = round(100 * chance)
    if rounded == 0:
        return "fewer than 1"
    if rounded == 100:
        return "more than 99"
    return str(rounded)


def plainly(chance: float) -> str:
    """A chance: "about 1 in 4", where that is close enough, else "about 23 in 100"."""
    return _rounded(chance)[0]


def _rounded(chance: float) -> tuple[str, int]:
    """A chance in words, and the number in a hundred that they stand for."""
    for parts in (2, 3, 4, 5, 10):
        if abs(chance - 1 / parts) < 0.005:
            return f"about 1 in {parts}", round(100 / parts)
    words = per_hundred(chance)
    return f"{words} in 100" if " " in words else f"about {words} in 100", round(100 * chance)


def odds(figure: Range) -> str:
    """A chance with its range: "about 16 in 100 (15 to 18)". A figure that has none stands alone, and one that
    rounding would put outside its range is told more exactly."""
    low, high = ends(figure.low, figure.high)
    if low == high:
        return plainly(figure.value)
    main, shown = _rounded(figure.value)
    places = 1 if "." in low else 0
    if not round(100 * figure.low, places) <= shown <= round(100 * figure.high, places):
        main = f"about {100 * figure.value:.{places}f} in 100"
    return f"{main} ({low} to {high})" if main.endswith("in 100") else f"{main} ({low} to {high} in 100)"


def between(low: float, high: float) -> str:
    """Where a share lies, after "lie" or the like: "between 41 and 54 in 100"; "at 41 in 100" where both ends
    are the same even with a decimal."""
    least, most = ends(low, high)
    return f"at {least} in 100" if least == most else f"between {least} and {most} in 100"


def ends(low: float, high: float) -> tuple[str, str]:
    """The ends of a range in a hundred, with a decimal where they would be the same without one."""
    least, most = per_hundred(low), per_hundred(high)
    if least == most and " " not in least:
        return f"{100 * low:.1f}", f"{100 * high:.1f}"
    return least, most


def rejections(count: int) -> str:
    """ "one rejection", "3 rejections"."""
    return "one rejection" if count == 1 else f"{count} rejections"
