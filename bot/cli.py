"""The command line of `cohort-bot`."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot import logs
from bot.adapter import WithPage, find_adapters
from bot.lottery.cli import app as lottery
from bot.settings import Settings, read, with_adapters

if TYPE_CHECKING:
    from bot.application import Application

app = typer.Typer(
    name="cohort-bot",
    help="A bot for Discord and Slack that helps a research cohort. With no tokens it opens a playground.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)


app.add_typer(lottery, name="lottery")

_ADAPTERS = find_adapters()
_ADAPTER_SETTINGS = [each.settings for each in _ADAPTERS]


@app.callback(invoke_without_command=True)
def _run_by_default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        run()


@app.command()
def run() -> None:
    """Start every platform that has its tokens; with none, the playground."""
    _serve(_read_settings(), playground=False)


@app.command()
def playground() -> None:
    """Open the playground alone, in a database of its own, whatever tokens are set."""
    _serve(_read_settings(), playground=True)


@app.command()
def migrate() -> None:
    """Bring the database up to date and stop."""
    from bot.adapter import migration_folders
    from core.store.open import open_store

    async def bring_up_to_date(url: str) -> None:
        await (await open_store(url, adapters=migration_folders())).close()

    _run_to_end(bring_up_to_date(_read_settings().database_url))
    Console().print("The database is up to date.")


@app.command()
def doctor() -> None:
    """Look at this installation line by line: each is ok, or says how it is mended."""
    from bot.doctor import examine

    async def look(settings: Settings) -> int:
        mends = 0
        async for finding in examine(settings):
            mends += bool(finding.mend)
            typer.echo(logs.redacted(finding.line, shapes, logs.secret_values(settings)))
        return mends

    settings, shapes = _read_settings(), [shape for each in _ADAPTERS for shape in each.secrets]
    with _errors_as_sentences():
        mends = asyncio.run(look(settings))
    typer.echo("Everything is in order." if not mends else f"{mends} to mend.")
    raise typer.Exit(1 if mends else 0)


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="The file to write.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    into: Annotated[
        Path | None,
        typer.Option(help="A folder that keeps the last backups and one of each month, for a timer."),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            min=1, max=1_000, help="How many of the last ones --into keeps, 14 where it is not said."
        ),
    ] = None,
) -> None:
    """Copy all records into one file, also while the bot runs, and read the copy back."""
    from bot.backup import backup as write_backup
    from bot.backup_folder import KEPT, backup_into
    from core.clock import SystemClock

    if (file is None) == (into is None):
        raise typer.BadParameter("Give a file, or a folder with --into.")
    if into is None and keep is not None:
        raise typer.BadParameter(
            "It thins the folder of --into; one file replaces nothing.", param_hint="--keep"
        )
    if into is not None and force:
        raise typer.BadParameter(
            "With --into each backup has a name of its own, and replaces none.", param_hint="--force"
        )
    database = _database_file()
    with _errors_as_sentences():
        if into is not None:
            kept = backup_into(database, into, SystemClock().now(), keep or KEPT)
            are = "is" if kept.count == 1 else "are"
            gone = f" {_older(kept.removed)} went." if kept.removed else ""
            typer.echo(
                f"All records are in {kept.file} ({kept.size:,} bytes); {kept.count} {are} kept.{gone}"
            )
            if kept.stuck:
                whom = "it" if kept.stuck == 1 else "them"
                typer.echo(f"{_older(kept.stuck)} could not be deleted: look who owns {whom}.", err=True)
        elif file is not None:
            size = write_backup(database, file, force=force)
            typer.echo(f"All records are in {file} ({size:,} bytes).")


def _older(count: int) -> str:
    return "1 older one" if count == 1 else f"{count} older ones"


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")]) -> None:
    """Put a backup in place of the records, while the bot is stopped."""
    from bot.backup import restore as put_back
    from core.clock import MovableClock, SystemClock

    settings, database = _read_settings(), _database_file()
    clock = MovableClock(settings.clock) if settings.clock else SystemClock()
    with _errors_as_sentences():
        done = put_back(file, database, clock.now())
    kept = f" What it replaced is kept as {done.kept}." if done.kept else ""
    typer.echo(
        f"{database} is restored from {file}.{kept} Posts that were left as uncertain, because they may have"
        f" been sent since: {done.uncertain}; cohort-admin delivery lists them. Schedules that go on from now:"
        f" {done.planned}."
    )


def _database_file() -> Path:
    """The file of the SQLite database. Exits with a sentence where the records are in PostgreSQL."""
    from bot.backup import POSTGRES

    settings = _read_settings()
    if not settings.embedded:
        typer.echo(POSTGRES, err=True)
        raise typer.Exit(2)
    return Path(settings.database_url.removeprefix("sqlite:///"))


def _read_settings() -> Settings:
    return read(with_adapters(_ADAPTER_SETTINGS))


def _serve(settings: Settings, *, playground: bool) -> None:
    from bot.runtime import serve

    logs.set_up(
        settings.log,
        secrets=[shape for each in _ADAPTERS for shape in each.secrets],
        values=logs.secret_values(settings),
        chatty_loggers=[name for each in _ADAPTERS for name in each.chatty_loggers],
    )

    def ready(application: "Application") -> None:
        Console(soft_wrap=True, highlight=False).print(_ready_line(application), markup=False)

    _run_to_end(serve(settings, playground=playground, ready=ready))


def _ready_line(application: "Application") -> str:
    """Which platforms are connected, and where the playground or the health page is."""
    names = [each.name for each in application.adapters if each.name in application.outlets]
    address = application.address
    page = next((each.page(address) for each in application.adapters if isinstance(each, WithPage)), None)
    if page is None:
        connected = " and ".join(names)
        return f"cohort-bot is connected to {connected}; health is at {address}/health. Ctrl-C stops it."
    kept = application.database.removeprefix("sqlite:///")
    opened = f"cohort-bot's playground is open at {_from_here(page)} (its records are in {kept})."
    if page == address:
        return f"{opened} Ctrl-C stops it."
    return f"{opened} Whoever has this address can use it, until the next start. Ctrl-C stops it."


def _from_here(page: str) -> str:
    """An address of all interfaces as a browser on this machine can open it."""
    return page.replace("//0.0.0.0:", "//127.0.0.1:", 1).replace("//[::]:", "//[::1]:", 1)


def _run_to_end(coroutine: Coroutine[object, object, None]) -> None:
    with _errors_as_sentences():
        asyncio.run(coroutine)


@contextmanager
def _errors_as_sentences() -> Iterator[None]:
    """End the process with the sentence of an error of this project, without a traceback."""
    from core.errors import CohortBotError

    try:
        yield
    except CohortBotError as error:
        raise SystemExit(str(error)) from None


for _adapter in _ADAPTERS:
    if _adapter.add_commands is not None:
        _adapter.add_commands(app)


def main() -> None:
    """The entry point."""
    app()
