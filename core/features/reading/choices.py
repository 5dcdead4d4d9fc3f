"""What is read on which date: chosen by the order of the list, a prompt ahead where the cohort wants that notice.

A prompt takes what was chosen ahead, then what the list has next, and is the same again when it is asked for again. At
each prompt the next item is chosen, so that there is time to read it; votes that come later decide the one after.
"""

from dataclasses import dataclass
from datetime import date

from core.cohorts import settings
from core.commands.spec import Setting
from core.errors import BadInput
from core.features.reading import listing, records
from core.features.reading.listing import RankedItem, Reason
from core.store.port import Conn, Row

AHEAD, NONE = "one ahead", "none"


def _read_notice(typed: str) -> str:
    wanted = " ".join(typed.casefold().split())
    if wanted not in (AHEAD, NONE):
        raise BadInput("Please say “one ahead” or “none”.", field="value")
    return wanted


NOTICE = Setting(
    "reading-notice",
    "Notice of the next reading",
    "Whether each prompt says what is read next time: one ahead, or none",
    AHEAD,
    _read_notice,
    {
        AHEAD: "Each prompt also says what is read next time, so that there is time",
        NONE: "What is read is chosen when its prompt is posted",
    }.__getitem__,
    (AHEAD, NONE),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """An item that was chosen, by its number, and why; `votes` are those that it had then."""

    number: int
    reason: Reason
    votes: int


_CHOICE = (
    "SELECT c.id, c.reason, c.votes, i.number FROM reading_choice c JOIN reading_item i ON i.id = c.item_id"
    " WHERE c.cohort_id = :cohort AND i.removed_at IS NULL"
)


def _choice(row: Row) -> Choice:
    return Choice(row["number"], Reason(row["reason"]), row["votes"])


def of_day(conn: Conn, cohort_id: int, day: date) -> Choice | None:
    """What was prompted on a date."""
    row = conn.one(f"{_CHOICE} AND c.day = :day", cohort=cohort_id, day=day)
    return _choice(row) if row else None


def ahead(conn: Conn, cohort_id: int) -> Choice | None:
    """What was chosen for the next prompt."""
    row = conn.one(f"{_CHOICE} AND c.day IS NULL", cohort=cohort_id)
    return _choice(row) if row else None


def latest_before(conn: Conn, cohort_id: int, day: date) -> Choice | None:
    """What was prompted last before a date."""
    row = conn.one(f"{_CHOICE} AND c.day < :day ORDER BY c.day DESC LIMIT 1", cohort=cohort_id, day=day)
    return _choice(row) if row else None


def count_before(conn: Conn, cohort_id: int, day: date) -> int:
    """How many dates before another one something was prompted on."""
    found = conn.value(
        "SELECT count(*) FROM reading_choice WHERE cohort_id = :cohort AND day < :day",
        cohort=cohort_id,
        day=day,
    )
    return int(found)


def last_day_of(conn: Conn, item_id: int) -> date | None:
    """The date of an item's latest prompt."""
    row = conn.one(
        "SELECT day FROM reading_choice WHERE item_id = :item AND +cohort_id = :cohort AND day IS NOT NULL ORDER BY day DESC LIMIT 1",
        item=item_id,
    )
    return row["day"] if row else None


def is_latest(conn: Conn, cohort_id: int, day: date) -> bool:
    """Whether nothing was prompted after a date."""
    later = conn.value(
        "SELECT 1 FROM reading_choice WHERE cohort_id = :cohort AND day > :day LIMIT 1",
        cohort=cohort_id,
        day=day,
    )
    return later is None


def up_next(conn: Conn, cohort_id: int, member_id: int = -1) -> tuple[RankedItem | None, Choice | None]:
    """What the next prompt takes, and the choice where it was chosen ahead."""
    chosen = ahead(conn, cohort_id)
    found = listing.by_number(conn, cohort_id, chosen.number, member_id) if chosen else None
    return (found, chosen) if found else (listing.up_next(conn, cohort_id, member_id), None)


def for_prompt(conn: Conn, cohort_id: int, day: date) -> tuple[Choice, RankedItem] | None:
    """Choose what is prompted on a date, and what comes after it where that is wanted. Asked again for the same date,
    the same. None while the list is empty."""
    chosen = of_day(conn, cohort_id, day)
    if chosen is None:
        found, early = up_next(conn, cohort_id)
        if found is None:
            return None
        chosen = early or Choice(found.item.number, found.reason, found.votes)
        _forget(conn, cohort_id, day)
        _write(conn, cohort_id, found, chosen, day)
        records.note_prompt(conn, found.item, day)
        choose_ahead(conn, cohort_id)
    ranked = listing.by_number(conn, cohort_id, chosen.number)
    assert ranked is not None  # noqa: S101 - it is on the list, or would not have been found
    return chosen, ranked


def choose_ahead(conn: Conn, cohort_id: int) -> None:
    """Choose what the prompt after this one takes, among what none has named; where the cohort wants that."""
    conn.run("DELETE FROM reading_choice WHERE cohort_id = :cohort AND day IS NULL", cohort=cohort_id)
    if settings.setting(conn, cohort_id, NOTICE.key, NOTICE.default) != AHEAD:
        return
    found = listing.up_next(conn, cohort_id)
    if found is not None and found.prompted_on is None:
        _write(conn, cohort_id, found, Choice(found.item.number, found.reason, found.votes), None)


def _forget(conn: Conn, cohort_id: int, day: date) -> None:
    conn.run(
        "DELETE FROM reading_choice WHERE cohort_id = :cohort AND (day = :day OR day IS NULL)",
        cohort=cohort_id,
        day=day,
    )


def _write(conn: Conn, cohort_id: int, found: RankedItem, chosen: Choice, day: date | None) -> None:
    conn.run(
        "INSERT INTO reading_choice (cohort_id, item_id, day, reason, votes)"
        " VALUES (:cohort, :item, :day, :reason, :votes)",
        cohort=cohort_id,
        item=found.item.id,
        day=day,
        reason=chosen.reason.value,
        votes=chosen.votes,
    )
