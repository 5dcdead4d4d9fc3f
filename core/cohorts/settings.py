"""What a cohort is and what its organizers set: the statements on cohorts, settings and counters."""

import secrets
from collections.abc import Callable
from datetime import date, datetime

from core.cohorts import home_pages
from core.store.port import Conn


def add_cohort(conn: Conn, name: str, zone: str, now: datetime) -> int:
    """Make a new cohort with the name of its time zone. Returns its id."""
    return conn.insert(
        "INSERT INTO cohort (name, zone, created_at) VALUES (:name, :zone, :now)",
        name=name,
        zone=zone,
        now=now,
    )


def remove_cohort(conn: Conn, cohort_id: int) -> None:
    """Remove a cohort with everything that belongs to it."""
    conn.run("DELETE FROM cohort WHERE id = :id", id=cohort_id)


def archive(conn: Conn, cohort_id: int, now: datetime) -> None:
    """End a cohort; `core.cohorts.endings` has what follows."""
    home_pages.end_of_cohort(conn, cohort_id)
    conn.run("UPDATE cohort SET archived_at = :now WHERE id = :id", now=now, id=cohort_id)


def rename(conn: Conn, cohort_id: int, name: str) -> None:
    """Give a cohort another name."""
    conn.run("UPDATE cohort SET name = :name WHERE id = :id", name=name, id=cohort_id)


def set_zone(conn: Conn, cohort_id: int, zone: str) -> None:
    """Set a cohort's time zone. Its schedules have to be planned anew."""
    conn.run("UPDATE cohort SET zone = :zone WHERE id = :id", zone=zone, id=cohort_id)


def set_first_day(conn: Conn, cohort_id: int, day: date | None) -> None:
    """Set a cohort's first day. Its schedules have to be planned anew."""
    conn.run("UPDATE cohort SET starts_on = :day WHERE id = :id", day=day, id=cohort_id)


def set_last_day(conn: Conn, cohort_id: int, day: date | None) -> None:
    """Set a cohort's last day. Its schedules have to be planned anew."""
    conn.run("UPDATE cohort SET ends_on = :day, goodbye_at = NULL WHERE id = :id", day=day, id=cohort_id)


def setting(conn: Conn, cohort_id: int, key: str, default: str) -> str:
    """What an organizer set, else the default."""
    value: str | None = conn.value(
        "SELECT value FROM setting WHERE cohort_id = :cohort AND key = :key", cohort=cohort_id, key=key
    )
    return default if value is None else value


def store_setting(conn: Conn, cohort_id: int, key: str, value: str) -> None:
    """Keep what an organizer set."""
    conn.run(
        "INSERT INTO setting (cohort_id, key, value) VALUES (:cohort, :key, :value)"
        " ON CONFLICT (cohort_id, key) DO UPDATE SET value = excluded.value",
        cohort=cohort_id,
        key=key,
        value=value,
    )


FIRST_HIDDEN = 1000
"""The lowest number that a hidden record gets."""

_DRAWS = 20
"""How often a number is drawn from a range that is nearly full before the next range is taken."""


def next_number(conn: Conn, cohort_id: int, kind: str) -> int:
    """The next short number of a kind of record in a cohort, from 1: for records that the whole cohort may see.
    Numbers are not used again."""
    number: int = conn.value(
        "INSERT INTO counter (cohort_id, kind, last) VALUES (:cohort, :kind, 1)"
        " ON CONFLICT (cohort_id, kind) DO UPDATE SET last = counter.last + 1 RETURNING last",
        cohort=cohort_id,
        kind=kind,
    )
    return number


def last_number(conn: Conn, cohort_id: int, kind: str) -> int:
    """The last number that `next_number` gave, 0 where it gave none."""
    number: int | None = conn.value(
        "SELECT last FROM counter WHERE cohort_id = :cohort AND kind = :kind", cohort=cohort_id, kind=kind
    )
    return number or 0


def hidden_number(is_taken: Callable[[int], bool], draw: Callable[[int], int] = secrets.randbelow) -> int:
    """A short number for a record that is hidden from the cohort: drawn at random from 1000 up among those that no
    record of its kind has, so that numbers tell neither how many hidden records there are nor their order.
    `draw(n)` gives a number from 0 to n - 1."""
    first = FIRST_HIDDEN
    while True:
        for _ in range(_DRAWS):
            number = first + draw(9 * first)
            if not is_taken(number):
                return number
        first *= 10


def hidden_number_in(conn: Conn, cohort_id: int, *tables: str, above: int = 0) -> int:
    """A `hidden_number` that no record of a cohort has in some tables, which have a `number` each, and that is above one."""
    taken = " UNION ALL ".join(
        f"SELECT 1 FROM {table} WHERE cohort_id = :cohort AND number = :number" for table in tables
    )
    return hidden_number(
        lambda number: number <= above or conn.value(taken, cohort=cohort_id, number=number) is not None
    )
