"""What authors read of their forecasts, and of how they fit."""

from core.chat.model import Button, Record
from core.chat.text import Text, join, say
from core.clock import date_words, local_date
from core.cohorts.model import Scope
from core.features.submissions import texts
from core.lottery import rounds
from core.lottery.decisions import Range, ranged_each
from core.lottery.rounds import Try
from core.lottery.shown import shown
from core.papers import forecasts, queries, rates
from core.papers.forecasts import ENOUGH, Calibration, Forecast
from core.papers.model import Paper, Stage
from core.papers.rates import Assumed
from core.store.port import Conn

MEASURED, WHO = (0.70, 0.258), "NeurIPS 2021"
"""The median of what authors said, and the share of papers that was accepted: Rastogi et al. (2024), PLoS ONE 19(4),
e0300710."""
ALL = Button("All your forecasts", "submission forecast")
_NEAR = 0.1
"""How near to its ends a cohort's share is not told apart from them."""


def ask(number: int) -> Button:
    """Asks for a forecast in a form."""
    return Button("Your forecast", "submission forecast", {"paper": str(number)})


def changeable(number: int) -> tuple[Button, ...]:
    """What can be done with a forecast of an open round."""
    args = {"paper": str(number)}
    return (
        Button("Change it", "submission forecast", args),
        Button("Take it back", "submission forecast", {**args, "chance": "none"}),
        ALL,
    )


_SEEN = "You alone see that, and can change it until the decision is recorded."


def kept(chance: int) -> Text:
    """That a forecast was kept with what else was said of its paper, and who sees it."""
    return say("You say {chance} in 100 that it is accepted. {seen}", chance=chance, seen=_SEEN)


def stated(paper: Paper, chance: int) -> Text:
    """That a forecast was kept, of which paper, and who sees it."""
    head = say("**#{number}** “{title}”{at}", number=paper.number, title=paper.title, at=_at(paper))
    return join([say("{head}: **{chance} in 100**.", head=head, chance=chance), say(_SEEN)])


def _at(paper: Paper) -> str:
    venue = paper.rounds[-1].venue if paper.rounds else None
    return f" at {venue}" if venue and venue.name else ""


def taken_back(paper: Paper, *, had: bool) -> Text:
    words = "Your forecast for **#{number}** “{title}” is gone."
    if not had:
        words = "You have given no forecast for **#{number}** “{title}”."
    return say(words, number=paper.number, title=paper.title)


def nothing_said(paper: Paper, *, is_open: bool) -> Text:
    words = "You have not said yet how likely it is that **#{number}** “{title}” is accepted{at}."
    if not is_open:
        words = "You gave no forecast for **#{number}** “{title}”{at}, and no round of it is open."
    return say(words, number=paper.number, title=paper.title, at=_at(paper))


def standing(found: Forecast, zone: str) -> Text:
    """What was said of a paper, and when by the calendar of a zone."""
    return say(
        "**#{number}** “{title}”{at}: on {day} you said **{chance} in 100**.",
        number=found.paper,
        title=found.title,
        at=f" at {found.venue}" if found.venue.name else "",
        day=date_words(local_date(found.stated_at, zone)),
        chance=found.chance,
    )


def decided(conn: Conn, scope: Scope, paper_id: int, *, said: bool = False) -> Text | None:
    """What the caller had said of the round that was decided last, unless it is `said` already, beside the lottery's odds;
    None where they had said nothing, or it is open."""
    found = forecasts.of_paper(conn, scope, paper_id)
    if found is None or found.decision is None:
        return None
    if found.came_true is None:
        if said:
            return say("It is not scored, as no committee judged the paper.")
        return say(
            "Your forecast of {chance} in 100 is not scored, as no committee judged it.", chance=found.chance
        )
    before = queries.rounds(conn, paper_id, scored=False)[:-1]
    known = rates.of_cohort(conn, scope.cohort.id)
    lost = [rates.rate_of(each.venue, known) for each in before if each.decision is Stage.REJECTED]
    now = rates.rate_of(found.venue, known)
    odds = shown(_odds(lost, now, rates.recent(found.venue, known))).words
    if said:
        return say("The lottery gave such a paper {odds}.", odds=odds)
    return say(
        "You had said {chance} in 100; the lottery gave such a paper {odds}.", chance=found.chance, odds=odds
    )


