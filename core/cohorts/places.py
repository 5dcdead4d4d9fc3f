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


def cohort_name(conn: Conn, place: Place) -> str | None:
    """The name of the cohort that a channel belongs to, suspended ones too but not archived ones."""
    name: str | None = conn.value(
        "SELECT c.name FROM place pl JOIN cohort c ON c.id = pl.cohort_id WHERE pl.platform = :platform"
        " AND pl.workspace = :workspace AND pl.channel = :channel AND c.archived_at IS NULL",
        platform=place.platform,
        workspace=place.workspace,
        channel=place.channel,
    )
    return name


def assign(conn: Conn, cohort_id: int, purpose: str, place: Place) -> bool:
    """Give a cohort a channel for a purpose, in place of the one it had for it on that platform. False where
    the channel belongs to another cohort that is not archived."""
    row = conn.one(
        "INSERT INTO place (cohort_id, platform, workspace, channel, name)"
        " VALUES (:cohort, :platform, :workspace, :channel, :name)"
        " ON CONFLICT (platform, workspace, channel) DO UPDATE SET gone_reason = NULL,"
        " cohort_id = CASE WHEN place.cohort_id IN (SELECT id FROM cohort WHERE archived_at IS NOT NULL)"
        " THEN excluded.cohort_id ELSE place.cohort_id END RETURNING id, cohort_id",
        cohort=cohort_id,
        platform=place.platform,
        workspace=place.workspace,
        channel=place.channel,
        name=place.name,
    )
    if row is None or row["cohort_id"] != cohort_id:
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
        place=row["id"],
    )
    return True
