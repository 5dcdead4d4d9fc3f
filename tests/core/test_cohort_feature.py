"""Setting up, joining, members, time zones, help and what organizers configure, over both engines."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.chat.model import (
    Buttons,
    ChannelRef,
    Fields,
    Form,
    Person,
    PersonRef,
    Place,
    PlaceKind,
    Records,
    Request,
)
from core.cohorts import directory
from core.commands.dispatch import Core
from core.store.port import Conn
from tests.people import (
    HOME,
    Actor,
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    found_cohort,
    listed,
    text_of,
)
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "cohort help": Redelivered(),
    "cohort home": Redelivered(),
    "cohort join": Redelivered(by="new"),
    "cohort leave": Redelivered(by="ben"),
    "cohort members": Redelivered(),
    "profile away": Redelivered({"until": "2026-12-24", "reason": "A wedding"}),
    "profile back": Redelivered(),
    "profile reminders": Redelivered({"on": "no"}),
    "profile show": Redelivered(),
    "profile timezone": Redelivered({"zone": "Africa/Lagos"}),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""


def newcomer(core: Core, *, manager: bool = True, place: Place = HOME, name: str = "Zoe") -> Actor:
    return Actor(core, Person(place.platform, place.workspace, f"U-{name}", name, manager=manager), place)


async def test_manager_sets_cohort_up_and_is_its_organizer(core: Core) -> None:
    zoe = newcomer(core)
    form = await zoe.form("cohort-admin setup")
    assert [field.name for field in form.fields if field.required] == ["name", "timezone"]
    reply = await zoe.submit(form, name="Reading Lab", timezone="lagos")
    assert "Reading Lab is set up in the time zone Africa/Lagos" in text_of(reply)
    assert len(form.fields) == 5, "what both platforms show in one window"
    labels = ["Days off", "Weekly lab", "Bootcamp", "Reading group", "My own schedule"]
    assert [each.label for each in buttons_of(reply)] == labels
    assert isinstance(await zoe.click(reply, "My own schedule"), Form)
    shown = await zoe.ok("cohort-admin show")
    facts = dict(next(block.items for block in shown.blocks if isinstance(block, Fields)))
    assert facts["Organizers"] == "Zoe"
    assert facts["Channels"] == "home: lab"


async def test_channel_holds_one_cohort(cohort: CohortFixture) -> None:
    zoe = cohort.somebody("Zoe", manager=True)
    refusal = await zoe.fails("cohort-admin setup", name="Second", timezone="UTC")
    assert "belongs to Lab already" in text_of(refusal)
    await zoe.ok("cohort-admin setup", name="Second", timezone="UTC", channel=ChannelRef("C2", "second"))


@pytest.mark.case(30)
async def test_members_may_not_set_up_and_anyone_may_where_operator_says_so(core: Core) -> None:
    zoe = newcomer(core, manager=False)
    assert "those who manage" in text_of(await zoe.fails("cohort-admin setup", name="A", timezone="UTC"))
    open_core = replace(core, setup_by_anyone=True)
    await newcomer(open_core, manager=False).ok("cohort-admin setup", name="A", timezone="UTC")
    other = newcomer(open_core, manager=False, name="Yan").at(replace(HOME, id="C9"))
    assert "those who manage" in text_of(await other.fails("cohort-admin setup", name="B", timezone="UTC"))


async def test_setup_in_direct_message_needs_channel(core: Core) -> None:
    zoe = newcomer(core).in_direct()
    assert "name that channel" in text_of(await zoe.fails("cohort-admin setup", name="A", timezone="UTC"))
    await zoe.ok("cohort-admin setup", name="A", timezone="UTC", channel=ChannelRef("C1", "lab"))


async def test_joining_twice_is_joining_once(cohort: CohortFixture) -> None:
    zoe = cohort.somebody("Zoe")
    assert "Welcome to Lab" in text_of(await zoe.ok("cohort join"))
    assert "Welcome to Lab" in text_of(await zoe.again()), "the same call gives the same answer"
    assert "already" in text_of(await zoe.ok("cohort join"))
    rows = ["Ada · member", "Ben · member", "Mina · mentor", "Olu · organizer", "Zoe · member"]
    assert listed(await zoe.ok("cohort members")) == rows


async def test_members_page_by_page_and_open_their_papers(cohort: CohortFixture) -> None:
    for number in range(38):
        await cohort.somebody(f"M{number:02}").ok("cohort join")
    first = await cohort.ada.ok("cohort members")
    assert text_of(first) == "Members 1 to 20 of 42 in Lab, by name:"
    last = answered(await cohort.ada.click(first, "Last »"))
    assert text_of(last) == "Members 41 to 42 of 42 in Lab, by name:"
    assert listed(last) == ["Mina · mentor", "Olu · organizer"]
    everybody = {
        name.partition(" ·")[0]
        for page in (1, 2, 3)
        for name in listed(await cohort.ada.ok("cohort members", page=page))
    }
    assert len(everybody) == 42
    await cohort.ben.ok("submission add", title="Of Ben")
    (row,) = (
        each
        for block in first.blocks
        if isinstance(block, Records)
        for each in block.rows
        if each.name == "Ben"
    )
    assert row.opens is not None
    assert listed(await cohort.ada.click(row.opens)) == ["#1 Of Ben · Ben"]


async def test_time_zones_by_city_and_aoe(cohort: CohortFixture) -> None:
    assert "Asia/Kolkata" in text_of(await cohort.ada.ok("profile timezone", zone="kolkata"))
    assert "AoE" in text_of(await cohort.ada.ok("profile timezone", zone="aoe"))
    assert "21:00" in text_of(await cohort.ada.again()), "AoE is twelve hours behind UTC"
    refusal = await cohort.ada.fails("profile timezone", zone="Berln")
    assert "Europe/Berlin" in text_of(refusal)
    assert refusal.field == "zone"
    offered = await cohort.core.complete(_request(cohort.ada, "profile timezone"), "zone", "berl")
    assert offered[0].value == "Europe/Berlin"


def _request(actor: Actor, command: str) -> Request:
    return Request("completion", command, actor.person, actor.place)


async def test_settings_are_read_before_they_are_kept(cohort: CohortFixture) -> None:
    olu = cohort.olu
    assert "Mon 23 Nov 2026" in text_of(await olu.ok("cohort-admin set", key="start", value="today"))
    assert "after the first" in text_of(await olu.fails("cohort-admin set", key="end", value="2026-11-01"))
    for key in ("start", "end"):
        assert (await olu.fails("cohort-admin set", key=key, value="soon")).field == "value"
    assert "no first day" in text_of(await olu.ok("cohort-admin set", key="start", value="none"))
    assert "no time zone" in text_of(await olu.fails("cohort-admin set", key="timezone", value="Nowhere"))
    assert "shared" in text_of(await olu.ok("cohort-admin set", key="checkin-sharing", value="shared"))
    assert "shared or private" in text_of(
        await olu.fails("cohort-admin set", key="checkin-sharing", value="maybe")
    )
    assert "Renamed" in text_of(await olu.ok("cohort-admin set", key="name", value="Renamed"))


async def test_channels_serve_purposes(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin channel", purpose="checkins", channel=ChannelRef("C5", "daily"))
    shown = str((await cohort.olu.ok("cohort-admin show")).blocks)
    assert "checkins: daily" in shown
    assert "home: lab" in shown
    await found_cohort(cohort.core, "Other", place=Place("test", "W", "C7", name="other"))
    refusal = await cohort.olu.fails(
        "cohort-admin channel", purpose="digest", channel=ChannelRef("C7", "other")
    )
    assert "belongs to Other already" in text_of(refusal)


async def test_organizers_come_and_go_but_one_stays(cohort: CohortFixture) -> None:
    ada = PersonRef(cohort.ada.person.id, "Ada")
    await cohort.ada.fails("cohort-admin show")
    await cohort.olu.ok("cohort-admin organizer", person=ada, add=True)
    await cohort.ada.ok("cohort-admin show")
    await cohort.ada.ok("cohort-admin organizer", person=PersonRef(cohort.olu.person.id), add=False)
    asked = await cohort.ada.ok("cohort-admin organizer", person=ada, add=False)
    assert "the only organizer" in text_of(asked)
    await cohort.ada.ok("cohort-admin show")
    await cohort.olu.fails("cohort-admin show")


async def test_nobody_is_made_up_by_taking_role_back(cohort: CohortFixture) -> None:
    for person in (PersonRef("U-nora", "Nora"), PersonRef(cohort.ben.person.id, "Ben")):
        refusal = await cohort.olu.fails("cohort-admin organizer", person=person, add=False)
        assert f"{person.name} is no organizer here" in text_of(refusal)
    typed = await cohort.olu.fails("cohort-admin organizer", person="U0NOBODY1", add=True)
    assert "I know nobody of the id U0NOBODY1" in text_of(typed)
    assert "4 people are" in text_of(await cohort.olu.ok("cohort members"))


async def test_new_organizer_need_not_have_joined(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin organizer", person=PersonRef("U-new", "Nia"), add="yes")
    assert "Nia · organizer" in listed(await cohort.olu.ok("cohort members"))


async def test_schedules_are_echoed_with_their_next_dates(cohort: CohortFixture) -> None:
    reply = await cohort.olu.ok(
        "cohort-admin schedule-add", kind="checkin", when="every 2 weeks on friday 16:00"
    )
    assert [line for line in text_of(reply).splitlines() if line.startswith("•")] == [
        f"• {day}, 16:00" for day in ("Fri 27 Nov", "Fri 11 Dec", "Fri 25 Dec", "Fri 8 Jan", "Fri 22 Jan")
    ]
    assert listed(await cohort.olu.ok("cohort-admin schedule-list"))[0].startswith("#1 checkin")
    refusal = await cohort.olu.fails("cohort-admin schedule-add", kind="checkin", when="someday")
    assert "“someday”" in text_of(refusal)
    assert "no schedule" in text_of(await cohort.olu.fails("cohort-admin schedule-run", schedule="9"))


@pytest.mark.case(29)
async def test_another_cohorts_schedule_is_out_of_reach(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 09:30")
    other = await found_cohort(cohort.core, "Other", place=Place("test", "W2", "C1", name="other"))
    await other.olu.fails("cohort-admin schedule-run", schedule="1")
    forged = await other.olu.send("cohort-admin schedule-run", {"schedule": "1"}, cohort=cohort.id)
    assert not isinstance(forged, Form)
    assert forged.error
    assert "not active here" in text_of(forged)


@pytest.mark.parametrize("kind", [PlaceKind.GROUP])
@pytest.mark.case(31)
async def test_group_messages_are_refused(cohort: CohortFixture, kind: PlaceKind) -> None:
    there = cohort.ada.at(Place("test", "W", "G1", kind))
    assert "group messages" in text_of(await there.fails("cohort members"))


async def test_which_cohort_is_asked_with_button_for_each(cohort: CohortFixture) -> None:
    other = await found_cohort(cohort.core, "Other", place=Place("test", "W", "C7", name="other"))
    direct = cohort.ada.in_direct()
    asked = await direct.fails("cohort members")
    assert [
        button.label for block in asked.blocks if isinstance(block, Buttons) for button in block.items
    ] == [
        "Lab",
        "Other",
    ]
    reply = await direct.click(button_of(asked, "Other"))
    assert "in Other" in text_of(reply)
    assert other.id != cohort.id


async def test_profile_is_shown_to_its_owner_alone(cohort: CohortFixture) -> None:
    await cohort.ada.ok("profile away", until="2026-12-01", reason="a wedding")
    mine = await cohort.ada.ok("profile show")
    assert mine.private
    assert "until Tue 1 Dec 2026 (a wedding)" in str(mine.blocks)
    assert "wedding" not in str((await cohort.olu.ok("cohort members")).blocks)
    await cohort.ada.click(button_of(await cohort.ada.ok("profile away", until="today"), "I am back"))
    assert "'Away', 'no'" in str((await cohort.ada.ok("profile show")).blocks)
    refusal = await cohort.ada.fails("profile away", until="2026-11-22")
    assert refusal.field == "until"
    assert "as the cohort" in str((await cohort.somebody("Zoe").ok("profile show")).blocks)


async def test_time_away_that_is_said_ahead_mutes_no_earlier_day(cohort: CohortFixture) -> None:
    told = await cohort.ada.ok("profile away", **{"from": "2026-12-21", "until": "2027-01-04"})
    assert "from Mon 21 Dec 2026 until Mon 4 Jan 2027" in text_of(told)

    async def reached(day: datetime) -> list[str]:
        def found(conn: Conn) -> list[str]:
            lab = directory.cohort(conn, cohort.id)
            assert lab is not None
            return [each.user_id for each in directory.recipients(conn, lab, day)]

        return await cohort.core.store.read(found)

    for day, is_there in ((20, True), (21, False), (31, False)):
        assert ("U-ada" in await reached(datetime(2026, 12, day, 12, tzinfo=UTC))) is is_there
    assert "U-ada" in await reached(datetime(2027, 1, 5, 12, tzinfo=UTC))
    assert "from Mon 21 Dec 2026 until" in str((await cohort.ada.ok("profile show")).blocks)
    refusal = await cohort.ada.fails("profile away", **{"from": "2027-01-05", "until": "2027-01-04"})
    assert refusal.field == "from"
    assert "Welcome back" in text_of(await cohort.ada.click(told, "I stay here"))
    assert "U-ada" in await reached(datetime(2026, 12, 24, 12, tzinfo=UTC))


@pytest.mark.case(20)
async def test_who_leaves_is_no_member_and_can_join_again(cohort: CohortFixture) -> None:
    reply = await cohort.ada.ok("cohort leave")
    assert "You have left Lab" in text_of(reply)
    assert [each.label for each in buttons_of(reply)] == ["Take it along", "Have it deleted", "Join again"]
    assert "You have left Lab" in text_of(await cohort.ada.again()), "the same call gives the same answer"
    assert "cohort join" in text_of(await cohort.ada.fails("submission list"))
    assert "Ada" not in str((await cohort.olu.ok("cohort members")).blocks)
    welcome = text_of(await cohort.ada.click(button_of(reply, "Join again")))
    assert welcome.split("\n")[0].startswith("Welcome to Lab!")
    assert len(welcome.split("\n")) == 4, "what is kept, who reads it, how to leave"
    assert "/cohort leave" in welcome
    refusal = await cohort.olu.fails("cohort leave")
    assert "only organizer" in text_of(refusal)
    assert "organizer" in str((await cohort.olu.ok("cohort members")).blocks), "nothing was changed"


@pytest.mark.case(52)
async def test_old_button_ends_no_later_absence(cohort: CohortFixture) -> None:
    first = await cohort.ada.ok("profile away", until="2026-11-27")
    await cohort.ada.ok("profile away", until="2026-12-31")
    asked = await cohort.ada.click(first, "I am back")
    assert "You are away until Thu 31 Dec 2026 now; shall that end?" in text_of(asked)
    shown = await cohort.ada.ok("profile show")
    assert "31 Dec 2026" in str(shown.blocks), "nothing was changed"
    assert "Welcome back" in text_of(await cohort.ada.click(asked, "I am back"))
    assert "Welcome back" in text_of(await cohort.ada.click(first, "I am back")), "whoever is here is here"
