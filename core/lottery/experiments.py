"""What was measured: conferences that put the same papers before two committees.

The tables are counts of papers. Sources: Cortes and Lawrence 2021, "Inconsistency in conference peer review:
revisiting the 2014 NeurIPS experiment" (arXiv:2109.09774); Beygelzimer, Dauphin, Liang and Wortman Vaughan
2023, "Has the machine learning review process become more arbitrary as the field has grown? The NeurIPS 2021
consistency experiment" (arXiv:2306.03262).
"""

from dataclasses import dataclass
from functools import cache

from core.lottery import fit
from core.lottery.simulate import Conferences, ContingencyTable, conferences


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment. `counts` is its table; `drawn` how many papers were put before two committees, of which
    some may not have reached two verdicts; `remarks` what else was found and how to read the counts."""

    name: str
    year: int
    counts: ContingencyTable
    drawn: int
    source: str
    remarks: tuple[str, ...]

    @property
    def accept_rate(self) -> float:
        """The mean of both committees' accept rates, a fraction."""
        both, a, b = self.counts.both, self.counts.only_a, self.counts.only_b
        return (2 * both + a + b) / (2 * self.counts.papers)

    @property
    def quota(self) -> int:
        """How many papers one committee accepted: the mean of the two, rounded."""
        return round(self.accept_rate * self.counts.papers)

    def fitted(self) -> fit.Estimate:
        """The agreement rho that fits the table, with its 95 % profile-likelihood interval."""
        return fit.agreement(self.counts.both, self.counts.only_a, self.counts.only_b, self.counts.neither)

    def rerun(self, rho: float, *, seed: int, count: int = 1) -> Conferences:
        """The same conference again in the model: so many papers, two committees, each with its quota."""
        return conferences(count, self.counts.papers, self.quota, rho, seed=seed)


@cache
def table() -> tuple[Experiment, ...]:
    """The experiments in the order of their years."""
    return (
        Experiment(
            "NIPS 2014",
            2014,
            ContingencyTable(both=22, only_a=21, only_b=22, neither=101),
            170,
            "Cortes and Lawrence 2021, arXiv:2109.09774",
            (
                "Of 170 papers that went to two committees, 166 got two verdicts.",
                "The mean scores of the two committees correlate with .544 (standard error .065).",
                "Among the accepted papers, scores and later citations do not correlate (.051, s.e. .049).",
            ),
        ),
        Experiment(
            "NeurIPS 2021",
            2021,
            ContingencyTable(both=99, only_a=107, only_b=96, neither=580),
            882,
            "Beygelzimer, Dauphin, Liang and Wortman Vaughan 2023, arXiv:2306.03262",
            (
                "Published as rates in 100: 22.7 accepted, 23.0 decided differently, 50.6 of the accepted ones "
                "would have changed. The counts are those that fit these rates.",
                "Papers that were withdrawn count as rejected.",
                "With decisions drawn at random, 35 in 100 would be decided differently.",
            ),
        ),
    )


def find(year: int) -> Experiment:
    """The experiment of a year. ValueError with the years that there are."""
    for each in table():
        if each.year == year:
            return each
    known = " and ".join(str(each.year) for each in table())
    raise ValueError(f"There was no experiment with two committees in {year}. There were those of {known}.")
