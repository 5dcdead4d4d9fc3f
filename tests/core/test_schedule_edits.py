"""Changes of schedules, what is asked about, and what lists and settings say."""

import json
import re
from datetime import UTC, datetime

import pytest

from core.chat.model import Form, Records
from core.clock import FixedClock
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.core.test_schedules import DATES, schedule_line, walk
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, answered, buttons_of, listed, text_of


@pytest.mark.case(54)
async def test_fortnight_edited_in_its_off_week_keeps_its_week(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    olu, add = cohort.olu, "cohort-admin schedule-add"
    await olu.ok(add, kind="checkin", when="every 2 weeks tuesday 10:00")
    coming = text_of(await olu.ok(add, kind="checkin", when="every 2 weeks tuesday 10:00", preview="yes"))
    on_dates = re.findall(DATES, coming)
    assert on_dates[:2] == ["Tue 24 Nov", "Tue 8 Dec"]
    clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))  # a week without one
    for when, first in (
        ("every 2 weeks tuesday 14:00", "Tue 8 Dec"),
        ("every 2 weeks thursday 14:00", "Thu 10 Dec"),
        ("every 2 weeks monday 09:00", "Mon 7 Dec"),
    ):
        edited = text_of(await olu.ok(add, kind="checkin", when=when, replaces="1"))
        assert re.findall(DATES, edited)[0] == first
    weekly = text_of(await olu.ok(add, kind="checkin", when="every tuesday 14:00", replaces="1"))
    assert re.findall(DATES, weekly)[0] == "Tue 8 Dec"


@pytest.mark.case(54)
async def test_edit_keeps_what_it_does_not_change(cohort: CohortFixture) -> None:
    olu, add = cohort.olu, "cohort-admin schedule-add"
    given = {"exceptions": "2026-12-24..2027-01-04", "follow": "member"}
    saved = await olu.ok(add, kind="checkin", when="daily 09:30", **given)
    await olu.ok(add, kind="checkin", when="daily 10:30", replaces="1")
    line = schedule_line(await olu.ok("cohort-admin schedule-list"))
    assert "10:30, in each member's time · except 2026-12-24..2027-01-04" in line
    form = await olu.click(saved, "Change it")
    assert isinstance(form, Form)
    assert {field.name: field.value for field in form.fields} == {
        "kind": "checkin",
        "when": "every day at 10:30",
        **given,
    }
    await olu.submit(form, when="daily 11:30", exceptions="none")
    line = schedule_line(await olu.ok("cohort-admin schedule-list"))
    assert "11:30, in each member's time · next" in line
    digest = await olu.ok(add, kind="digest", when="daily 11:30", replaces="1")
    assert "Europe/Berlin" in text_of(digest), (
        "a digest goes to a channel, whatever the schedule followed before"
    )


@pytest.mark.case(53)
async def test_equal_schedule_is_asked_about(cohort: CohortFixture) -> None:
    olu, add = cohort.olu, "cohort-admin schedule-add"
    await olu.ok(add, kind="digest", when="every monday 9am")
    asked = await olu.ok(add, kind="digest", when="mondays 09:00")
    assert (
        "#1 digest, every Monday at 09:00 posts the same at the same times already, next Mon 30 Nov"
        in text_of(asked)
    )
    assert "#2" not in text_of(await olu.ok("cohort-admin schedule-list"))
    await olu.click(asked, "Change #1 to this")
    assert "every Monday at 09:00" in schedule_line(await olu.ok("cohort-admin schedule-list"))
    both = await olu.click(await olu.ok(add, kind="digest", when="every monday 9am"), "Keep both")
    assert "Schedule #2 is saved" in text_of(both)
    for other in ({"kind": "checkin", "when": "mondays 9:00"}, {"kind": "digest", "when": "mondays 9:01"}):
        assert "is saved" in text_of(await olu.ok(add, **other))
    preview = await olu.ok(add, kind="digest", when="mondays 9:00", preview="yes")
    assert "Shall both stay?" in text_of(await olu.click(preview, "Save it"))


@pytest.mark.case(56)
async def test_phrase_with_several_meanings_is_asked_about(cohort: CohortFixture) -> None:
    olu, add = cohort.olu, "cohort-admin schedule-add"
    given = {"kind": "digest", "exceptions": "2026-12-25", "preview": "yes"}
    asked = await olu.fails(add, when="every second friday 16:00", **given)
    assert asked.field == "when"
    assert "every 2 weeks on Friday at 16:00: 27 Nov, 11 Dec, 25 Dec" in text_of(asked)
    assert "Nothing is scheduled" in text_of(await olu.ok("cohort-admin schedule-list"))
    shown = answered(await olu.click(asked, "the second Friday of the month at 16:00"))
    assert re.findall(DATES, text_of(shown))[:2] == ["Fri 11 Dec", "Fri 8 Jan"]
    saved = answered(await olu.click(shown, "Save it"))
    assert "the second Friday of the month at 16:00, but not on 2026-12-25" in text_of(saved)


