"""Who presents what: the rota and the turns.

A turn is a member's part in an item. It is taken ahead, without a date, or comes with a prompt and has the
prompt's date. It is open until another item is prompted; after that it tells who presented when, which is
what the rota goes by.
"""

from dataclasses import dataclass
from datetime import date, datetime

from core.cohorts.members import MEMBERS, name_sql
from core.cohorts.people import is_away
from core.delivery import outbox
from core.features.reading.records import COLUMNS, LISTED, ReadingItem, item_of
from core.store.port import Conn, Row


@dataclass(frozen=True, slots=True)
class Presenter:
    """Somebody who presents. `id` is the member's; they are away from the date `away_from` up to `away_until`."""

    id: int
    name: str
    away_from: date | None
    away_until: date | None
    left: bool

    def available(self, day: date) -> bool:
        """Whether they are in the cohort, and not away on a date."""
        return not self.left and not is_away(self.away_from, self.away_until, day)


@dataclass(frozen=True, slots=True)
class Turn:
    """A member's part in an item. `day` is its prompt's date, None while that is to come; `revision` counts its
    presenters; `offered_to` is the member who was asked to take it."""

    id: int
    item: ReadingItem
    presenter: Presenter
    day: date | None
    revision: int
    offered_to: int | None
    offered_to_name: str | None


_PRESENTER = "m.id AS member_id, m.left_at, m.name, m.away_from, m.away_until"

_TURN = (
    f"SELECT t.id AS turn_id, t.day, t.revision, t.offered_to, {name_sql('t.offered_to')} AS offered_to_name,"
    f" {COLUMNS}, {_PRESENTER}"
    f" FROM reading_turn t JOIN reading_item i ON i.id = t.item_id JOIN {MEMBERS} m ON m.id = t.member_id"
    f" WHERE i.cohort_id = :cohort AND {LISTED}"
)
_BEING_READ = (
    "i.prompted_on = (SELECT max(r.prompted_on) FROM reading_item r"
    " WHERE r.cohort_id = i.cohort_id AND r.removed_at IS NULL AND r.prompted_on IS NOT NULL)"
)
_OPEN = f"(t.day IS NULL OR (t.day = i.prompted_on AND {_BEING_READ}))"


def _presenter(row: Row) -> Presenter:
    return Presenter(
        row["member_id"],
        row["name"],
        row["away_from"],
        row["away_until"],
        row["left_at"] is not None,
    )


def _turn(row: Row) -> Turn:
    return Turn(
        row["turn_id"],
        item_of(row),
        _presenter(row),
        row["day"],
        row["revision"],
        row["offered_to"],
        row["offered_to_name"],
    )


def join_rota(conn: Conn, member_id: int, now: datetime) -> bool:
    """Put a member on the rota, behind those who are on it. True if that is new."""
    added = conn.run(
        "INSERT INTO reading_presenter (member_id, joined_at) VALUES (:member, :now)"
        " ON CONFLICT (member_id) DO NOTHING",
        member=member_id,
        now=now,
    )
    return added > 0


def leave_rota(conn: Conn, member_id: int) -> bool:
    """Take a member off the rota. True if they were on it."""
    return conn.run("DELETE FROM reading_presenter WHERE member_id = :member", member=member_id) > 0


def next_presenter(conn: Conn, cohort_id: int, day: date, turn_id: int = -1) -> Presenter | None:
    """Whose turn it is on a date: of those who are available, the one who never presented or did longest ago;
    among them who joined the rota first. Nobody who declined the turn `turn_id`, or sits its
    item out."""
    rows = conn.all(
        f"SELECT {_PRESENTER}, (SELECT max(t.day) FROM reading_turn t WHERE t.member_id = m.id) AS presented"
        f" FROM reading_presenter r JOIN {MEMBERS} m ON m.id = r.member_id"
        " WHERE m.cohort_id = :cohort AND NOT EXISTS"
        " (SELECT 1 FROM reading_given g WHERE g.turn_id = :turn AND g.member_id = m.id) AND NOT EXISTS"
        " (SELECT 1 FROM reading_turn p JOIN reading_skip s ON s.item_id = p.item_id"
        " WHERE p.id = :turn AND s.member_id = m.id)"
        " ORDER BY r.joined_at, r.id",
        cohort=cohort_id,
        turn=turn_id,
    )
    available = [row for row in rows if _presenter(row).available(day)]
    return _presenter(min(available, key=lambda row: row["presented"] or "")) if available else None


def open_turn(conn: Conn, cohort_id: int, item: ReadingItem) -> Turn | None:
    """Who presents an item: now, where it is being read, or when it comes up."""
    rows = conn.all(
        f"{_TURN} AND t.item_id = :item AND {_OPEN} ORDER BY CASE WHEN t.day IS NULL THEN 1 ELSE 0 END",
        cohort=cohort_id,
        item=item.id,
    )
    return _turn(rows[0]) if rows else None


def open_turns_of(conn: Conn, cohort_id: int, member_id: int) -> list[Turn]:
    """A member's open turns: that of the item being read, then the others as their items come up."""
    rows = conn.all(
        f"{_TURN} AND t.member_id = :member AND {_OPEN} ORDER BY CASE WHEN t.day IS NULL THEN 1 ELSE 0 END,"
        " CASE WHEN i.prompted_on IS NULL THEN '' ELSE i.prompted_on END,"
        " i.votes DESC, i.number",
        cohort=cohort_id,
        member=member_id,
    )
    return [_turn(row) for row in rows]


