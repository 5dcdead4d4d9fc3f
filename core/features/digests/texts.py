"""What members read about the digest."""

from collections.abc import Sequence
from datetime import date, datetime

from core.chat.text import Sayable, Text, join, say
from core.clock import day_words, local_date
from core.cohorts.model import Cohort
from core.commands.spec import HomePart

QUIET = "A quiet stretch. Nothing to report is fine; reading, thinking and resting are not counted here."

NONE_YET = "No digest was posted yet; this is the week so far."
NOT_KEPT = "That digest is not kept any more; this is the last one."


def head(
    cohort: Cohort, since: datetime, until: datetime, note: Sayable = "", *, quiet: bool = False
) -> Text:
    """The head of the digest of a period; of a quiet one, all of it."""
    first, last = (local_date(at, cohort.zone) for at in (since, until))
    period = say(
        "**{name}**, {first} to {last}", name=cohort.name, first=day_words(first), last=day_words(last)
    )
    return join([*([note] if note else []), period, *([QUIET] if quiet else [])])


def personal(cohort: Cohort, today: date, parts: Sequence[HomePart], *, wanted: bool) -> Text:
    """A digest of one's own: what waits, then what is theirs. `wanted` says that its reader asked to be sent it."""
    lines = [say("**Your week in {cohort}**, {day}", cohort=cohort.name, day=day_words(today))]
    waits = [line for part in parts for line in part.waits]
    own = [line for part in parts for line in part.own]
    lines += [say("**Waits for you**"), *map(_item, waits)] if waits else [say("Nothing waits for you.")]
    lines += [say("**Yours**"), *map(_item, own)] if own else []
    ends = say("*You asked for this. {/digest personal on:no} ends it.*")
    begins = say("*{/digest personal on:yes} sends you this on Monday mornings.*")
    return join([*lines, ends if wanted else begins])


def _item(line: Sayable) -> Text:
    return say("- {line}", line=line)


def personal_on(first: date) -> Text:
    """What comes of switching one's own digest on."""
    return say(
        "On Mondays at 8 in the morning by your clock I send you what waits for you and what is yours here, the first time "
        "on {day}. Not while you are away, and your quiet hours hold. {/digest personal on:no} ends it.",
        day=day_words(first),
    )


PERSONAL_OFF = "I send you no digest of your own."
DMS_OFF = say("I send you no direct messages at all just now: {/profile reminders on:yes} lets me again.")
