"""Figures as a picture says them: percentages, ranges, and the beginning of an alternative text."""

from core.lottery.decisions import Range


def percent(fraction: float) -> str:
    """A fraction as people say it: 49%; "under 1%" and "over 99%" rather than a certainty that is none."""
    if 0 < fraction < 0.005:
        return "under 1%"
    if 0.995 <= fraction < 1:
        return "over 99%"
    return f"{fraction * 100:.0f}%"


def spread(figure: Range) -> str:
    """A figure with its range, as 49% (44–54%); the figure alone, where both ends round to it."""
    value, low, high = percent(figure.value), percent(figure.low), percent(figure.high)
    if low == value == high:
        return value
    if " " in high:
        return f"{value} ({low} or more)"
    if " " in low:
        return f"{value} ({high} or less)"
    return f"{value} ({low[:-1]}–{high})"


def between(low: float, high: float) -> str:
    """The ends of a range: "44% to 54%"; "54% or less" where the lower end is under 1%, "98% or more" where the
    upper one is over 99%; one of them alone where both are said alike."""
    least, most = percent(low), percent(high)
    if least == most:
        return least
    if " " in most and " " not in least:
        return f"{least} or more"
    if " " in least and " " not in most:
        return f"{most} or less"
    return f"{least} to {most}"


def said(subject: str, sentence: str) -> str:
    """An alternative text that begins with its subject, if it has one."""
    return f"{subject}: {sentence}" if subject else sentence
