"""How things stand in the playground, as every page shows it. Read from the store, so it is what is true."""

from dataclasses import dataclass
from datetime import datetime

from bot.playground import render, world
from bot.playground.payloads import Tree
from bot.playground.suggestions import suggestions
from core.cohorts import directory
from core.commands.registry import Registry
from core.delivery import schedules
from core.store import notes
from core.store.port import Conn

MODE = "playground mode"
CLOCK = "playground:ahead"
"""The note that keeps how far the clock is ahead of the machine's, in seconds."""
SAMPLE = "sample"
EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cohort, who has which role, what comes next."""

    cohort: str | None
    zone: str | None
    is_sample: bool
    roles: tuple[tuple[str, str], ...]
    next_kind: str | None
    next_at: datetime | None

    def tree(self, me: str, now: datetime, registry: Registry) -> Tree:
        """The state as one persona's page takes it."""
        roles = dict(self.roles)
        kind = registry.schedules.get(self.next_kind or "")
        what = kind.label.capitalize() if kind else self.next_kind
        coming = {"what": what, "at": render.instant(self.next_at)} if self.next_at else None
        return {
            "cohort": {
                "name": self.cohort or "",
                "zone": self.zone,
                "sample": self.is_sample,
                "exists": self.cohort is not None,
            },
            "me": me,
            "people": [*(_person(who, roles.get(who.id, "none")) for who in world.PEOPLE), _BOT],
            "places": [*_CHANNELS, _direct(me)],
            "clock": {"now": render.instant(now), "next": coming},
            "suggestions": suggestions(registry, cohort=self.cohort is not None, inside=me in roles),
        }


_BOT: Tree = {
    "id": world.BOT,
    "name": world.BOT,
    "handle": world.BOT,
    "role": "none",
    "note": "",
    "bot": True,
}
_CHANNELS: tuple[Tree, ...] = tuple(
    {"id": each.id, "kind": "channel", "name": each.id, "topic": each.topic} for each in world.CHANNELS
)


def _direct(me: str) -> Tree:
    return {"id": world.direct(me), "kind": "direct", "name": world.BOT, "topic": "Only you and the bot"}


def _person(who: world.Persona, role: str) -> Tree:
    note = f"{who.home} · manages this workspace" if who.manager else who.home
    return {"id": who.id, "name": who.name, "handle": who.id, "role": role, "note": note, "bot": False}


def load(conn: Conn) -> Snapshot:
    """The present state."""
    found = directory.cohorts_of_workspace(conn, world.PLATFORM, world.WORKSPACE)
    cohort = found[0] if found else None
    following = schedules.upcoming(conn)
    return Snapshot(
        cohort.name if cohort else None,
        cohort.zone if cohort else None,
        notes.get(conn, MODE) != EMPTY,
        _roles(conn, cohort.id) if cohort else (),
        following.kind if following else None,
        following.next.at if following and following.next else None,
    )


def _roles(conn: Conn, cohort: int) -> tuple[tuple[str, str], ...]:
    rows = conn.all(
        "SELECT a.user_id, m.organizer, m.mentor FROM account a JOIN member m ON m.person_id = a.person_id"
        " WHERE a.platform = :platform AND m.cohort_id = :cohort AND m.left_at IS NULL ORDER BY a.user_id",
        platform=world.PLATFORM,
        cohort=cohort,
    )
    role = {True: "organizer", False: "member"}
    return tuple(
        (row["user_id"], "mentor" if row["mentor"] and not row["organizer"] else role[bool(row["organizer"])])
        for row in rows
    )


def newest(conn: Conn) -> int:
    """The number of the newest message."""
    row = conn.one("SELECT coalesce(max(number), 0) AS newest FROM playground_message")
    return int(row["newest"]) if row else 0


def posted_since(conn: Conn, number: int) -> list[str]:
    """The channels in which something was posted after the message of that number."""
    rows = conn.all(
        "SELECT place, min(number) AS first FROM playground_message WHERE number > :number AND reader IS NULL"
        " AND post_key IS NOT NULL GROUP BY place ORDER BY first",
        number=number,
    )
    return [row["place"] for row in rows if world.channel(row["place"])]


def clear(conn: Conn) -> None:
    """Remove everything that belongs to the playground alone: its cohorts with all that hangs on them, its
    people, its messages. Cohorts that also live on another platform stay."""
    conn.run(
        "DELETE FROM cohort WHERE id IN (SELECT cohort_id FROM place WHERE platform = :platform)"
        " AND id NOT IN (SELECT cohort_id FROM place WHERE platform <> :platform)",
        platform=world.PLATFORM,
    )
    conn.run(
        "DELETE FROM person WHERE id IN (SELECT person_id FROM account WHERE platform = :platform)"
        " AND id NOT IN (SELECT person_id FROM account WHERE platform <> :platform)",
        platform=world.PLATFORM,
    )
    conn.run("DELETE FROM draft WHERE platform = :platform", platform=world.PLATFORM)
    conn.run("DELETE FROM handled WHERE call_id LIKE 'playground:%'")
    conn.run("DELETE FROM playground_message")
    conn.run("DELETE FROM playground_file")
    conn.run("DELETE FROM note WHERE key IN (:mode, :clock)", mode=MODE, clock=CLOCK)
