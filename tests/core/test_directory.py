"""Who is who and where, drafts, notes and workspaces: plain SQL, over both engines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.chat.model import Person, Place, PlaceKind
from core.cohorts import directory, places
from core.commands import stored_call
from core.commands.dispatch import Core
from core.commands.stored_call import StoredCall
from core.delivery import workspaces
from core.errors import OutOfDate
from core.store import notes
from core.store.port import Conn, Store
from tests.conftest import NOW
from tests.people import HOME, CohortFixture, found_cohort

T0 = NOW
EVE = Person("test", "W", "U-eve", "Eve")


async def test_thread_belongs_to_its_channels_cohort(cohort: CohortFixture) -> None:
    read = cohort.core.store.read
    thread = Place("test", "W", "T9", PlaceKind.THREAD, parent="C1")
    found = await read(directory.cohort_of_place, thread)
    assert found is not None
    assert found.id == cohort.id
    for place in (replace(HOME, workspace="W2"), replace(HOME, platform="other"), replace(HOME, id="C2")):
        assert await read(directory.cohort_of_place, place) is None


async def test_id_reaches_only_own_workspace_or_cohort(cohort: CohortFixture) -> None:
    elsewhere = Place("test", "W2", "C1")
    theirs = await found_cohort(cohort.core, "Theirs", place=elsewhere)
    read = cohort.core.store.read
    ada = await read(directory.person_of, cohort.ada.person)
    assert await read(directory.cohort_in_reach, theirs.id, HOME, ada) is None
    assert await read(directory.cohort_in_reach, theirs.id, HOME, None) is None
    assert (await read(directory.cohort_in_reach, cohort.id, HOME, None)) is not None
    direct = Place("test", "", "D1", PlaceKind.DIRECT)
    assert (await read(directory.cohort_in_reach, cohort.id, direct, ada)) is not None
    assert await read(directory.cohort_in_reach, cohort.id, direct, None) is None


async def test_cohorts_of_person_and_of_workspace(cohort: CohortFixture) -> None:
    second = await found_cohort(cohort.core, "Second", place=replace(HOME, id="C2"))
    read = cohort.core.store.read
    ada = await read(directory.person_of, cohort.ada.person)
    assert ada is not None
    for place in (HOME, Place("test", "", "D1", PlaceKind.DIRECT)):
        assert [each.id for each in await read(directory.cohorts_of_person, ada, place)] == [
            cohort.id,
            second.id,
        ]
    assert await read(directory.cohorts_of_person, ada, Place("test", "W2", "C1")) == []
    assert [each.name for each in await read(directory.cohorts_of_workspace, "test", "W")] == [
        "Lab",
        "Second",
    ]
    assert await read(directory.cohorts_of_workspace, "other", "W") == []


async def test_person_is_made_once_and_follows_change_of_name(store: Store) -> None:
    first = await store.write(directory.ensure_person, EVE, T0)
    assert await store.write(directory.ensure_person, EVE, T0) == first
    await store.write(directory.ensure_person, replace(EVE, name="Evelyn"), T0)
    assert await name_of(store, first) == "Evelyn"
    assert await store.write(directory.ensure_person, replace(EVE, workspace="W2"), T0) != first


@pytest.mark.parametrize(
    ("name", "kept"),
    [("E\u202eve\0", "Eve"), ("\u200b", "U-eve"), ("two\nlines", "two lines"), ("x" * 500, "x" * 79 + "…")],
)
async def test_display_name_cannot_hide_or_forge(store: Store, name: str, kept: str) -> None:
    person = await store.write(directory.ensure_person, replace(EVE, name=name), T0)
    assert await name_of(store, person) == kept


async def name_of(store: Store, person: int) -> Any:
    row = await store.read(lambda conn: conn.one("SELECT name FROM person WHERE id = :id", id=person))
    return row and row["name"]


async def test_joining_again_gives_no_role_back(
    cohort: CohortFixture,
) -> None:
    write, read = cohort.core.store.write, cohort.core.store.read
    eve = await write(directory.ensure_person, EVE, T0)
    assert await write(directory.add_member, cohort.id, eve, T0)
    assert not await write(directory.add_member, cohort.id, eve, T0)
    assert await write(directory.add_member, cohort.id, eve, T0, organizer=True)
    member = await read(directory.member_of, cohort.id, eve)
    assert member is not None
    assert member.organizer
    assert not await write(directory.add_member, cohort.id, eve, T0), "an organizer who joins stays one"
    await write(
        lambda conn: conn.run("UPDATE member SET left_at = 1, mentor = 1 WHERE person_id = :eve", eve=eve)
    )
    assert await read(directory.member_of, cohort.id, eve) is None
    assert await write(directory.add_member, cohort.id, eve, T0)
    again = await read(directory.member_of, cohort.id, eve)
    assert again is not None
    assert (again.id, again.organizer, again.mentor) == (member.id, False, False)


async def test_members_come_in_same_order_on_every_engine(cohort: CohortFixture) -> None:
    def join(conn: Conn) -> None:
        for at, name in enumerate(("zoe", "Émile", "bob", "Álvaro", "_x")):
            person = directory.ensure_person(conn, replace(EVE, id=f"U{at}", name=name), T0)
            directory.add_member(conn, cohort.id, person, T0)

    await cohort.core.store.write(join)
    found = [each.name for each in await cohort.core.store.read(directory.members, cohort.id)]
    assert found == ["_x", "Ada", "Ben", "bob", "Mina", "Olu", "zoe", "Álvaro", "Émile"]


async def test_organizers_settings_and_numbers(cohort: CohortFixture) -> None:
    write, read = cohort.core.store.write, cohort.core.store.read
    assert await read(directory.has_organizer, cohort.id)
    await write(lambda conn: conn.run("UPDATE member SET organizer = 0"))
    assert not await read(directory.has_organizer, cohort.id)
    assert await read(directory.setting, cohort.id, "key", "default") == "default"
    await write(
        lambda conn: conn.run(
            "INSERT INTO setting (cohort_id, key, value) VALUES (:id, 'key', 'set')", id=cohort.id
        )
    )
    assert await read(directory.setting, cohort.id, "key", "default") == "set"
    assert [await write(directory.next_number, cohort.id, kind) for kind in "aab"] == [1, 2, 1]


async def test_accounts_of_person(cohort: CohortFixture) -> None:
    read = cohort.core.store.read
    ben = await read(directory.person_of, cohort.ben.person)
    assert ben is not None
    assert await read(directory.account_of, ben, cohort.ada.person) == "U-ben"
    assert await read(directory.account_of, ben, replace(EVE, workspace="W2")) is None


async def test_draft_is_for_its_own_account_and_for_day(store: Store) -> None:
    draft = StoredCall("submission add", {"title": "“Ba$$in” 👩‍🔬 \ud83d", "why": "two\nlines"}, 7)
    token = await store.write(draft.save, EVE, T0, 20)
    assert len(token) == 16
    assert await store.read(StoredCall.load, EVE, token, T0) == draft
    assert (
        await store.read(StoredCall.load, EVE, token, T0 + stored_call.KEEP - timedelta(microseconds=1))
        == draft
    )
    for other in (replace(EVE, id="U-mal"), replace(EVE, workspace="W2"), replace(EVE, platform="other")):
        with pytest.raises(OutOfDate):
            await store.read(StoredCall.load, other, token, T0)
    for forged in ("", "x" * 16, token + " ", token[:-1] + "\0", "' OR 1=1 --"):
        with pytest.raises(OutOfDate, match="run the command again"):
            await store.read(StoredCall.load, EVE, forged, T0)
    with pytest.raises(OutOfDate):
        await store.read(StoredCall.load, EVE, token, T0 + stored_call.KEEP)
    assert await store.write(stored_call.purge, T0 + stored_call.KEEP - timedelta(microseconds=1), 9) == 0
    assert await store.write(stored_call.purge, T0 + stored_call.KEEP, 9) == 1


async def test_notes_are_kept(store: Store) -> None:
    assert await store.read(notes.get, "fingerprint") is None
    await store.write(notes.put, "fingerprint", "one")
    await store.write(notes.put, "fingerprint", "two")
    assert await store.read(notes.get, "fingerprint") == "two"


def _is_live(conn: Conn, cohort_id: int) -> bool:
    row = conn.one("SELECT suspended_at FROM cohort WHERE id = :id", id=cohort_id)
    return row is not None and row["suspended_at"] is None


@pytest.mark.parametrize("order", [("W", "W2"), ("W2", "W")])
async def test_cohort_stops_when_bot_is_gone_from_all_its_workspaces(
    core: Core, order: tuple[str, str]
) -> None:
    both, one = (
        await found_cohort(core, "Both"),
        await found_cohort(core, "One", place=replace(HOME, id="C2")),
    )
    live: Callable[[int], Any] = lambda cohort_id: core.store.read(_is_live, cohort_id)  # noqa: E731 - shorter here
    await core.store.write(places.assign, both.id, "reading", Place("test", "W2", "C1"))
    await core.store.write(workspaces.mark_removed, "test", order[0], T0)
    assert await live(both.id)
    assert await live(one.id) == (order[0] == "W2")
    await core.store.write(workspaces.mark_removed, "test", order[1], T0)
    assert not await live(both.id)
    assert not await live(one.id)
    assert await core.store.write(workspaces.mark_removed, "test", "W", T0) == 0, "told twice"
    assert await core.store.read(directory.cohort_of_place, HOME) is None
    assert await core.store.write(workspaces.mark_returned, "test", "W", T0) == 2
    assert await live(both.id)
    assert await live(one.id)
    assert await core.store.write(workspaces.mark_removed, "test", "W", T0) == 2, "W2 is still gone"


async def test_cohort_whose_home_is_closed_is_for_managers_to_set_right(cohort: CohortFixture) -> None:
    """Where the bot is out of the only home channel, organizers cannot prove that they are still there."""
    store, home = cohort.core.store, cohort.olu.place
    assert not await store.read(directory.is_orphaned, cohort.id)
    await store.write(places.close, home, "I was removed from it.")
    assert await store.read(directory.is_orphaned, cohort.id)
    await store.write(places.reopen, home)
    assert not await store.read(directory.is_orphaned, cohort.id)
