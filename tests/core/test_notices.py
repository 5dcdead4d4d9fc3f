"""Direct messages as their readers want them: kinds switched off, quiet hours, one message a day; over both engines,
under a controlled clock."""

from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import Fields, Records, Reply
from core.clock import FixedClock
from core.commands.registry import Registry
from core.commands.spec import Readers
from core.delivery import held, quiet
from core.delivery.calendar import read_quiet
from core.delivery.outbox import NewPost, enqueue
from core.delivery.outlet import Target
from core.delivery.service import Delivery
from core.errors import Refused
from core.store.port import Conn, Row
from tests.outlets import KeepingOutlet, raising
from tests.people import Actor, CohortFixture, button_of, buttons_of, refused, text_of


async def tell(cohort: CohortFixture, who: Actor, kind: str = "admin.people", **data: object) -> None:
    """Write a direct message of a kind."""
    target = Target(who.person.platform, who.person.workspace, who.person.id, direct=True)

    def write(conn: Conn) -> None:
        (count,) = conn.all("SELECT count(*) AS n FROM outbox")
        facts = data or {"news": "mentor", "by": "Olu", "who": ""}
        enqueue(conn, NewPost(cohort.id, f"t:{count['n']}", kind, facts, target), cohort.core.clock.now())

    await cohort.core.store.write(write)


async def turn(cohort: CohortFixture, who: Actor, title: str = "On lotteries") -> None:
    """Write a direct message that its reader may switch off."""
    data = {"number": 1, "reference": title, "by": "Ben", "back": None}
    await tell(cohort, who, "reading.swapped", **data)


async def states(cohort: CohortFixture) -> list[str]:
    def read(conn: Conn) -> list[Row]:
        return list(conn.all("SELECT state FROM outbox ORDER BY id"))

    return [row["state"] for row in await cohort.core.store.read(read)]


def shown(reply: Reply) -> dict[str, str]:
    """The fields of a profile."""
    (fields,) = [each for each in reply.blocks if isinstance(each, Fields)]
    return {label: text_of(value) for label, value in fields.items}


def test_every_kind_for_a_person_has_a_kind_of_notice_or_a_reason(registry: Registry) -> None:
    for kind in registry.posts.values():
        assert not (kind.notice and kind.always), kind.name
        assert not kind.always or kind.always.endswith("."), kind.name
        if kind.readers is not Readers.MEMBERS:
            assert kind.notice or kind.always, (
                f"{kind.name} goes to people: say notice=, or why it comes always="
            )
    for schedule in registry.schedules.values():
        if schedule.personal:
            assert registry.posts[schedule.post].notice, (
                f"{schedule.name} goes to people: its post needs notice="
            )
    keys = [each.key for each in registry.notices]
    assert len(keys) == len(set(keys)) <= 25
    assert all(each.label[0].islower() and len(each.label) <= 40 for each in registry.notices)


