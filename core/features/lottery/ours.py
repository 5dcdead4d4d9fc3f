"""`lottery ours`: how far this cohort's own reviewers agree."""

from math import sqrt

from core import clock
from core.charts.agreement import reviewer_agreement
from core.chat.model import Button, Buttons, Picture, Reply
from core.chat.text import Text, join, say
from core.clock import day_words
from core.cohorts.counting import MIN_PEOPLE
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Cost
from core.features.lottery import agreement
from core.features.lottery.agreement import FEWEST_PAPERS, ShownAgreement
from core.features.lottery.answers import Answer
from core.features.lottery.buttons import AllNumbers, reply
from core.features.lottery.explain import Topic
from core.lottery.decisions import RHO, RHO_HIGH, RHO_LOW
from core.lottery.fit import PRIOR
from core.lottery.scores import CHAIR_NOISE, ICC_AFTER, ICC_BEFORE

_NOTE = Button("Note a review", "review add")
_REVIEWERS = 3
"""The size of the committee that is imagined."""


@command("lottery ours", cost=Cost.DRAWS)
async def ours(call: Call, numbers: AllNumbers = False) -> Reply:
    """See how much the reviewers of this cohort's papers agree, if enough of you noted reviews."""
    if due := await call.read(agreement.due_figures, call.scope):
        computed = await call.core.executors.simulate(agreement.compute, due)
        await call.write(agreement.store_figures, call.scope, computed)
    figure = await call.read(agreement.current_figure, call.scope)
    if figure is None:
        return Reply(_too_few(), (Buttons((_NOTE,)),))
    picture = await call.core.executors.draw(_picture, figure)
    day = clock.local_date(figure.at, call.cohort.zone)
    answer = Answer(_short(figure), picture, _words(figure, day_words(day)))
    return reply(answer, Button("", "lottery ours"), Topic.REVIEWERS, _NOTE, numbers=numbers)


def _picture(figure: ShownAgreement) -> Picture:
    chart = reviewer_agreement(figure.icc, discussed=figure.discussed, subject="this cohort's reviews")
    return chart.picture("agreement.png")


def _too_few() -> Text:
    return say(
        (
            "There are not enough reviews yet. It takes {papers} papers or more with two reviews or more "
            "each, from {people} people or more, on one score scale (a venue with its year), all from one "
            "side of the reviewers' discussion; a quarter or more of them not accepted, because accepted ones"
            " alone make reviewers look further apart. How near that is I keep to myself, so that nobody's "
            "reviews can be told."
        ),
        papers=FEWEST_PAPERS,
        people=MIN_PEOPLE,
    )


def _short(figure: ShownAgreement) -> Text:
    return join(
        [
            say("**{share}**, in reviews that people here noted.", share=_share(figure)),
            say("At ICLR: {iclr}.", iclr=_iclr()),
            say(_NOTED),
        ]
    )


_NOTED = (
    "Scores that people note themselves run high, and these are no sample of any venue: look at how far they differ "
    "for one paper, not at how high they are."
)


def _share(figure: ShownAgreement) -> str:
    value, low, high = map(_per_hundred, (figure.icc.value, figure.icc.low, figure.icc.high))
    return f"Of what makes scores differ, about {value} in 100 ({low} to {high}) lies with the paper"


def _iclr() -> str:
    return f"about {_per_hundred(ICC_BEFORE)} in 100 before the discussion and {_per_hundred(ICC_AFTER)} after it"


def _words(figure: ShownAgreement, day: str) -> Text:
    when = "after" if figure.discussed else "before"
    scale = figure.scale if figure.scale.startswith("of ") else f"of {figure.scale}"
    lines = [
        say(
            "**How far this cohort's reviewers agree**, from {papers} papers or more of {people} people or more, "
            "with scores on the scale {scale} from {when} the discussion",
            papers=figure.papers,
            people=MIN_PEOPLE,
            scale=scale,
            when=when,
        ),
        say("- {share}; the rest is who happened to review it.", share=_share(figure)),
        say("- At ICLR: {iclr}.", iclr=_iclr()),
        _committees(figure),
        say(
            "Assumed: beforehand about {prior} in 100, as at venues that were measured; with few papers that "
            "counts for much. Without it (a one-way ANOVA) the estimate is {anova}.",
            prior=_per_hundred(PRIOR[0] / sum(PRIOR)),
            anova=_anova(figure.anova),
        ),
        say(_NOTED),
        say("The more of them are of accepted papers, the further apart reviewers look."),
        say(
            "Figures are rounded, nobody counts with more than {most} papers, and they are renewed only when "
            "the reviews of {people} people or more have changed, so that no one's can be told. As of {day}.",
            most=agreement.MOST_EACH,
            people=MIN_PEOPLE,
            day=day,
        ),
        say("*This is about the noise of reviewing, not about anybody's paper.*"),
    ]
    return join(lines)


def _per_hundred(share: float) -> str:
    return f"{100 * share:.0f}"


def _anova(share: float) -> str:
    return (
        f"about {_per_hundred(share)} in 100"
        if share > 0
        else "0 or below, which means too few papers to tell"
    )


def _committees(figure: ShownAgreement) -> Text:
    """What follows for two committees. Nothing where a discussion made the scores alike."""
    if figure.discussed:
        return say(
            "- Discussing makes reviewers agree with each other, not with another committee; so how far "
            "two committees would agree does not follow from this."
        )
    most, low, high = (_at_most(each) for each in (figure.icc.value, figure.icc.low, figure.icc.high))
    return say(
        "- Two committees of {reviewers} such reviewers would agree at a correlation of {most} at most "
        "({low} to {high}); the experiments found {rho} ({rho_low} to {rho_high}).",
        reviewers=_REVIEWERS,
        most=f"{most:.2f}",
        low=f"{low:.2f}",
        high=f"{high:.2f}",
        rho=f"{RHO:g}",
        rho_low=f"{RHO_LOW:g}",
        rho_high=f"{RHO_HIGH:g}",
    )


def _at_most(icc: float) -> float:
    """The correlation of two committees' verdicts if all that reviewers share were the paper:
    Vb / (Vm (1 + .41^2)), Vm = Vb + Vw / 3, with the area chair's noise of .41 s.d. of the mean score."""
    mean = icc + (1 - icc) / _REVIEWERS
    return icc / (mean + (CHAIR_NOISE * sqrt(mean)) ** 2)
