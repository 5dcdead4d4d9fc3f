"""Memberships that end because an account is gone, and what a platform that says nothing leads to. Both engines."""

from datetime import timedelta

import pytest

from core.chat.model import Form, Place, PlaceKind, Request, Source
from core.clock import FixedClock
from core.cohorts import audit, directory
from core.cohorts.presence import AccountState
from core.delivery import readers
from core.delivery.outbox import NewPost, enqueue
from core.delivery.outlet import Target
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.accounts import StatedAccounts
from tests.outlets import KeepingOutlet
from tests.people import HOME, Actor, CohortFixture, found_cohort, refused, text_of

OTHER = Place("test", "W", "C-other")


@pytest.fixture
def accounts(cohort: CohortFixture) -> StatedAccounts:
    """What the platform says of everybody's account."""
    stated = StatedAccounts()
    cohort.core.accounts.lookups["test"] = stated
    return stated


def later(clock: FixedClock, **time: float) -> None:
    clock.move_to(clock.now() + timedelta(**(time or {"minutes": 1})))


def names(conn: Conn, cohort_id: int) -> list[str]:
    return [each.name for each in directory.members(conn, cohort_id)]


@pytest.mark.case(46)
@pytest.mark.parametrize("state", [each for each in AccountState if each.is_gone])
async def test_account_that_is_gone_ends_its_membership(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock, state: AccountState
) -> None:
    core = cohort.core
    await cohort.ada.ok("submission add", title="Secret")
    later(clock)
    accounts.states["U-ada"] = state
    direct = cohort.ada.in_direct()
    request = Request("c", "submission show", direct.person, direct.place)
    assert await core.complete(request, "paper", "") == ()
    assert "Ada" not in await core.store.read(names, cohort.id)
    for actor in (direct, cohort.ada.at(OTHER)):
        assert "Secret" not in text_of(await actor.fails("submission list"))
        for source in (Source.BUTTON, Source.FORM):
            forged = await actor.send("submission show", {"paper": "1"}, cohort.id, source)
            assert "one that you are not in" in text_of(refused(forged))
    (entry,) = await core.store.read(audit.entries, cohort.id)
    assert (entry.action, entry.about, entry.actor) == ("account gone", "Ada", "")
    accounts.states.clear()
    assert "Welcome" in text_of(await cohort.ada.ok("cohort join")), "who is back takes it up again"
    assert "Secret" in str(await direct.ok("submission list"))


