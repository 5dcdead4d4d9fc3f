"""What a paper's page says while a rebuttal is ahead: how long it is open, and to its owner, who noted reviews, what one score
a step higher would do, and how often scores rise. Never whether they will."""

from dataclasses import dataclass

from core.chat.text import Sayable, Text, say
from core.cohorts.model import Scope
from core.errors import BadInput
from core.features.submissions import records
from core.lottery.rebuttal import ROSE, StepHigher, step_higher
from core.lottery.shown import shown
from core.papers import date_words, editions, rates, score_models, waiting
from core.papers.editions import DateKind, EditionDate, KnownEdition
from core.papers.model import Paper, Round
from core.papers.rates import CohortRates
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Rebuttal:
    """A rebuttal that is ahead of a paper in its `round`: its dates, None where they are not known or over; and the accept
    rates that the reader's cohort knows."""

    round: Round
    known: KnownEdition
    begins: EditionDate | None
    ends: EditionDate | None
    rates: CohortRates


def ahead(conn: Conn, scope: Scope, paper: Paper) -> Rebuttal | None:
    """The rebuttal that is ahead of one of the caller's papers; None where there is none, or it was not sent yet."""
    is_author = scope.member is not None and records.is_author(scope.member, paper)
    if not is_author or paper.stage not in waiting.STAGES or not paper.rounds:
        return None
    last = paper.rounds[-1]
    known = editions.one(conn, scope.cohort.id, last.venue)
    if known is None:
        return None
    begins, ends = (_ahead(known, kind, scope) for kind in (DateKind.REBUTTAL_START, DateKind.REBUTTAL_END))
    if begins is None and ends is None:
        return None
    return Rebuttal(last, known, begins, ends, rates.of_cohort(conn, scope.cohort.id))


def _ahead(known: KnownEdition, kind: DateKind, scope: Scope) -> EditionDate | None:
    found = known.date(kind, scope.now)
    return found if found is not None and found.at is not None and found.at > scope.now else None


def countdown(found: Rebuttal, scope: Scope, zone: str) -> list[Text]:
    """When the rebuttal begins and ends, by the reader's own clock and anywhere on Earth, and whose word that is."""
    lines = []
    for verb, date in (("begins", found.begins), ("ends", found.ends)):
        if date is not None:
            lines.append(
                say(
                    "**The rebuttal {verb} {left}**: {when} ({source}).",
                    verb=verb,
                    left=date_words.left(date, scope.now, zone),
                    when=date_words.when(date, zone),
                    source=date_words.source(found.known, date),
                )
            )
    return lines


def step(found: Rebuttal) -> StepHigher | None:
    """What one score a step higher would do; None where no scores are noted, or they are on no scale that is known. It takes
    some milliseconds."""
    one = found.round
    if not one.scores:
        return None
    try:
        read = score_models.for_scores(one.scores, one.venue, found.rates, discussed=one.discussed)
    except BadInput:
        return None
    return step_higher(read.model, read.within, one.scores, read.scale.values)


def facts(found: Rebuttal, higher: StepHigher | None) -> list[tuple[str, Sayable]]:
    """What stands on the page of a paper whose owner noted reviews."""
    if not found.round.scores:
        return []
    items: list[tuple[str, Sayable]] = []
    if higher is not None:
        words = (
            "With the lowest, {lowest}, at {raised}: {then} accepted in this round; as they stand {now}. By the model of the "
            "lottery: about the noise of reviewing, not about your paper."
        )
        values = {"lowest": f"{higher.lowest:g}", "raised": f"{higher.raised:g}"}
        said = say(words, then=shown(higher.then).words, now=shown(higher.now).words, **values)
        items.append(("One score a step higher", said))
    low, high = (f"{100 * each:.1f}" for each in ROSE)
    often = "Between {low} and {high} in 100 of scores, depending on the review, at ICLR 2024 and 2025."
    items.append(("How often scores rose after a rebuttal", say(often, low=low, high=high)))
    return items
