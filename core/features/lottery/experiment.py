"""What was measured, beside what the model says and a rerun of it."""

from dataclasses import dataclass

from core.charts.canvas import Chart
from core.charts.experiments import Split, side_by_side
from core.charts.figures import share
from core.chat.model import LabelledEnum, Table
from core.chat.text import Text, join, say
from core.features.lottery import texts
from core.features.lottery.answers import Answer
from core.lottery import experiments
from core.lottery.decisions import RHO, Range
from core.lottery.experiments import Experiment
from core.lottery.figures import ExperimentFigures, of_experiment
from core.lottery.shown import shown
from core.lottery.simulate import Conferences


class Year(LabelledEnum):
    """The years of the experiments with two committees, and what the conference was called."""

    NIPS_2014 = "2014", experiments.find(2014).name
    NEURIPS_2021 = "2021", experiments.find(2021).name


def experiment(year: int, seed: int) -> Answer:
    """An experiment's table, the model's and a rerun's. Plain and slow (it draws): run it off the loop."""
    of = experiments.find(year)
    told = _Told(of, of_experiment(of), of.rerun(RHO, seed=seed), seed)
    picture = told.chart().picture("experiment.png")
    return Answer(join(told.short()), picture, join(told.all_numbers()), told.table())


@dataclass(frozen=True, slots=True)
class _Told:
    """An experiment as it is told: what was published, what the model says of it, and a rerun."""

    of: Experiment
    found: ExperimentFigures
    drawn: Conferences
    seed: int

    def short(self) -> list[Text]:
        """Two sentences."""
        return [
            say(
                "**{name}: of the papers that one committee accepted, the other turned down {flip}.**",
                name=self.of.name,
                flip=texts.share(self.of.counts.flip),
            ),
            say(
                "The model gives {flip}, and by chance alone 95 in 100 conferences of this size lie {between}.",
                flip=texts.odds(self.found.flip),
                between=self._middle(),
            ),
        ]

    def all_numbers(self) -> list[Text]:
        """Every number, and what was assumed."""
        return [*self._published(), *self._modelled(), self._assumed()]

    def _published(self) -> list[Text]:
        counts = self.of.counts
        return [
            say("**{name}: {papers} papers before two committees**", name=self.of.name, papers=counts.papers),
            say(
                "- Published: of the papers that one committee accepted, the other turned down {flip}; they decided "
                "differently on {differ} of all.",
                flip=texts.share(counts.flip),
                differ=texts.share(counts.disagreement),
            ),
        ]

    def _modelled(self) -> list[Text]:
        fitted = self.found.fitted
        return [
            say(
                "- The model: {flip}. The agreement that fits this table alone is {fit} ({low} to {high}).",
                flip=texts.odds(self.found.flip),
                fit=f"{fitted.value:.2f}",
                low=f"{fitted.low:.2f}",
                high=f"{fitted.high:.2f}",
            ),
            say(
                "- This rerun of the model, seed {seed}: {flip}.",
                seed=self.seed,
                flip=texts.share(self.drawn.table().flip),
            ),
            say(
                "- Chance alone moves a conference of this size: of its reruns, 95 in 100 lie {between}.",
                between=self._middle(),
            ),
        ]

    def _assumed(self) -> Text:
        number, link = _paper(self.of)
        remarks = [say("- {remark}", remark=remark) for remark in self.of.remarks]
        assumed = say(
            "Assumed for model and rerun: the published accept rate and {agreement}. Source: [{number}]({link}).",
            agreement=texts.AGREEMENT,
            number=number,
            link=link,
        )
        return join([*remarks, assumed])

    def _middle(self) -> str:
        """Where the middle 95 of 100 reruns lie."""
        low, high = self.drawn.quantiles(0.025, 0.975)
        return texts.between(low, high)

    def table(self) -> Table:
        """What was published, the model and the rerun beside each other."""
        counts, again, model = self.of.counts, self.drawn.table(), self.found.expected
        split = counts.only_a + counts.only_b
        rows = (
            ("Both accept", str(counts.both), _count(model["both"]), str(again.both)),
            ("One of the two", str(split), _count(model["split"]), str(again.only_a + again.only_b)),
            ("Neither", str(counts.neither), _count(model["neither"]), str(again.neither)),
            (
                "Turned down by the other, in 100",
                share(counts.flip),
                shown(self.found.flip).ranged,
                share(again.flip),
            ),
        )
        return Table(("Papers", "Published", "Model", "Rerun"), rows)

    def chart(self) -> Chart:
        """The same as a picture."""
        counts, again, model = self.of.counts, self.drawn.table(), self.found.expected
        return side_by_side(
            (
                Split("Published", counts.both, counts.only_a + counts.only_b, counts.neither),
                Split("Model", *(model[key].value for key in ("both", "split", "neither"))),
                Split("Rerun", again.both, again.only_a + again.only_b, again.neither),
            ),
            subject=f"{self.of.name}, seed {self.seed}",
        )


def _count(figure: Range) -> str:
    return f"{figure.value:.0f} ({figure.low:.0f}–{figure.high:.0f})"


def _paper(of: Experiment) -> tuple[str, str]:
    """The paper that published an experiment, and its address."""
    number = of.source.rpartition("arXiv:")[2]
    return of.source, f"https://arxiv.org/abs/{number}"
