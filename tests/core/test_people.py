"""Organizers, mentors, removals, guests and the archive: who may change what about a cohort's people. Both engines."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from core.chat.model import Person, PersonRef, Place, PlaceKind, Reply
from core.clock import FixedClock
from core.cohorts import audit, directory
from core.cohorts.presence import AccountState
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.accounts import StatedAccounts
from tests.outlets import KeepingOutlet
from tests.people import HOME, Actor, CohortFixture, button_of, found_cohort, listed, text_of
from tests.redelivery import Redelivered

BEN = PersonRef("U-ben", "Ben")

REDELIVERED: Mapping[str, Redelivered] = {
    "cohort-admin members": Redelivered(),
    "cohort-admin mentor": Redelivered({"person": BEN, "add": True}),
    "cohort-admin remove": Redelivered({"person": BEN, "sure": True}),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""

OTHER = Place("test", "W", "C-other")


@pytest.fixture
def accounts(cohort: CohortFixture) -> StatedAccounts:
    """What the platform says of everybody's account."""
    stated = StatedAccounts()
    cohort.core.accounts.lookups["test"] = stated
    return stated


def names(conn: Conn, cohort_id: int) -> list[str]:
    return [each.name for each in directory.members(conn, cohort_id)]


async def actions(cohort: CohortFixture) -> list[tuple[str, str, str]]:
    found = await cohort.core.store.read(audit.entries, cohort.id)
    return [(each.actor, each.action, each.about) for each in found]


async def told(cohort: CohortFixture) -> list[tuple[str, str]]:
    """Send what waits; to whom what went."""
    outlet = KeepingOutlet()
    service = Delivery(cohort.core, {"test": outlet})
    await service.flush()
    await service.stop()
    return [(each.target.channel, text_of(each.reply)) for each in outlet.sent]


@pytest.mark.case(47)
async def test_manager_appoints_where_there_is_an_organizer(cohort: CohortFixture) -> None:
    zoe = cohort.somebody("Zoe", manager=True)
    for call in ("show", "set", "remove", "members", "mentor"):
        assert "organizers" in text_of(await zoe.fails(f"cohort-admin {call}")), call
    await zoe.ok("cohort-admin organizer", person=BEN, add=True)
    await cohort.ben.ok("cohort-admin show")
    sent = dict(await told(cohort))
    assert "Zoe made you an organizer of Lab" in sent["U-ben"]
    assert "who manages this workspace or server, made Ben an organizer" in sent["U-olu"]
    assert await actions(cohort) == [("Zoe", "organizer added", "Ben")]
    refusal = await zoe.fails("cohort-admin organizer", person=BEN, add=False)
    assert "for the cohort's organizers" in text_of(refusal)


@pytest.mark.case(47)
async def test_manager_reaches_a_cohort_whose_channel_they_are_not_in(
    cohort: CohortFixture, accounts: StatedAccounts
) -> None:
    accounts.states["U-zoe"] = AccountState.OUTSIDE
    await found_cohort(cohort.core, "Other", place=Place("test", "W", "C7", name="other"))
    zoe = cohort.somebody("Zoe", manager=True).at(OTHER)
    asked = await zoe.fails("cohort-admin organizer", person=BEN, add=True)
    assert "Which cohort" in text_of(asked)
    await zoe.click(asked, "Lab")
    await cohort.ben.ok("cohort-admin show")
    elsewhere = Actor(cohort.core, zoe.person, Place("test", "W2", "C1"))
    refusal = await elsewhere.fails("cohort-admin organizer", person=BEN, add=True)
    assert "does not belong" in text_of(refusal), "only in the workspace that they manage"
    member = cohort.somebody("Yan").at(OTHER)
    assert "Lab" not in text_of(await member.fails("cohort-admin organizer", person=BEN, add=True))


@pytest.mark.case(47)
async def test_managing_one_workspace_gives_no_right_in_another(cohort: CohortFixture) -> None:
    ada = Actor(cohort.core, replace(cohort.ada.person, manager=True), Place("test", "W2", "C1"))
    forged = await ada.send("cohort-admin organizer", {"person": BEN, "add": "yes"}, cohort=cohort.id)
    assert isinstance(forged, Reply)
    assert forged.error
    assert "organizers" in text_of(forged)


