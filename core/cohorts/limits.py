"""How much one account, one member and one cohort may ask for and keep. The operator can change each figure."""

from dataclasses import dataclass

from core.chat.text import say
from core.errors import QuotaReached


@dataclass(frozen=True, slots=True)
class Limits:
    """What is let in and what is kept.

    `calls` and `drawings` count for one account, `cohort_calls` for all of a cohort, each a minute. `papers`,
    `reviews` and `reading` (items of the list) count for one member, `schedules` for one cohort, `drafts` (saved
    forms and buttons) for one account; what is removed is not counted.
    """

    calls: int = 60
    cohort_calls: int = 600
    drawings: int = 10
    papers: int = 500
    reviews: int = 2_000
    reading: int = 2_000
    schedules: int = 100
    drafts: int = 20


def check_quota(have: int, most: int, words: str, advice: str) -> None:
    """Raise `QuotaReached` where there are `most` records already. `words` say who has `{have}` of what, `advice`
    is a sentence that says what to do. Count in the transaction that adds one."""
    if have >= most:
        said = say(words, have=f"{have:,}")
        raise QuotaReached(
            say("{said} already, which is as many as I keep. {advice}", said=said, advice=say(advice))
        )