async def test_short_months_offer_the_last_day(cohort: CohortFixture) -> None:
    olu, add = cohort.olu, "cohort-admin schedule-add"
    saved = await olu.ok(add, kind="digest", when="monthly on the 31st 10:00")
    assert "In months without a 31st nothing is posted for it." in text_of(saved)
    changed = answered(await olu.click(saved, "Last day instead of 31st"))
    assert "Schedule #1 is saved: digest, the last day of the month at 10:00" in text_of(changed)
    assert re.findall(DATES, text_of(changed))[:2] == ["Mon 30 Nov", "Thu 31 Dec"]


async def test_dates_left_out_in_a_phrase_are_exceptions(cohort: CohortFixture) -> None:
    olu, add = cohort.olu, "cohort-admin schedule-add"
    saved = await olu.ok(add, kind="digest", when="every friday 16:00 except 4 dec", exceptions="2026-12-25")
    assert re.findall(DATES, text_of(saved))[:3] == ["Fri 27 Nov", "Fri 11 Dec", "Fri 18 Dec"]
    await olu.ok(add, kind="digest", when="every friday 15:00 except 11 dec", replaces="1")
    line = schedule_line(await olu.ok("cohort-admin schedule-list"))
    assert "except 2026-12-04, 2026-12-11, 2026-12-25" in line


@pytest.mark.case(54)
async def test_typed_edit_keeps_beginning_and_end(cohort: CohortFixture) -> None:
    olu, add = cohort.olu, "cohort-admin schedule-add"
    saved = await olu.ok(add, kind="digest", when="every friday 16:00 starting 2027-01-08 until 2027-06-30")
    assert re.findall(DATES, text_of(saved))[0] == "Fri 8 Jan"
    edited = text_of(await olu.ok(add, kind="digest", when="every monday 15:00", replaces="1"))
    assert "every Monday at 15:00, starting 11 Jan 2027, until 30 Jun 2027" in edited
    assert "It ends on Wed 30 Jun 2027 as before" in edited
    endless = text_of(await olu.ok(add, kind="digest", when="every monday 15:00 without end", replaces="1"))
    assert "until" not in endless
    form = await olu.click(saved, "Change it")
    in_form = answered(await olu.submit(form, when="every monday 15:00"))
    assert re.findall(DATES, text_of(in_form))[0] == "Mon 23 Nov", (
        "who sees the beginning and deletes it means it"
    )


@pytest.mark.case(54)
async def test_pause_survives_an_edit(cohort: CohortFixture) -> None:
    olu, add = cohort.olu, "cohort-admin schedule-add"
    await olu.ok(add, kind="digest", when="every friday 16:00")
    await olu.ok("cohort-admin schedule-pause", schedule="1")
    await olu.ok(add, kind="digest", when="every friday 15:00", replaces="1")
    assert "paused" in schedule_line(await olu.ok("cohort-admin schedule-list"))


@pytest.mark.case(54)
async def test_draft_saved_later_keeps_its_fortnight(cohort: CohortFixture, clock: FixedClock) -> None:
    olu, add = cohort.olu, "cohort-admin schedule-add"
    shown = await olu.ok(add, kind="digest", when="every other friday 16:00", preview="yes")
    assert re.findall(DATES, text_of(shown))[:2] == ["Fri 27 Nov", "Fri 11 Dec"]
    clock.move_to(datetime(2026, 11, 30, 9, tzinfo=UTC))
    saved = answered(await olu.click(shown, "Save it"))
    assert re.findall(DATES, text_of(saved))[:2] == ["Fri 11 Dec", "Fri 25 Dec"]


async def test_schedule_of_an_earlier_version_goes_on_and_says_its_rule(cohort: CohortFixture) -> None:
    """Earlier versions kept what was typed and ignored some words of it."""
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="fourth thursday 13:00")

    def as_before(conn: Conn) -> None:
        conn.run("UPDATE schedule SET words = '2nd and 4th thursday 13:00'")

    await cohort.core.store.write(as_before)
    line = schedule_line(await cohort.olu.ok("cohort-admin schedule-list"))
    assert "the fourth Thursday of the month at 13:00" in line
    assert "Thu 26 Nov, 13:00" in line


