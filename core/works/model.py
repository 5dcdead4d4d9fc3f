"""What is known of a work, and the port through which it is looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.chat.text import enumerated
from core.errors import CohortBotError
from core.works.identifiers import Identifier

MOST_AUTHORS = 400
"""Names that are kept of a work. Some have thousands."""
LONGEST_TITLE = 400
LONGEST_ABSTRACT = 4_000
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Work:
    """A work as a source describes it. What it does not say is empty or None. `same` are other identifiers that the
    source gives for it, `link` is where it says that the work is read."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    abstract: str = ""
    link: str = ""
    same: tuple[Identifier, ...] = ()


class LookupFailed(CohortBotError):
    """What is known of a work could not be had now; it is worth another try. `seconds` is how long the source asks to
    wait. The text says what was in the way, without an address in it."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class NotKnown(CohortBotError):
    """The source answered, and knows no such work or gives nothing that can be read. Asking again is of no use."""


class WorkSource(Protocol):
    """Whom to ask about works."""

    async def look_up(self, identifier: Identifier) -> Work:
        """What is known of a work. Raises `LookupFailed` or `NotKnown`, and nothing else."""
        ...


def kept(work: Work) -> Work:
    """The work with texts as long as they are kept."""
    return Work(
        work.title[:LONGEST_TITLE],
        tuple(each[:LONGEST_NAME] for each in work.authors[:MOST_AUTHORS]),
        work.year if work.year is not None and 1000 <= work.year <= 2999 else None,
        work.venue[:LONGEST_TITLE],
        work.abstract[:LONGEST_ABSTRACT],
        work.link,
        work.same,
    )


def by(authors: Sequence[str]) -> str:
    """The authors in a few words: "Ada Lovelace", "A and B", "A, B and 298 others"."""
    if len(authors) > 3:
        return f"{authors[0]}, {authors[1]} and {len(authors) - 2} others"
    return enumerated(authors)