@pytest.mark.case(47)
async def test_one_is_asked_before_one_steps_down(cohort: CohortFixture) -> None:
    own = PersonRef("U-olu", "Olu")
    alone = await cohort.olu.ok("cohort-admin organizer", person=own, add=False)
    assert "the only organizer" in text_of(alone)
    await cohort.olu.ok("cohort-admin organizer", person=BEN, add=True)
    asked = await cohort.olu.ok("cohort-admin organizer", person=own, add=False)
    assert text_of(asked) == "You are an organizer of Lab."
    await cohort.olu.ok("cohort-admin show")
    await cohort.olu.click(asked, "Step down")
    await cohort.olu.fails("cohort-admin show")
    last = await cohort.ben.fails("cohort leave")
    assert "only organizer" in text_of(last)
    # One whose account goes is not asked.
    await cohort.core.store.write(lambda conn: conn.run("UPDATE member SET organizer = 0"))
    assert not await cohort.core.store.read(directory.has_organizer, cohort.id)
    zoe = cohort.somebody("Zoe", manager=True)
    await zoe.ok("cohort-admin show")  # where nobody is left, a manager sets it right
    await zoe.ok("cohort-admin organizer", person=PersonRef("U-zoe", "Zoe"), add=True)
    assert "Zoe" in str((await zoe.ok("cohort-admin show")).blocks)


@pytest.mark.case(47)
async def test_organizer_who_is_gone_does_not_count(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    await cohort.olu.ok("cohort-admin organizer", person=BEN, add=True)
    for state in (AccountState.UNKNOWN, AccountState.DEACTIVATED):
        accounts.states["U-ben"] = state
        clock.move_to(clock.now() + timedelta(minutes=1))
        assert "only organizer" in text_of(await cohort.olu.fails("cohort leave"))
        assert "only organizer" in text_of(
            await cohort.olu.ok("cohort-admin organizer", person=PersonRef("U-olu"), add=False)
        )
    assert "Ben" not in await cohort.core.store.read(names, cohort.id)


@pytest.mark.case(48)
@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AccountState.BOT, "is a bot"),
        (AccountState.DEACTIVATED, "deactivated"),
        (AccountState.OUTSIDE, "invite them there first"),
        (AccountState.UNKNOWN, "try again in a moment"),
        (AccountState.GUEST, "Let them in first"),
    ],
)
async def test_who_cannot_be_in_a_cohort(
    cohort: CohortFixture, accounts: StatedAccounts, state: AccountState, words: str
) -> None:
    accounts.states["U-xen"] = state
    xen = PersonRef("U-xen", "Xen")
    for call in ("organizer", "mentor"):
        refusal = await cohort.olu.fails(f"cohort-admin {call}", person=xen, add=True)
        assert words in text_of(refusal)
        assert refusal.field == "person"
    if state is not AccountState.GUEST:
        assert words in text_of(await cohort.olu.fails("cohort-admin members", let_in=xen))
    assert "Xen" not in await cohort.core.store.read(names, cohort.id)


@pytest.mark.case(48)
async def test_guest_is_let_in_by_an_organizer(cohort: CohortFixture, accounts: StatedAccounts) -> None:
    gus = cohort.somebody("Gus", guest=True)
    accounts.states["U-gus"] = AccountState.GUEST
    refusal = await gus.fails("cohort join")
    assert "cohort-admin members" in text_of(refusal)
    ref = PersonRef("U-gus", "Gus")
    assert "organizers" in text_of(await cohort.ada.fails("cohort-admin members", let_in=ref))
    await cohort.olu.ok("cohort-admin members", let_in=ref)
    assert "Gus" in str(await gus.ok("cohort members"))
    assert "Olu let you in to Lab" in dict(await told(cohort))["U-gus"]
    assert "already" in text_of(await cohort.olu.fails("cohort-admin members", let_in=ref))
    refusal = await cohort.olu.fails("cohort-admin members", let_in=PersonRef("U-zoe", "Zoe"))
    assert "no guest" in text_of(refusal)
    await cohort.olu.ok("cohort-admin organizer", person=ref, add=True)


