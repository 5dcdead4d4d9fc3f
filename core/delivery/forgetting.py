"""Somebody has themselves forgotten: what was posted for them is taken back, what was sent to them goes, and nothing of
theirs is left in what others were sent. Plain SQL over the outbox.

What posts hold of names and words is looked for beforehand, on a snapshot (`find`), because that takes time; the
transaction looks only at what it found, and at what came since.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cohorts import names
from core.cohorts.privacy import FORMER, DataSubject
from core.delivery import outcomes
from core.delivery.outbox import NewPost
from core.delivery.outcomes import Showing
from core.store.port import Conn, Row

GONE = "privacy.gone"
"""The kind of post in whose place a channel shows that something was taken back."""

WHY = "Who asked for it has left, and had it deleted."
_CALLS = {"about", "args", "command", "posted", "style"}
CODES = _CALLS | {"day", "due", "kind", "news", "picture", "platform", "since", "until", "what"}
"""The keys in what posts hold under which codes, dates and calls stand: these are nobody's words, whatever they read like."""
_PAGE = 2000
_LEFT_OUT = "…"


@dataclass(frozen=True, slots=True)
class Traces:
    """Posts, and lines that were kept of posts, that hold somebody's name or words; everything up to `last` was looked
    at."""

    posts: tuple[int, ...] = ()
    last: int = 0


def find(conn: Conn, of: DataSubject, words: Collection[str]) -> Traces:
    """The posts of a cohort in which somebody's name or words stand, under whichever of their accounts."""
    found, last, called = list[int](), 0, {one.name for one in of.all}
    while rows := _page(conn, of.cohort.id, last):
        found += [row["id"] for row in rows if _cleaned(row["data"], called, words) is not None]
        last = rows[-1]["id"]
    return Traces(tuple(found), last)


def _page(conn: Conn, cohort_id: int, after: int) -> Sequence[Row]:
    return conn.all(
        f"SELECT id, data FROM outbox WHERE cohort_id = :cohort AND id > :after ORDER BY id LIMIT {_PAGE}",
        cohort=cohort_id,
        after=after,
    )


def forget(conn: Conn, of: DataSubject, traces: Traces, words: Collection[str]) -> list[tuple[int, int]]:
    """Take back what was posted for somebody, and delete what was sent to them. Returns the posts that still stand
    somewhere until that is done, each with the post that carries it out."""
    _forget_sent_to(conn, of)
    posted = _take_back(conn, of)
    _clean(conn, of, traces, words)
    _clean_lines(conn, of)
    return posted


def _forget_sent_to(conn: Conn, of: DataSubject) -> None:
    for each in of.accounts:
        conn.run(
            "DELETE FROM outbox WHERE direct = 1 AND platform = :platform AND workspace = :workspace"
            " AND channel = :user AND cohort_id = :cohort",
            platform=each.platform,
            workspace=each.workspace,
            user=each.id,
            cohort=of.cohort.id,
        )


def _take_back(conn: Conn, of: DataSubject) -> list[tuple[int, int]]:
    posted = []
    for each in outcomes.asked_by(conn, of.cohort.id, of.member_id):
        if each.showing is Showing.NOWHERE:
            conn.run("DELETE FROM outbox WHERE id = :id AND cohort_id = :cohort", id=each.id)
            continue
        gone = NewPost(of.cohort.id, f"forgotten:{each.id}", GONE, {}, each.target, edits=each.id)
        carried_out = outcomes.bring_up(conn, each, gone, of.now, wanted=False, again=False, why=WHY)
        conn.run(
            "UPDATE outbox SET data = '{}', about = NULL WHERE id = :id AND cohort_id = :cohort", id=each.id
        )
        if carried_out is None:
            conn.run(
                "UPDATE outbox SET kind = :kind WHERE id = :id AND cohort_id = :cohort", id=each.id, kind=GONE
            )
        elif each.target.fallback_channel is None:
            posted.append((each.id, carried_out))
    return posted


def _clean(conn: Conn, of: DataSubject, traces: Traces, words: Collection[str]) -> None:
    """Take names and words out of what others were or will be sent."""
    rows = [
        row
        for each in traces.posts
        for row in conn.all("SELECT id, data FROM outbox WHERE id = :id AND cohort_id = :cohort", id=each)
    ]
    last = traces.last
    while later := _page(conn, of.cohort.id, last):
        rows += later
        last = later[-1]["id"]
    for row in rows:
        cleaned = _cleaned(row["data"], {of.name}, words)
        if cleaned is not None:
            conn.run(
                "UPDATE outbox SET data = :data WHERE id = :id AND cohort_id = :cohort",
                data=cleaned,
                id=row["id"],
            )


def _clean_lines(conn: Conn, of: DataSubject) -> None:
    """Take a name out of what is kept of digests; lines that are theirs go with the membership."""
    renamed = names.replacing(conn, of.cohort.id, of.name, FORMER)
    rows = conn.all(
        "SELECT post_id, position, content FROM post_line WHERE cohort_id = :cohort", cohort=of.cohort.id
    )
    for row in rows:
        content = json.loads(row["content"])
        cleaned = each_text(content, renamed)
        if cleaned != content:
            conn.run(
                "UPDATE post_line SET content = :content WHERE post_id = :post AND position = :position AND cohort_id = :cohort",
                content=json.dumps(cleaned),
                post=row["post_id"],
                position=row["position"],
            )


def _cleaned(data: str, called: Collection[str], words: Collection[str]) -> str | None:
    """A post's data without names and words, None where it has none of them."""
    held: Mapping[str, Any] = json.loads(data)
    cleaned = each_text(held, lambda text: FORMER if text in called else _LEFT_OUT if text in words else text)
    return None if cleaned == held else json.dumps(cleaned)


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """A JSON value with each of its texts changed; the keys of objects stay, and so do codes."""
    match value:
        case str():
            return change(value)
        case list():
            return [each_text(each, change) for each in value]
        case dict():
            return {key: each if key in CODES else each_text(each, change) for key, each in value.items()}
        case _:
            return value
