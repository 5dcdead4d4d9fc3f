"""Tags of the reading list: a word or two that say what an item is about."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.chat import folding
from core.chat.model import Choice
from core.chat.text import say, shorten
from core.cohorts.model import Scope
from core.commands import handled_calls
from core.commands.decorators import record
from core.errors import BadInput, NotFound
from core.store.port import Conn

MOST = 8
"""Tags of one item."""
LONGEST = 30
"""Characters of a tag."""
NONE = "-"
"""What is typed to take all tags off an item."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that some item of the list has."""

    word: str


def parse(typed: str | None) -> tuple[str, ...]:
    """The tags in a text, between commas, in one case: "Vision, #compute light" is vision and compute-light. Raises
    `BadInput` at the field `tags`."""
    if typed is None or typed.strip() in ("", NONE):
        return ()
    found = dict.fromkeys(filter(None, map(_one, re.split(r"[,;\n]|\s(?=#)", typed))))
    if long := [each for each in found if len(each) > LONGEST]:
        text = "A tag has {most} characters at most, and “{tag}” has more. Please put commas between tags."
        raise BadInput(say(text, most=LONGEST, tag=shorten(long[0], 60)), field="tags")
    if len(found) > MOST:
        raise BadInput(say("An item has {most} tags at most. Please choose some.", most=MOST), field="tags")
    return tuple(found)


def _one(part: str) -> str:
    return re.sub(r"[\s_]+", "-", part.strip().lstrip("#").strip().casefold()).strip("-.")


def of_item(conn: Conn, item_id: int) -> tuple[str, ...]:
    """The tags of an item, in the order of their letters."""
    return tuple(of_items(conn, [item_id])[item_id])


def of_items(conn: Conn, items: Sequence[int]) -> Mapping[int, list[str]]:
    """The same of each of some items."""
    rows = conn.all(
        f"SELECT item_id, tag FROM reading_tag WHERE +cohort_id = :cohort AND item_id IN ({listed_ids(items)})"
    )
    found: dict[int, list[str]] = {each: [] for each in items}
    for row in sorted(rows, key=lambda row: row["tag"]):
        found[row["item_id"]].append(row["tag"])
    return found


def listed_ids(ids: Sequence[int]) -> str:
    """Ids for an IN of a statement: what a page shows of its items is asked in one go."""
    return ", ".join(str(int(each)) for each in ids) or "-1"


def store(conn: Conn, cohort_id: int, item_id: int, tags: Sequence[str]) -> None:
    """Give an item these tags and no others."""
    before = set(of_item(conn, item_id))
    gone = before - set(tags)
    if gone:
        handled_calls.erase_results(conn, cohort_id)
    for tag in gone:
        conn.run(
            "DELETE FROM reading_tag WHERE cohort_id = :cohort AND tag = :tag AND item_id = :item",
            cohort=cohort_id,
            item=item_id,
            tag=tag,
        )
    for tag in dict.fromkeys(each for each in tags if each not in before):
        conn.run(
            "INSERT INTO reading_tag (cohort_id, tag, item_id) VALUES (:cohort, :tag, :item)",
            cohort=cohort_id,
            tag=tag,
            item=item_id,
        )


def used(conn: Conn, cohort_id: int) -> list[str]:
    """The tags that items of a cohort's list have, in the order of their letters."""
    rows = conn.all(
        "SELECT DISTINCT t.tag FROM reading_tag t JOIN reading_item i ON i.id = t.item_id"
        " WHERE t.cohort_id = :cohort AND i.removed_at IS NULL",
        cohort=cohort_id,
    )
    return sorted(row["tag"] for row in rows)


def complete(conn: Conn, scope: Scope, typed: str) -> list[Choice]:
    """The tags that contain what was typed."""
    wanted = folding.fold(_one(typed))
    return [Choice(each, each) for each in used(conn, scope.cohort.id) if wanted in folding.fold(each)][:25]


@record(Tag, complete=complete)
def resolve(conn: Conn, scope: Scope, typed: str) -> Tag:
    """A tag that is used, whatever its case and accents. Raises `NotFound` with those that are."""
    wanted, tags = folding.fold(_one(typed)), used(conn, scope.cohort.id)
    for tag in tags:
        if folding.fold(tag) == wanted:
            return Tag(tag)
    if not tags:
        text = "Nothing on the list has a tag yet, so not “{tag}” either. {/reading edit} gives an item some."
        raise NotFound(say(text, tag=shorten(typed, 60)))
    text = "Nothing on the list has the tag “{tag}”. There are: {tags}."
    raise NotFound(say(text, tag=shorten(typed, 60), tags=shorten(", ".join(tags), 400)))