@pytest.mark.case(46)
async def test_who_is_removed_comes_back_only_if_let_in(
    cohort: CohortFixture, accounts: StatedAccounts
) -> None:
    await cohort.ben.ok("submission add", title="Kept")
    asked = await cohort.olu.ok("cohort-admin remove", person="Ben")
    assert "Shall I remove Ben" in text_of(asked)
    assert "Ben" in await cohort.core.store.read(names, cohort.id)
    removed = await cohort.olu.click(asked, "Remove Ben")
    assert "Ben is not in Lab any more" in text_of(removed)
    assert await cohort.olu.again() == removed
    assert "Ben" not in await cohort.core.store.read(names, cohort.id)
    ((who, words),) = await told(cohort)
    assert who == "U-ben"
    assert "Olu removed you from Lab" in words
    for place in (HOME, OTHER, cohort.ben.in_direct().place):
        assert "Kept" not in str(await cohort.ben.at(place).fails("submission list"))
    assert "removed" in text_of(await cohort.ben.fails("cohort join"))
    assert ("Olu", "removed", "Ben") in await actions(cohort)
    await cohort.olu.ok("cohort-admin members", let_in=BEN)
    assert "Kept" in str(await cohort.ben.ok("submission list"))
    assert "cohort leave" in text_of(await cohort.olu.fails("cohort-admin remove", person="Olu"))
    assert "organizers" in text_of(await cohort.ada.fails("cohort-admin remove", person=BEN))


async def test_mentors_come_and_go(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin mentor", person=BEN, add=True)
    assert "Olu made you a mentor" in dict(await told(cohort))["U-ben"]
    rows = listed(await cohort.olu.ok("cohort-admin members"))
    assert any(row.startswith("Ben · mentor, by Olu · ") for row in rows)
    await cohort.olu.ok("cohort-admin mentor", person=BEN, add=False)
    refusal = await cohort.olu.fails("cohort-admin mentor", person=BEN, add=False)
    assert "Ben is no mentor here" in text_of(refusal)


async def test_everybody_is_listed_with_account_and_a_page_at_a_time(
    cohort: CohortFixture, accounts: StatedAccounts
) -> None:
    for n in range(20):
        await Actor(cohort.core, Person("test", "W", f"U-n{n:02}", f"N{n:02}")).ok("cohort join")
    accounts.states |= {"U-ada": AccountState.OUTSIDE, "U-ben": AccountState.UNKNOWN}
    shown = await cohort.olu.ok("cohort-admin members")
    assert "Members 1 to 10 of 24 in Lab" in text_of(shown)
    assert len(accounts.asked) == 10, "as many as one call may look up"
    rows = listed(shown)
    assert rows[0] == "Ada · member · since Mon 23 Nov 2026 · gone; the membership has ended"
    assert rows[1].endswith(" · could not be asked about just now")
    assert rows[2] == "Mina · mentor · since Mon 23 Nov 2026 · here"
    after = await cohort.olu.click(button_of(shown, "Next ›"))
    assert isinstance(after, Reply)
    assert "Members 11 to 20 of 23 in Lab" in text_of(after)
    assert len(listed(after)) == 10


@pytest.mark.case(47)
async def test_archive_is_asked_about_and_frees_the_channel(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 11:00")
    assert "organizers" in text_of(await cohort.ada.fails("cohort-admin archive"))
    zoe = cohort.somebody("Zoe", manager=True)
    asked = await zoe.ok("cohort-admin archive")
    assert "Shall I archive Lab" in text_of(asked)
    await cohort.ada.ok("cohort members")
    await zoe.click(asked, "Archive it")
    sent = dict(await told(cohort))
    assert "Zoe archived Lab" in sent["C1"]
    assert "who manages this workspace or server, archived Lab" in sent["U-olu"]
    assert "was archived" in text_of(await cohort.ada.fails("cohort members"))
    direct = replace(HOME, id="D1", kind=PlaceKind.DIRECT)
    assert (await actions(cohort))[-1] == ("Zoe", "archived", "Lab")
    assert "was archived" in text_of(await cohort.ada.at(direct).fails("cohort members"))
    await zoe.ok("cohort-admin setup", name="Next", timezone="UTC")