async def test_what_says_no_kind_goes_to_nobody(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await tell(cohort, cohort.ada, "admin.welcome")
    await delivery.flush()
    assert outlet.sent == []
    assert "go to channels alone" in text_of(await cohort.olu.ok("cohort-admin delivery"))


async def test_a_kind_is_switched_off_and_on_again(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.want_calls()
    off = await cohort.ada.ok("profile reminders", on="no", kind="calls")
    assert "Only if you ask for them: calls for check-ins" in text_of(off)
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 12:00", follow="member")
    clock.move_to(datetime(2026, 11, 23, 11, 0, tzinfo=UTC))
    await turn(cohort, cohort.ada)
    await delivery.flush()
    assert sorted(each.target.channel for each in outlet.sent) == ["U-ada", "U-ben", "U-mina", "U-olu"]
    assert "unwanted" not in await states(cohort), "what is switched off is not written"
    turns = await cohort.ada.ok("profile reminders", on="no", kind="turns")
    assert shown(await cohort.ada.ok("profile show"))["Reminders"].startswith("on, but no ")
    await cohort.ada.click(next(each for each in buttons_of(turns) if each.label.endswith(" again")))
    on = await cohort.ada.click(button_of(off, "Calls for check-ins"))
    assert "I may send you direct messages.\nYou asked for calls for check-ins." in text_of(on)
    assert shown(await cohort.ada.ok("profile show"))["Reminders"] == "on"


async def test_what_is_switched_off_while_it_waits_is_listed_as_not_wanted(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await turn(cohort, cohort.ada)
    await tell(cohort, cohort.ada)
    await cohort.ada.ok("profile reminders", on="no")
    await delivery.flush()
    assert await states(cohort) == ["unwanted", "sent"], "what has to be known comes all the same"
    listed = await cohort.olu.ok("cohort-admin delivery")
    assert text_of(listed).startswith("1 of 2 were sent; 1 unwanted.")
    assert not any(each.label.startswith("Try") for each in buttons_of(listed))
    only = await cohort.olu.ok("cohort-admin delivery", state="unwanted")
    assert [each for each in only.blocks if isinstance(each, Records)]


async def test_a_call_goes_only_to_those_who_neither_answered_nor_sat_out_nor_are_away(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 12:00", follow="member")
    await cohort.ada.ok("checkin now", progress="Early")
    await cohort.ben.ok("checkin skip")
    await cohort.mina.ok("profile away", until="2026-11-24")
    clock.move_to(datetime(2026, 11, 23, 11, 0, tzinfo=UTC))
    await delivery.flush()
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent] == ["U-olu"], "once a call"
    assert sorted(await states(cohort)) == ["sent", "unwanted", "unwanted"]


async def test_one_kind_wanted_of_none_leaves_the_others_off(cohort: CohortFixture) -> None:
    await cohort.ada.ok("profile reminders", on="no")
    await cohort.ada.ok("profile reminders", on="yes", kind="turns")
    assert "no requests for feedback" in shown(await cohort.ada.ok("profile show"))["Reminders"]
    await cohort.ada.ok("profile reminders", on="yes")
    assert shown(await cohort.ada.ok("profile show"))["Reminders"] == "on"


async def test_own_quiet_hours_hold_a_message_until_their_end(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    said = await cohort.ada.ok("profile reminders", on="yes", quiet="9:00-12:30")
    assert "What falls in your quiet hours, 09:00 to 12:30, comes at their end." in text_of(said)
    await turn(cohort, cohort.ada)
    await tell(cohort, cohort.ada)
    await turn(cohort, cohort.ben)
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent] == ["U-ben"], "it is ten in Berlin"
    assert await states(cohort) == ["held", "held", "sent"]
    clock.move_to(datetime(2026, 11, 23, 11, 29, tzinfo=UTC))
    await delivery.flush()
    assert len(outlet.sent) == 1
    clock.move_to(datetime(2026, 11, 23, 11, 30, tzinfo=UTC))
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent] == ["U-ben", "U-ada", "U-ada"], "nothing is lost"


async def test_quiet_hours_of_the_cohort_hold_where_somebody_has_none_of_their_own(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ben.ok("profile reminders", on="yes", quiet="none")
    clock.move_to(datetime(2026, 11, 23, 22, 0, tzinfo=UTC))
    for each in (cohort.ada, cohort.ben):
        await turn(cohort, each)
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent] == ["U-ben"]
    clock.move_to(datetime(2026, 11, 24, 7, 0, tzinfo=UTC))
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent] == ["U-ben", "U-ada"]
    assert shown(await cohort.ben.ok("profile show"))["When"] == "You have no quiet hours."
    await cohort.ben.ok("profile reminders", on="yes", quiet="cohort")
    assert "cohort's quiet hours, 21:00 to 08:00" in shown(await cohort.ben.ok("profile show"))["When"]


@pytest.mark.parametrize(("bundle", "at"), [("18:00", 17), ("yes", 7)])
async def test_a_day_comes_in_one_message(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet, bundle: str, at: int
) -> None:
    said = await cohort.ada.ok("profile reminders", on="yes", bundle=bundle)
    assert f"They come in one message a day, at {at + 1:02}:00." in text_of(said)
    await turn(cohort, cohort.ada, "First paper")
    await delivery.flush()
    clock.move_to(clock.now() + timedelta(hours=2))
    await turn(cohort, cohort.ada, "Second paper")
    await tell(cohort, cohort.ada)
    await delivery.flush()
    assert len(outlet.sent) == 1, "what has to be known comes at once"
    clock.move_to(datetime(2026, 11, 23 if at > 9 else 24, at, 0, tzinfo=UTC))
    await delivery.flush()
    await delivery.flush()
    assert len(outlet.sent) == 2
    read = text_of(outlet.sent[1].reply)
    assert read.startswith("2 messages for you from Lab:")
    assert read.index("First paper") < read.index("Second paper")
    assert len(buttons_of(outlet.sent[1].reply)) == 2
    assert await states(cohort) == ["sent"] * 4
    await turn(cohort, cohort.ada, "Third paper")
    clock.move_to(clock.now() + timedelta(days=1))
    await delivery.flush()
    clock.move_to(clock.now() + timedelta(days=1))
    await delivery.flush()
    assert "Third paper" in text_of(outlet.sent[2].reply)
    assert "messages for you" not in text_of(outlet.sent[2].reply), "one comes as it is"


async def test_a_message_of_a_day_that_is_refused_is_listed_with_all_that_it_held(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("profile reminders", on="yes", bundle="18:00")
    await turn(cohort, cohort.ada)
    await turn(cohort, cohort.ada)
    await delivery.flush()
    clock.move_to(datetime(2026, 11, 23, 17, 0, tzinfo=UTC))
    outlet.before = [raising(Refused("The platform refused it."))]
    await delivery.flush()
    await delivery.flush()
    assert await states(cohort) == ["failed"] * 3
    assert "The platform refused it." in text_of(await cohort.olu.ok("cohort-admin delivery"))


async def test_what_is_held_is_not_lost_by_a_clock_that_is_set_back(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    clock.move_to(datetime(2027, 1, 23, 22, 0, tzinfo=UTC))
    await turn(cohort, cohort.ada)
    await delivery.flush()
    clock.move_to(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    await delivery.flush()
    assert len(outlet.sent) == 1


async def test_the_form_opens_with_what_holds(cohort: CohortFixture) -> None:
    await cohort.ada.ok("profile reminders", on="yes", quiet="22:00 - 07:30", bundle="yes")
    form = await cohort.ada.form("profile reminders")
    assert {field.name: field.value for field in form.fields} == {
        "on": "yes",
        "kind": None,
        "quiet": "22:00-07:30",
        "bundle": "yes",
    }
    await cohort.ada.submit(form, quiet="", bundle="")
    again = await cohort.ada.form("profile reminders")
    assert [field.value for field in again.fields] == ["yes", None, None, None], "emptied: as the cohort"


@pytest.mark.parametrize(("field", "typed"), [("quiet", "late"), ("bundle", "25:00"), ("bundle", "soon")])
async def test_hours_that_cannot_be_read_are_refused_at_their_field(
    cohort: CohortFixture, field: str, typed: str
) -> None:
    error = refused(await cohort.ada("profile reminders", on="yes", **{field: typed}))
    assert error.field == field
    assert typed in text_of(error)


def test_the_constant_says_the_default() -> None:
    assert read_quiet(quiet.QUIET_HOURS) == quiet.DEFAULT_HOURS
    assert held.MOST_IN_ONE <= 25, "a button each, in five rows of five"
