"""Calls for check-ins by direct message: only to those who chose them, one after the other in each workspace; over both
engines, under a controlled clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import Person, Place, Reply
from core.clock import FixedClock
from core.cohorts import directory, people
from core.delivery import outbox, pacing, timers
from core.delivery.outbox import NewPost
from core.delivery.outlet import Pace, Target
from core.delivery.service import Delivery
from core.errors import TryLater
from core.features.checkins.reminders import KIND
from core.store.open import migrations, statements
from core.store.port import Conn, Row
from tests.outlets import KeepingOutlet, raising
from tests.people import HOME, Actor, CohortFixture, answered, button_of, buttons_of, found_cohort, text_of

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
"""In Berlin, on a Monday."""
SECOND = timedelta(seconds=1)


async def schedule(cohort: CohortFixture, **more: str) -> Reply:
    """A call at noon by direct message."""
    given = {"kind": "checkin", "when": "daily 12:00", "follow": "member"} | more
    return await cohort.olu.ok("cohort-admin schedule-add", **given)


async def crowd(cohort: CohortFixture, count: int) -> None:
    """So many further members, all of whom want to be called."""

    def add(conn: Conn) -> None:
        now = cohort.core.clock.now()
        for n in range(count):
            place = cohort.olu.place
            person = Person(place.platform, place.workspace, f"U-{cohort.id}-{n:04}", f"Member {n}")
            person_id = directory.ensure_person(conn, person, now)
            directory.add_member(conn, cohort.id, person_id, now)
            people.set_wanted(conn, person_id, "calls", True)

    await cohort.core.store.write(add)


async def walk(clock: FixedClock, delivery: Delivery, seconds: int) -> None:
    for _ in range(seconds):
        clock.move_to(clock.now() + SECOND)
        await delivery.flush()


async def rows(cohort: CohortFixture) -> list[Row]:
    def read(conn: Conn) -> list[Row]:
        return list(conn.all("SELECT * FROM outbox WHERE cohort_id = :id ORDER BY id", id=cohort.id))

    return await cohort.core.store.read(read)


def reached(outlet: KeepingOutlet) -> list[str]:
    return [each.target.channel for each in outlet.sent]


async def test_a_call_comes_only_to_those_who_asked_for_it(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    assert "it goes to nobody yet" in text_of(await schedule(cohort))
    clock.move_to(NOON)
    await delivery.flush()
    assert outlet.sent == []
    said = text_of(await cohort.ada.ok("profile reminders", on="yes"))
    assert "Only if you ask for them: calls for check-ins" in said
    await cohort.ada.ok("profile reminders", on="yes", kind="calls")
    clock.move_to(NOON + timedelta(days=1))
    await delivery.flush()
    assert reached(outlet) == ["U-ada"]
    assert "/profile reminders ends that" in text_of(outlet.sent[0].reply)
    opened = await cohort.olu.ok("cohort-admin schedule-list", schedule="1")
    assert "1 of 4 members asked for calls for check-ins" in text_of(opened)


async def test_the_channels_call_and_joining_say_how_to_ask(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 11:30")
    clock.move_to(NOON)
    await delivery.flush()
    assert [each.label for each in buttons_of(outlet.sent[-1].reply)] == ["Check in", "Not today"]
    nothing = text_of(await cohort.ben.ok("profile reminders", on="yes", kind="calls"))
    assert "Lab sends no calls for check-ins by direct message yet" in nothing
    await cohort.ben.ok("profile reminders", on="no", kind="calls")
    await schedule(cohort)
    clock.move_to(NOON + timedelta(days=1))
    await delivery.flush()
    (call,) = [each.reply for each in outlet.sent if each.target.channel == "C1"][1:]
    for _ in range(2):  # a toggle states the wanted end, however often it is pressed
        chose = answered(await cohort.ben.click(button_of(call, "Call me directly"), message="m9"))
        assert "You asked for calls for check-ins." in text_of(chose)
        await cohort.ben.ok("profile reminders", on="no", kind="calls")
    nia = cohort.somebody("Nia")
    welcome = await nia.ok("cohort join")
    assert "By direct message I send calls for check-ins only to those who ask." in text_of(welcome)
    await nia.click(button_of(welcome, "Send me calls for check-ins"))
    clock.move_to(NOON + timedelta(days=2))
    await delivery.flush()
    assert [each for each in reached(outlet) if each != "C1"] == ["U-nia"]


async def test_many_are_called_one_after_the_other(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    outlet.direct_pace = Pace(2 * SECOND, 3 * SECOND)
    await crowd(cohort, 26)
    await schedule(cohort)
    clock.move_to(NOON)
    await delivery.flush()
    assert len(outlet.sent) == pacing.BURST
    said = text_of(await cohort.olu.ok("cohort-admin delivery"))
    assert said.startswith(
        "Check-in call of Mon 23 Nov 2026: 10 of 26 sent, done in about a minute.\n10 of 26 were sent; 16 held."
    )
    for lines in range(1, 17):
        await walk(clock, delivery, 2)
        assert len(outlet.sent) == pacing.BURST + lines
    await walk(clock, delivery, 60)
    assert sorted(reached(outlet)) == sorted({*reached(outlet)}), "each once"
    assert len(outlet.sent) == 26
    assert text_of(await cohort.olu.ok("cohort-admin delivery")).startswith("All 26 were sent.")


async def test_nobody_else_waits_behind_them(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    """The channel, what has to be known, and another cohort of the same workspace."""
    outlet.direct_pace = Pace(SECOND, SECOND)
    other = await found_cohort(cohort.core, "Other", place=Place("test", "W", "C7", name="other"))
    await crowd(cohort, 60)
    await schedule(cohort)
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 12:00")
    clock.move_to(NOON)
    await delivery.flush()
    assert "C1" in reached(outlet)
    await walk(clock, delivery, 5)
    last = (await rows(cohort))[-2]
    target = Target("test", "W", last["channel"], direct=True)
    facts = {"news": "mentor", "by": "Olu", "who": ""}
    post = NewPost(cohort.id, "urgent", "admin.people", facts, target)
    await cohort.core.store.write(outbox.enqueue, post, clock.now())
    await crowd(other, 5)
    await other.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 12:00", follow="member")
    await other.olu.ok("cohort-admin schedule-run", schedule="1")
    begun = len(outlet.sent)
    await walk(clock, delivery, 10)
    after = reached(outlet)[begun:]
    assert after[0] == last["channel"], "what is for one person alone does not wait"
    assert len([each for each in after if each.startswith(f"U-{other.id}-")]) == 5, "they take turns"
    assert len(after) == 11


async def test_a_platform_that_asks_to_wait_is_let_alone(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    outlet.direct_pace = Pace(SECOND, SECOND)
    await crowd(cohort, 30)
    await schedule(cohort)
    clock.move_to(NOON)
    await delivery.flush()
    outlet.before = [raising(TryLater("Slower, please.", 30.0))]
    await walk(clock, delivery, 1)
    await walk(clock, delivery, 28)
    assert len(outlet.sent) == pacing.BURST
    await walk(clock, delivery, 30)
    assert len(outlet.sent) == 30
    assert len({*reached(outlet)}) == 30


async def test_quiet_hours_that_end_for_many_let_them_go_one_after_the_other(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    outlet.direct_pace = Pace(SECOND, SECOND)
    await crowd(cohort, 20)
    await schedule(cohort, when="daily 22:00")
    clock.move_to(datetime(2026, 11, 23, 21, 0, tzinfo=UTC))
    await delivery.flush()
    await walk(clock, delivery, 30)
    assert outlet.sent == []
    clock.move_to(datetime(2026, 11, 24, 7, 0, tzinfo=UTC))
    await delivery.flush()
    assert len(outlet.sent) == pacing.BURST
    await walk(clock, delivery, 12)
    assert len({*reached(outlet)}) == len(outlet.sent) == 20


async def test_who_leaves_or_chooses_otherwise_while_it_waits_is_not_called(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    outlet.direct_pace = Pace(60 * SECOND, SECOND)
    await crowd(cohort, 12)
    await cohort.want_calls(cohort.ada, cohort.ben)
    await schedule(cohort)
    clock.move_to(NOON)
    await delivery.flush()
    left = {each["channel"] for each in await rows(cohort) if each["state"] == "held"}
    gone = sorted(left)[0]
    place = cohort.olu.place
    leaver = Actor(cohort.core, Person(place.platform, place.workspace, gone, "Member"), place)
    await leaver.ok("cohort leave")
    other = cohort.ada if cohort.ada.person.id in left - {gone} else cohort.ben
    await other.ok("profile reminders", on="no", kind="calls")
    for _ in range(10):
        clock.move_to(clock.now() + timedelta(minutes=1))
        await delivery.flush()
    assert not {gone, other.person.id} & {*reached(outlet)[pacing.BURST :]}
    assert len(outlet.sent) == 12 + (other.person.id not in left)
    assert [each["state"] for each in await rows(cohort) if each["channel"] == gone] == ["missed"]


async def test_the_call_before_loses_its_buttons_once_the_next_one_came(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    outlet.direct_pace = Pace(SECOND, 2 * SECOND)
    await cohort.want_calls()
    await schedule(cohort)
    for day in range(3):
        clock.move_to(NOON + timedelta(days=day))
        await delivery.flush()
        await walk(clock, delivery, 20)
    assert sorted(reached(outlet)) == sorted(["U-olu", "U-mina", "U-ada", "U-ben"] * 3)
    assert sorted(int(message[1:]) for message, _ in outlet.edits) == [*range(1, 9)], "each once"
    assert all(buttons_of(each.reply) == [] for _, each in outlet.edits)
    assert text_of(outlet.edits[0][1].reply) == "Check-in, Mon 23 Nov 2026, is closed: the next one has come."
    assert [each["state"] for each in await rows(cohort)] == ["sent"] * 20


async def test_answers_and_choices_do_not_cost_a_second_call(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    """Switched off and on again within a day: the call of a date comes once."""
    await cohort.want_calls(cohort.ada)
    await schedule(cohort)
    clock.move_to(NOON)
    await delivery.flush()
    await cohort.ada.ok("profile reminders", on="no", kind="calls")
    await cohort.ada.ok("profile reminders", on="yes", kind="calls")
    for _ in range(5):
        await delivery.flush()
    assert reached(outlet) == ["U-ada"]


@pytest.mark.parametrize("back", [True, False])
async def test_a_clock_that_was_set_back_does_not_stall_them(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet, back: bool
) -> None:
    outlet.direct_pace = Pace(SECOND, SECOND)
    await crowd(cohort, 25)
    await schedule(cohort)
    clock.move_to(NOON)
    await delivery.flush()
    clock.move_to(NOON + timedelta(days=-1 if back else 1, hours=-3))
    await walk(clock, delivery, 30)
    assert len({*reached(outlet)}) == 25


async def test_an_older_database_keeps_what_each_member_chose(cohort: CohortFixture) -> None:
    """Before calls were asked for: who answered them goes on being called, who said yes or no is left alone."""
    await schedule(cohort)
    for who in (cohort.ada, cohort.mina):
        await who.ok("checkin now", progress="x")
    await cohort.mina.ok("profile reminders", on="no", kind="calls")
    await cohort.olu.ok("profile reminders", on="yes", kind="calls")
    (carried,) = [sql for number, sql in migrations() if number == 96]

    def carry(conn: Conn) -> dict[str, int]:
        for _ in range(2):
            for statement in statements(carried):
                conn.run(statement)
        found = conn.all(
            "SELECT m.name, n.wanted FROM person_notice n JOIN member m ON m.person_id = n.person_id"
            " WHERE n.kind = 'calls'"
        )
        return {row["name"]: row["wanted"] for row in found}

    assert await cohort.core.store.write(carry) == {"Ada": 1, "Mina": 0, "Olu": 1}


async def test_a_reminder_comes_once_to_who_asked_and_neither_answered_nor_sat_out(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    nia = cohort.somebody("Nia")
    await nia.ok("cohort join")
    everybody = (cohort.olu, cohort.mina, cohort.ada, cohort.ben, nia)
    for who in everybody[:-1]:
        await who.ok("profile reminders", on="yes", kind="checkin-reminders")
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 09:30")
    clock.move_to(datetime(2026, 11, 27, 8, 30, tzinfo=UTC))  # a Friday
    await delivery.flush()
    await cohort.mina.ok("checkin now", progress="x")
    await cohort.ada.ok("checkin skip")
    await cohort.ben.ok("profile away", until="2026-11-27")
    outlet.sent.clear()
    clock.move_to(datetime(2026, 11, 27, 15, 59, tzinfo=UTC))
    await delivery.flush()
    assert outlet.sent == []
    clock.move_to(datetime(2026, 11, 27, 16, 0, tzinfo=UTC))  # 17:00 in Berlin
    await delivery.flush()
    assert reached(outlet) == ["U-olu"], "Nia did not ask for it"
    reminder = outlet.sent[0].reply
    assert text_of(reminder).startswith("Check-in, Fri 27 Nov 2026: yours is not given yet.")
    assert [each.label for each in buttons_of(reminder)] == ["Check in", "Not today"]
    for day in (28, 29):
        clock.move_to(datetime(2026, 11, day, 16, 0, tzinfo=UTC))
        await delivery.flush()
    assert len([each for each in reached(outlet) if each == "U-olu"]) == 1, "at most one a call"
    assert set(reached(outlet)) <= {"U-olu", "U-ben"}, "who comes back the day after has the call still open"


async def test_who_asks_after_the_call_is_reminded_the_same_day(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 09:30")
    clock.move_to(datetime(2026, 11, 27, 8, 30, tzinfo=UTC))
    await delivery.flush()
    due = await cohort.core.store.read(timers.upcoming)
    assert due is None or due[0] != "checkins.reminder", "nobody wants it, so nothing is planned"
    clock.move_to(datetime(2026, 11, 27, 9, 0, tzinfo=UTC))
    await cohort.ada.ok("profile reminders", on="yes", kind="checkin-reminders")
    outlet.sent.clear()
    clock.move_to(datetime(2026, 11, 27, 16, 0, tzinfo=UTC))
    await delivery.flush()
    assert reached(outlet) == ["U-ada"]


async def test_who_lives_ahead_is_reminded_by_their_own_clock(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("profile timezone", zone="Pacific/Auckland")
    await cohort.ada.ok("profile reminders", on="yes", kind="checkin-reminders")
    await cohort.want_calls(cohort.ada)
    await schedule(cohort, when="weekdays 09:00")
    clock.move_to(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))  # Tuesday, 09:00 in Auckland
    await delivery.flush()
    clock.move_to(datetime(2026, 11, 24, 4, 0, tzinfo=UTC))  # 17:00
    await delivery.flush()
    assert [text_of(each.reply).partition(":")[0] for each in outlet.sent] == [
        "Check-in, Tue 24 Nov 2026. What moved, what did you learn, what is in the way? A few words are enough, and you "
        "choose who sees them.\nYou asked to be called here; /profile reminders ends that.",
        "Check-in, Tue 24 Nov 2026",
    ]


async def test_a_reminder_is_planned_in_all_cohorts_of_who_asks_for_it(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    second = await found_cohort(cohort.core, "Second", place=replace(HOME, id="C-second", name="second"))
    for each in (cohort, second):
        await each.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 09:30")
    clock.move_to(datetime(2026, 11, 27, 8, 30, tzinfo=UTC))  # a Friday
    await delivery.flush()
    clock.move_to(datetime(2026, 11, 27, 9, 0, tzinfo=UTC))

    def planned(conn: Conn) -> set[int]:
        return {
            row["cohort_id"] for row in conn.all("SELECT cohort_id FROM timer WHERE kind = :kind", kind=KIND)
        }

    assert await cohort.core.store.read(planned) == set()
    await cohort.ada.ok("profile reminders", on="yes", kind="checkin-reminders")
    assert await cohort.core.store.read(planned) == {cohort.id, second.id}
