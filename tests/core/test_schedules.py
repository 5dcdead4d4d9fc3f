"""What organizers do with schedules: exceptions, breaks, members' own time, quiet hours, pause, change, retry."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from core.chat.model import ChannelRef, PersonRef, Reply
from core.clock import FixedClock
from core.delivery import outbox
from core.delivery.calendar import DateRange, read_date_ranges, read_quiet, write_date_ranges
from core.delivery.outbox import NewPost, PostState
from core.delivery.outlet import Target
from core.delivery.service import Delivery
from core.errors import BadInput, TargetGone
from core.store.port import Conn
from tests.outlets import KeepingOutlet, raising
from tests.people import CohortFixture, answered, button_of, buttons_of, listed, text_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "cohort-admin channel": Redelivered({"purpose": "digest", "channel": ChannelRef("C7", "news")}),
    "cohort-admin delivery": Redelivered(),
    "cohort-admin organizer": Redelivered({"person": PersonRef("U-ben", "Ben"), "add": True}),
    "cohort-admin schedule-add": Redelivered({"kind": "checkin", "when": "weekdays 09:30"}),
    "cohort-admin schedule-list": Redelivered(),
    "cohort-admin schedule-run": Redelivered({"schedule": "1"}),
    "cohort-admin schedule-pause": Redelivered({"schedule": "1"}),
    "cohort-admin schedule-remove": Redelivered({"schedule": "1"}),
    "cohort-admin schedule-resume": Redelivered({"schedule": "2"}),
    "cohort-admin set": Redelivered({"key": "name", "value": "Another name"}),
    "cohort-admin setup": Redelivered(
        {"name": "Second", "timezone": "Africa/Lagos", "channel": ChannelRef("C9", "second")}
    ),
    "cohort-admin show": Redelivered(),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""


async def walk(
    clock: FixedClock, delivery: Delivery, until: datetime, step: timedelta = timedelta(hours=1)
) -> None:
    """Let time pass in steps, with delivery at work."""
    while clock.now() < until:
        clock.move_to(min(clock.now() + step, until))
        await delivery.flush()


def days(outlet: KeepingOutlet) -> list[str]:
    return [each.key.split(":")[1] for each in outlet.sent]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026-12-24", "2026-12-24"),
        ("2026-12-28 .. 2027-01-04, 2026-12-24", "2026-12-24, 2026-12-28..2027-01-04"),
        ("2026-12-28 to 2027-01-04", "2026-12-28..2027-01-04"),
        ("2026-12-28–2027-01-04;2027-04-02", "2026-12-28..2027-01-04, 2027-04-02"),
        ("none", ""),
    ],
)
def test_dates_and_ranges_are_read(typed: str, stored: str) -> None:
    assert write_date_ranges(read_date_ranges(typed)) == stored
    assert read_date_ranges(stored) == read_date_ranges(typed)


@pytest.mark.parametrize(
    "typed", ["24.12.", "2026-13-01", "2027-01-04..2026-12-28", "2026-01-01..2028-01-01", "a..b..c"]
)
def test_dates_that_cannot_be_read_are_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_date_ranges(typed)


def test_quiet_hours_are_read() -> None:
    assert str(read_quiet("21:00-08:00")) == "(datetime.time(21, 0), datetime.time(8, 0))"
    assert read_quiet("none") is None
    for typed in ("21-8", "25:00-08:00", "late"):
        with pytest.raises(BadInput, match="quiet hours"):
            read_quiet(typed)


async def test_exceptions_and_breaks_are_left_out(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    reply = await cohort.olu.ok(
        "cohort-admin schedule-add", kind="checkin", when="daily 09:30", exceptions="2026-11-25"
    )
    assert "Wed 25 Nov" not in text_of(reply)
    assert "Thu 26 Nov" in text_of(reply)
    await cohort.olu.ok("cohort-admin set", key="breaks", value="2026-11-27..2026-11-28")
    await walk(clock, delivery, datetime(2026, 11, 30, 12, tzinfo=UTC))
    assert days(outlet) == ["2026-11-24", "2026-11-26", "2026-11-29", "2026-11-30"]
    assert "2026-11-27..2026-11-28" in str((await cohort.olu.ok("cohort-admin show")).blocks)
    refusal = await cohort.olu.fails(
        "cohort-admin schedule-add", kind="checkin", when="daily 09:30", exceptions="christmas"
    )
    assert refusal.field == "exceptions"


async def test_dates_are_shown_before_anything_is_saved(cohort: CohortFixture) -> None:
    shown = await cohort.olu.ok(
        "cohort-admin schedule-add",
        kind="checkin",
        when="every 2 weeks on friday 16:00",
        exceptions="2026-12-25",
        preview=True,
    )
    dates = [line for line in text_of(shown).splitlines() if line.startswith("•")]
    assert dates == [
        f"• {day}, 16:00" for day in ("Fri 27 Nov", "Fri 11 Dec", "Fri 8 Jan", "Fri 22 Jan", "Fri 5 Feb")
    ]
    assert "Nothing is scheduled" in text_of(await cohort.olu.ok("cohort-admin schedule-list"))
    saved = answered(await cohort.olu.click(shown, "Save it"))
    assert [line for line in text_of(saved).splitlines() if line.startswith("•")] == dates
    assert "Schedule #1 is saved: check-in call" in text_of(saved)
    change = await cohort.olu.click(saved, "Change it")
    again = answered(await cohort.olu.submit(change, when="every friday 9am"))
    assert "#1 is saved" in text_of(again)
    line = schedule_line(await cohort.olu.ok("cohort-admin schedule-list"))
    assert "every Friday at 09:00" in line
    assert "every 2 weeks" not in line
    assert "Removed" in text_of(await cohort.olu.click(again, "Remove it"))
    assert "Nothing is scheduled" in text_of(await cohort.olu.ok("cohort-admin schedule-list"))


async def test_what_cannot_be_read_is_not_saved(cohort: CohortFixture) -> None:
    for when in ("now and then", "weekdays 25:00", "daily until 2020-01-01", "every 99 weeks", ""):
        await cohort.olu("cohort-admin schedule-add", kind="checkin", when=when)
    assert "Nothing is scheduled" in text_of(await cohort.olu.ok("cohort-admin schedule-list"))


async def test_rule_without_open_date_says_so(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin set", key="end", value="2026-11-24")
    reply = await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="every friday 10:00")
    assert "no date open" in text_of(reply)
    assert "no further date" in schedule_line(await cohort.olu.ok("cohort-admin schedule-list"))


async def test_call_in_each_members_own_time_comes_as_direct_message(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("profile timezone", zone="America/New_York")
    await cohort.ben.ok("profile timezone", zone="Asia/Tokyo")
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 09:30", follow="member")
    sent: dict[str, list[datetime]] = {}
    while clock.now() < datetime(2026, 11, 25, 0, tzinfo=UTC):
        clock.move_to(clock.now() + timedelta(minutes=30))
        before = len(outlet.sent)
        await delivery.flush()
        for each in outlet.sent[before:]:
            assert each.target.direct
            sent.setdefault(each.target.channel, []).append(clock.now())
    # 09:30 is 14:30 UTC in New York, 00:30 UTC in Tokyo and 08:30 UTC in Berlin.
    assert sent == {
        "U-ada": [datetime(2026, 11, 23, 14, 30, tzinfo=UTC), datetime(2026, 11, 24, 14, 30, tzinfo=UTC)],
        "U-ben": [datetime(2026, 11, 24, 0, 30, tzinfo=UTC)],
        "U-mina": [datetime(2026, 11, 24, 8, 30, tzinfo=UTC)],
        "U-olu": [datetime(2026, 11, 24, 8, 30, tzinfo=UTC)],
    }
    refusal = await cohort.olu.fails(
        "cohort-admin schedule-add", kind="digest", when="daily 9am", follow="member"
    )
    assert refusal.field == "follow"


async def test_nobody_waits_for_another_time_zone(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    """Who moves, joins or comes back after a call was planned gets it by their own clock all the same."""
    nia = cohort.somebody("Nia")
    await nia.ok("profile timezone", zone="Asia/Tokyo")
    await cohort.mina.ok("profile timezone", zone="Asia/Kolkata")
    await cohort.mina.ok("profile away", until="2026-11-24")
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30", follow="member")
    await cohort.ben.ok("profile timezone", zone="Australia/Sydney")  # half past nine is 22:30 UTC there
    sent: dict[str, list[datetime]] = {}
    while clock.now() < datetime(2026, 11, 25, 9, 0, tzinfo=UTC):
        clock.move_to(clock.now() + timedelta(minutes=30))
        if clock.now() == datetime(2026, 11, 24, 9, 0, tzinfo=UTC):
            await nia.ok("cohort join")
            await cohort.want_calls(nia)
        before = len(outlet.sent)
        await delivery.flush()
        for each in outlet.sent[before:]:
            sent.setdefault(each.target.channel, []).append(clock.now())
    assert sent["U-ben"] == [datetime(2026, 11, day, 22, 30, tzinfo=UTC) for day in (23, 24)]
    assert sent["U-nia"] == [datetime(2026, 11, 25, 0, 30, tzinfo=UTC)]
    assert sent["U-mina"] == [datetime(2026, 11, 25, 4, 0, tzinfo=UTC)]
    assert sent["U-ada"] == [datetime(2026, 11, day, 8, 30, tzinfo=UTC) for day in (24, 25)]
    assert "missed" not in text_of(await cohort.olu.ok("cohort-admin delivery"))


async def test_who_comes_back_is_asked_on_time(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.mina.ok("profile timezone", zone="Asia/Kolkata")
    await cohort.mina.ok("profile away", until="2026-11-24")
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30", follow="member")
    await walk(clock, delivery, datetime(2026, 11, 25, 4, 0, tzinfo=UTC), timedelta(minutes=30))
    last = outlet.sent[-1]
    assert (last.target.channel, last.key.split(":")[1]) == ("U-mina", "2026-11-25")
    assert "comes late" not in text_of(last.reply)


async def test_direct_messages_wait_for_end_of_quiet_hours(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 22:00", follow="member")
    await walk(clock, delivery, datetime(2026, 11, 24, 6, 59, tzinfo=UTC), timedelta(minutes=30))
    assert outlet.sent == []
    await walk(clock, delivery, datetime(2026, 11, 24, 7, 0, tzinfo=UTC))
    assert {each.target.channel for each in outlet.sent} == {"U-ada", "U-ben", "U-mina", "U-olu"}
    await cohort.olu.ok("cohort-admin set", key="quiet-hours", value="none")
    await walk(clock, delivery, datetime(2026, 11, 24, 21, 0, tzinfo=UTC))
    assert len(outlet.sent) == 8


@pytest.mark.case(23)
async def test_closed_direct_messages_are_marked_and_not_retried(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 12:00", follow="member")
    clock.move_to(datetime(2026, 11, 23, 11, 0, tzinfo=UTC))
    outlet.before = [raising(TargetGone("Direct messages are closed."))] * 4
    await delivery.flush()
    clock.move_to(datetime(2026, 11, 24, 11, 0, tzinfo=UTC))
    await delivery.flush()
    assert outlet.sent == []
    assert outlet.before == []


async def test_pausing_resuming_changing_and_removing(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")
    await walk(clock, delivery, datetime(2026, 11, 24, 12, tzinfo=UTC))
    paused = await cohort.olu.ok("cohort-admin schedule-pause", schedule="1")
    assert "paused" in schedule_line(await cohort.olu.ok("cohort-admin schedule-list"))
    await walk(clock, delivery, datetime(2026, 11, 26, 12, tzinfo=UTC))
    assert days(outlet) == ["2026-11-24"], "nothing is made up for after a pause"
    assert "Fri 27 Nov, 09:30" in text_of(await cohort.olu.click(button_of(paused, "Resume")))
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 15:00", replaces="#1")
    await walk(clock, delivery, datetime(2026, 11, 27, 12, tzinfo=UTC))
    assert days(outlet) == ["2026-11-24", "2026-11-26"]
    await cohort.olu.ok("cohort-admin schedule-remove", schedule="1")
    await walk(clock, delivery, datetime(2026, 11, 29, 12, tzinfo=UTC))
    assert len(outlet.sent) == 2
    assert "Nothing is scheduled" in text_of(await cohort.olu.ok("cohort-admin schedule-list"))

    def history(conn: Conn) -> list[str]:
        return [row["what"] for row in conn.all("SELECT what FROM schedule_change ORDER BY id")]

    assert await cohort.core.store.read(history) == [
        "added: checkin, every day at 09:30",
        "paused",
        "resumed",
        "checkin, every day at 09:30 -> checkin, every day at 15:00",
        "removed",
    ]


async def test_catch_up_window_is_organizers(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")
    await cohort.olu.ok("cohort-admin set", key="catch-up", value="1")
    clock.move_to(datetime(2026, 11, 24, 10, tzinfo=UTC))
    await delivery.flush()
    assert outlet.sent == []
    await cohort.olu.fails("cohort-admin set", key="catch-up", value="soon")


async def test_what_was_not_sent_is_listed_and_can_be_tried_again(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    assert "Nothing was posted yet" in text_of(await cohort.olu.ok("cohort-admin delivery"))
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")
    clock.move_to(datetime(2026, 11, 24, 20, tzinfo=UTC))
    await delivery.flush()
    posts = await cohort.olu.ok("cohort-admin delivery")
    assert "1 missed" in text_of(posts)
    assert "not running" in text_of(posts)
    assert listed(posts)[0].endswith(" · Tue 24 Nov, 09:30 (Europe/Berlin) · lab · missed")
    again = await cohort.olu.click(button_of(posts, "Try #1 again"))
    assert "on its way again" in text_of(again)
    await delivery.flush()
    assert days(outlet) == ["2026-11-24"]
    assert "comes late" in text_of(outlet.sent[0].reply)
    gone = await cohort.olu.click(button_of(posts, "Try #1 again"))
    assert "could be tried again" in text_of(gone)
    refusal = await cohort.ada.fails("cohort-admin delivery")
    assert "organizers" in text_of(refusal)


async def test_list_of_posts_is_turned_page_by_page(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="daily 09:30")
    await walk(clock, delivery, datetime(2026, 12, 8, 12, tzinfo=UTC))
    await cohort.olu.ok("cohort-admin set", key="catch-up", value="0")
    await walk(clock, delivery, datetime(2026, 12, 10, 12, tzinfo=UTC), timedelta(hours=24))

    def numbers(reply: Reply) -> list[int]:
        return [int(row.removeprefix("#").partition(" ")[0]) for row in listed(reply)]

    first = await cohort.olu.ok("cohort-admin delivery")
    assert "15 of 17 were sent; 2 missed." in text_of(first)
    assert "Due next: digest, Fri 11 Dec, 09:30" in text_of(first)
    assert numbers(first) == [17, 16]
    assert [each.label for each in buttons_of(first)] == [
        "Try #17 again",
        "Try #16 again",
        "Those that were sent",
    ]
    sent = answered(await cohort.olu.click(first, "Those that were sent"))
    assert numbers(sent) == [*range(15, 3, -1)]
    rest = answered(await cohort.olu.click(sent, "Earlier"))
    assert numbers(rest) == [3, 2, 1]
    assert "Earlier" not in [each.label for each in buttons_of(rest)]
    assert numbers(await cohort.olu.ok("cohort-admin delivery", state="sent", before=3)) == [2, 1]
    assert "None of these" in text_of(await cohort.olu.ok("cohort-admin delivery", state="held"))


async def test_posts_that_wait_are_reached_behind_many_that_were_not_sent(cohort: CohortFixture) -> None:
    """Whichever of them were written first."""
    target = Target("test", "W", "C1")

    def write(conn: Conn) -> dict[PostState, list[int]]:
        found: dict[PostState, list[int]] = {PostState.MISSED: [], PostState.DEFERRED: []}
        for number in range(30):
            state = PostState.DEFERRED if number % 2 else PostState.MISSED
            post = NewPost(cohort.id, f"post:{number}", "checkins.call", {}, target, state=state)
            row = outbox.enqueue(conn, post, cohort.core.clock.now())
            assert row is not None
            found[state].append(row)
        return found

    written = await cohort.core.store.write(write)
    seen: list[int] = []
    reply = await cohort.olu.ok("cohort-admin delivery")
    while True:
        seen += [int(row.removeprefix("#").partition(" ")[0]) for row in listed(reply)]
        if "Earlier" not in [each.label for each in buttons_of(reply)]:
            break
        reply = answered(await cohort.olu.click(reply, "Earlier"))
    assert seen == [*reversed(written[PostState.MISSED]), *reversed(written[PostState.DEFERRED])]


def test_spans_hold_both_ends() -> None:
    span = DateRange(date(2026, 12, 24), date(2026, 12, 26))
    assert str(span) == "2026-12-24..2026-12-26"


async def test_who_is_away_or_wants_no_reminders_gets_no_direct_messages(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 12:00", follow="member")
    await cohort.ada.ok("profile away", until="2026-11-24")
    await cohort.ben.ok("profile reminders", on="no")
    await cohort.mina.ok("profile away", until="2026-11-30")
    await cohort.mina.ok("profile back")
    await walk(clock, delivery, datetime(2026, 11, 25, 12, tzinfo=UTC))
    got = [(each.key.split(":")[1], each.target.channel) for each in outlet.sent]
    assert sorted(got) == [
        ("2026-11-23", "U-mina"),
        ("2026-11-23", "U-olu"),
        ("2026-11-24", "U-mina"),
        ("2026-11-24", "U-olu"),
        ("2026-11-25", "U-ada"),
        ("2026-11-25", "U-mina"),
        ("2026-11-25", "U-olu"),
    ]


DATES = r"[MTWFS]\w\w \d+ \w{3}"


def schedule_line(reply: Reply) -> str:
    """The line of a schedule in the list."""
    return next(line for line in listed(reply) if line.startswith("#1 "))
