"""Check-ins are read again: a journal by week and as a file, a day, negative results; and they are removed for good."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.chat import files
from core.chat.model import Button, Fields, File, PersonRef, Reply
from core.chat.text import as_text
from core.clock import FixedClock
from core.commands.spec import Lesson, Lessons
from core.delivery.service import Delivery
from core.errors import Refused
from core.store.port import Conn
from tests.outlets import KeepingOutlet, raising
from tests.people import CohortFixture, answered, button_of, buttons_of, listed, refused, text_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "checkin history": Redelivered(by="ada"),
    "checkin show": Redelivered(by="ada"),
    "checkin negatives": Redelivered(by="ada"),
    "checkin remove": Redelivered({"day": "today", "sure": "yes"}, by="ada"),
}

ADA = PersonRef("U-ada", "Ada")


def file_of(reply: Reply) -> File:
    """The file of an answer."""
    (found,) = [block for block in reply.blocks if isinstance(block, File)]
    return found


def fields_of(reply: Reply) -> dict[str, str]:
    """The fields of an answer."""
    return {
        label: as_text(value).plain()
        for block in reply.blocks
        if isinstance(block, Fields)
        for label, value in block.items
    }


async def a_week(cohort: CohortFixture, clock: FixedClock) -> None:
    """Ada's days: one shared, one kept, one sat out, and one in the week after."""
    await cohort.ada.ok("checkin now", progress="First, " + "a" * 300, mood="2", share="shared")
    clock.move_to(datetime(2026, 11, 24, 9, tzinfo=UTC))
    await cohort.ada.ok(
        "checkin now", progress="Second", learned="Warm-up did it", negative="yes", share="private"
    )
    clock.move_to(datetime(2026, 11, 25, 9, tzinfo=UTC))
    await cohort.ada.ok("checkin skip")
    clock.move_to(datetime(2026, 11, 30, 9, tzinfo=UTC))
    await cohort.ada.ok("checkin now", progress="=SUM(A1)\nand more", blocker="The queue", next="@home")


async def test_journal_is_by_week_and_opens(cohort: CohortFixture, clock: FixedClock) -> None:
    await a_week(cohort, clock)
    reply = await cohort.ada.ok("checkin history")
    assert text_of(reply) == "Your check-ins, as you alone read them."
    lines = listed(reply)
    assert lines[0] == "Week of Mon 30 Nov 2026 · 1 day"
    assert lines[1] == "Mon 30 Nov 2026 · kept private · =SUM(A1) and more · in the way: The queue"
    assert lines[2:4] == ["Week of Mon 23 Nov 2026 · 3 days", "Wed 25 Nov 2026 · sat out"]
    assert lines[4] == "Tue 24 Nov 2026 · kept private · Second · negative result: Warm-up did it"
    assert lines[5].endswith("… and 147 more characters")
    opened = answered(await cohort.ada.click(Button("Open", "checkin show", {"day": "2026-11-23"})))
    assert fields_of(opened)["Moved"] == "First, " + "a" * 300
    assert fields_of(opened)["How it is going"] == "2 of 5, for your eyes only"


async def test_others_read_what_was_shared_alone(cohort: CohortFixture, clock: FixedClock) -> None:
    await a_week(cohort, clock)
    reply = await cohort.ben.ok("checkin history", who=ADA)
    assert text_of(reply) == "What Ada shared in check-ins"
    assert [line[:30] for line in listed(reply)] == [
        "Week of Mon 23 Nov 2026 · 1 da",
        "Mon 23 Nov 2026 · First, aaaaa",
    ]
    shown = answered(
        await cohort.ben.click(Button("Open", "checkin show", {"day": "2026-11-23", "who": "U-ada"}))
    )
    assert list(fields_of(shown)) == ["Moved"], "how it is going is nobody else's business"
    for day in ("2026-11-24", "2026-11-25", "2026-11-26"):
        hidden = await cohort.ben.fails("checkin show", day=day, who=ADA)
        assert "has shared no check-in of" in text_of(hidden), "kept, sat out and none look the same"
    taken = file_of(await cohort.ben.ok("checkin history", who=ADA, format="json"))
    (only,) = json.loads(taken.content)
    assert (only["day"], "mood" in only) == ("2026-11-23", False)
    assert "shared no check-in" in text_of(
        await cohort.ada.ok("checkin history", who=PersonRef("U-ben", "Ben"))
    )
    await cohort.ada.ok("checkin unshare", day="2026-11-23")
    assert "shared no check-in" in text_of(await cohort.ben.ok("checkin history", who=ADA))


