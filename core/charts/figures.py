"""Figures as a picture says them, in one unit, and the beginning of an alternative text."""

from core.lottery.decisions import Range
from core.lottery.shown import shown

UNIT = "in 100"


def share(fraction: float) -> str:
    """A published or exact share in 100: "49"; "under 1" and "over 99" rather than a certainty that is none."""
    if 0 < fraction < 0.005:
        return "under 1"
    if 0.995 <= fraction < 1:
        return "over 99"
    return f"{fraction * 100:.0f}"


def spread(figure: Range) -> str:
    """A chance with its range: "49 (44 to 54) in 100"; alone, where both ends round to it."""
    return shown(figure).brief


def between(low: float, high: float, unit: str = f" {UNIT}") -> str:
    """The ends of an exact range: "44 to 54 in 100"; "54 in 100 or less" where the lower end is under 1, "98 in 100 or
    more" where the upper one is over 99; one of them alone where both are said alike. `unit` is empty where the words around it say it."""
    least, most = share(low), share(high)
    if least == most:
        return f"{least}{unit}"
    if " " in most and " " not in least:
        return f"{least}{unit} or more"
    if " " in least and " " not in most:
        return f"{most}{unit} or less"
    return f"{least} to {most}{unit}"


def said(subject: str, sentence: str) -> str:
    """An alternative text that begins with its subject, if it has one."""
    return f"{subject}: {sentence}" if subject else sentence
