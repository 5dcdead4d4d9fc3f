"""What members type, read: accept rates, agreements, scores, and what is known about a venue."""

from dataclasses import dataclass

from core.chat.text import plain
from core.errors import BadInput
from core.lottery import reading, venues
from core.papers.model import VenueEdition

DEFAULT_RATE = 0.25
"""The accept rate where the venue's is not known."""

MOST_SCORES = 20


@dataclass(frozen=True, slots=True)
class Assumed:
    """An accept rate (a fraction), the words for where it comes from, and what to know about it."""

    rate: float
    source: str
    note: str = ""


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


def rate_of(edition: VenueEdition | None, *, decided: bool = False) -> Assumed:
    """The accept rate of a venue, of the year named or the nearest known one; else the default, saying so.
    `decided` asks for that of the papers that were decided, where it is known and another one."""
    if edition is None or not edition.name:
        return Assumed(DEFAULT_RATE, "an accept rate of 25 in 100, because no venue was named")
    known = venues.find(str(edition))
    rate = known.rate if known else None
    if known is None or rate is None:
        return Assumed(DEFAULT_RATE, f"an accept rate of 25 in 100, because I know none for {edition}")
    year = (
        ""
        if rate.exact and rate.asked
        else ", the newest year I know"
        if rate.asked is None
        else (f", the nearest year I know to {rate.asked}")
    )
    words = f"the accept rate of {rate.venue} {rate.year}, "
    if decided and known.decided:
        words = f"{words}{rate_words(known.decided.value)} of the decided papers{year}"
        return Assumed(known.decided.value, words, known.venue.note)
    return Assumed(rate.value, f"{words}{rate_words(rate.value)}{year}", known.venue.note)


def rate_words(rate: float) -> str:
    """An accept rate in the unit of all chances: 24.5 in 100."""
    return f"{100 * rate:.3g} in 100"


def scores(typed: str) -> tuple[float, ...]:
    """The scores that "5,6,6" or "5 6 6" lists. Raises `BadInput` with what to type instead."""
    try:
        return reading.scores(typed, MOST_SCORES)
    except ValueError as error:
        raise BadInput(plain(str(error)), field="scores") from None
