"""A request for feedback, who reads it and how it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.chat.model import LabelledEnum


class RequestVisibility(LabelledEnum):
    """Who reads a request for feedback."""

    COHORT = "cohort", "cohort: everybody here reads it, and whoever can helps"
    MENTORS = "mentors", "mentors: the mentors alone read it, and one answers"
    PRIVATE = "private", "private: only the mentor who takes it reads more than the topic"

    def is_wider_than(self, other: "RequestVisibility") -> bool:
        """Whether more people read it than with another choice."""
        order = list(RequestVisibility)
        return order.index(self) < order.index(other)


class RequestState(StrEnum):
    """How a request for feedback stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class FeedbackRequest:
    """What somebody asks feedback on. `asker`, `helper` and `named` are members' names; `helper_id` has claimed it, or
    had when it was closed; `named_id` is the mentor whom the asker named. `word` is how it ended, as the asker put it.
    `revision` counts its changes."""

    id: int
    number: int
    asker_id: int
    asker: str
    topic: str
    details: str
    visibility: RequestVisibility
    state: RequestState
    created_at: datetime
    helper_id: int | None = None
    helper: str = ""
    named_id: int | None = None
    named: str = ""
    paper_id: int | None = None
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    word: str = ""
    revision: int = 0
    organizers_at: datetime | None = None

    @property
    def is_public(self) -> bool:
        """Whether the cohort reads it."""
        return self.visibility is RequestVisibility.COHORT

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody to take it."""
        return self.state is RequestState.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether it is over."""
        return self.state is RequestState.CLOSED

    def tells(self, member_id: int) -> bool:
        """Whether a member who may see it reads its details too: of a private one only who is in it."""
        return self.visibility is not RequestVisibility.PRIVATE or member_id in (
            self.asker_id,
            self.helper_id,
            self.named_id,
        )


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What somebody wants to ask. `named_id` is the mentor who is asked first."""

    topic: str
    details: str
    paper_id: int | None
    visibility: RequestVisibility
    named_id: int | None
