"""A paper's events told round by round: what the picture of its timeline shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.charts.timeline import Moment, Phase, Span
from core.features.submissions.changes import DECISIONS
from core.features.submissions.orders import DECIDED
from core.features.submissions.records import Event
from core.papers.model import UNDER_REVIEW, Round, Stage

_MOMENTS = {Stage.ACCEPTED: Moment.ACCEPTED, Stage.PUBLISHED: Moment.PUBLISHED}


@dataclass(slots=True)
class TimedRound:
    """A round with its days. `number` counts from 1, 0 for what is in the making and was sent nowhere since; `sent` is the
    day on which the round began, `ended` the one on which it was decided, None where it was not."""

    number: int
    venue: str
    stage: Stage
    sent: date | None = None
    ended: date | None = None
    spans: list[Span] = field(default_factory=list)
    moments: list[tuple[Moment, date]] = field(default_factory=list)

    @property
    def first(self) -> date | None:
        """The first day that is known of it."""
        days = [*(span.first for span in self.spans), *(day for _, day in self.moments)]
        return self.sent or min(days, default=None)


def of_events(rounds: Sequence[Round], events: Sequence[Event], today: date) -> list[TimedRound]:
    """The rounds of a paper with their days, from its events in the order in which they were recorded. What was in the
    making before a round stands at its beginning."""
    told = _Told(rounds, today)
    moves = [each for each in events if each.change is None and each.before is not each.stage]
    for event, following in zip(moves, [*moves[1:], None], strict=True):
        told.tell(event, following)
    return told.finished()


class _Told:
    """The rounds as far as the events were told."""

    def __init__(self, rounds: Sequence[Round], today: date) -> None:
        self._rounds, self._today = rounds, today
        self._found: list[TimedRound] = []
        self._making: list[Span] = []
        self._stage = Stage.IDEA

    def tell(self, event: Event, following: Event | None) -> None:
        """Go on by one event, whose stage lasts until the following one."""
        self._stage = stage = event.stage
        last = max(event.day, following.day if following else self._today)
        decision = DECISIONS.get(stage)
        if decision is None and stage not in UNDER_REVIEW:
            self._making.append(Span(Phase.MAKING, event.day, last))
            return
        if decision is None:
            now = self._open(event)
            phase = Phase.AUTHORS if stage in (Stage.REBUTTAL, Stage.REVISING) else Phase.VENUE
            now.spans.append(Span(phase, event.day, last))
        else:
            now = self._ending(event)
            if now.ended is None or stage is not Stage.PUBLISHED:
                now.ended = event.day
            if not any(kind is Moment.PUBLISHED for kind, _ in now.moments):
                now.moments.append((_MOMENTS.get(stage, Moment.ENDED), event.day))
        now.stage = stage

    def _open(self, event: Event) -> TimedRound:
        """The round that an event under review belongs to: the open one, or the next."""
        if not self._found or self._is_next(event):
            return self._begin(event)
        now = self._found[-1]
        if now.ended is not None:  # the decision was recorded by mistake
            now.ended, now.moments = None, []
        now.spans += self._making
        self._making = []
        return now

    @property
    def _begun(self) -> int:
        """How many rounds were told of."""
        return sum(1 for each in self._found if each.number)

    def _is_next(self, event: Event) -> bool:
        """Whether a paper is sent somewhere anew, where it stood in a round before."""
        if event.stage is not Stage.SUBMITTED:
            return False
        if self._found[-1].ended is not None:
            return True
        if event.before is not Stage.REVISING or not 0 < self._begun < len(self._rounds):
            return False
        return event.venue == str(self._rounds[self._begun].venue) != str(self._rounds[self._begun - 1].venue)

    def _ending(self, event: Event) -> TimedRound:
        """The round that a decision ends: the open one; the last, whose decision it corrects or which it follows; or one of
        which no more is known."""
        was_planned = bool(self._making) and self._begun < len(self._rounds)
        if self._found and not was_planned:
            now = self._found[-1]
            if event.stage is not Stage.PUBLISHED:
                now.moments = []
            return now
        if event.stage in DECIDED or event.venue or (event.before is None and self._came_so(event.stage)):
            return self._begin(event)
        self._found.append(TimedRound(0, "", event.stage, spans=self._making))
        self._making = []
        return self._found[-1]

    def _came_so(self, stage: Stage) -> bool:
        """Whether the first round had ended with a stage when the paper was added."""
        return bool(self._rounds) and self._rounds[0].decision is DECISIONS[stage]

    def _begin(self, event: Event) -> TimedRound:
        at = self._begun
        if self._found and self._found[-1].ended is None:  # sent elsewhere while it was to be revised
            before = self._found[-1]
            before.ended, before.stage = event.day, Stage.WITHDRAWN
            before.moments.append((Moment.ENDED, event.day))
        venue = str(self._rounds[at].venue) if at < len(self._rounds) else event.venue
        sent = event.day if event.stage in UNDER_REVIEW else None
        self._found.append(TimedRound(at + 1, venue, event.stage, sent, spans=self._making))
        self._making = []
        return self._found[-1]

    def finished(self) -> list[TimedRound]:
        """The rounds, the last with that it goes on where it does."""
        if self._making:
            self._found.append(TimedRound(0, "", self._stage, spans=self._making))
        if self._found and self._found[-1].ended is None:
            self._found[-1].moments.append((Moment.OPEN, self._today))
        return self._found


def with_reviews(found: Sequence[TimedRound], noted: Mapping[int, Sequence[date]]) -> None:
    """Add the days on which reviews were noted, by the number of the round."""
    for each in found:
        each.moments += [(Moment.REVIEW, day) for day in noted.get(each.number, ())]