@pytest.mark.case(35)
async def test_files_hold_everything_and_no_formula(cohort: CohortFixture, clock: FixedClock) -> None:
    await a_week(cohort, clock)
    whole = await cohort.ada.ok("checkin history", format="csv")
    assert text_of(whole) == "All of your check-ins: 4 days."
    rows = list(csv.DictReader(io.StringIO(file_of(whole).content.decode("utf-8-sig"))))
    assert [row["day"] for row in rows] == ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-30"]
    assert [row["read by"] for row in rows] == ["the cohort", "its author", "sat out", "its author"]
    assert (rows[3]["moved"], rows[3]["next"]) == ("'=SUM(A1)\nand more", "'@home")
    assert (rows[0]["mood"], rows[1]["negative result"]) == ("2", "yes")
    exact = json.loads(file_of(await cohort.ada.ok("checkin history", format="json")).content)
    assert exact[3]["moved"] == "=SUM(A1)\nand more"
    text = file_of(await cohort.ada.ok("checkin history", format="markdown")).content.decode()
    assert "## Week of Mon 30 Nov 2026" in text
    assert "- **Moved**: =SUM(A1)\n  and more" in text
    assert "Sat out." in text


@pytest.mark.case(35)
@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@a", "\ta", "\ra", "＝1"])
def test_cell_that_looks_like_a_formula_is_quoted(value: str) -> None:
    assert files.cell(value) == f"'{value}"
    assert (files.cell(-1), files.cell("1-1"), files.cell(None)) == ("-1", "1-1", "")


async def test_journal_has_pages_of_weeks(cohort: CohortFixture, clock: FixedClock) -> None:
    for week in range(7):
        clock.move_to(datetime(2026, 9, 7, 9, tzinfo=UTC) + timedelta(weeks=week))
        await cohort.ada.ok("checkin now", progress=f"Week {week}")
    first = await cohort.ada.ok("checkin history")
    assert "Weeks 1 to 3 of 7 with check-ins, newest first: Mon 19 Oct 2026" in text_of(first)
    last = answered(await cohort.ada.click(first, "Last »"))
    assert listed(last) == ["Week of Mon 7 Sep 2026 · 1 day", "Mon 7 Sep 2026 · kept private · Week 0"]
    assert "No check-in yet" in text_of(await cohort.ben.ok("checkin history"))


async def test_day_shows_ones_own_whole_and_what_others_shared(cohort: CohortFixture) -> None:
    empty = await cohort.ada.ok("checkin show")
    assert "Nobody has shared one." in text_of(empty)
    await cohort.ada.ok("checkin now", progress="Mine", mood="4")
    await cohort.ben.ok("checkin now", progress="Kept", share="private")
    await cohort.mina.ok("checkin now", progress="Shared", learned="It holds", share="shared")
    day = await cohort.ada.ok("checkin show")
    assert text_of(day) == "Check-ins of Mon 23 Nov 2026\nYours: kept private.\nShared by 1 other person:"
    assert listed(day) == ["Mina · Shared · learned: It holds"]
    assert fields_of(day) == {"Moved": "Mine", "How it is going": "4 of 5, for your eyes only"}
    before = answered(await cohort.ada.click(day, "Day before"))
    assert text_of(before).startswith("Check-ins of Sun 22 Nov 2026")
    assert "Day after" in [each.label for each in buttons_of(before)]
    assert "Day after" not in [each.label for each in buttons_of(day)]
    mine = await cohort.mina.ok("checkin show")
    assert listed(mine) == [], "one's own is not among the others"
    await cohort.mina.ok("cohort leave")
    left = await cohort.ada.ok("checkin show")
    assert "Shared by 1 other person" in text_of(left), "what was shared stays, like its post"


