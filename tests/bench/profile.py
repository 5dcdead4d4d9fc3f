"""Where the time of `submission add` goes, by part of the bot's process."""

import json
import signal
from pathlib import Path
from typing import Any

from tests.bench import routes
from tests.bench.commands import IN_FLIGHT
from tests.bench.figures import Report
from tests.bench.process import folder_in

SAMPLED = ("-m", "tests.bench.sampled")


async def profile(report: Report, folder: Path, calls: int) -> None:
    """Sample the bot on both paths, fifty calls in flight."""
    for name, platform in (
        ("Slack over HTTP", routes.slack(folder_in(folder, "slack"), program=SAMPLED)),
        ("Discord", routes.discord(folder_in(folder, "discord"), program=SAMPLED)),
    ):
        async with platform as found:
            route = found["bot"]
            await route.run(calls // 4, IN_FLIGHT)
            route.bot.process.send_signal(signal.SIGUSR1)
            run = await route.run(calls, IN_FLIGHT)
            route.bot.process.send_signal(signal.SIGUSR2)
            counted = json.loads(await route.bot.line())
        report.heading(
            f"{name}: where the bot's processor time goes, {IN_FLIGHT} in flight "
            f"({run.per_second:,.0f} commands/s while sampled)"
        )
        _print(report, counted, calls)


def _print(report: Report, counted: dict[str, Any], calls: int) -> None:
    loop, threads = (counted[part] / calls * 1e6 for part in ("loop", "threads"))
    counts = sorted(counted["counts"].items(), key=lambda item: -item[1])
    total = sum(count for _, count in counts)
    report.table(
        ("part", "share", "about µs a command"),
        (
            (name, f"{count / total:.0%}", f"{count / total * (loop + threads):,.0f}")
            for name, count in counts
        ),
    )
    report.say(f"processor time a command: event loop {loop:,.0f} µs, database threads {threads:,.0f} µs")