def open_turns(conn: Conn, cohort_id: int, most: int) -> list[Turn]:
    """The open turns of members who are in the cohort: of the item being read, then those that were taken ahead."""
    rows = conn.all(
        f"{_TURN} AND m.left_at IS NULL AND {_OPEN} ORDER BY CASE WHEN t.day IS NULL THEN 1 ELSE 0 END, t.id LIMIT {most}",
        cohort=cohort_id,
    )
    return [_turn(row) for row in rows]


def offered_to(conn: Conn, cohort_id: int, member_id: int) -> list[Turn]:
    """The open turns that their presenters offer to a member."""
    rows = conn.all(
        f"{_TURN} AND t.offered_to = :member AND {_OPEN} ORDER BY t.id", cohort=cohort_id, member=member_id
    )
    return [_turn(row) for row in rows]


def by_id(conn: Conn, cohort_id: int, turn_id: int) -> Turn:
    """A turn of the cohort, open or not."""
    row = conn.one(f"{_TURN} AND t.id = :turn", cohort=cohort_id, turn=turn_id)
    assert row is not None  # noqa: S101 - it was written in this transaction
    return _turn(row)


def of_day(conn: Conn, cohort_id: int, item: ReadingItem, day: date) -> Turn | None:
    """The turn that goes with the prompt of an item on a date."""
    row = conn.one(f"{_TURN} AND t.item_id = :item AND t.day = :day", cohort=cohort_id, item=item.id, day=day)
    return _turn(row) if row else None


def assign(conn: Conn, item: ReadingItem, member_id: int) -> bool:
    """Let a member present an item that nobody presents: now, where it is being read, else when it comes up.
    Returns whether it is being read."""
    row = conn.one(
        f"SELECT i.prompted_on FROM reading_item i WHERE i.id = :item AND i.cohort_id = :cohort AND {_BEING_READ}",
        item=item.id,
    )
    _insert(conn, item, member_id, row["prompted_on"] if row else None)
    return row is not None


def for_prompt(conn: Conn, cohort_id: int, item: ReadingItem, day: date) -> tuple[Turn | None, bool]:
    """The turn that goes with the prompt of an item on a date, and whether it is new: that of the same date
    as it is; else of who took the item and is available; else of the next on the rota."""
    dated = of_day(conn, cohort_id, item, day)
    if dated is not None:
        return dated, False
    row = conn.one(f"{_TURN} AND t.item_id = :item AND t.day IS NULL", cohort=cohort_id, item=item.id)
    ahead = _turn(row) if row is not None else None
    if ahead is not None and ahead.presenter.available(day):
        conn.run(
            "UPDATE reading_turn SET day = :day, revision = revision + 1 WHERE id = :turn",
            day=day,
            turn=ahead.id,
        )
        return by_id(conn, cohort_id, ahead.id), True
    if ahead is not None:
        remove(conn, ahead)
    chosen = next_presenter(conn, cohort_id, day)
    if chosen is None:
        return None, False
    return by_id(conn, cohort_id, _insert(conn, item, chosen.id, day)), True


def _insert(conn: Conn, item: ReadingItem, member_id: int, day: date | None) -> int:
    return conn.insert(
        "INSERT INTO reading_turn (item_id, member_id, day) VALUES (:item, :member, :day)",
        item=item.id,
        member=member_id,
        day=day,
    )


def record_declined(conn: Conn, turn: Turn) -> None:
    """Record that a turn's presenter declined it, so that it is not passed on to them again."""
    conn.run(
        "INSERT INTO reading_given (turn_id, member_id) VALUES (:turn, :member)"
        " ON CONFLICT (turn_id, member_id) DO NOTHING",
        turn=turn.id,
        member=turn.presenter.id,
    )


def reassign(conn: Conn, cohort_id: int, turn: Turn, member_id: int) -> Turn:
    """Give a turn to another member; an offer of it is over. Returns the turn as it is then."""
    conn.run(
        "UPDATE reading_turn SET member_id = :to, offered_to = NULL, revision = revision + 1 WHERE id = :turn",
        to=member_id,
        turn=turn.id,
    )
    return by_id(conn, cohort_id, turn.id)


def offer(conn: Conn, turn: Turn, member_id: int) -> None:
    """Remember who was asked to take a turn; the latest offer counts."""
    conn.run("UPDATE reading_turn SET offered_to = :to WHERE id = :turn", to=member_id, turn=turn.id)


def withdraw_offers(conn: Conn, member_id: int) -> None:
    """Somebody who was asked to take turns will not answer."""
    conn.run("UPDATE reading_turn SET offered_to = NULL WHERE offered_to = :member", member=member_id)


def remove(conn: Conn, turn: Turn) -> None:
    """Remove a turn: nobody presents its item."""
    conn.run("DELETE FROM reading_turn WHERE id = :turn", turn=turn.id)


def notice_key(turn: Turn) -> str:
    """The key of the direct message that tells a presenter of a turn."""
    return f"turn:{turn.id}:{turn.revision}"


def withdraw_notice(
    conn: Conn, turn: Turn, now: datetime, why: str = "The turn went on to somebody else."
) -> None:
    """Do not send a notice that still waits: the turn is not theirs any more."""
    waiting = outbox.find(conn, notice_key(turn))
    if waiting is not None:
        outbox.withdraw(conn, waiting, why, now)