async def test_all_that_was_sent_is_one_sentence(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")
    await walk(clock, delivery, datetime(2026, 11, 26, 12, tzinfo=UTC))
    shown = await cohort.olu.ok("cohort-admin delivery")
    assert text_of(shown).startswith("All 3 were sent.")
    assert listed(shown) == []
    assert len(listed(answered(await cohort.olu.click(shown, "Those that were sent")))) == 3


async def test_schedule_opens_with_its_dates_and_buttons(cohort: CohortFixture) -> None:
    olu = cohort.olu
    await olu.ok(
        "cohort-admin schedule-add", kind="digest", when="every friday 16:00", exceptions="2026-12-04"
    )
    rows = (await olu.ok("cohort-admin schedule-list")).blocks[0]
    assert isinstance(rows, Records)
    opens = rows.rows[0].opens
    assert opens is not None
    opened = answered(await olu.click(opens))
    assert text_of(opened).startswith("#1 digest, every Friday at 16:00, but not on 2026-12-04.")
    assert re.findall(DATES, text_of(opened)) == [
        f"Fri {day}" for day in ("27 Nov", "11 Dec", "18 Dec", "25 Dec", "1 Jan")
    ]
    labels = ["Post one now", "Pause", "Change it", "Remove it"]
    assert [each.label for each in buttons_of(opened)] == labels
    await olu.click(opened, "Pause")
    paused = answered(await olu.click(opens))
    assert "It is paused" in text_of(paused)
    assert "Fri 1 Jan" not in text_of(paused)
    assert "goes on" in text_of(await olu.click(paused, "Resume"))
    await olu.click(paused, "Remove it")
    assert "no schedule" in text_of(await olu.click(opens))


async def test_settings_say_what_they_mean(cohort: CohortFixture) -> None:
    olu = cohort.olu
    shown = await olu.ok("cohort-admin show")
    lines = listed(shown)
    assert "Missed posts · A missed post is still sent for 6 hours · the default" in lines
    assert "Days off · There are no days off" in lines
    records = next(each for each in shown.blocks if isinstance(each, Records))
    change = next(each.opens for each in records.rows if each.name == "Missed posts")
    assert change is not None
    form = await olu.click(change)
    assert isinstance(form, Form)
    field = next(each for each in form.fields if each.name == "value")
    assert [each.value for each in field.choices] == ["0", "1", "6", "24", "72"]
    assert field.choices[2].label == "A missed post is still sent for 6 hours (the default)"
    changed = await olu.submit(form, value="24")
    assert text_of(changed) == (
        "A missed post is still sent for 24 hours. By default: A missed post is still sent for 6 hours."
    )
    again = await olu.click(change)
    assert isinstance(again, Form)
    assert next(each.value for each in again.fields if each.name == "value") == "24"
    await olu.ok("cohort-admin set", key="catch-up", value="36")
    odd = await olu.click(change)
    assert isinstance(odd, Form)
    assert next(each for each in odd.fields if each.name == "value").choices[-1].value == "36"


async def test_every_setting_has_words_for_its_usual_values(cohort: CohortFixture) -> None:
    for setting in cohort.core.registry.settings.values():
        assert setting.default in setting.choices
        told = [setting.says(setting.read(value)) for value in setting.choices]
        assert len(set(told)) == len(told)
        assert all(each.endswith(tuple("abcdefghijklmnopqrstuvwxyz")) for each in told)


async def test_two_digests_have_periods_of_their_own(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    add = "cohort-admin schedule-add"
    await cohort.olu.ok(add, kind="digest", when="daily 17:00")
    await cohort.olu.ok(add, kind="digest", when="every friday 16:00")
    await cohort.olu.ok(add, kind="digest", when="last day of the month 12:00")
    await walk(clock, delivery, datetime(2026, 12, 12, 12, tzinfo=UTC))

    def periods(conn: Conn) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for row in conn.all("SELECT schedule_id, data FROM outbox ORDER BY slot_at"):
            data = json.loads(row["data"])
            span = f"{data['since'][5:10]} {data['until'][5:10]}"
            found.setdefault(row["schedule_id"], []).append(span)
        return found

    daily, weekly, monthly = (await cohort.core.store.read(periods)).values()
    assert daily[:3] == ["11-16 11-23", "11-23 11-24", "11-24 11-25"], "a first one covers a week"
    assert weekly == ["11-20 11-27", "11-27 12-04", "12-04 12-11"]
    assert monthly == ["10-31 11-30"]
