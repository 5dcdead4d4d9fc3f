"""Start-up time, from the start of the process to the line that says it is ready, and resident memory."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.bench import routes
from tests.bench.figures import Report, middle
from tests.bench.process import child, folder_in

CHART = 'lottery venue venue:"NeurIPS 2026"'


async def start(report: Report, folder: Path, times: int) -> None:
    """The playground, and the bot on both platforms with its first chart."""
    report.heading("Start: process start to ready, on a new database and again")
    rows = [await _started("playground", folder_in(folder, "playground"), {}, times)]
    async with (
        child("-m", "tests.bench.slack_server", log=folder / "slack.log") as slack,
        child("-m", "tests.servers.discord", log=folder / "discord.log") as discord,
    ):
        here = json.loads(await slack.line())
        there = json.loads(await discord.line())
        settings = routes.slack_environment(here) | routes.discord_environment(there)
        rows.append(await _started("Slack and Discord", folder_in(folder, "both"), settings, times))
        report.table(("", "first, s", "again, s", "MB resident when ready"), rows)
        inside = folder_in(folder, "chart")
        environment = routes.bot_environment(inside) | settings
        async with child(*routes.BOT, log=inside / "bot.log", cwd=inside, env=environment) as bot:
            url = routes.address(await bot.line())
            await slack.ask("send_to", url=f"{url}/slack/events")
            await slack.ask("say", name="/cohort", text="admin setup name:Lab timezone:Europe/Berlin")
            before = bot.resident()
            await slack.ask("say", name="/cohort", text=CHART)
            after = bot.resident()
            for _ in range(20):
                await slack.ask("say", name="/cohort", text=CHART)
            report.say(
                f"Slack and Discord, resident: {before:.0f} MB after the first command, "
                f"{after:.0f} MB after the first chart, {bot.resident():.0f} MB after 21"
            )


async def _started(
    name: str, folder: Path, settings: Mapping[str, str], times: int
) -> tuple[str, str, str, str]:
    seconds: list[float] = []
    resident = 0.0
    environment = routes.bot_environment(folder) | dict(settings)
    for _ in range(times + 1):
        async with child(*routes.BOT, log=folder / "bot.log", cwd=folder, env=environment) as bot:
            await bot.line()
            seconds.append(bot.age())
            resident = bot.resident()
    return name, f"{seconds[0]:.2f}", f"{middle(seconds[1:]):.2f}", f"{resident:.0f}"
