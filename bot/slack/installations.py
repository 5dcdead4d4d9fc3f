"""Where the app is installed, with the token of each workspace, which stands in the database encrypted. Plain SQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.vault import Vault
from core.store.port import Conn, Row

STATE = timedelta(minutes=10)
"""How long an installation may take from its first page to its last."""
MOST_STATES = 5_000
"""Installations that are begun at the same time; of more the oldest are forgotten, so that nobody can fill the table."""
_NAMES = ("enterprise", "workspace", "name", "token", "refresh", "ends_at")
_COLUMNS = ", ".join(_NAMES)


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation. `workspace` is empty for one into a whole organisation, `enterprise` where there is none. The tokens
    are encrypted: `token`, and, where that one ends at `ends_at`, `refresh`, for which Slack gives the next two."""

    enterprise: str
    workspace: str
    name: str
    token: str
    refresh: str = ""
    ends_at: datetime | None = None

    @property
    def key(self) -> str:
        """Whose the token is, as it is encrypted with it."""
        return key(self.enterprise, self.workspace)

    @property
    def refresh_key(self) -> str:
        """Whose the token is that renews it."""
        return f"{self.key}/refresh"

    def ends_by(self, at: datetime) -> bool:
        """Whether its token is of no use any more at an instant, and has to be renewed before."""
        return self.ends_at is not None and self.ends_at <= at

    @property
    def title(self) -> str:
        """How people know it."""
        return f"{self.name} ({self.workspace or self.enterprise})"


def key(enterprise: str, workspace: str) -> str:
    """Whose a token is."""
    return f"slack/{enterprise}/{workspace}"


def everywhere(conn: Conn) -> list[Installed]:
    """Every installation, by name."""
    rows = conn.all(f"SELECT {_COLUMNS} FROM slack_installation ORDER BY name, enterprise, workspace")
    return [_read(row) for row in rows]


def find(conn: Conn, workspace: str, enterprise: str = "") -> Installed | None:
    """The installation that serves a workspace: its own, else that of its organisation, which is remembered where it is not
    given."""
    row = conn.one(
        f"SELECT {_COLUMNS} FROM slack_installation"
        " WHERE workspace = :workspace AND workspace <> '' ORDER BY installed_at DESC",
        workspace=workspace,
    )
    row = row or conn.one(
        f"SELECT {_COLUMNS} FROM slack_installation WHERE workspace = ''"
        " AND enterprise = coalesce(nullif(CAST(:enterprise AS TEXT), ''),"
        " (SELECT o.enterprise FROM slack_organisation o WHERE o.workspace = :workspace))",
        enterprise=enterprise,
        workspace=workspace,
    )
    return _read(row) if row else None


def matching(conn: Conn, enterprise: str, workspace: str) -> list[Installed]:
    """The installations that an event of Slack speaks of: of a workspace, else of an organisation."""
    rows = conn.all(
        f"SELECT {_COLUMNS} FROM slack_installation WHERE workspace = :workspace"
        " AND (workspace <> '' OR enterprise = :enterprise)",
        enterprise=enterprise,
        workspace=workspace,
    )
    return [_read(row) for row in rows]


def _read(row: Row) -> Installed:
    return Installed(*(row[name] for name in _NAMES))


def save(conn: Conn, installed: Installed, now: datetime) -> None:
    """Write an installation down, in place of an earlier one of the same workspace or organisation."""
    for before in matching(conn, installed.enterprise, installed.workspace):
        _delete(conn, before)
    conn.run(
        "INSERT INTO slack_installation (enterprise, workspace, name, token, refresh, ends_at, installed_at)"
        " VALUES (:enterprise, :workspace, :name, :token, :refresh, :ends_at, :now)",
        enterprise=installed.enterprise,
        workspace=installed.workspace,
        name=installed.name,
        token=installed.token,
        refresh=installed.refresh,
        ends_at=installed.ends_at,
        now=now,
    )


def served(conn: Conn, installed: Installed) -> list[str]:
    """The workspaces that an installation serves: of an organisation those that were heard of and have none of their own."""
    if installed.workspace:
        return [installed.workspace]
    rows = conn.all(
        "SELECT o.workspace FROM slack_organisation o WHERE o.enterprise = :enterprise AND NOT EXISTS"
        " (SELECT 1 FROM slack_installation i WHERE i.workspace = o.workspace)",
        enterprise=installed.enterprise,
    )
    return [row["workspace"] for row in rows]


