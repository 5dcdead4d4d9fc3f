"""A folder of backups: one more with today's name, and the old ones thinned, so that a timer can run it for years.

The newest `KEPT` stay, and of the older ones the newest of each month, for a year. Nothing else in the folder is
touched: only files that carry the name of a backup of this database are ever deleted.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import backup
from core.errors import BadInput

KEPT = 14
"""Backups that stay whatever their age."""
MONTHS = timedelta(days=366)
"""For how long the newest of each month stays."""

_NAMED = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup into a folder did: the new file with its size in bytes, how many are there now, how many went, and
    how many should have gone and could not be deleted."""

    file: Path
    size: int
    count: int
    removed: int
    stuck: int


def backup_into(database: Path, folder: Path, now: datetime, kept: int = KEPT) -> Kept:
    """Write a backup into a folder, which is made where there is none, and thin the others once it is there. Raises
    what `backup.backup` raises; nothing is deleted then."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"{folder} cannot be used as a folder ({error.strerror}). Choose another one."
        ) from error
    file = folder / f"{database.stem}-{_stamp(now)}.db"
    size = backup.backup(database, file)
    found = _backups(database, folder)
    # Where the clock was set back, the new one is not the newest by its name.
    over = [found[at] for at in thinned(found, now, kept) if found[at] != file]
    removed = sum(map(_removed, over))
    return Kept(file, size, len(found) - removed, removed, len(over) - removed)


def _removed(file: Path) -> bool:
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _stamp(at: datetime) -> str:
    """An instant as it stands in a file's name, without colons: 2026-11-28T030000Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace(":", "").replace("+0000", "Z")


def thinned(made: Iterable[datetime], now: datetime, kept: int) -> list[datetime]:
    """Which of the backups made at these instants go."""
    months: set[tuple[int, int]] = set()
    gone = []
    for at in sorted(made, reverse=True)[kept:]:
        month = (at.year, at.month)
        if month in months or now - at > MONTHS:
            gone.append(at)
        months.add(month)
    return gone


def _backups(database: Path, folder: Path) -> dict[datetime, Path]:
    found = {}
    for each in folder.iterdir():
        stamp = each.name.removeprefix(f"{database.stem}-").removesuffix(".db")
        if each.name != f"{database.stem}-{stamp}.db" or not _NAMED.fullmatch(stamp) or not each.is_file():
            continue
        with suppress(ValueError):  # the digits of no date
            found[datetime.fromisoformat(stamp)] = each
    return found
