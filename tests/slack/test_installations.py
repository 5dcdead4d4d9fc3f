"""Where the app is installed, over both engines; and secrets that open in their own place alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet

from bot.adapter import migration_folders
from bot.slack import installations
from bot.slack.installations import Installed
from bot.vault import UnreadableSecret, Vault
from core.store.open import open_store
from core.store.port import Conn

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_who_serves_a_workspace(store_url: str) -> None:
    store = await open_store(store_url, adapters=migration_folders())
    alone, whole = Installed("", "T1", "One", "a"), Installed("E1", "", "Org", "b")
    own = Installed("E1", "T2", "Two", "c")

    def walk(conn: Conn) -> None:
        assert installations.find(conn, "T1") is None
        for each in (alone, whole, own):
            installations.save(conn, each, NOW)
        assert installations.find(conn, "T1") == alone
        assert installations.find(conn, "T2", "E1") == own, "its own goes before the organisation's"
        assert installations.find(conn, "T3") is None, "nobody said whose it is"
        assert installations.find(conn, "T3", "E1") == whole
        assert installations.find(conn, "T3", "E2") is None
        for workspace in ("T3", "T3", "T2"):
            installations.remember(conn, workspace, "E1")
        assert installations.find(conn, "T3") == whole
        assert installations.served(conn, whole) == ["T3"]
        assert installations.matching(conn, "E9", "T1") == [alone], "a workspace moved into an organisation"
        assert installations.matching(conn, "E1", "") == [whole]
        assert installations.matching(conn, "", "") == []
        moved = replace(alone, enterprise="E2", token="d")
        installations.save(conn, moved, NOW)
        assert installations.find(conn, "T1") == moved
        assert installations.erase(conn, whole) == ["T3"]
        assert installations.erase(conn, replace(moved, token="a")) is None, "installed again since"
        assert [each.workspace for each in installations.everywhere(conn)] == ["T1", "T2"]

    try:
        await store.write(walk)
    finally:
        await store.close()


async def test_what_was_begun_is_completed_once_and_in_time(store_url: str) -> None:
    store = await open_store(store_url, adapters=migration_folders())

    def walk(conn: Conn) -> None:
        installations.begin(conn, "a", NOW)
        installations.begin(conn, "b", NOW)
        assert installations.complete(conn, "a", NOW)
        assert not installations.complete(conn, "a", NOW)
        assert not installations.complete(conn, "c", NOW)
        assert not installations.complete(conn, "b", NOW + installations.STATE)
        installations.begin(conn, "d", NOW + installations.STATE + timedelta(seconds=1))
        assert conn.value("SELECT count(*) FROM slack_state") == 1, "what is over is forgotten"

    try:
        await store.write(walk)
    finally:
        await store.close()


async def test_tokens_are_encrypted_anew(store_url: str) -> None:
    first, second, other = (Fernet.generate_key().decode() for _ in range(3))
    store = await open_store(store_url, adapters=migration_folders())

    def walk(conn: Conn) -> None:
        for number, keys in enumerate((first, second, other)):
            key = installations.key("", f"T{number}")
            sealed = Vault(keys).seal(f"xoxb-{number}", key)
            installations.save(conn, Installed("", f"T{number}", f"N{number}", sealed), NOW)
        both = Vault(f"{second}, {first}")
        assert installations.encrypt_anew(conn, both) == 1, "one is current, and one opens with neither key"
        assert installations.encrypt_anew(conn, both) == 0
        opened = [Vault(second).opens(each.token, each.key) for each in installations.everywhere(conn)]
        assert opened == [True, True, False]

    try:
        await store.write(walk)
    finally:
        await store.close()


async def test_a_token_is_renewed_under_one_claim(store_url: str) -> None:
    first, second = (Fernet.generate_key().decode() for _ in range(2))
    soon, later = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    store = await open_store(store_url, adapters=migration_folders())

    def sealed(keys: str, number: int) -> Installed:
        bare = Installed("", "T1", "One", "")
        return replace(
            bare,
            token=Vault(keys).seal(f"xoxe.xoxb-{number}", bare.key),
            refresh=Vault(keys).seal(f"xoxe-{number}", bare.refresh_key),
            ends_at=NOW + timedelta(hours=number),
        )

    def walk(conn: Conn) -> None:
        one, two, three = (sealed(first, number) for number in (1, 2, 3))
        installations.save(conn, one, NOW)
        installations.save(conn, Installed("E1", "", "Org", "b"), NOW)
        assert installations.with_served(conn) == [(one, ["T1"]), (Installed("E1", "", "Org", "b"), [])]
        assert (one.ends_by(NOW), one.ends_by(NOW + timedelta(hours=1))) == (False, True)
        assert installations.claim(conn, one, NOW, soon)
        assert not installations.claim(conn, one, NOW, soon), "another process does it"
        assert not installations.renew(conn, two, three, later), "that is not the claim"
        assert installations.renew(conn, one, two, soon)
        assert not installations.renew(conn, one, three, soon), "it was made use of"
        assert not installations.claim(conn, one, NOW, soon), "it was renewed"
        assert installations.erase(conn, one) is None, "it was renewed"
        assert installations.claim(conn, two, NOW, soon)
        assert installations.claim(conn, two, soon, later), "a process that died claims no longer"
        assert installations.encrypt_anew(conn, Vault(f"{second},{first}")) == 1
        assert installations.renew(conn, two, three, later), "keys were changed during the renewal"
        assert installations.encrypt_anew(conn, Vault(f"{second},{first}")) == 1
        found = installations.everywhere(conn)[0]
        assert Vault(second).open(found.refresh, found.refresh_key) == "xoxe-3"
        assert not Vault(second).opens(found.refresh, found.key), "nor in the other's place"
        last = later + timedelta(minutes=1)
        assert installations.claim(conn, found, NOW, soon)
        assert installations.claim(conn, found, later, last)
        assert installations.renew(conn, found, three, soon), "written down late, and used up all the same"
        assert not installations.renew(conn, found, two, last)
        assert installations.claim(conn, three, later, last)
        installations.save(conn, one, NOW)
        assert not installations.renew(conn, three, two, last), "installed again"

    try:
        await store.write(walk)
    finally:
        await store.close()


def test_secret_opens_in_its_own_place_alone() -> None:
    vault = Vault(Fernet.generate_key().decode())
    sealed = vault.seal("xoxb-1", "slack//T1")
    assert "xoxb" not in sealed
    assert vault.open(sealed, "slack//T1") == "xoxb-1"
    for wrong, whose in (
        (sealed, "slack//T2"),
        (sealed[:-4], "slack//T1"),
        ("", "slack//T1"),
        ("é", "slack//T1"),
    ):
        with pytest.raises(UnreadableSecret):
            vault.open(wrong, whose)
    for keys in ("", ",", "x", f"{Fernet.generate_key().decode()},x"):
        with pytest.raises(ValueError):  # noqa: PT011 - the library's own words
            Vault(keys)
