"""What was measured, beside what the model says and a rerun of it."""

from core.charts.experiments import Split, side_by_side
from core.charts.figures import share
from core.chat.model import LabelledEnum, Table
from core.chat.text import join, say
from core.features.lottery import texts
from core.features.lottery.answers import Answer
from core.lottery import experiments
from core.lottery.decisions import RHO, Range
from core.lottery.experiments import Experiment
from core.lottery.figures import of_experiment
from core.lottery.shown import shown


class Year(LabelledEnum):
    """The years of the experiments with two committees, and what the conference was called."""

    NIPS_2014 = "2014", experiments.find(2014).name
    NEURIPS_2021 = "2021", experiments.find(2021).name


def experiment(year: int, seed: int) -> Answer:
    """An experiment's table, the model's and a rerun's. Plain and slow (it draws): run it off the loop."""
    of = experiments.find(year)
    found, counts = of_experiment(of), of.counts
    model, fitted, flip = found.expected, found.fitted, found.flip
    drawn = of.rerun(RHO, seed=seed)
    again = drawn.table()
    low, high = drawn.quantiles(0.025, 0.975)
    number, link = _paper(of)
    lines = [
        say("**{name}: {papers} papers before two committees**", name=of.name, papers=counts.papers),
        say(
            "- Published: of the papers that one committee accepted, the other turned down {flip}; they decided "
            "differently on {differ} of all.",
            flip=texts.share(counts.flip),
            differ=texts.share(counts.disagreement),
        ),
        say(
            "- The model: {flip}. The agreement that fits this table alone is {fit} ({low} to {high}).",
            flip=texts.odds(flip),
            fit=f"{fitted.value:.2f}",
            low=f"{fitted.low:.2f}",
            high=f"{fitted.high:.2f}",
        ),
        say("- This rerun of the model, seed {seed}: {flip}.", seed=seed, flip=texts.share(again.flip)),
        say(
            "- Chance alone moves a conference of this size: of its reruns, 95 in 100 lie {between}.",
            between=texts.between(low, high),
        ),
        *(say("- {remark}", remark=remark) for remark in of.remarks),
        say(
            "Assumed for model and rerun: the published accept rate and {agreement}. Source: [{number}]({link}).",
            agreement=texts.AGREEMENT,
            number=number,
            link=link,
        ),
    ]
    short = [
        say(
            "**{name}: of the papers that one committee accepted, the other turned down {flip}.**",
            name=of.name,
            flip=texts.share(counts.flip),
        ),
        say(
            "The model gives {flip}, and by chance alone 95 in 100 conferences of this size lie {between}.",
            flip=texts.odds(flip),
            between=texts.between(low, high),
        ),
    ]
    split = counts.only_a + counts.only_b
    rows = (
        ("Both accept", str(counts.both), _count(model["both"]), str(again.both)),
        ("One of the two", str(split), _count(model["split"]), str(again.only_a + again.only_b)),
        ("Neither", str(counts.neither), _count(model["neither"]), str(again.neither)),
        ("Turned down by the other, in 100", share(counts.flip), _ended(flip), share(again.flip)),
    )
    chart = side_by_side(
        (
            Split("Published", counts.both, split, counts.neither),
            Split("Model", *(model[key].value for key in ("both", "split", "neither"))),
            Split("Rerun", again.both, again.only_a + again.only_b, again.neither),
        ),
        subject=f"{of.name}, seed {seed}",
    )
    table = Table(("Papers", "Published", "Model", "Rerun"), rows)
    return Answer(join(short), chart.picture("experiment.png"), join(lines), table)


def _ended(figure: Range) -> str:
    found = shown(figure)
    return f"{found.value} {found.range}".rstrip()


def _count(figure: Range) -> str:
    return f"{figure.value:.0f} ({figure.low:.0f}–{figure.high:.0f})"


def _paper(of: Experiment) -> tuple[str, str]:
    """The paper that published an experiment, and its address."""
    number = of.source.rpartition("arXiv:")[2]
    return of.source, f"https://arxiv.org/abs/{number}"
