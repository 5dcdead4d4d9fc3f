"""The answers: a picture, the two sentences that carry it, and all numbers behind. Plain functions; run them off the
event loop, they draw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.charts import tries
from core.charts.canvas import Chart
from core.charts.committees import two_committees
from core.charts.scores import own_scores
from core.chat.model import Picture, Table
from core.chat.text import Text, join, say, shorten
from core.features.lottery import scored, texts
from core.features.lottery.scored import Scored
from core.lottery import figures, rounds
from core.lottery.decisions import RHO, RHO_HIGH, RHO_LOW, Range, ranged_each
from core.lottery.rounds import MEASURED_TRIES, Try
from core.papers import score_models
from core.papers.model import Paper, Stage, VenueEdition
from core.papers.rates import NOBODY_SAID, Assumed, CohortRates, rate_of, rate_words
from core.papers.score_models import Phase

AHEAD = 5
"""How many tries the curve of a paper looks ahead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the member reads first, under 900 characters with the picture to it; and all numbers with what was assumed,
    and a table where they make one, for who asks for them."""

    text: Text
    picture: Picture
    numbers: Text
    table: Table | None = None


def _picture(chart: Chart) -> Picture:
    return chart.picture("lottery.png")


# --- two committees ---------------------------------------------------------------------------------------


def committees(assumed: Assumed, rho: float | None, name: str) -> Answer:
    """What two committees at one accept rate make of the same papers. `rho` is an agreement that the member
    gave, None for the measured one; `name` is the venue's or empty."""
    found = figures.committees(assumed.rate, rho)
    at = f" at {name}" if name else ""
    again = say(
        "A paper's first try is {first}; after one rejection, unchanged, the next is {again}.",
        first=rate_words(found.accept_rate),
        again=texts.odds(found.accept_after_rejection),
    )
    short = [
        say(
            "**Of the papers that one committee accepts{at}, another one turns down {flip}.**",
            at=at,
            flip=texts.odds(found.flip),
        ),
        again,
    ]
    lines = [
        say(
            "**Two committees, the same papers**{at}, each accepting {rate}",
            at=at,
            rate=rate_words(found.accept_rate),
        ),
        say("- Of the papers that one accepts, the other turns down {flip}.", flip=texts.odds(found.flip)),
        say("- They decide differently on {differ} of all papers.", differ=texts.odds(found.disagreement)),
        say("- {again}", again=again),
        say(
            "Assumed: {source}; {agreement}. {note}",
            source=assumed.source,
            agreement=texts.AGREEMENT if rho is None else _given(rho, assumed.rate),
            note=assumed.note,
        ),
    ]
    chart = two_committees(found.accept_rate, found.flip, subject=shorten(name, 40))
    return Answer(join(short), _picture(chart), join(lines))


def _given(rho: float, rate: float) -> str:
    """An agreement that the member gave, beside what the measured one would make of it."""
    return (
        f"your agreement of {rho:g}. With the measured one ({RHO:g}, {RHO_LOW:g} to {RHO_HIGH:g}) the other committee "
        f"would turn down {texts.odds(figures.committees(rate).flip)}"
    )


# --- one paper --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaperState:
    """Where a paper stands in the lottery: the rates of the rounds that rejected it, and the round that is
    asked about. `open` says that this round has begun; `scored` has its scores, where its owner asks and
    noted some that can be read, and `unread` says that they cannot."""

    rejected: tuple[float, ...]
    venue: VenueEdition | None
    assumed: Assumed
    open: bool
    accepted: bool
    scored: Scored | None = None
    unread: bool = False


def paper_state(paper: Paper, rates: CohortRates = NOBODY_SAID) -> PaperState:
    """Read a paper's rounds. Withdrawn and desk-rejected ones say nothing of what a committee would have decided."""
    last = paper.rounds[-1] if paper.rounds else None
    venue = last.venue if last and last.venue.name else None
    rejected = tuple(
        rate_of(each.venue, rates).rate for each in paper.rounds if each.decision is Stage.REJECTED
    )
    if last is None:
        return PaperState(rejected, venue, rate_of(venue, rates), False, False)
    lost = last.decision is Stage.REJECTED
    own = scored.read(last, rejected[:-1] if lost else rejected, rates, lost=lost) if last.scores else None
    unread = bool(last.scores) and own is None
    undecided, accepted = last.decision is None, last.decision is Stage.ACCEPTED
    return PaperState(rejected, venue, rate_of(venue, rates), undecided, accepted, own, unread)


def from_here(stand: PaperState, tries: int) -> list[Range]:
    """The chance to be in within one, two ... further tries, given the rejections so far."""
    past = [Try(rate) for rate in stand.rejected]
    ahead = [Try(stand.assumed.rate)] * tries

    def chances(rho: float) -> list[float]:
        by = (0.0, *rounds.accepted_by([*past, *ahead], rho))
        gone = by[len(past)]
        return [(each - gone) / (1 - gone) for each in by[len(past) + 1 :]]

    return list(ranged_each(chances))


