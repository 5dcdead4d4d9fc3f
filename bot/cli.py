"""The command line of `cohort-bot`."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot import logs
from bot.lottery import cli
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.application import Application

app = typer.Typer(
    name="cohort-bot",
    help="A bot for Discord and Slack that helps a research cohort. With no tokens it opens a playground.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)


app.add_typer(cli.app, name="lottery")


@app.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        run()


@app.command()
def run(
    playground: Annotated[
        bool, typer.Option("--playground", help="Open the playground beside the connected platforms.")
    ] = False,
) -> None:
    """Start every platform that has its tokens; with none, the playground."""
    _serve(read_settings(), playground=playground)


@app.command()
def playground() -> None:
    """Open the playground alone, whatever tokens are set."""
    settings = read_settings()
    quiet = {"discord_token": None, "slack_bot_token": None}
    _serve(settings.model_copy(update=quiet), playground=True)


@app.command()
def migrate() -> None:
    """Bring the database up to date and stop."""
    from bot.adapter import migration_folders
    from core.store.open import open_store

    async def bring_up_to_date(url: str) -> None:
        await (await open_store(url, adapters=migration_folders())).close()

    _guarded(bring_up_to_date(read_settings().database_url))
    Console().print("The database is up to date.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Copy all records into one file, also while the bot runs."""
    from bot.backup import backup as write_backup

    database = _embedded()
    with _sentences():
        size = write_backup(database, file, force=force)
    typer.echo(f"All records are in {file} ({size:,} bytes).")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")]) -> None:
    """Put a backup in place of the records, while the bot is stopped."""
    from bot.backup import restore as put_back
    from core.clock import MovableClock, SystemClock

    settings, database = read_settings(), _embedded()
    clock = MovableClock(settings.clock) if settings.clock else SystemClock()
    with _sentences():
        done = put_back(file, database, clock.now())
    kept = f" What it replaced is kept as {done.kept}." if done.kept else ""
    typer.echo(
        f"{database} is restored from {file}.{kept} Posts that were left as uncertain, because they may have"
        f" been sent since: {done.uncertain}; cohort-admin delivery lists them. Schedules that go on from now:"
        f" {done.planned}."
    )


def _embedded() -> Path:
    """The file with the records. Exits with a sentence where they are in PostgreSQL."""
    from bot.backup import POSTGRES

    settings = read_settings()
    if not settings.embedded:
        typer.echo(POSTGRES, err=True)
        raise typer.Exit(2)
    return Path(settings.database_url.removeprefix("sqlite:///"))


@app.command(name="slack-manifest")
def slack_manifest() -> None:
    """Print the Slack app manifest that fits this version, as YAML."""
    from bot.slack.registration import manifest
    from core.commands.registry import discover

    typer.echo(manifest(discover(), read_settings().slack_command), nl=False)


def _serve(settings: Settings, *, playground: bool) -> None:
    from bot.runtime import serve

    logs.set_up(settings.log)

    def ready(house: "Application") -> None:
        Console(soft_wrap=True, highlight=False).print(_ready_line(house), markup=False)

    _guarded(serve(settings, playground=playground, ready=ready))


def _ready_line(house: "Application") -> str:
    """What is there now, and where."""
    names = [each.name for each in house.adapters if each.name in house.outlets]
    connected = " and ".join(name for name in names if name != "playground")
    if "playground" not in names:
        return (
            f"cohort-bot is connected to {connected}; health is at {house.address}/health. Ctrl-C stops it."
        )
    settings = house.settings
    kept = settings.database_url.removeprefix("sqlite:///") if settings.embedded else "PostgreSQL"
    also = f"cohort-bot is connected to {connected}, and its" if connected else "cohort-bot's"
    return f"{also} playground is open at {house.address} (its records are in {kept}). Ctrl-C stops it."


def _guarded(coroutine: Coroutine[object, object, None]) -> None:
    with _sentences():
        asyncio.run(coroutine)


@contextmanager
def _sentences() -> Iterator[None]:
    """End with the sentence of an error of ours."""
    from core.errors import CohortBotError

    try:
        yield
    except CohortBotError as error:
        raise SystemExit(str(error)) from None


def main() -> None:
    """The entry point."""
    app()
