"""What a person told the bot about themselves, which holds in all of their cohorts."""

from dataclasses import dataclass
from datetime import date

from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Profile:
    """`zone` is None for that of the cohort; `away_until` is the last day away, which may be over, `away_from` the first,
    None where it came long ago."""

    zone: str | None
    reminders: bool
    away_from: date | None
    away_until: date | None
    away_reason: str | None


def is_away(first: date | None, last: date | None, day: date) -> bool:
    """Whether somebody is away on a day, from the first and the last day of their time away."""
    return last is not None and day <= last and (first is None or first <= day)


def profile(conn: Conn, person_id: int) -> Profile | None:
    """A person's profile; None where nobody has that id."""
    row = conn.one(
        "SELECT zone, reminders, away_from, away_until, away_reason FROM person WHERE id = :id", id=person_id
    )
    if row is None:
        return None
    return Profile(
        row["zone"], bool(row["reminders"]), row["away_from"], row["away_until"], row["away_reason"]
    )


def set_zone(conn: Conn, person_id: int, zone: str) -> None:
    """Set the time zone that somebody lives in."""
    conn.run("UPDATE person SET zone = :zone WHERE id = :id", zone=zone, id=person_id)


def set_reminders(conn: Conn, person_id: int, on: bool) -> None:
    """Allow or forbid direct messages. Who allows them has those that were closed tried once more."""
    conn.run("UPDATE person SET reminders = :on WHERE id = :id", on=int(on), id=person_id)
    if on:
        conn.run("UPDATE account SET closed_reason = NULL WHERE person_id = :id", id=person_id)


def set_away(conn: Conn, person_id: int, first: date | None, until: date | None, reason: str | None) -> None:
    """Set the first and the last day on which somebody is away, with their reason; None when they are back."""
    conn.run(
        "UPDATE person SET away_from = :first, away_until = :until, away_reason = :reason WHERE id = :id",
        first=first,
        until=until,
        reason=reason,
        id=person_id,
    )
