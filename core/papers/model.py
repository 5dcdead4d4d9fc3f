"""Papers, their rounds and venue editions, as every feature sees them."""

from dataclasses import dataclass

from core.chat.model import LabelledEnum


class Stage(LabelledEnum):
    """How far a paper has come."""

    IDEA = "idea"
    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    IN_REVIEW = "in-review"
    REBUTTAL = "rebuttal"
    REVISING = (
        "revising",
        "revising: revise and resubmit (R&R), major or minor revision",
        *("R&R", "RnR", "revise", "revise and resubmit", "revise & resubmit", "revision", "in revision"),
        *("major", "minor", "major revision", "minor revision", "major revisions", "minor revisions"),
    )
    """Sent back with what to change: the round goes on, and nothing is decided yet."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DESK_REJECTED = (
        "desk-rejected",
        "desk rejected: turned down without reviews",
        *("desk reject", "desk rejection", "desk", "desk rejected"),
    )
    """Turned down before any reviewer read it: no verdict of a committee."""
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"


IN_THE_MAKING = (Stage.IDEA, Stage.DRAFTING)
"""The stages before a paper is sent anywhere."""
UNDER_REVIEW = (Stage.SUBMITTED, Stage.IN_REVIEW, Stage.REBUTTAL, Stage.REVISING)
"""The stages of a round that is open."""


class Visibility(LabelledEnum):
    """Who learns of a paper."""

    PRIVATE = "private", "private: only I and my co-authors here see it"
    COHORT = "cohort", "cohort: everybody here sees it, and the digest may tell good news"
    ANONYMOUS = "anonymous", "anonymous: counted, never named"


class NoteVisibility(LabelledEnum):
    """Who reads a note in a paper's timeline."""

    PRIVATE = "private", "private: only I and who added the paper read it"
    COHORT = "cohort", "cohort: everybody who sees the paper reads it"


@dataclass(frozen=True, slots=True)
class VenueEdition:
    """A venue's edition as the member named it: "NeurIPS 2026". `year` is None where none was given."""

    name: str
    year: int | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.year}" if self.year else self.name


@dataclass(frozen=True, slots=True)
class Round:
    """One try of a paper at one venue edition. `decision` is accepted, rejected, desk-rejected, withdrawn or None.

    `before` and `after` are the scores that reviewers gave before and after their discussion, for the
    paper's owner alone; to everybody else there are none.
    """

    venue: VenueEdition
    decision: Stage | None = None
    before: tuple[float, ...] = ()
    after: tuple[float, ...] = ()

    @property
    def scores(self) -> tuple[float, ...]:
        """The scores as they stood last: those from after the discussion, where there are any."""
        return self.after or self.before

    @property
    def discussed(self) -> bool:
        """Whether `scores` are from after the discussion."""
        return bool(self.after)


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
    coauthors: tuple[int, ...] = ()
    """The members who are co-authors of it."""