def with_served(conn: Conn) -> list[tuple[Installed, list[str]]]:
    """Every installation, by name, with the workspaces that it serves."""
    return [(each, served(conn, each)) for each in everywhere(conn)]


def erase(conn: Conn, installed: Installed) -> list[str] | None:
    """Forget an installation and its token. Returns the workspaces that it served; None where it has another token by now,
    which stays."""
    before = served(conn, installed)
    return before if _delete(conn, installed) else None


_ONE = "enterprise = :enterprise AND workspace = :workspace AND token = :token"
"""An installation as it was read: one that has another token by now is not touched."""


def _key(installed: Installed) -> dict[str, str]:
    return {
        "enterprise": installed.enterprise,
        "workspace": installed.workspace,
        "token": installed.token,
    }


def _delete(conn: Conn, installed: Installed) -> int:
    return conn.run(f"DELETE FROM slack_installation WHERE {_ONE}", **_key(installed))


def remember(conn: Conn, workspace: str, enterprise: str) -> None:
    """Note which organisation a workspace belongs to."""
    conn.run(
        "INSERT INTO slack_organisation (workspace, enterprise) VALUES (:workspace, :enterprise)"
        " ON CONFLICT (workspace) DO UPDATE SET enterprise = excluded.enterprise",
        workspace=workspace,
        enterprise=enterprise,
    )


def forget(conn: Conn, workspace: str) -> None:
    """Forget which organisation a workspace belongs to: its installation serves it no more."""
    conn.run("DELETE FROM slack_organisation WHERE workspace = :workspace", workspace=workspace)


def claim(conn: Conn, installed: Installed, now: datetime, until: datetime) -> bool:
    """Claim the renewal of a token. False where another process has claimed it, or it was renewed, replaced or erased."""
    return bool(
        conn.run(
            f"UPDATE slack_installation SET lease_until = :until WHERE {_ONE}"
            " AND coalesce(lease_until, 0) <= :now",
            until=until,
            now=now,
            **_key(installed),
        )
    )


def renew(conn: Conn, used: Installed, renewed: Installed, until: datetime) -> bool:
    """Write down the next tokens under a claim, or after it as long as nobody else has renewed those that were used. False
    where the app was installed again meanwhile, or removed."""
    return bool(
        conn.run(
            "UPDATE slack_installation SET token = :token, refresh = :refresh, ends_at = :ends_at,"
            " lease_until = NULL WHERE enterprise = :enterprise AND workspace = :workspace"
            " AND (lease_until = :until OR refresh = :used)",
            used=used.refresh,
            enterprise=renewed.enterprise,
            workspace=renewed.workspace,
            token=renewed.token,
            refresh=renewed.refresh,
            ends_at=renewed.ends_at,
            until=until,
        )
    )


def encrypt_anew(conn: Conn, vault: Vault) -> int:
    """Encrypt with the first key what an earlier one encrypted. Returns how many tokens. Raises nothing for those that no
    key opens: they stay as they are."""
    count = 0
    for each in everywhere(conn):
        if vault.is_current(each.token) or not vault.opens(each.token, each.key):
            continue
        refresh = each.refresh
        if vault.opens(refresh, each.refresh_key):
            refresh = vault.seal(vault.open(refresh, each.refresh_key), each.refresh_key)
        # One that another process has renewed meanwhile stays as it is.
        count += conn.run(
            f"UPDATE slack_installation SET token = :anew, refresh = :refresh WHERE {_ONE}",
            anew=vault.seal(vault.open(each.token, each.key), each.key),
            refresh=refresh,
            **_key(each),
        )
    return count


def begin(conn: Conn, hash_: str, now: datetime) -> None:
    """Note that an installation was begun."""
    conn.run("DELETE FROM slack_state WHERE ends_at <= :now", now=now)
    conn.run(
        "DELETE FROM slack_state WHERE hash IN"
        " (SELECT s.hash FROM slack_state s ORDER BY s.ends_at DESC, s.hash LIMIT 1000 OFFSET :most)",
        most=MOST_STATES - 1,
    )
    conn.run("INSERT INTO slack_state (hash, ends_at) VALUES (:hash, :ends)", hash=hash_, ends=now + STATE)


def complete(conn: Conn, hash_: str, now: datetime) -> bool:
    """Whether an installation was begun so and in time; it is forgotten, so that this is true once."""
    return bool(
        conn.run("DELETE FROM slack_state WHERE hash = :hash AND ends_at > :now", hash=hash_, now=now)
    )
