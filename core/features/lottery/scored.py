"""One paper's lottery where its owner noted the scores of the present round. Plain functions; they draw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.charts import tries
from core.charts.canvas import Chart
from core.charts.scores import own_scores
from core.chat.text import Text, join, say, shorten
from core.errors import BadInput
from core.features.lottery import texts
from core.lottery import bounds, rounds
from core.lottery.ahead import accepted_ahead
from core.lottery.decisions import Range
from core.lottery.scores import ScoreModel
from core.lottery.shown import shown
from core.papers import score_models
from core.papers.model import Paper, Round
from core.papers.rates import CohortRates
from core.papers.score_models import Phase, Reading

AHEAD = 5
"""How many tries the curve of a decided round looks ahead."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The present round of a paper with its scores and how they are read, and the accept rates of the
    earlier rounds that rejected it. `lost` says that the present one did too."""

    round: Round
    reading: Reading
    earlier: tuple[float, ...]
    lost: bool

    @property
    def open(self) -> bool:
        """Whether the round is still to be decided."""
        return self.round.decision is None

    @property
    def rejections(self) -> int:
        """How many committees rejected the paper so far."""
        return len(self.earlier) + self.lost

    @property
    def venue(self) -> str:
        """Where the round is; empty where no venue was named."""
        return str(self.round.venue) if self.round.venue.name else ""

    @property
    def listed(self) -> str:
        """The scores in words."""
        return ", ".join(f"{score:g}" for score in self.round.scores)


def read(one: Round, earlier: tuple[float, ...], rates: CohortRates, *, lost: bool) -> Scored | None:
    """The round with its scores; None where they are on no scale that is known."""
    try:
        reading = score_models.for_scores(one.scores, one.venue, rates, discussed=one.discussed)
    except BadInput:
        return None
    return Scored(one, reading, earlier, lost)


@dataclass(frozen=True, slots=True)
class Chances:
    """The chance in the present round; to be in within one, two ... tries at this venue after it; and the same with the
    present round counted in."""

    now: Range
    later: tuple[Range, ...]
    either: tuple[Range, ...]


def chances(scored: Scored, tries: int) -> Chances:
    """The chances of a paper with these scores, within all that is not known for certain."""
    reading, given = scored.reading, scored.round.scores

    def figures(model: ScoreModel) -> list[float]:
        now = model.now(given)
        later = accepted_ahead(model, given, scored.earlier, [model.p] * tries)
        # Given the scores, the area chair's noise in this round says nothing about the next ones.
        return [now, *later, *(1 - (1 - now) * (1 - chance) for chance in later)]

    now, *rest = bounds.ranges(figures, reading.model, reading.within)
    return Chances(now, tuple(rest[:tries]), tuple(rest[tries:]))


def paper(of: Paper, scored: Scored) -> tuple[Text, Text, Chart]:
    """The words to the picture, all numbers, and the picture."""
    found, reading = chances(scored, AHEAD), scored.reading
    head = say("**The lottery of #{number}** “{title}”", number=of.number, title=of.title)
    bullets = _of_open(scored, found) if scored.open else _of_decided(scored, found.later)
    lines = [
        head,
        _head(scored),
        *bullets,
        say(
            "Assumed: {assumed}; {agreement}; a paper that stays as it is. {note}",
            assumed=reading.assumed,
            agreement=score_models.agreement_words(reading),
            note=reading.note,
        ),
        score_models.range_words(reading),
        _discussion(scored),
        say(texts.NOT_ABOUT),
    ]
    short = [head, *bullets[:2], say(texts.NOT_ABOUT)]
    return join(short), join(lines), _chart(of, scored, found)


def _head(scored: Scored) -> Text:
    given = scored.round.scores
    few = " One score says little by itself." if len(given) == 1 else ""
    return say(
        "Scores {listed}{at}, mean {mean}, as you noted them from {when} the discussion.{few}",
        listed=scored.listed,
        at=f" at {scored.venue}" if scored.venue else "",
        mean=f"{sum(given) / len(given):.2f}",
        few=few,
        when="after" if scored.round.discussed else "before",
    )


def _of_open(scored: Scored, found: Chances) -> list[Text]:
    count = scored.rejections
    past = f", with its {texts.rejections(count)} before" if count else ""
    return [
        say("- Accepted in this round: {odds}.", odds=texts.odds(found.now)),
        say(
            "- If not, by a new committee there, the paper unchanged{past}: {odds}{caution}.",
            past=past,
            odds=texts.odds(found.later[0]),
            caution=_caution(count + 2),
        ),
        say(
            "- In this round or within two tries more: {odds}{caution}.",
            odds=texts.odds(found.either[1]),
            caution=_caution(count + 3),
        ),
    ]


def _of_decided(scored: Scored, later: Sequence[Range]) -> list[Text]:
    count = scored.rejections
    after = f", after {texts.rejections(count)}" if count else ""
    first = say(
        "- The next try there{after}, if nothing but the committee changes: {odds}{caution}.",
        after=after,
        odds=texts.odds(later[0]),
        caution=_caution(count + 1),
    )
    return [
        first,
        *(
            say(
                "- Within {n} tries from here: {odds}{caution}.",
                n=n,
                odds=texts.odds(later[n - 1]),
                caution=_caution(count + n),
            )
            for n in (2, 3)
        ),
    ]


def _caution(tries: int) -> str:
    return ", model-dependent" if rounds.model_dependent(tries) else ""


def _discussion(scored: Scored) -> Text:
    one, phase = scored.round, scored.reading.phase
    if phase is Phase.UNDISCUSSED:
        return say("It was decided on scores from before the discussion, so these are read as such.")
    if phase is Phase.BEFORE and not scored.open:
        return say("Scores often still move in the discussion, and what it changed is not in these figures.")
    if phase is Phase.BEFORE:
        return say(
            "Scores often still move in the discussion. The range holds what it does to how far reviewers agree, not "
            "that a single score is changed."
        )
    both = "Of your scores from before and after the discussion I read the later ones. " if one.before else ""
    return say(
        "{both}Scores from after the discussion look more certain than they are: discussing makes "
        "reviewers agree with each other, not with another committee.",
        both=both,
    )


def _chart(of: Paper, scored: Scored, found: Chances) -> Chart:
    """An open round: its scores on the scale. A decided one: the curve of the tries to come."""
    model = scored.reading.model
    subject = f"#{of.number} at {shorten(scored.venue, 40)}" if scored.venue else f"#{of.number}"
    if scored.open:
        return own_scores(
            scored.round.scores,
            scored.reading.scale.values,
            accept_line=model.accept_line,
            chair_noise=model.chair_noise,
            now=found.now,
            following=found.later[0],
            subject=subject,
        )
    later, measured = found.later, max(rounds.MEASURED_TRIES - scored.rejections, 0)
    subject = f"{subject}, scores {shorten(scored.listed, 30)}"
    return replace(tries.tries(later, measured=measured, subject=subject), alt=alt(subject, later, measured))


def alt(subject: str, chances: Sequence[Range], measured: int) -> str:
    """The curve of the tries to come in words. They are counted from here, the rejections so far behind them;
    the first `measured` of them do not depend on the model."""
    listed = ", ".join(f"{n}: {shown(chance).brief}" for n, chance in enumerate(chances, 1))
    rest = f"from the {('1st', '2nd', '3rd')[measured]} on it depends on the model"
    return f"{subject}, chance to be in by try, counted from here, {listed}; {rest}."
