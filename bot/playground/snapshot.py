"""The playground's present state as every page shows it, read from the store."""

from dataclasses import dataclass
from datetime import datetime

from bot.playground import messages, render, workspace
from bot.playground.payloads import Tree
from bot.playground.suggestions import suggestions, tries
from core.cohorts import directory
from core.commands.registry import Registry
from core.delivery import timers
from core.delivery.served import Served
from core.store import notes
from core.store.port import Conn

MODE = "playground mode"
"""Key of the note that says `SAMPLE` or `EMPTY` once the playground was prepared."""
CLOCK = "playground:ahead"
"""Key of the note with how far the clock is ahead of the machine's, in seconds."""
STORY = "playground:story"
"""Key of the note that says how far the story of the sample's people has come."""
SAMPLE = "sample"
EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cohort, the role of each persona, and the next scheduled event."""

    cohort: str | None
    zone: str | None
    is_sample: bool
    roles: tuple[tuple[str, str], ...]
    next_kind: str | None
    next_at: datetime | None

    def tree(self, me: str, now: datetime, registry: Registry, *, ahead: bool) -> Tree:
        """The state as one persona's page takes it. `ahead` says that the clock was moved."""
        roles = dict(self.roles)
        kind = registry.schedules.get(self.next_kind or "") or registry.timers.get(self.next_kind or "")
        label = kind.label.capitalize() if kind else self.next_kind
        following = {"what": label, "at": render.instant(self.next_at)} if self.next_at else None
        return {
            "cohort": {
                "name": self.cohort or "",
                "zone": self.zone,
                "sample": self.is_sample,
                "exists": self.cohort is not None,
            },
            "me": me,
            "people": [*(_person(who, roles.get(who.id, "none")) for who in workspace.PEOPLE), _BOT],
            "places": [*_CHANNELS, _direct(me)],
            "clock": {"now": render.instant(now), "next": following, "ahead": ahead},
            "suggestions": suggestions(registry, cohort=self.cohort is not None, member=me in roles),
            "tries": tries(
                registry,
                sample=self.is_sample and self.cohort is not None,
                member=me in roles,
                year=now.year,
            ),
        }


_BOT: Tree = {
    "id": workspace.BOT,
    "name": workspace.BOT,
    "handle": workspace.BOT,
    "role": "none",
    "note": "",
    "bot": True,
}
_CHANNELS: tuple[Tree, ...] = tuple(
    {"id": each.id, "kind": "channel", "name": each.id, "topic": each.topic} for each in workspace.CHANNELS
)


def _direct(me: str) -> Tree:
    return {
        "id": workspace.direct(me),
        "kind": "direct",
        "name": workspace.BOT,
        "topic": "Only you and the bot",
    }


def _person(who: workspace.Persona, role: str) -> Tree:
    note = f"{who.home} · manages this workspace" if who.manager else who.home
    return {"id": who.id, "name": who.name, "handle": who.id, "role": role, "note": note, "bot": False}


def load(conn: Conn) -> Snapshot:
    """The present state."""
    found = directory.cohorts_of_workspace(conn, workspace.PLATFORM, workspace.WORKSPACE)
    cohort = found[0] if found else None
    following = timers.upcoming_event(conn, Served(frozenset({workspace.PLATFORM}), only=True))
    return Snapshot(
        cohort.name if cohort else None,
        cohort.zone if cohort else None,
        notes.get(conn, MODE) != EMPTY,
        _roles(conn, cohort.id) if cohort else (),
        following[0] if following else None,
        following[1] if following else None,
    )


def _roles(conn: Conn, cohort: int) -> tuple[tuple[str, str], ...]:
    rows = conn.all(
        "SELECT a.user_id, m.organizer, m.mentor FROM account a JOIN member m ON m.person_id = a.person_id"
        " WHERE a.platform = :platform AND m.cohort_id = :cohort AND m.left_at IS NULL ORDER BY a.user_id",
        platform=workspace.PLATFORM,
        cohort=cohort,
    )
    role = {True: "organizer", False: "member"}
    return tuple(
        (row["user_id"], "mentor" if row["mentor"] and not row["organizer"] else role[bool(row["organizer"])])
        for row in rows
    )


def clear(conn: Conn) -> None:
    """Delete everything that belongs to the playground alone: its cohorts with all their records, its
    people, its messages. Cohorts that also live on another platform stay."""
    conn.run(
        "DELETE FROM cohort WHERE id IN (SELECT cohort_id FROM place WHERE platform = :platform)"
        " AND id NOT IN (SELECT cohort_id FROM place WHERE platform <> :platform)",
        platform=workspace.PLATFORM,
    )
    conn.run(
        "DELETE FROM person WHERE id IN (SELECT person_id FROM account WHERE platform = :platform)"
        " AND id NOT IN (SELECT person_id FROM account WHERE platform <> :platform)",
        platform=workspace.PLATFORM,
    )
    conn.run("DELETE FROM draft WHERE platform = :platform", platform=workspace.PLATFORM)
    conn.run("DELETE FROM handled WHERE call_id LIKE 'playground:%'")
    messages.delete_all(conn)
    conn.run("DELETE FROM note WHERE key IN (:mode, :clock, :story)", mode=MODE, clock=CLOCK, story=STORY)