async def test_removal_is_asked_first_and_leaves_nothing(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok(
        "checkin now", progress="Quokka one", learned="Quokka two", negative="yes", share="shared"
    )
    await delivery.flush()
    asked = await cohort.ada.ok("checkin remove", day="today")
    assert "go for good?" in text_of(asked)
    assert listed(await cohort.ben.ok("checkin negatives", search="quokka"))
    gone = answered(await cohort.ada.click(asked, "Remove it for good"))
    assert text_of(gone).startswith(
        "Your check-in of Mon 23 Nov 2026 is removed.\nI am taking it back in lab."
    )
    assert "no check-in of yours" in text_of(refused(await cohort.ada.click(asked, "Remove it for good")))
    await delivery.flush()
    assert text_of(outlet.edits[-1][1].reply) == "This check-in was taken back by its author."
    assert listed(await cohort.ben.ok("checkin negatives", search="quokka")) == []

    def words(conn: Conn) -> list[str]:
        texts = [row["result"] for row in conn.all("SELECT result FROM handled")]
        texts += [row["data"] for row in conn.all("SELECT data FROM outbox")]
        return [*texts, *(row["word"] for row in conn.all("SELECT word FROM checkin_word"))]

    assert not any("quokka" in each.casefold() for each in await cohort.core.store.read(words))
    form = await cohort.ada.click(gone, "Check in again")
    answered(await cohort.ada.submit(form, progress="Once more"))
    await delivery.flush()
    assert len(outlet.edits) == 1, "the old post stays what it is"


async def test_removal_that_a_channel_refuses_is_told(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    await delivery.flush()
    await cohort.ada.ok("checkin remove", day="today", sure="yes")
    outlet.before.append(raising(Refused("The message is gone or archived.")))
    await delivery.flush()
    clock.move_to(clock.now() + timedelta(seconds=10))
    await delivery.flush()
    (told,) = [text_of(each.reply) for each in outlet.sent if each.target.direct]
    assert told == (
        "A check-in of yours is removed from what I keep.\nI could not take it back in lab: The message is gone or "
        "archived. What you shared may still stand there; somebody who manages the channel can delete that message."
    )


async def test_removal_that_a_channel_refused_is_tried_again(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    await delivery.flush()
    await cohort.ada.ok("checkin remove", day="today", sure="yes")
    for _ in range(2):
        outlet.before.append(raising(Refused("The message cannot be changed now.")))
        await delivery.flush()
        clock.move_to(clock.now() + timedelta(seconds=10))
        await delivery.flush()
        told = [each.reply for each in outlet.sent if each.target.direct][-1]
        assert text_of(told).startswith(
            "A check-in of yours is removed from what I keep.\nI could not take it back"
        )
        assert "no check-in of yours" in text_of(await cohort.ben.fails("checkin remove", day="2026-11-23"))
        again = answered(await cohort.ada.click(told, "Try again"))
        assert "I am taking it back in lab. Until that is done it can be read there" in text_of(again)
    await delivery.flush()
    assert text_of(outlet.edits[-1][1].reply) == "This check-in was taken back by its author."
    assert "no check-in of yours" in text_of(await cohort.ada.fails("checkin remove", day="2026-11-23"))


async def test_share_removed_before_it_left_is_never_posted(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    gone = await cohort.ada.ok("checkin remove", day="today", sure="yes")
    assert text_of(gone) == "Your check-in of Mon 23 Nov 2026 is removed."
    await delivery.flush()
    assert [each.key for each in outlet.sent if each.key.startswith("checkin:")] == []


async def test_negative_results_are_found_over_all_time(cohort: CohortFixture, clock: FixedClock) -> None:
    assert "No negative result yet" in text_of(await cohort.ada.ok("checkin negatives"))
    for n in range(23):
        clock.move_to(datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(days=7 * n))
        await cohort.ada.ok(
            "checkin now", progress="x", learned=f"Warm-up {n}", negative="yes", share="shared"
        )
    await cohort.ben.ok("checkin now", progress="x", learned="My warm-up", negative="yes", share="private")
    await cohort.mina.ok("checkin now", progress="x", learned="Warm-up works", share="shared")
    everything = await cohort.mina.ok("checkin negatives")
    assert text_of(everything) == "1 to 20 of 23 negative results, newest first"
    assert listed(everything)[0] == "Warm-up 22 · Ada · Mon 8 Jun 2026"
    assert len(listed(answered(await cohort.mina.click(everything, "Next ›")))) == 3
    own = await cohort.ben.ok("checkin negatives", search="warmup")
    assert text_of(own) == "1 to 20 of 24 negative results with “warmup”, newest first"
    assert listed(own)[0] == "My warm-up · Ben · Mon 8 Jun 2026 · only you see this"
    second = answered(await cohort.ben.click(own, "Next ›"))
    assert len(listed(second)) == 4
    none = await cohort.ben.ok("checkin negatives", search="capybara")
    assert text_of(none) == "No negative result that you can read has “capybara”."
    await cohort.ada.ok("cohort leave")
    left = await cohort.mina.ok("checkin negatives")
    assert text_of(left) == "1 to 20 of 23 negative results, newest first", "what was learned stays learned"


async def test_lessons_of_other_features_stand_beside(cohort: CohortFixture) -> None:
    def search(_conn: Conn, _scope: object, typed: str, limit: int) -> list[Lesson]:
        opens = Button("Open", "reading show", {"item": "1"})
        found = [Lesson("Warm-up is all", "Mina", date(2026, 11, 1), "A paper", opens)]
        return found[:limit] if typed in ("", "warm-up") else []

    registry = replace(cohort.core.registry, lessons=(Lessons("takeaways", 10, search),))
    core = replace(cohort.core, registry=registry)
    await cohort.ada.ok("checkin now", progress="x", learned="Warm-up", negative="yes", share="shared")
    reply = await replace(cohort.ben, core=core).ok("checkin negatives", search="warm-up")
    assert "Below stand takeaways that go with it." in text_of(reply)
    assert listed(reply) == [
        "Warm-up · Ada · Mon 23 Nov 2026",
        "Warm-up is all · A paper · Mina · Sun 1 Nov 2026",
    ]
    assert "Below" not in text_of(await replace(cohort.ben, core=core).ok("checkin negatives", search="y"))


async def test_button_on_a_day_leads_to_removal(cohort: CohortFixture) -> None:
    await cohort.ada.ok("checkin now", progress="One")
    asked = await cohort.ada.click(await cohort.ada.ok("checkin show"), "Remove it")
    first = answered(await cohort.ada.click(asked, "Show it first"))
    assert fields_of(first) == {"Moved": "One"}
    assert button_of(first, "Remove it").args == {"day": "2026-11-23"}
