"""How typed text finds a record: "#12", "12", its title, or any words of it. Shared by the features' resolvers."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from core.chat import folding
from core.chat.model import Choice
from core.chat.text import Sayable, join, say, shorten
from core.errors import Ambiguous, NotFound

T = TypeVar("T")

SHOWN = 5
"""How many candidates are offered where several are found."""

_NUMBER = re.compile(r"#?(\d{1,9})\Z|#(\d{1,9})\b", re.ASCII)


def number(typed: str) -> int | None:
    """The short number that "#12", "12" or "#12 Its title" names, None for anything else."""
    match = _NUMBER.match(typed)
    return int(match[1] or match[2]) if match else None


@lru_cache(maxsize=1024)
def normalize_name(name: str) -> str:
    """What two spellings of one name share: letters and digits in one case."""
    return re.sub(r"[\W_]+", "", name).casefold()


def candidates(
    typed: str,
    most: int,
    *,
    by_number: Callable[[int], Sequence[T]],
    by_title: Callable[[str, int], Sequence[T]],
    by_words: Callable[[str, int], Sequence[T]],
) -> Sequence[T]:
    """What may be meant: the record of the number that was typed, else those of that title, else those that have the
    words in it, in the order in which they are found; at most so many. "#12" is a number and nothing else."""
    typed_number = number(typed)
    found = by_number(typed_number) if typed_number is not None else ()
    if found or (typed_number is not None and typed.startswith("#")):
        return found
    if not folding.readings(typed):
        return ()
    return by_title(typed, most) or by_words(typed, most)


def offered(
    typed: str,
    most: int,
    *,
    by_number: Callable[[int], Sequence[T]],
    by_words: Callable[[str, int], Sequence[T]],
    newest: Callable[[int], Sequence[T]],
) -> list[T]:
    """What to offer while something is typed: the newest where nothing is yet, else the record of that number and those
    with the words."""
    if typed in ("", "#"):
        return list(newest(most))
    typed_number = number(typed)
    found = list(by_number(typed_number)) if typed_number is not None else []
    if folding.readings(typed) and (typed_number is None or not typed.startswith("#")):
        found += [each for each in by_words(typed, most) if each not in found]
    return found[:most]


def pick_one(
    found: Sequence[T],
    typed: str,
    *,
    number_of: Callable[[T], int],
    title_of: Callable[[T], str],
    missing: Sayable,
) -> T:
    """The one record that is meant: the one whose title is what was typed, or the only one found.

    Raises `NotFound` with the sentence `missing` where nothing was found, `Ambiguous` with the candidates
    where several were.
    """
    exact = [each for each in found if folding.same(title_of(each), typed)]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    if not found:
        shown = shorten(typed, 60)
        raise NotFound(say("I found nothing for “{typed}”. {missing}", typed=shown, missing=missing))
    raise which_one(typed, [choice(number_of(each), title_of(each)) for each in found])


def which_one(typed: str, found: Sequence[Choice]) -> Ambiguous:
    """The question which of these records is meant by what was typed."""
    question = say("Which one do you mean by “{typed}”?", typed=shorten(typed, 60))
    if len(found) > SHOWN:
        question = join([question, say("There are more than these; another word narrows it down.")])
    return Ambiguous(question, [(each.value, each.label) for each in found[:SHOWN]])


def as_offered(typed: str, choices: Sequence[Choice]) -> str:
    """A record's number as people know the record, "#12 Its title", where it is among these choices; else what was
    typed."""
    return next((each.label for each in choices if each.value == f"#{number(typed)}"), typed)


def choice(number_: int, title: str) -> Choice:
    """A record as it is offered while typing: "#12 Its title"."""
    return Choice(f"#{number_}", shorten(f"#{number_} {title}", 75))
