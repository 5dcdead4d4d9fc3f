"""The channels of a cohort and what each is for: the statements on places and purposes."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.chat.model import Place
from core.store.port import Conn


def places_for(conn: Conn, cohort_id: int, purpose: str) -> list[Place]:
    """The channels that serve a purpose; where none is set, the home channels. Closed ones are left out."""
    for name in dict.fromkeys((purpose, "home")):
        rows = conn.all(
            "SELECT pl.platform, pl.workspace, pl.channel, pl.name FROM purpose pu"
            " JOIN place pl ON pl.id = pu.place_id"
            " WHERE pu.cohort_id = :cohort AND pu.name = :name AND pl.gone_reason IS NULL ORDER BY pl.id",
            cohort=cohort_id,
            name=name,
        )
        if rows:
            return [
                Place(row["platform"], row["workspace"], row["channel"], name=row["name"]) for row in rows
            ]
    return []


def fallback_channel(conn: Conn, cohort_id: int, platform: str, workspace: str) -> str:
    """The cohort's channel in which somebody whose direct messages are closed may be shown something alone;
    empty where it has none on that platform. `workspace` is the account's."""
    homes = places_for(conn, cohort_id, "home")
    fitting = (
        home.channel for home in homes if home.platform == platform and workspace in ("", home.workspace)
    )
    return next(fitting, "")


@dataclass(frozen=True, slots=True)
class PurposeChannel:
    """A channel that serves a purpose. `name` is its own name where it is known, else its id; it is `closed`
    while it takes no posts."""

    purpose: str
    name: str
    closed: bool