def _odds(lost: list[Assumed], now: Assumed, recent: tuple[float, ...]) -> Range:
    """The chance of a try after earlier rejections. Its range is over what the experiments leave open of the agreement, and
    over the venue's accept rates of the last years."""
    before = [Try(each.rate) for each in lost]

    def at(rate: float) -> Range:
        if not before:
            return Range(rate, rate, rate)

        def chance(rho: float) -> tuple[float]:
            *_, gone, by = rounds.accepted_by([*before, Try(rate)], rho)
            return ((by - gone) / (1 - gone),)

        return ranged_each(chance)[0]

    found = [at(rate) for rate in (now.rate, *recent)]
    return Range(found[0].value, min(each.low for each in found), max(each.high for each in found))


def listed(found: Forecast) -> Record:
    """A forecast in a list."""
    is_open = found.decision is None
    stands = "open" if found.decision is None else texts.stage(found.decision)
    if not is_open and found.came_true is None:
        stands = f"{stands}, not scored"
    details = [texts.venue(found.venue), f"you said {found.chance} in 100", stands]
    opens = Button("Open", "submission show", {"paper": str(found.paper)})
    return Record(f"#{found.paper} {found.title}", tuple(details), opens, "Open" if is_open else "Decided")


def few(total: int, scored: int) -> Text:
    """The head of a list of forecasts that are too few to say how they fit."""
    if not total:
        return say(
            "You have made no forecast yet. When a paper is submitted, [Your forecast] asks how likely it is that it is "
            "accepted; nobody else sees that."
        )
    head = (
        "**{total} forecasts of yours**, {scored} of them decided. From {enough} on I show how well they fit."
    )
    if total == 1:
        stands = "decided" if scored else "not decided by a committee"
        head = f"**1 forecast of yours**, {stands}. From {{enough}} on I show how well they fit."
    return say(head, total=total, scored=scored, enough=ENOUGH)


def own(fit: Calibration) -> Text:
    """How well somebody's own forecasts fit."""
    return join(
        [
            say(
                "**You said {said} in 100 on average, and {true} in 100 came true**",
                said=_whole(fit.said),
                true=_whole(fit.true),
            ),
            say(
                "Brier score {brier} over {count} decided forecasts: 0 is perfect, always saying 50 gives 0.25.",
                brier=f"{fit.brier:.2f}",
                count=fit.count,
            ),
        ]
    )


def beside(cohort: Calibration | None) -> list[Text]:
    """The cohort's forecasts, and what was measured elsewhere."""
    measured = say(
        "At {who}, authors said 70 in 100 (the median), and 25.8 in 100 of the papers were accepted.", who=WHO
    )
    if cohort is None:
        return [say("The cohort’s figures begin with five people who have decided forecasts."), measured]
    told = say(
        "In the cohort, over {count} decided forecasts: {said} in 100 said, {true} came true, Brier score {brier}.",
        count=cohort.count,
        said=_bounded(cohort.said),
        true=f"{_bounded(cohort.true)} in 100",
        brier=f"{cohort.brier:.2f}" if cohort.brier > _NEAR / 2 else "0.05 or less",
    )
    return [told, measured]


def _whole(share: float) -> str:
    return f"{100 * share:.0f}"


def _bounded(share: float) -> str:
    """A cohort's share in 100; near an end of the scale no more than that: it would say what each of them said."""
    if share <= _NEAR:
        return "10 or less"
    return "90 or more" if share >= 1 - _NEAR else _whole(share)
