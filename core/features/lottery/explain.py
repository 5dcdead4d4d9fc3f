"""What the lottery's words mean and where its figures come from: short pages, text only."""

from collections.abc import Mapping
from typing import Annotated

from core.chat.model import Button, Buttons, LabelledEnum, Reply
from core.chat.text import Text, say
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg


class Topic(LabelledEnum):
    """What can be explained."""

    COMMITTEES = "committees", "Two committees, one paper"
    TRIES = "tries", "Several tries"
    SCORES = "scores", "Your own scores"
    EXPERIMENTS = "experiments", "What was measured"
    SIMULATION = "simulation", "Simulated conferences"
    REVIEWERS = "reviewers", "How far reviewers agree"


_2014 = "[Cortes and Lawrence 2021](https://arxiv.org/abs/2109.09774)"
_2021 = "[Beygelzimer and others 2023](https://arxiv.org/abs/2306.03262)"
_ESA = "[the ESA 2018 experiment](https://github.com/ad-freiburg/esa2018-experiment)"

_PAGES: Mapping[str, str] = {
    "committees": f"""**Two committees, one paper**
Picture a committee's verdict as what a paper shows to everybody plus what only this committee sees in it. How much of it is shared is the *agreement*: 0 is a coin, 1 is no noise at all.
- Two conferences put the same papers before two committees. The agreement that fits both is .55, and anything from .46 to .63 fits well enough: that is the range beside every figure.
- A verdict that differs is no mistake of either committee. It says that both were uncertain.
- Both accept with the chance (1-Φ(t))² + 1/2π ∫ exp(-t²/(1+sin x)) dx from 0 to asin of the agreement, where t is the cut that lets the accept rate in.
Sources: {_2014} on NIPS 2014, {_2021} on NeurIPS 2021.""",
    "tries": f"""**Several tries**
A rejection says a little about the paper and a lot about chance. A second committee sees the same paper, so its verdict is tied to the first one: after one rejection at a venue that accepts 25%, the next try is about 16 in 100, not 25.
- The tries are not independent. If they were, 94 in 100 papers would be in by ten tries; the model says 66.
- We show the chance by each try and the try by which half are in. We show no average: some papers would try for ever, and it has no end.
- The experiments had two committees. What goes beyond two tries is *model-dependent*: another model that fits them as well gives 43 in 100 by three tries instead of 45, and levels off near 49.
- An improvement of half a standard deviation takes a paper from the middle of the submissions past as many as lie between there and the best 31 in 100.
Sources: the fit to {_2014} and {_2021}.""",
    "scores": f"""**Your own scores**
A score is the venue's mean, plus what the paper is, plus what one committee shares, plus one reviewer's own view. The mean of a few scores is a noisy reading of the paper, so a new committee's scores would lie closer to the middle.
- *This round*: how far your mean lies from the line at which an accept is as likely as not, in units of the area chair's own noise, about .4 of the spread of mean scores.
- *The next committee*: your scores say something about the paper, but not all; the rest is drawn anew.
- Discussion makes reviewers agree with each other, not with another committee: at ESA 2018 two committees correlated .74 before it and .69 after, while agreement within a committee rose from .52 to .83. So scores seen after a discussion look more certain than they are.
Sources: ICLR's public reviews of 2021 and 2023; {_ESA}; {_2014}.""",
    "experiments": f"""**What was measured**
- *NIPS 2014*: 170 papers went to two committees and 166 got two verdicts: both accepted 22, one of the two 43, neither 101. Of the accepted papers, about half would have been turned down by the other committee. Among the accepted ones, scores and later citations do not correlate.
- *NeurIPS 2021*: 882 papers; 23 in 100 decided differently, and again about half of the accepted would have changed. With verdicts drawn at random, 35 in 100 would differ.
- A rerun draws the same number of papers from the model. It shows how much of a table is the draw: at 166 papers, a lot.
Sources: {_2014}, {_2021}.""",
    "simulation": f"""**Simulated conferences**
Each paper gets one number that both committees see in part, and each committee accepts exactly its quota of the best by its own reading.
- The seed decides all draws: the same seed gives the same conference, on any machine.
- More reviews a paper average out more of the reviewers' noise, so committees agree more. What only one committee shares, and the area chair's noise, stay.
- The dots are conferences that differ by the draw of their papers alone. Small ones vary a lot: with 166 papers the share that the other committee turns down has a standard deviation of 6 in 100.
Sources: the agreement from {_2014} and {_2021}; the variances from ICLR's public reviews.""",
    "reviewers": f"""**How far reviewers agree**
The *reliability of one review* (ICC) is the part of the spread of scores that comes from the papers; the rest is the reviewers. At ICLR it was about .21 before the discussion and .36 to .39 after it.
- From a few papers it can hardly be told, so we start from what venues show, .2 to .6, and let the reviews move that. The range says how far they could.
- It is about reviewers agreeing, never about who is right, and it is only shown for so many papers that no one's reviews can be told.
- After a discussion reviewers agree with each other more than another committee would with them, so such scores say nothing about two committees.
Sources: ICLR's public reviews of 2021 and 2023; {_ESA}.""",
}


def page(topic: Topic) -> Text:
    """The page about a topic."""
    return say(_PAGES[topic.value])


def about(topic: Topic) -> Button:
    """The button that explains an answer."""
    return Button("Explain this", "lottery explain", {"topic": topic.value})


@command(
    "lottery explain",
    access=Access.ANYONE,
    needs_cohort=False,
    form="Have something explained",
    submit="Explain it",
)
async def explain(call: Call, topic: Annotated[Topic, Arg("What to explain")]) -> Reply:
    """Read where the lottery's figures come from."""
    others = [each for each in Topic if each is not topic][:5]
    buttons = tuple(Button(each.label, "lottery explain", {"topic": each.value}) for each in others)
    return Reply(page(topic), (Buttons(buttons),))
