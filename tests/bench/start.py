"""Start-up time, from the start of the process to the line that says it is ready and to the first answered call, and
resident memory."""

import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from tests.bench import routes
from tests.bench.figures import Report, middle
from tests.bench.process import Child, child, folder_in

CHART = 'lottery venue venue:"NeurIPS 2026"'
Ask = Callable[[str], Awaitable[None]]
"""Makes a first call at the address that the bot told, and waits for its answer."""


async def start(report: Report, folder: Path, times: int) -> None:
    """The playground, and the bot on both platforms with its first chart."""
    report.heading("Start: seconds from the start of the process, at the median")
    async with (
        child("-m", "tests.bench.slack_server", log=folder / "slack.log") as slack,
        child("-m", "tests.servers.discord", log=folder / "discord.log") as discord,
    ):
        here = json.loads(await slack.line())
        there = json.loads(await discord.line())
        settings = routes.slack_environment(here) | routes.discord_environment(there)
        await discord.ask("person", name="Olu", manager=True)

        async def ask(address: str) -> None:
            await slack.ask("send_to", url=f"{address}/slack/events")
            await slack.ask("say", name="/cohort", text="help")
            await discord.ask("slash", name="Olu", command="cohort help", options={})

        rows = await _starts("playground", folder_in(folder, "playground"), {}, times, None)
        rows += await _starts("Slack and Discord", folder_in(folder, "both"), settings, times, ask)
        report.table(("", "ready", "first call answered on each", "MB resident"), rows)
        inside = folder_in(folder, "chart")
        environment = routes.bot_environment(inside) | settings
        async with child(*routes.BOT, log=inside / "bot.log", cwd=inside, env=environment) as bot:
            await _with_charts(report, slack, bot)


async def _with_charts(report: Report, slack: Child, bot: Child) -> None:
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


async def _starts(
    name: str, folder: Path, settings: Mapping[str, str], times: int, ask: Ask | None
) -> list[tuple[str, ...]]:
    """Without compiled modules, which only a checkout is without; with them on a new database; and again."""
    first = folder_in(folder, "0")
    found = {"modules not compiled": [await _started(folder, first, settings, ask)]}
    new = [folder_in(folder, str(number + 1)) for number in range(times)]
    found["new database"] = [await _started(folder, each, settings, ask) for each in new]
    found["again"] = [await _started(folder, new[0], settings, ask) for _ in range(times)]
    return [
        (
            f"{name}, {how}",
            f"{middle(ready for ready, _, _ in runs):.2f}",
            f"{middle(answered for _, answered, _ in runs):.2f}" if ask else "",
            f"{middle(resident for _, _, resident in runs):.0f}",
        )
        for how, runs in found.items()
    ]


async def _started(
    folder: Path, inside: Path, settings: Mapping[str, str], ask: Ask | None
) -> tuple[float, float, float]:
    """Seconds to ready and to the first answers, and MB."""
    environment = routes.bot_environment(inside) | dict(settings)
    async with child(*routes.BOT, log=folder / "bot.log", cwd=inside, env=environment) as bot:
        line = await bot.line()
        ready = bot.age()
        resident = bot.resident()
        if ask:
            await ask(routes.address(line))
        return ready, bot.age(), resident
