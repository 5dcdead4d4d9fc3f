"""How typed text finds a record: "#12", "12", a title or its beginning. Shared by the features' resolvers."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from core.chat.model import Choice
from core.chat.text import join, say, shorten
from core.errors import BadInput, NotFound

T = TypeVar("T")

SHOWN = 5
"""How many candidates an ambiguous beginning is answered with."""

_NUMBER = re.compile(r"#?(\d{1,9})\Z|#(\d{1,9})\b", re.ASCII)


def number(typed: str) -> int | None:
    """The short number that "#12", "12" or "#12 Its title" names, None for anything else."""
    match = _NUMBER.match(typed)
    return int(match[1] or match[2]) if match else None


def casefold_title(title: str) -> str:
    """A title in one case, as it is stored for finding it."""
    return title.casefold()


@lru_cache(maxsize=1024)
def normalize_name(name: str) -> str:
    """What two spellings of one name share: letters and digits in one case."""
    return re.sub(r"[\W_]+", "", name).casefold()


def prefix_pattern(typed: str) -> str:
    """The pattern of `LIKE :pattern ESCAPE '!'` for a folded title that begins with what was typed."""
    return re.sub(r"([!%_])", r"!\1", casefold_title(typed)) + "%"


def substring_pattern(typed: str) -> str:
    """As `beginning`, for a folded title that has what was typed anywhere in it."""
    return "%" + prefix_pattern(typed)


def pick_one(
    found: Sequence[T],
    typed: str,
    *,
    number_of: Callable[[T], int],
    title_of: Callable[[T], str],
    missing: str,
) -> T:
    """The one record that is meant: the one whose title is what was typed, or the only one found.

    Raises `NotFound` with the sentence `missing` where nothing was found, `BadInput` with the candidates
    where several were.
    """
    exact = [each for each in found if casefold_title(title_of(each)) == casefold_title(typed)]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    if not found:
        raise NotFound(
            say("I found nothing for “{typed}”. {missing}", typed=shorten(typed, 60), missing=missing)
        )
    lines = [
        say("- #{number} {title}", number=number_of(each), title=shorten(title_of(each), 80))
        for each in found[:SHOWN]
    ]
    more = [say("… and more.")] if len(found) > SHOWN else []
    raise BadInput(join([say("Which one do you mean? Please give its number."), *lines, *more]))


def choice(number_: int, title: str) -> Choice:
    """A record as it is offered while typing: "#12 Its title"."""
    return Choice(f"#{number_}", shorten(f"#{number_} {title}", 75))
