"""Posts as organizers see them: without those that only their reader may know of. Plain SQL over the outbox."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.delivery.outbox import UNSENT, PostState
from core.store.port import Conn, Row

_WAITING = (PostState.PENDING, PostState.SENDING, PostState.DEFERRED)
_UNSENT_LIST = "('missed', 'failed', 'uncertain')"


@dataclass(frozen=True, slots=True)
class ListedPost:
    """A post as organizers see it. `place` is the name of its channel where that is known, `channel` the
    platform's id; `direct` says that it is a direct message."""

    id: int
    kind: str
    slot_at: datetime
    state: PostState
    reason: str
    direct: bool
    channel: str
    place: str

    @property
    def unsent(self) -> bool:
        """Whether it was given up."""
        return self.state in UNSENT


_NO_CHANGE = "(o.edits IS NULL OR o.state <> 'sent')"
"""A change of a post that was made is not a post of its own."""


def page(
    conn: Conn, cohort_id: int, most: int, *, state: PostState | None = None, before: int | None = None
) -> Sequence[ListedPost]:
    """A cohort's latest posts: those in a state; or those that were not sent, and behind them those that wait. The newest
    of each come first. `before` is the id of the post behind which the page begins."""
    if state is not None:
        return _latest(conn, cohort_id, state, most, before)

    def in_states(states: Iterable[PostState], before: int | None) -> list[ListedPost]:
        # Each by its index: sorting all posts would cost what there is and not what is shown.
        found = [post for each in states for post in _latest(conn, cohort_id, each, most, before)]
        return sorted(found, key=lambda post: post.id, reverse=True)

    row = conn.one(
        "SELECT state FROM outbox WHERE id = :id AND cohort_id = :cohort", id=before, cohort=cohort_id
    )
    left = row["state"] if row else None
    if left in _WAITING:
        return in_states(_WAITING, before)[:most]
    behind = in_states(_WAITING, None if left in UNSENT else before)
    return [*in_states(UNSENT, before), *behind][:most]


def _latest(conn: Conn, cohort_id: int, state: PostState, most: int, before: int | None) -> list[ListedPost]:
    values: dict[str, object] = {} if before is None else {"before": before}
    rows = conn.all(
        "SELECT o.id, o.kind, o.slot_at, o.state, o.reason, o.direct, o.channel, pl.name FROM outbox o"
        " LEFT JOIN place pl ON pl.platform = o.platform AND pl.workspace = o.workspace"
        " AND pl.channel = o.channel AND o.direct = 0"
        f" WHERE o.cohort_id = :cohort AND o.state = :state AND o.discreet = 0 AND {_NO_CHANGE}{' AND o.id < :before' if values else ''}"
        " ORDER BY o.id DESC LIMIT :most",
        cohort=cohort_id,
        state=state.value,
        most=most,
        **values,
    )
    return [
        ListedPost(
            row["id"],
            row["kind"],
            row["slot_at"],
            PostState(row["state"]),
            row["reason"] or "",
            bool(row["direct"]),
            row["channel"],
            row["name"] or "",
        )
        for row in rows
    ]


def counts(conn: Conn, cohort_id: int) -> dict[PostState, int]:
    """How many of a cohort's posts stand how, without the discreet ones."""
    rows = conn.all(
        f"SELECT o.state, count(*) AS n FROM outbox o WHERE o.cohort_id = :cohort AND {_NO_CHANGE} GROUP BY o.state",
        cohort=cohort_id,
    )
    # The discreet ones are few, and are counted by an index of their own.
    hidden = conn.all(
        "SELECT o.state, count(*) AS n FROM outbox o WHERE o.cohort_id = :cohort AND o.discreet = 1"
        f" AND {_NO_CHANGE} GROUP BY o.state",
        cohort=cohort_id,
    )
    less = {row["state"]: row["n"] for row in hidden}
    shown = {PostState(row["state"]): row["n"] - less.get(row["state"], 0) for row in rows}
    return {state: n for state, n in shown.items() if n}


def unsent(conn: Conn, cohort_id: int, row_id: int) -> Row | None:
    """The row of a post of this cohort that was given up."""
    return conn.one(
        f"SELECT * FROM outbox WHERE id = :id AND cohort_id = :cohort AND discreet = 0"
        f" AND state IN {_UNSENT_LIST}",
        id=row_id,
        cohort=cohort_id,
    )
