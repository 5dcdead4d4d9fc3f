"""What members read about the digest."""

from datetime import datetime

from core.chat.text import Sayable, Text, join, say
from core.clock import day_words, local_date
from core.cohorts.model import Cohort

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
