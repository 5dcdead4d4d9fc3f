"""`cohort-bot lottery`: the review lottery in a terminal, for scripts and papers.

Only typer is imported here; numpy and what needs it come with the first answer, so that the command line
starts quickly.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.lottery.answers import TerminalAnswer

_NO_THREADS = "--threads does nothing any more: the table is drawn as a whole, not paper by paper."

app = typer.Typer(
    help="The review lottery: what the noise of peer review does, in figures. With --json every figure stands "
    "in full precision under its own name, and beside it as NAME_range the least and the most it can be.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="Print the figures as JSON, in full precision.")]
ChartFile = Annotated[
    Path | None, typer.Option("--chart", help="Draw it into this PNG file.", metavar="FILE.png")
]
Agreement = Annotated[
    float | None,
    typer.Option(help="Correlation of two committees' verdicts, 0 to 1. Measured: .55 (.46 to .63)."),
]
Rate = Annotated[str | None, typer.Option(help="Such as 25% or .25.", metavar="RATE")]
Seed = Annotated[int | None, typer.Option(help="Of the draw; one is made up and shown if there is none.")]


@app.command()
def venue(
    name: Annotated[str | None, typer.Argument(help="Such as NeurIPS or 'ICLR 2025'.")] = None,
    accept_rate: Rate = None,
    agreement: Agreement = None,
    as_json: Json = False,
    chart: ChartFile = None,
) -> None:
    """How often two committees of one venue disagree.

    JSON: accept_rate, both_accept, disagreement, flip (of what one accepts, the other turns down),
    accept_after_rejection; each of the last four with its _range.
    """

    def answer() -> "TerminalAnswer":
        from bot.lottery import answers

        return answers.venue(name, accept_rate, agreement)

    _show(answer, as_json, chart)


@app.command()
def scores(
    scores: Annotated[list[str], typer.Argument(help="Of one paper in one round, like 5,6,6.")],
    venue: Annotated[str | None, typer.Option(help="Whose scores; ICLR if no figures are given.")] = None,
    mean: Annotated[float | None, typer.Option(help="The venue's mean score.")] = None,
    between: Annotated[float | None, typer.Option(help="Variance of scores between papers.")] = None,
    within: Annotated[float | None, typer.Option(help="Variance of one reviewer's score.")] = None,
    reviews: Annotated[float | None, typer.Option(help="The venue's mean number of reviews a paper.")] = None,
    accept_rate: Rate = None,
    next_rate: Annotated[
        str | None, typer.Option(help="Accept rate of the next venue; the same if left out.", metavar="RATE")
    ] = None,
    scale: Annotated[str | None, typer.Option(help="Its scores, like 1-10 or 1,3,5,6,8,10.")] = None,
    agreement: Agreement = None,
    as_json: Json = False,
    chart: ChartFile = None,
) -> None:
    """What a paper's own review scores say of this verdict and of the next.

    JSON: now, next, each with its _range (over the venue's mean, the reliability of one review, the area chair's
    noise, the accept rate and the agreement, as far as they were not given), what was assumed of the venue, and the agreement that was used: no more than agreement_most, which is what the
    variances allow.
    """

    def answer() -> "TerminalAnswer":
        from bot.lottery import scores as statistics

        given = statistics.Statistics(mean, between, within, reviews, accept_rate, scale)
        return statistics.scores(scores, venue, given, next_rate, agreement)

    _show(answer, as_json, chart)


@app.command()
def plan(
    accept_rate: Annotated[
        list[str] | None,
        typer.Option(
            help="25%, .25 or a venue. Several in the order of the tries; the last is repeated.",
            metavar="RATE",
        ),
    ] = None,
    tries: Annotated[int, typer.Option(help="How many to look ahead.")] = 10,
    improve: Annotated[
        float,
        typer.Option(help="How much better the paper becomes, in standard deviations of papers' quality."),
    ] = 0.0,
    agreement: Agreement = None,
    as_json: Json = False,
    chart: ChartFile = None,
) -> None:
    """The chance to be accepted within so many tries. There is a median, and no mean: that is infinite.

    JSON: by (entry n-1: accepted within n tries, improved before the first), by_improved_after_first (improved
    after the first verdict), after_rejections (entry n-1: the next try accepts after n rejections, improved
    only after the last of them), each with its _range, a list of pairs; median_tries (null: over 10,000).
    """

    def answer() -> "TerminalAnswer":
        from bot.lottery import answers

        return answers.plan(accept_rate or [], tries, improve, agreement)

    _show(answer, as_json, chart)


@app.command()
def experiment(
    year: Annotated[int, typer.Argument(help="2014 or 2021.")],
    agreement: Agreement = None,
    seed: Seed = None,
    as_json: Json = False,
    chart: ChartFile = None,
) -> None:
    """What NIPS 2014 or NeurIPS 2021 measured, beside the model and the same conference drawn once more.

    JSON: published, model and rerun, each with both, split, neither, flip and disagreement; fit; seed.
    """

    def answer() -> "TerminalAnswer":
        from bot.lottery import arguments, draws

        return draws.experiment(year, agreement, arguments.seed(seed))

    _show(answer, as_json, chart)


@app.command()
def simulate(
    papers: Annotated[int, typer.Option(help="How many, up to 100,000,000.")] = 1_000_000,
    accept_rate: Rate = "25%",
    agreement: Agreement = None,
    seed: Seed = None,
    quota: Annotated[bool, typer.Option("--quota", help="Each committee accepts exactly so many.")] = False,
    threads: Annotated[int | None, typer.Option(hidden=True)] = None,
    as_json: Json = False,
    chart: ChartFile = None,
) -> None:
    """Draw papers before two committees and count how often they disagree.

    JSON: flip and disagreement with their _range (where 95 of 100 such draws fall) and _expected (their mean),
    both_accept, accept_after_rejection, counts, papers_per_second, seed.
    """

    def answer() -> "TerminalAnswer":
        from bot.lottery import arguments, draws

        rate = arguments.accept_rate(accept_rate or "25%")
        notes = () if threads is None else (_NO_THREADS,)
        return draws.simulated(papers, rate, agreement, arguments.seed(seed), quota=quota, notes=notes)

    _show(answer, as_json, chart)


@app.command()
def fit(
    counts: Annotated[
        list[str], typer.Argument(help="Papers that both, only A, only B, neither accepted: 22,21,22,101.")
    ],
    as_json: Json = False,
    chart: ChartFile = None,
) -> None:
    """How far two committees agree, from the table of their verdicts.

    JSON: agreement with low and high (95 % profile likelihood), accept_rate, flip with its _range.
    """

    def answer() -> "TerminalAnswer":
        from bot.lottery import answers

        return answers.fitted(counts)

    _show(answer, as_json, chart)


@app.command()
def ours(
    file: Annotated[
        Path, typer.Argument(help="A CSV file with the columns paper and score.", metavar="FILE.csv")
    ],
    as_json: Json = False,
) -> None:
    """How far our own reviewers agree, from a file of reviews. Only totals are shown, no single review.

    JSON: icc with low and high (95 % posterior), icc_anova, papers, reviews.
    """

    def answer() -> "TerminalAnswer":
        from bot.lottery import answers

        return answers.ours(file)

    _show(answer, as_json, None)


def _show(work: Callable[[], "TerminalAnswer"], as_json: bool, chart: Path | None) -> None:
    """Print an answer, and draw its picture; for bad input, the sentence and exit code 2."""
    from core.charts.looks import LARGE
    from core.errors import UserError

    try:
        if chart is not None and chart.suffix.casefold() != ".png":
            raise ValueError(f"Charts are PNG pictures: give a name that ends in .png, not {chart.name!r}.")
        answer = work()
        drawn = answer.chart() if chart is not None and answer.chart is not None else None
        if chart is not None and drawn is not None:
            chart.write_bytes(drawn.drawing.png(LARGE))
    except (ValueError, UserError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}." if error.filename else f"{error}.", err=True)
        raise typer.Exit(2) from None
    if as_json:
        said = {**answer.data, "chart": str(chart), "chart_alt": drawn.alt} if drawn else answer.data
        if chart is not None and drawn is None:
            said = {**answer.data, "chart": None, "chart_alt": answer.no_chart}
        typer.echo(json.dumps(said, indent=2, allow_nan=False))
        return
    _print(answer)
    if drawn is not None:
        typer.echo(f"\nDrawn into {chart}: {drawn.alt}")
    elif chart is not None:
        typer.echo(f"\n{answer.no_chart}")


def _print(answer: "TerminalAnswer") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    console.print(Text(answer.title, style="bold"))
    table = Table(box=None, pad_edge=False, header_style="dim", show_header=bool(answer.columns))
    for at in range(len(answer.rows[0])):
        table.add_column(answer.columns[at] if answer.columns else "", overflow="fold")
    for row in answer.rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    console.print()
    for note in answer.notes:
        console.print(Text(note, style="dim"))