def purpose_channels(conn: Conn, cohort_id: int) -> Sequence[PurposeChannel]:
    """What each channel of a cohort is for, by purpose."""
    rows = conn.all(
        "SELECT pu.name AS purpose, pl.name, pl.channel, pl.gone_reason FROM purpose pu"
        " JOIN place pl ON pl.id = pu.place_id WHERE pu.cohort_id = :cohort ORDER BY pu.name, pl.id",
        cohort=cohort_id,
    )
    return [
        PurposeChannel(row["purpose"], row["name"] or row["channel"], row["gone_reason"] is not None)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Owner:
    """The cohort that a channel belongs to, and the channel's own name where it is known, else its id."""

    cohort_id: int
    name: str
    channel: str


def owner(conn: Conn, place: Place) -> Owner | None:
    """The cohort that a channel belongs to, suspended ones too but not archived ones. A channel that serves no
    purpose is nobody's."""
    row = conn.one(
        "SELECT c.id, c.name, pl.channel, pl.name AS channel_name FROM place pl JOIN cohort c ON c.id = pl.cohort_id"
        " WHERE pl.platform = :platform AND pl.workspace = :workspace AND pl.channel = :channel"
        " AND c.archived_at IS NULL AND EXISTS (SELECT 1 FROM purpose pu WHERE pu.place_id = pl.id)",
        **_key(place),
    )
    return Owner(row["id"], row["name"], row["channel_name"] or row["channel"]) if row else None


def serves(conn: Conn, cohort_id: int, place: Place) -> bool:
    """Whether a channel serves some purpose of a cohort already, and takes posts."""
    row = conn.one(
        "SELECT 1 AS yes FROM place pl JOIN purpose pu ON pu.place_id = pl.id WHERE pl.cohort_id = :cohort"
        " AND pl.platform = :platform AND pl.workspace = :workspace AND pl.channel = :channel"
        " AND pl.gone_reason IS NULL",
        cohort=cohort_id,
        **_key(place),
    )
    return row is not None


def homes_besides(conn: Conn, cohort_id: int, place: Place) -> int:
    """How many homes a cohort has besides a channel."""
    count: int = conn.value(
        "SELECT count(*) FROM purpose pu JOIN place pl ON pl.id = pu.place_id WHERE pu.cohort_id = :cohort"
        " AND pu.name = 'home' AND NOT (pl.platform = :platform AND pl.workspace = :workspace"
        " AND pl.channel = :channel)",
        cohort=cohort_id,
        **_key(place),
    )
    return count


def reserve(conn: Conn, cohort_id: int, place: Place) -> bool:
    """Keep a channel for a cohort until `assign` or `release`. It is no door into the cohort yet. False where it
    belongs to another cohort that is not archived."""
    return _take(conn, cohort_id, place) is not None


def release(conn: Conn, cohort_id: int, place: Place, reason: str) -> None:
    """Give up a channel that was reserved. One that serves the cohort already is closed for that reason."""
    conn.run(
        "DELETE FROM place WHERE cohort_id = :cohort AND platform = :platform AND workspace = :workspace"
        " AND channel = :channel AND NOT EXISTS (SELECT 1 FROM purpose WHERE purpose.place_id = place.id)",
        cohort=cohort_id,
        **_key(place),
    )
    conn.run(
        "UPDATE place SET gone_reason = :reason WHERE cohort_id = :cohort AND platform = :platform"
        " AND workspace = :workspace AND channel = :channel",
        reason=reason,
        cohort=cohort_id,
        **_key(place),
    )


def free(conn: Conn, cohort_id: int, place: Place) -> None:
    """Take a channel away from a cohort, whatever it served."""
    conn.run(
        "DELETE FROM place WHERE cohort_id = :cohort AND platform = :platform AND workspace = :workspace"
        " AND channel = :channel",
        cohort=cohort_id,
        **_key(place),
    )


def _key(place: Place) -> dict[str, str]:
    return {"platform": place.platform, "workspace": place.workspace, "channel": place.channel}


def _take(conn: Conn, cohort_id: int, place: Place) -> int | None:
    """The row of a channel for a cohort: new, its own already, or left by a cohort that is archived or has no use
    for it. None where it belongs to another one."""
    row = conn.one(
        "INSERT INTO place (cohort_id, platform, workspace, channel, name)"
        " VALUES (:cohort, :platform, :workspace, :channel, :name)"
        " ON CONFLICT (platform, workspace, channel) DO UPDATE SET cohort_id = CASE"
        " WHEN (SELECT c.archived_at FROM cohort c WHERE c.id = place.cohort_id) IS NOT NULL"
        " OR NOT EXISTS (SELECT 1 FROM purpose pu WHERE pu.place_id = place.id)"
        " THEN excluded.cohort_id ELSE place.cohort_id END RETURNING id, cohort_id",
        cohort=cohort_id,
        name=place.name,
        **_key(place),
    )
    if row is None or row["cohort_id"] != cohort_id:
        return None
    # What an archived cohort used it for, if anything, is over.
    conn.run(
        "DELETE FROM purpose WHERE place_id = :id AND cohort_id <> :cohort", id=row["id"], cohort=cohort_id
    )
    conn.run(
        "UPDATE place SET gone_reason = NULL, name = CASE WHEN :name = '' THEN name ELSE :name END WHERE id = :id",
        id=row["id"],
        name=place.name,
    )
    return int(row["id"])


def assign(conn: Conn, cohort_id: int, purpose: str, place: Place) -> bool:
    """Give a cohort a channel for a purpose, in place of the one it had for it on that platform. False where
    the channel belongs to another cohort that is not archived."""
    place_id = _take(conn, cohort_id, place)
    if place_id is None:
        return False
    conn.run(
        "DELETE FROM purpose WHERE cohort_id = :cohort AND name = :purpose AND place_id IN"
        " (SELECT id FROM place WHERE cohort_id = :cohort AND platform = :platform)",
        cohort=cohort_id,
        purpose=purpose,
        platform=place.platform,
    )
    conn.run(
        "INSERT INTO purpose (cohort_id, name, place_id) VALUES (:cohort, :purpose, :place)",
        cohort=cohort_id,
        purpose=purpose,
        place=place_id,
    )
    return True
