"""Starter lists: tracks of real works that an organizer puts on the list in one go, and takes back in one go.

They are data files of the package, `data/<track>.toml`. Nothing is looked up for them and nothing is posted.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from core.chat.model import LabelledEnum
from core.cohorts.members import name_sql
from core.cohorts.model import Scope
from core.commands import handled_calls
from core.features.reading import records, same_work
from core.features.reading.records import LISTED, NewItem, ReadingItem
from core.store.port import Conn
from core.works import identifiers
from core.works.identifiers import Identifier
from core.works.model import Work


class Track(LabelledEnum):
    """A starter list."""

    COMPUTE_LIGHT = "compute-light", "Compute-light research"
    CRAFT = "research-craft", "Research craft"
    CAREERS = "careers", "Careers and paths"


@dataclass(frozen=True, slots=True)
class TrackWork:
    """A work of a starter list: its identifiers, the first of which says where it is read, why it is there, and tags."""

    work: Work
    identifiers: tuple[Identifier, ...]
    why: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StarterList:
    """A starter list. `about` says what it is about, as the end of a sentence."""

    track: Track
    about: str
    works: tuple[TrackWork, ...]


@cache
def read(track: Track) -> StarterList:
    """A starter list from its file."""
    text = resources.files("core.features.reading").joinpath("data", f"{track}.toml").read_text("utf-8")
    found = tomllib.loads(text)
    return StarterList(track, found["about"], tuple(_work(track, each) for each in found["work"]))


def _work(track: Track, found: dict[str, Any]) -> TrackWork:
    ids = tuple(filter(None, map(identifiers.read, found["ids"])))
    work = Work(
        found["title"], tuple(found["authors"]), found["year"], found["venue"], link=ids[0].address, same=ids
    )
    return TrackWork(work, ids, found["why"], (track.value, *found.get("tags", ())))


@dataclass(frozen=True, slots=True)
class Compared:
    """A starter list beside a cohort's list: what is `new` there, how many of its works are `there` already, and how many
    have a title `like` something there; `untouched` of those that came from it can be taken back."""

    new: tuple[TrackWork, ...]
    there: int
    like: int
    untouched: int


def compare(conn: Conn, cohort_id: int, track: Track) -> Compared:
    """Compare a starter list with a cohort's list."""
    new: list[TrackWork] = []
    there = like = 0
    for each in read(track).works:
        if records.with_key(conn, cohort_id, [one.key for one in each.identifiers]) is not None:
            there += 1
        elif same_work.like(conn, cohort_id, each.work.title) is not None:
            like += 1
        else:
            new.append(each)
    return Compared(tuple(new), there, like, len(_untouched(conn, cohort_id, track)))


def load(conn: Conn, scope: Scope, by: int, track: Track) -> Compared:
    """Put what is new of a starter list on the list, in a member's name. Returns how the two compared before."""
    found = compare(conn, scope.cohort.id, track)
    for each in found.new:
        number = records.add(
            conn, scope, by, NewItem(each.identifiers[0].address, each.why, each.tags, each.work)
        )
        item = records.by_number(conn, scope.cohort.id, number)
        assert item is not None  # noqa: S101 - it was written just now
        same_work.keep(conn, scope.cohort.id, item.id, each.identifiers)
        _note(conn, scope, item, track)
    return found


def _note(conn: Conn, scope: Scope, item: ReadingItem, track: Track) -> None:
    conn.run(
        "INSERT INTO reading_track_item (item_id, cohort_id, track, loaded_at) VALUES (:item, :cohort, :track, :now)",
        item=item.id,
        cohort=scope.cohort.id,
        track=track.value,
        now=scope.now,
    )


@dataclass(frozen=True, slots=True)
class Loaded:
    """A starter list that was loaded: in whose name, and how many of its works are on the list."""

    track: Track
    by: str | None
    works: int


def loaded_between(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> list[Loaded]:
    """The starter lists that were loaded in a period."""
    rows = conn.all(
        f"SELECT t.track, {name_sql('i.added_by')} AS name FROM reading_track_item t"
        f" JOIN reading_item i ON i.id = t.item_id WHERE t.cohort_id = :cohort AND {LISTED}"
        " AND t.loaded_at > :since AND t.loaded_at <= :until ORDER BY i.number",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    found: dict[str, list[str | None]] = {}
    for row in rows:
        found.setdefault(row["track"], []).append(row["name"])
    return [Loaded(Track(track), names[0], len(names)) for track, names in found.items()]


def still_loaded(conn: Conn, cohort_id: int, track: str) -> bool:
    """Whether anything of a starter list is on the list."""
    found = conn.value(
        f"SELECT 1 FROM reading_track_item t JOIN reading_item i ON i.id = t.item_id"
        f" WHERE t.cohort_id = :cohort AND t.track = :track AND {LISTED} LIMIT 1",
        cohort=cohort_id,
        track=track,
    )
    return found is not None


def take_back(conn: Conn, scope: Scope, track: Track) -> tuple[int, int]:
    """Delete what came from a starter list and nobody has touched. Returns how many items that were, and how many stay.
    There is no undo: the list can be loaded again."""
    untouched = _untouched(conn, scope.cohort.id, track)
    if untouched:
        handled_calls.erase_results(conn, scope.cohort.id)
    for item in untouched:
        conn.run("DELETE FROM reading_item WHERE id = :item AND cohort_id = :cohort", item=item)
    left = conn.all(
        "SELECT item_id FROM reading_track_item WHERE cohort_id = :cohort AND track = :track",
        cohort=scope.cohort.id,
        track=track.value,
    )
    return len(untouched), len(left)


def _untouched(conn: Conn, cohort_id: int, track: Track) -> list[int]:
    """The items of a track that nobody voted for, read, presents, wrote about or corrected, and that no prompt has named."""
    traces = ("reading_vote", "reading_done", "reading_takeaway", "reading_turn", "reading_choice")
    untouched = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {each} x WHERE x.item_id = t.item_id)" for each in traces
    )
    rows = conn.all(
        "SELECT t.item_id FROM reading_track_item t JOIN reading_item i ON i.id = t.item_id"
        " WHERE t.cohort_id = :cohort AND t.track = :track AND i.corrected = 0 AND i.pinned = 0"
        f" AND {untouched}",
        cohort=cohort_id,
        track=track.value,
    )
    return [row["item_id"] for row in rows]
