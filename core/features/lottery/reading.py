"""What members type, read: accept rates, agreements, scores."""

from core.chat.text import plain
from core.errors import BadInput
from core.lottery import reading

MOST_SCORES = 20


def accept_rate(typed: str) -> float:
    """The fraction that "25%", "25", ".25" or "0,25" means. Raises `BadInput` for anything that no venue
    accepts."""
    try:
        return reading.accept_rate(typed)
    except ValueError as error:
        raise BadInput(plain(str(error)), field="accept_rate") from None


def agreement(value: float) -> float:
    """A correlation of two committees' verdicts. Raises `BadInput` unless it lies between 0 and 1."""
    if not 0 < value < 1:
        raise BadInput(
            "The agreement of two committees has to lie between 0 (a coin) and 1 (always the same), and be "
            "neither. The experiments found about .55.",
            field="agreement",
        )
    return value


def scores(typed: str) -> tuple[float, ...]:
    """The scores that "5,6,6" or "5 6 6" lists. Raises `BadInput` with what to type instead."""
    try:
        return reading.scores(typed, MOST_SCORES)
    except ValueError as error:
        raise BadInput(plain(str(error)), field="scores") from None
