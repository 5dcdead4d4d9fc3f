"""What a person told the bot about themselves, which holds in all of their cohorts."""

from dataclasses import dataclass
from datetime import date

from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Profile:
    """`zone` is None for that of the cohort; `away_until` is the last day away, which may be over."""

    zone: str | None
    reminders: bool
    away_until: date | None
    away_reason: str | None


def profile(conn: Conn, person_id: int) -> Profile | None:
    """A person's profile; None where nobody has that id."""
    row = conn.one("SELECT zone, reminders, away_until, away_reason FROM person WHERE id = :id", id=person_id)
    if row is None:
        return None
    until: date | None = row["away_until"]
    return Profile(row["zone"], bool(row["reminders"]), until, row["away_reason"])


def set_zone(conn: Conn, person_id: int, zone: str) -> None:
    """Set the time zone that somebody lives in."""
    conn.run("UPDATE person SET zone = :zone WHERE id = :id", zone=zone, id=person_id)


def set_reminders(conn: Conn, person_id: int, on: bool) -> None:
    """Allow or forbid direct messages. Who allows them has those that were closed tried once more."""
    conn.run("UPDATE person SET reminders = :on WHERE id = :id", on=int(on), id=person_id)
    if on:
        conn.run("UPDATE account SET closed_reason = NULL WHERE person_id = :id", id=person_id)


def set_away(conn: Conn, person_id: int, until: date | None, reason: str | None) -> None:
    """Set the last day on which somebody is away, with their reason; None when they are back."""
    conn.run(
        "UPDATE person SET away_until = :until, away_reason = :reason WHERE id = :id",
        until=until,
        reason=reason,
        id=person_id,
    )
