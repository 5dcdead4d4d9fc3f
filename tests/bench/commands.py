"""`submission add`, made durable, through a whole platform path, beside a bare bot of the same library."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import routes
from tests.bench.figures import Report, Run, middle, percentile
from tests.bench.routes import Route

IN_FLIGHT = 50


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds, calls in flight in each, calls one at a time in each."""

    rounds: int
    many: int
    single: int


FULL = Size(rounds=5, many=2_000, single=300)
QUICK = Size(rounds=1, many=200, single=20)


async def slack(report: Report, folder: Path, size: Size) -> None:
    """The Slack HTTP path."""
    report.heading("Slack over HTTP: signed request, Bolt, core, SQLite synchronous=FULL, visible answer")
    await compare(
        report,
        routes.slack(folder, ("ack", "respond")),
        size,
        {
            "ack": "echo in the acknowledgement",
            "respond": "echo through the response address",
        },
    )


async def discord(report: Report, folder: Path, size: Size) -> None:
    """The Discord gateway path."""
    report.heading("Discord: interaction, discord.py, core, SQLite synchronous=FULL, interaction callback")
    await compare(report, routes.discord(folder, echo=True), size, {"echo": "echo"})


async def compare(
    report: Report,
    platform: AbstractAsyncContextManager[dict[str, Route]],
    size: Size,
    names: Mapping[str, str],
) -> None:
    """Run bot and echoes in turns and print them side by side."""
    async with platform as found:
        for route in found.values():
            await route.run(size.many // 4, IN_FLIGHT)
        many = await _in_turns(found, size.rounds, size.many, IN_FLIGHT)
        single = await _in_turns(found, size.rounds, size.single, 1)
    labels = {"bot": "cohort-bot, submission add", **names}
    columns = ("", "commands/s", "p50 ms", "p99 ms", "bot's CPU µs each")
    for words, runs in ((f"{IN_FLIGHT} in flight", many), ("one at a time", single)):
        report.table((words, *columns[1:]), (_row(labels[name], runs[name]) for name in found))
    for name in names:
        share = middle(_ratios(many["bot"], many[name]))
        added = middle(_added(single["bot"], single[name]))
        report.say(
            f"against the {labels[name]}: {share:.2f} of its throughput with {IN_FLIGHT} in flight, "
            f"{added:+.2f} ms at the median one at a time"
        )


async def _in_turns(
    found: Mapping[str, Route], rounds: int, calls: int, in_flight: int
) -> dict[str, list[Run]]:
    """A, B, A, B: what else the machine does meets all alike."""
    runs: dict[str, list[Run]] = {name: [] for name in found}
    for _ in range(rounds):
        for name, route in found.items():
            runs[name].append(await route.run(calls, in_flight))
    return runs


def _row(label: str, runs: Sequence[Run]) -> tuple[str, ...]:
    return (
        label,
        f"{middle(run.per_second for run in runs):,.0f}",
        f"{percentile(runs, 0.5):.2f}",
        f"{percentile(runs, 0.99):.2f}",
        f"{middle(run.processor_each for run in runs):,.0f}",
    )


def _ratios(ours: Sequence[Run], theirs: Sequence[Run]) -> list[float]:
    return [a.per_second / b.per_second for a, b in zip(ours, theirs, strict=True)]


def _added(ours: Sequence[Run], theirs: Sequence[Run]) -> list[float]:
    return [percentile([a], 0.5) - percentile([b], 0.5) for a, b in zip(ours, theirs, strict=True)]
