"""What a run of calls took, and how figures are put together and printed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Run:
    """One run of calls: seconds altogether, seconds to each answer, and seconds of processor time that the
    bot's process used meanwhile."""

    seconds: float
    latencies: Sequence[float]
    processor: float

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def processor_each(self) -> float:
        """Processor time of the bot for one call, microseconds."""
        return self.processor / len(self.latencies) * 1e6


def percentile(runs: Iterable[Run], share: float) -> float:
    """A latency over all runs, in milliseconds."""
    every = sorted(latency for run in runs for latency in run.latencies)
    return every[min(len(every) - 1, int(share * len(every)))] * 1e3


def middle(values: Iterable[float]) -> float:
    """The median: other work on the machine pulls an average, not this."""
    return median(values)


@dataclass
class Report:
    """Prints tables and remarks as they become known."""

    console: Console

    def heading(self, words: str) -> None:
        """A part begins."""
        self.console.print(f"\n[bold]{words}[/bold]")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows of figures; the first column says what they are of."""
        table = Table(box=None, pad_edge=False, header_style="dim")
        for at, column in enumerate(columns):
            table.add_column(column, justify="left" if at == 0 else "right", no_wrap=True)
        for row in rows:
            table.add_row(*row)
        self.console.print(table)

    def say(self, words: str) -> None:
        """A remark below a table."""
        self.console.print(words, highlight=False)
