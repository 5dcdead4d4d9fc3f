"""A folder of backups: one more with today's name, and the old ones thinned, so that a timer can run it for years.

The newest `KEPT` stay, and of the older ones the newest of each month, for a year. Nothing else in the folder is
touched: only files that carry the name of a backup of this database are ever deleted.
"""

import re
from collections.abc import Sequence
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
    """What a backup into a folder did: the new file with its size in bytes, how many are there now, how many went."""

    file: Path
    size: int
    count: int
    removed: int


def backup_into(database: Path, folder: Path, now: datetime, kept: int = KEPT) -> Kept:
    """Write a backup into a folder, which is made where there is none, and thin the older ones once it is there. Raises
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
    gone = thinned(found, now, kept)
    for each in gone:
        found[each].unlink(missing_ok=True)
    return Kept(file, size, len(found) - len(gone), len(gone))


def _stamp(at: datetime) -> str:
    """An instant as it stands in a file's name, without colons: 2026-11-28T030000Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace(":", "").replace("+0000", "Z")


def thinned(made: Sequence[datetime] | dict[datetime, Path], now: datetime, kept: int) -> list[datetime]:
    """Which of the backups made at these instants go."""
    newest_first = sorted(made, reverse=True)
    months: set[tuple[int, int]] = set()
    gone = []
    for at in newest_first[kept:]:
        month = (at.year, at.month)
        if month in months or now - at > MONTHS:
            gone.append(at)
        months.add(month)
    return gone


def _backups(database: Path, folder: Path) -> dict[datetime, Path]:
    found = {}
    for each in folder.iterdir():
        stamp = each.name.removeprefix(f"{database.stem}-").removesuffix(".db")
        if each.name == f"{database.stem}-{stamp}.db" and _NAMED.fullmatch(stamp) and each.is_file():
            found[datetime.fromisoformat(stamp)] = each
    return found
