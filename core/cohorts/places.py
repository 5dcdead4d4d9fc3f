"""The channels of a cohort and what each is for: the statements on places and purposes.

A channel is never given up for good: one that refused a post is marked as closed, with the reason, and is tried again
whenever there is something to post. A channel that serves no purpose any more is not the cohort's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.chat.model import Place
from core.store.port import Conn, Row

SERVES = "EXISTS (SELECT 1 FROM purpose pu WHERE pu.cohort_id = pl.cohort_id AND pu.place_id = pl.id)"
"""A condition on a place `pl`: it serves some purpose of its cohort now. Whoever looks for a cohort by a channel, or
for a cohort's channels, asks for it."""


def places_for(conn: Conn, cohort_id: int, purpose: str) -> list[Place]:
    """The channels that serve a purpose, on each platform; where none is set there, its home channel. Closed ones are
    among them: a post to one of them is tried, and listed where it is refused."""
    return [each.place for each in channels_for(conn, cohort_id, purpose)]


@dataclass(frozen=True, slots=True)
class PurposeChannel:
    """A channel that serves a purpose. `closed` is why it takes no posts, None while it does."""

    purpose: str
    place: Place
    closed: str | None

    @property
    def name(self) -> str:
        """Its own name where it is known, else its id."""
        return self.place.name or self.place.channel


_PURPOSES = (
    "SELECT pu.name AS purpose, pl.platform, pl.workspace, pl.channel, pl.name, pl.gone_reason FROM purpose pu"
    " JOIN place pl ON pl.id = pu.place_id AND pl.cohort_id = pu.cohort_id WHERE pu.cohort_id = :cohort"
)


def _channel(row: Row) -> PurposeChannel:
    place = Place(row["platform"], row["workspace"], row["channel"], name=row["name"])
    return PurposeChannel(row["purpose"], place, row["gone_reason"])


def channels_for(conn: Conn, cohort_id: int, purpose: str) -> list[PurposeChannel]:
    """The channels in which posts of a purpose go, see `places_for`."""
    rows = conn.all(
        f"{_PURPOSES} AND pu.name IN (:name, 'home') ORDER BY pl.id", cohort=cohort_id, name=purpose
    )
    chosen = {row["platform"] for row in rows if row["purpose"] == purpose}
    return [_channel(row) for row in rows if row["purpose"] == purpose or row["platform"] not in chosen]


def fallback_channel(conn: Conn, cohort_id: int, platform: str, workspace: str) -> str:
    """The cohort's channel in which somebody whose direct messages are closed may be shown something alone;
    empty where it has none on that platform. `workspace` is the account's."""
    homes = [each.place for each in channels_for(conn, cohort_id, "home") if each.closed is None]
    fitting = (
        home.channel for home in homes if home.platform == platform and workspace in ("", home.workspace)
    )
    return next(fitting, "")


def purpose_channels(conn: Conn, cohort_id: int) -> Sequence[PurposeChannel]:
    """What each channel of a cohort is for, by purpose."""
    return [_channel(row) for row in conn.all(f"{_PURPOSES} ORDER BY pu.name, pl.id", cohort=cohort_id)]


def everywhere(conn: Conn) -> list[Place]:
    """Every channel that serves a purpose of some cohort that is not archived."""
    rows = conn.all(
        "SELECT pl.platform, pl.workspace, pl.channel, pl.name FROM place pl JOIN cohort c ON c.id = pl.cohort_id"
        f" WHERE c.archived_at IS NULL AND {SERVES} ORDER BY pl.id"
    )
    return [Place(row["platform"], row["workspace"], row["channel"], name=row["name"]) for row in rows]


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
        f" AND c.archived_at IS NULL AND {SERVES}",
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


@dataclass(frozen=True, slots=True)
class KnownChannel:
    """A channel that serves a cohort, as far as the bot knows it. `closed` is why it takes no posts."""

    channel: str
    name: str
    closed: str | None


def known(conn: Conn, platform: str, workspace: str, channel: str | None = None) -> list[KnownChannel]:
    """The channels of a workspace that serve a cohort, or the one of that id."""
    rows = conn.all(
        "SELECT pl.channel, pl.name, pl.gone_reason FROM place pl WHERE pl.platform = :platform"
        f" AND pl.workspace = :workspace AND (:channel = '' OR pl.channel = :channel) AND {SERVES} ORDER BY pl.id",
        platform=platform,
        workspace=workspace,
        channel=channel or "",
    )
    return [KnownChannel(row["channel"], row["name"], row["gone_reason"]) for row in rows]


def rename(conn: Conn, place: Place) -> bool:
    """A channel is called `place.name` now. True where the bot knew it by another name."""
    return bool(
        place.name
        and conn.run(
            "UPDATE place SET name = :name WHERE platform = :platform AND workspace = :workspace"
            " AND channel = :channel AND name <> :name",
            name=place.name,
            **_key(place),
        )
    )


def close(conn: Conn, place: Place, reason: str) -> bool:
    """A channel takes no posts now, for a reason in a sentence. True where it took them before, so that it is told
    once."""
    where = "WHERE platform = :platform AND workspace = :workspace AND channel = :channel"
    closed = conn.run(
        f"UPDATE place SET gone_reason = :reason {where} AND gone_reason IS NULL",
        reason=reason,
        **_key(place),
    )
    if not closed:  # the latest reason is the one to mend
        conn.run(
            f"UPDATE place SET gone_reason = :reason {where} AND gone_reason <> :reason",
            reason=reason,
            **_key(place),
        )
    return closed > 0


def reopen(conn: Conn, place: Place) -> bool:
    """A channel takes posts: one arrived, or the platform says that the bot is back. True where it was closed."""
    reopened = conn.run(
        "UPDATE place SET gone_reason = NULL WHERE platform = :platform AND workspace = :workspace"
        " AND channel = :channel AND gone_reason IS NOT NULL",
        **_key(place),
    )
    return reopened > 0


def closed_count(conn: Conn) -> int:
    """How many channels of cohorts that are neither archived nor suspended take no posts now."""
    count: int = conn.value(
        "SELECT count(*) FROM place pl JOIN cohort c ON c.id = pl.cohort_id WHERE pl.gone_reason IS NOT NULL"
        f" AND c.archived_at IS NULL AND c.suspended_at IS NULL AND {SERVES}"
    )
    return count