def paper(of: Paper, rates: CohortRates = NOBODY_SAID) -> Answer:
    """The lottery of one paper, from its recorded rounds."""
    stand = paper_state(of, rates)
    title = of.title
    if stand.accepted:
        answer = committees(stand.assumed, None, str(stand.venue or ""))
        head = say(
            "**#{number}** “{title}” is in, congratulations! If you wonder how much chance is in any verdict:",
            number=of.number,
            title=title,
        )
        return replace(answer, text=join([head, answer.text]))
    no_coin = _no_verdict(of)
    if stand.scored:
        short, numbers, drawn = scored.paper(of, stand.scored)
        return Answer(join([short, *no_coin]), _picture(drawn), join([numbers, *no_coin]))
    chances, count = from_here(stand, AHEAD), len(stand.rejected)
    head = say("**The lottery of #{number}** “{title}”", number=of.number, title=title)
    first, further = _first(stand, chances[0]), _further(chances, count)
    lines = [
        head,
        first,
        *further,
        say(
            "Assumed: {source}; {agreement}; a paper that stays as it is. {note}",
            source=stand.assumed.source,
            agreement=texts.AGREEMENT,
            note=stand.assumed.note,
        ),
        *no_coin,
    ]
    if stand.unread:
        left_out = say("The scores of this round are on a scale that I do not know, so they are left out.")
        lines.append(left_out)
        further = [*further[:1], left_out]
    subject = (
        f"#{of.number} after {texts.rejections(count)}" if count else f"#{of.number} {shorten(of.title, 30)}"
    )
    measured = max(MEASURED_TRIES - count, 0)
    chart = tries.tries(chances, measured=measured, subject=subject)
    after = f"#{of.number} after {texts.rejections(count)}" if count else f"#{of.number}"
    chart = replace(chart, alt=scored.alt(after, chances, measured))
    words = [head, first, *further[: 1 + stand.unread], *no_coin, say(texts.NOT_ABOUT)]
    return Answer(join(words), _picture(chart), join([*lines, say(texts.NOT_ABOUT)]))


def _no_verdict(of: Paper) -> list[Text]:
    """What a paper met with that is no verdict, so that no coin was thrown."""
    lines = []
    if of.stage is Stage.REVISING:
        lines.append(
            say(
                "It is being revised: its editors have seen it and said neither yes nor no, which these odds, of a paper "
                "that meets a new committee, know nothing of."
            )
        )
    desk = sum(each.decision is Stage.DESK_REJECTED for each in of.rounds)
    if desk:
        times = "once" if desk == 1 else f"{desk} times"
        lines.append(
            say(
                "It was turned down at the desk {times}. No reviewer judged it there, so that does not count.",
                times=times,
            )
        )
    return lines


def _first(stand: PaperState, chance: Range) -> Text:
    where = f" at {stand.venue}" if stand.venue else ""
    which = f"This try{where}" if stand.open else f"The next try{where}"
    if not stand.rejected:
        return say("- {which}: {odds}, as for any paper there.", which=which, odds=texts.odds(chance))
    return say(
        "- {which}, after {rejections}, if nothing but the committee changes: {odds}{caution}.",
        which=which,
        rejections=texts.rejections(len(stand.rejected)),
        odds=texts.odds(chance),
        caution=_caution(len(stand.rejected) + 1),
    )


def _further(chances: Sequence[Range], count: int) -> list[Text]:
    return [
        say(
            "- Within {n} tries from here: {odds}{caution}.",
            n=n,
            odds=texts.odds(chances[n - 1]),
            caution=_caution(count + n),
        )
        for n in (2, 3)
    ]


def _caution(tries: int) -> str:
    return ", model-dependent" if rounds.model_dependent(tries) else ""


# --- own scores -------------------------------------------------------------------------------------------

ELSEWHERE = 0.25
"""The accept rate of the other venue that scores are read for."""


def scores(
    given: tuple[float, ...], edition: VenueEdition | None, rates: CohortRates = NOBODY_SAID
) -> Answer:
    """What a paper's own scores say of this verdict and the next. Raises `BadInput` off the scale."""
    reading = score_models.for_scores(given, edition, rates)
    found = figures.of_scores(reading.model, given, reading.within)
    elsewhere = figures.of_scores(reading.model, given, reading.within, ELSEWHERE).following
    listed = ", ".join(f"{each:g}" for each in given)
    where, mean = reading.venue, f"{found.mean:.2f}"
    now, following = texts.odds(found.now), texts.odds(found.following)
    short = [
        say(
            "**Accepted in this round: {now}**, with {listed} at {where}.",
            now=now,
            listed=listed,
            where=where,
        ),
        say("By a new committee there, the paper unchanged: {following}.", following=following),
        say(texts.NOT_ABOUT),
    ]
    lines = [
        say("**Scores {listed}** at {where}, mean {mean}", listed=listed, where=where, mean=mean),
        say("- Accepted in this round: {now}.", now=now),
        say("- By a new committee, the paper unchanged: {following}.", following=following),
        say(
            "- By one at a venue that accepts {rate}: {odds}.",
            rate=rate_words(ELSEWHERE),
            odds=texts.odds(elsewhere),
        ),
        say(
            "Assumed: {assumed}; {phase}; {agreement}. {note}",
            assumed=reading.assumed,
            phase=score_models.PHASES[reading.phase],
            agreement=score_models.agreement_words(reading),
            note=reading.note,
        ),
        score_models.range_words(reading),
        *([say(_DISCUSSED)] if reading.phase is Phase.AFTER else []),
        say(texts.NOT_ABOUT),
    ]
    chart = own_scores(
        given,
        reading.scale.values,
        accept_line=reading.model.accept_line,
        chair_noise=reading.model.chair_noise,
        now=found.now,
        following=found.following,
        subject=shorten(where, 40),
    )
    return Answer(join(short), _picture(chart), join(lines))


_DISCUSSED = (
    "Scores that you saw after the discussion look more certain than they are: discussing makes reviewers agree with "
    "each other, not with another committee."
)
