"""The conditions on input that several modules share; each returns the value that it was given."""

from collections.abc import Sequence
from math import isfinite


def accept_rate(p: float) -> float:
    """A fraction strictly between 0 and 1, or ValueError."""
    if not 0 < p < 1:
        raise ValueError(f"The accept rate must lie between 0 and 1 (0.25 means 25 %), not {p:g}.")
    return p


def agreement(rho: float) -> float:
    """A correlation of two committees' verdicts, 0 (chance) to 1 (no noise), or ValueError."""
    if not 0 <= rho <= 1:
        raise ValueError(f"The agreement of two committees must lie between 0 and 1, not {rho:g}.")
    return rho


def noisy_agreement(rho: float) -> float:
    """As `agreement`, but below 1, for what needs some noise to be defined; or ValueError."""
    if agreement(rho) == 1:
        raise ValueError(
            "The agreement must be below 1: with no noise at all, every committee decides alike."
        )
    return rho


def at_least(what: str, value: int, least: int) -> int:
    """A whole number that is not below `least`, or ValueError that names it by `what`."""
    if value < least:
        raise ValueError(f"{what} must be at least {least}, not {value}.")
    return value


def scores(given: Sequence[float], scale: Sequence[float] | None = None) -> list[float]:
    """One paper's scores: at least one, all finite and on the scale (if one is given), or ValueError."""
    values = list(given)
    if not values:
        raise ValueError("Give at least one review score.")
    for value in values:
        if not isfinite(value):
            raise ValueError("A review score must be a number.")
        if scale is not None and value not in scale:
            listed = ", ".join(f"{step:g}" for step in scale)
            raise ValueError(f"{value:g} is not on this venue's scale. Its scores are {listed}.")
    return values
