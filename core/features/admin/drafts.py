"""What a schedule shall be, before it is saved; and what an edit keeps."""

from dataclasses import dataclass, replace
from datetime import date

from core.chat.model import Source
from core.chat.text import Text, plain, say
from core.clock import day_words, local_date
from core.commands.dispatch import Call
from core.delivery import phrases
from core.delivery.calendar import DateRange, read_date_ranges, write_date_ranges
from core.delivery.phrases import Instead, PhraseReading, describe
from core.delivery.recurrence import Recurrence
from core.delivery.schedules import Follow, Schedule
from core.errors import at_field


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """What a schedule shall be. `replaces` is the number of the one that it changes. `notes` say what somebody may not
    expect, `instead` what may have been meant."""

    kind: str
    recurrence: Recurrence
    words: str
    exceptions: tuple[DateRange, ...]
    follow: Follow
    replaces: int | None = None
    starts: date | None = None
    notes: tuple[Text, ...] = ()
    instead: Instead | None = None

    def args(self) -> dict[str, str]:
        """The arguments that give this draft again, on any later day: what comes round in steps says its first date."""
        starts = self.recurrence.anchor if self.recurrence.step > 1 and self.replaces is None else self.starts
        words = describe(self.recurrence, starts)
        args = {"kind": self.kind, "when": words, "follow": self.follow.value}
        if self.exceptions or self.replaces is not None:
            args["exceptions"] = write_date_ranges(self.exceptions) or "none"
        if self.replaces is not None:
            args["replaces"] = str(self.replaces)
        return args


def read(
    call: Call, kind: str, when: str, exceptions: str | None, follow: Follow | None, before: Schedule | None
) -> ScheduleDraft:
    """The draft that the arguments of a call mean. `before` is the schedule that it changes, which keeps what the call
    does not change. Raises `BadInput`, and `Ambiguous` for a phrase that can be meant in several ways."""
    today = local_date(call.now, call.cohort.zone)
    with at_field("when"):
        reading = phrases.read(when, today)
    with at_field("exceptions"):
        left_out = (*read_date_ranges(exceptions or ""), *reading.exceptions)
    draft = ScheduleDraft(
        kind,
        reading.recurrence,
        reading.words,
        _merged(left_out),
        follow or Follow.COHORT,
        None,
        reading.starts,
        tuple(map(plain, reading.notes)),
        reading.instead,
    )
    if before is None:
        return draft
    personal = call.core.registry.schedules[kind].personal
    if exceptions is None:
        draft = replace(draft, exceptions=_merged((*before.exceptions, *reading.exceptions)))
    if follow is None and personal:
        draft = replace(draft, follow=before.follow)
    draft = replace(draft, replaces=before.number)
    # A form shows the whole phrase, and so does a button; who types one anew thinks of what shall change.
    typed = call.request.source is Source.COMMAND
    return _in_step(draft, reading, before, today, typed=typed)


def _in_step(
    draft: ScheduleDraft, reading: PhraseReading, before: Schedule, today: date, *, typed: bool
) -> ScheduleDraft:
    """A draft that keeps the week of a fortnight and, where its phrase was typed without them, beginning and end."""
    notes, recurrence, starts = draft.notes, draft.recurrence, draft.starts
    until = before.recurrence.until
    if typed and until and until >= today and not recurrence.until and not reading.endless:
        recurrence = recurrence.ending(until)
        notes = (
            *notes,
            say("It ends on {day} as before; add “without end” to let it go on.", day=day_words(until)),
        )
    if starts is None:
        recurrence = recurrence.in_step_with(before.recurrence)
        begin = before.recurrence.anchor
        if typed and begin > today and before.words == describe(before.recurrence, begin):
            starts = next(recurrence.dates(begin), begin)
            recurrence = replace(recurrence, anchor=starts)
            notes = (
                *notes,
                say("It begins on {day} as before; “starting” says another day.", day=day_words(begin)),
            )
    return replace(
        draft, recurrence=recurrence, starts=starts, words=describe(recurrence, starts), notes=notes
    )


def _merged(spans: tuple[DateRange, ...]) -> tuple[DateRange, ...]:
    return tuple(sorted(dict.fromkeys(spans), key=lambda span: (span.first, span.last)))
