"""What a person told the bot about themselves, which holds in all of their cohorts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from core.cohorts.model import Cohort
from core.store.port import Conn

BUNDLE_AFTER_QUIET = "quiet"
"""The hour of somebody's one message a day: the end of their quiet hours."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of direct message that its reader can switch off. `label` is what people call it, in the plural and
    small letters; `asked_for` says that only those get it who switched it on, and `begins(conn, cohort, now)` plans it in a
    cohort as soon as one of them does."""

    key: str
    label: str
    asked_for: bool = False
    begins: Callable[[Conn, Cohort, datetime], None] | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants direct messages. `quiet` are hours as they were given, None for those of the cohort; `bundle`
    is the hour of their one message a day, `BUNDLE_AFTER_QUIET` or "18:00", None for each message by itself. `kinds`
    are those that they switched on or off."""

    any: bool
    quiet: str | None
    bundle: str | None
    kinds: Mapping[str, bool]

    def wants(self, kind: NoticeKind) -> bool:
        """Whether they are sent messages of a kind."""
        return self.any and self.kinds.get(kind.key, not kind.asked_for)

    @property
    def bundle_at(self) -> time | None:
        """The hour of their one message a day, where it is not the end of the quiet hours."""
        return time.fromisoformat(self.bundle) if self.bundle and self.bundle != BUNDLE_AFTER_QUIET else None


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


def wishes(conn: Conn, person_id: int) -> Wishes:
    """How somebody wants direct messages; all of them, where nobody has that id."""
    row = conn.one("SELECT reminders, quiet, bundle FROM person WHERE id = :id", id=person_id)
    rows = conn.all("SELECT kind, wanted FROM person_notice WHERE person_id = :id", id=person_id)
    kinds = {each["kind"]: bool(each["wanted"]) for each in rows}
    if row is None:
        return Wishes(True, None, None, kinds)
    return Wishes(bool(row["reminders"]), row["quiet"], row["bundle"], kinds)


def set_wanted(conn: Conn, person_id: int, kind: str, wanted: bool) -> None:
    """Switch a kind of direct message on or off."""
    conn.run(
        "INSERT INTO person_notice (person_id, kind, wanted) VALUES (:person, :kind, :wanted)"
        " ON CONFLICT (person_id, kind) DO UPDATE SET wanted = excluded.wanted",
        person=person_id,
        kind=kind,
        wanted=int(wanted),
    )


def want_all(conn: Conn, person_id: int) -> None:
    """Nothing is switched off any more."""
    conn.run("UPDATE person_notice SET wanted = 1 WHERE person_id = :person AND wanted = 0", person=person_id)


def set_hours(conn: Conn, person_id: int, quiet: str | None, bundle: str | None) -> None:
    """Set somebody's quiet hours, and the hour of their one message a day; for None see `Wishes`."""
    conn.run(
        "UPDATE person SET quiet = :quiet, bundle = :bundle WHERE id = :id",
        quiet=quiet,
        bundle=bundle,
        id=person_id,
    )


def unwanted_sql(person_id: str) -> str:
    """A condition with the parameters `notice` and `asked_for`: the person whose id stands in the column `person_id`
    switched that kind of direct message off, or has not asked for it."""
    return (
        f"coalesce((SELECT n.wanted FROM person_notice n WHERE n.person_id = {person_id} AND n.kind = :notice),"
        " 1 - :asked_for) = 0"
    )


def set_away(conn: Conn, person_id: int, first: date | None, until: date | None, reason: str | None) -> None:
    """Set the first and the last day on which somebody is away, with their reason; None when they are back."""
    conn.run(
        "UPDATE person SET away_from = :first, away_until = :until, away_reason = :reason WHERE id = :id",
        first=first,
        until=until,
        reason=reason,
        id=person_id,
    )