@pytest.mark.case(46)
async def test_first_call_after_it_says_why(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    accounts.states["U-ada"] = AccountState.OUTSIDE
    said = text_of(await cohort.ada.in_direct().fails("submission list"))
    assert "Your membership in Lab has ended" in said
    assert "kept" in said


@pytest.mark.case(50)
async def test_platform_that_says_nothing_gives_no_right(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    await cohort.ada.ok("submission add", title="Secret")
    later(clock)
    accounts.states["U-ada"] = accounts.states["U-olu"] = AccountState.UNKNOWN
    for call in ("submission list", "cohort members"):
        assert "try again in a moment" in text_of(await cohort.ada.in_direct().fails(call))
    refusal = await cohort.olu.in_direct().fails("cohort-admin set", key="name", value="Mine")
    assert "try again in a moment" in text_of(refusal)
    form = await cohort.olu.in_direct().send("cohort-admin set", {})
    assert not isinstance(form, Form), "a form that cannot succeed does not open"
    assert "Ada" in await cohort.core.store.read(names, cohort.id), "nothing ends by it"
    assert "help" in text_of(await cohort.ada.in_direct().ok("cohort help")), "needs no cohort"
    assert "Secret" in str(await cohort.ada.ok("submission list")), "in the cohort's own channel"


async def test_own_channel_is_proof_and_answers_hold_for_half_a_minute(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    await cohort.ada.ok("cohort members")
    await cohort.ada.in_direct().ok("cohort members")
    assert accounts.asked == []
    later(clock)
    for _ in range(3):
        await cohort.ada.in_direct().ok("cohort members")
    assert accounts.asked == ["U-ada"]
    later(clock)
    await cohort.ada.in_direct().ok("cohort members")
    assert accounts.asked == ["U-ada"] * 2


async def test_form_that_remembers_its_channel_is_no_proof(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    later(clock)
    accounts.states["U-ada"] = AccountState.OUTSIDE
    sent = Request("f", "submission list", cohort.ada.person, HOME, {}, None, Source.FORM, in_place=False)
    assert "has ended" in text_of(refused(await cohort.core.run(sent)))


async def test_of_several_cohorts_only_the_ones_left_are_meant(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    await found_cohort(cohort.core, "Other", place=Place("test", "W", "C7", name="other"))
    asked = await cohort.ada.in_direct().fails("cohort members")
    assert "Which cohort" in text_of(asked)
    later(clock)
    accounts.states["U-ada@C7"] = AccountState.OUTSIDE
    assert "in Lab" in text_of(await cohort.ada.in_direct().ok("cohort members"))


@pytest.mark.case(46)
async def test_who_is_gone_is_sent_nothing_and_keeps_no_turn(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    outlet = KeepingOutlet()
    service = Delivery(cohort.core, {"test": outlet})
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 11:00", follow="member")
    await cohort.olu.ok("cohort-admin schedule-add", kind="reading", when="every monday 10:30")
    await cohort.olu.ok("reading add", reference="You and Your Research")
    for who in (cohort.ada, cohort.ben):
        await who.ok("reading present")
    accounts.states["U-ada"] = AccountState.OUTSIDE
    accounts.states["U-mina"] = AccountState.UNKNOWN
    later(clock, hours=1)
    await service.flush()
    assert {each.target.channel for each in outlet.sent if each.target.direct} <= {"U-olu", "U-ben"}
    assert "Ada" not in await cohort.core.store.read(names, cohort.id)
    assert "Ben presents it" in text_of(await cohort.olu.ok("reading next"))
    await service.stop()


@pytest.mark.case(46)
async def test_sweep_finds_who_never_calls(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    accounts.states["U-olu"] = AccountState.DEACTIVATED
    assert await readers.sweep(cohort.core) == 4
    assert await cohort.core.store.read(names, cohort.id) == ["Ada", "Ben", "Mina"]
    assert not await cohort.core.store.read(directory.has_organizer, cohort.id)
    assert await readers.sweep(cohort.core) == 0, "everybody was asked about today"
    later(clock, days=1, minutes=1)
    assert await readers.sweep(cohort.core) == 3


async def test_one_account_of_several_ends_nothing(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    def second_account(conn: Conn) -> None:
        conn.run(
            "INSERT INTO account (platform, workspace, user_id, person_id) SELECT 'test', 'W', 'U-ada2', person_id"
            " FROM account WHERE user_id = 'U-ada'"
        )

    await cohort.core.store.write(second_account)
    accounts.states["U-ada"] = AccountState.OUTSIDE
    assert "does not belong" in text_of(await cohort.ada.in_direct().fails("cohort members"))
    assert "Ada" in await cohort.core.store.read(names, cohort.id)


@pytest.mark.case(46)
async def test_what_waits_for_another_cohort_is_not_shown_to_who_left_it(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    other = await found_cohort(cohort.core, "Other", place=Place("test", "W", "C7", name="other"))

    def waiting(conn: Conn) -> None:
        conn.run("UPDATE account SET closed_reason = 'closed'")
        target = Target("test", "W", "U-ada", direct=True, fallback_channel="")
        enqueue(conn, NewPost(other.id, "k", "checkins.call", {"day": "2026-11-23"}, target), clock.now())
        conn.run("UPDATE outbox SET state = 'held'")

    await cohort.core.store.write(waiting)
    accounts.states["U-ada"] = AccountState.OUTSIDE
    answer = await cohort.ada.ok("cohort members")
    assert "Other" not in text_of(answer)
    assert "Ada" not in await cohort.core.store.read(names, other.id)


async def test_nobody_in_a_workspace_with_one_cohort_is_offered_to_join(
    cohort: CohortFixture, accounts: StatedAccounts, clock: FixedClock
) -> None:
    zoe = Actor(cohort.core, cohort.somebody("Zoe").person, OTHER)
    for actor in (zoe, zoe.in_direct()):
        asked = await actor.fails("cohort members")
        assert "Lab is the one here" in text_of(asked)
    joined = await zoe.click(asked, "Join")
    assert "Welcome to Lab" in text_of(joined)
    assert "Zoe" in str(await zoe.ok("cohort members"))
    accounts.states["U-yan"] = AccountState.OUTSIDE
    yan = Actor(cohort.core, cohort.somebody("Yan").person, OTHER)
    assert "does not belong" in text_of(await yan.fails("cohort members")), "not even its name is told"
    forged = await yan.send("cohort join", {}, cohort.id, Source.BUTTON)
    assert "not in" in text_of(refused(forged))
    nowhere = Actor(cohort.core, yan.person, Place("test", "", "D1", PlaceKind.DIRECT))
    assert "does not belong" in text_of(await nowhere.fails("cohort members"))
