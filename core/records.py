"""Records that more than one feature needs. The feature that owns a table resolves them."""

from dataclasses import dataclass
from enum import StrEnum


class Zone(str):
    """The name of a time zone, one of `core.clock.zone_names()`."""

    __slots__ = ()


class Stage(StrEnum):
    """How far a paper has come."""

    IDEA = "idea"
    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    IN_REVIEW = "in-review"
    REBUTTAL = "rebuttal"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class VenueEdition:
    """A venue's edition as the member named it: "NeurIPS 2026". `year` is None where none was given."""

    name: str
    year: int | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.year}" if self.year else self.name


@dataclass(frozen=True, slots=True)
class Round:
    """One try of a paper at one venue edition. `decision` is accepted, rejected, withdrawn or None."""

    venue: VenueEdition
    decision: Stage | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A submission that the caller may see. `rounds` are in order of time, the last one the present."""

    id: int
    number: int
    title: str
    owner: int
    """The member who recorded it."""
    stage: Stage
    rounds: tuple[Round, ...] = ()
