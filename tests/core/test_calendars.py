"""Calendars: as files and at addresses, with events that keep their ids, change, and are cancelled."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bot import calendars as served_calendars
from bot.web import WebServer
from core.chat.model import File, PersonRef, Reply
from core.clock import FixedClock
from core.commands.spec import CalendarEntry
from core.features.deadlines import calendars, feeds
from core.features.deadlines.calendars import CalendarEvent
from tests.conftest import NOW
from tests.core.test_deadlines import enter, import_
from tests.core.test_reading_turns import prompt
from tests.core.test_venue_files import CONFS
from tests.people import Actor, CohortFixture, button_of, buttons_of, text_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {"deadline calendar": Redelivered({}, "ada")}

PUBLIC = "https://bot.example.org"
MINE, COHORT = "my-deadlines.ics", "cohort-deadlines.ics"


async def content(who: Actor, name: str = MINE) -> bytes:
    reply = await who.ok("deadline calendar")
    [found] = [each for each in reply.blocks if isinstance(each, File) and each.name == name]
    return found.content


async def events(who: Actor, name: str = MINE) -> dict[str, Any]:
    """The events of a calendar file by their titles."""
    parsed = Calendar.from_ical(await content(who, name))
    return {str(each["summary"]): each for each in parsed.walk("VEVENT")}


def plain(event: Any) -> tuple[str, int, str]:
    return str(event["uid"]), int(event["sequence"]), str(event["status"])


async def test_a_deadline_is_an_event_at_its_instant(cohort: CohortFixture) -> None:
    await enter(cohort, decision="2027-05-01")
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    found = await events(cohort.ada)
    assert set(found) == {"ICML 2027: papers", "ICML 2027: decisions"}
    paper, decision = found["ICML 2027: papers"], found["ICML 2027: decisions"]
    assert paper.decoded("dtstart") == datetime(2027, 1, 29, 11, 59, 59, tzinfo=UTC)
    assert str(paper["url"]) == "https://icml.cc/2027"
    assert "Thu 28 Jan, 23:59 AoE" in str(paper["description"])
    assert (decision.decoded("dtstart"), decision.decoded("dtend")) == (date(2027, 5, 1), date(2027, 5, 2))


async def test_events_of_days_end_on_the_next_day(cohort: CohortFixture) -> None:
    await import_(cohort, CONFS)
    await cohort.ada.ok("deadline follow", venue="TESTS 2027")
    held = (await events(cohort.ada))["TESTS 2027: conference"]
    assert (held.decoded("dtstart"), held.decoded("dtend")) == (date(2027, 8, 30), date(2027, 9, 3))
    assert "DTSTART;VALUE=DATE:20270830" in (await content(cohort.ada)).decode()


async def test_an_event_keeps_its_id_grows_when_it_moves_and_is_cancelled(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await enter(cohort)
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    first = await content(cohort.ada)
    clock.move_to(NOW + timedelta(days=1))
    assert await content(cohort.ada) == first, "the same at every fetch"
    uid, sequence, status = plain((await events(cohort.ada))["ICML 2027: papers"])
    assert (sequence, status) == (0, "CONFIRMED")
    await enter(cohort, paper="2027-01-30 23:59")
    assert plain((await events(cohort.ada))["ICML 2027: papers"]) == (uid, 1, "CONFIRMED")
    await cohort.ada.ok("deadline unfollow", venue="ICML 2027")
    found = await events(cohort.ada)
    assert plain(found["ICML 2027: papers"]) == (uid, 2, "CANCELLED")
    assert {str(each["status"]) for each in found.values()} == {"CANCELLED"}
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    assert plain((await events(cohort.ada))["ICML 2027: papers"]) == (uid, 3, "CONFIRMED")
    await cohort.ada.ok("deadline unfollow", venue="ICML 2027")
    await content(cohort.ada)
    clock.move_to(clock.now() + calendars.CANCELLED_FOR + timedelta(days=1))
    assert await events(cohort.ada) == {}, "what was cancelled long ago goes"


async def test_what_is_over_goes_without_being_cancelled(cohort: CohortFixture, clock: FixedClock) -> None:
    await enter(cohort)
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    await content(cohort.ada)
    clock.move_to(datetime(2027, 3, 1, tzinfo=UTC))
    assert set(await events(cohort.ada)) == {"ICML 2027: papers", "ICML 2027: decisions"}
    clock.move_to(datetime(2027, 4, 10, tzinfo=UTC))
    assert set(await events(cohort.ada)) == {"ICML 2027: decisions"}


async def test_no_calendar_holds_a_title(cohort: CohortFixture) -> None:
    await import_(cohort, CONFS)
    for visibility in ("private", "anonymous", "cohort"):
        await cohort.ada.ok(
            "submission add",
            title=f"Zebra {visibility}",
            venue="TESTS 2027",
            stage="drafting",
            visibility=visibility,
        )
    own, shared = await content(cohort.ada), await content(cohort.ben, COHORT)
    assert b"For #" in own
    assert b"Zebra" not in own + shared
    assert b"Ada" not in shared
    assert b"For #" not in shared


async def test_the_cohorts_calendar_tells_of_no_hidden_paper(cohort: CohortFixture) -> None:
    await import_(cohort, CONFS)
    before = await content(cohort.ben, COHORT)
    for visibility in ("private", "anonymous"):
        await cohort.ada.ok(
            "submission add", title="Hidden", venue="TESTS 2027", stage="drafting", visibility=visibility
        )
    assert await content(cohort.ben, COHORT) == before
    await cohort.ada.ok("submission add", title="Seen", venue="TESTS 2027", stage="drafting")
    assert "TESTS 2027: papers" in await events(cohort.ben, COHORT)


async def test_without_a_public_address_there_is_the_file(cohort: CohortFixture) -> None:
    said = await cohort.ada.ok("deadline calendar")
    assert "COHORT_PUBLIC_URL" in text_of(said)
    assert len([each for each in said.blocks if isinstance(each, File)]) == 2
    assert not buttons_of(said)
    assert "COHORT_PUBLIC_URL" in text_of(await cohort.ada.ok("deadline calendar", address="mine"))


# Addresses


@pytest.fixture
async def public(cohort: CohortFixture) -> CohortFixture:
    """A cohort of a bot that can be reached from outside."""
    core = replace(cohort.core, public_url=PUBLIC)
    people = (replace_core(each, core) for each in (cohort.olu, cohort.mina, cohort.ada, cohort.ben))
    return CohortFixture(core, cohort.id, *people)


def replace_core(actor: Actor, core: Any) -> Actor:
    return Actor(core, actor.person, actor.place)


@pytest.fixture
async def address(public: CohortFixture) -> AsyncIterator[str]:
    """Where the web part listens."""
    application = web.Application()
    served_calendars.add_routes(application, public.core)
    server = WebServer(application)
    await server.start("127.0.0.1", 0)
    yield server.address
    await server.stop()


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def subscribed(who: Actor, label: str = "Subscribe to my calendar") -> str:
    """The path of a new address."""
    made = await who.click(await who.ok("deadline calendar"), label)
    found = re.search(rf"{PUBLIC}(/calendar/[\w-]+\.ics)", text_of(made))
    assert found, text_of(made)
    return found[1]


async def status(http: ClientSession, url: str) -> int:
    async with http.get(url) as answer:
        return answer.status


async def test_an_address_serves_the_calendar(
    public: CohortFixture, address: str, http: ClientSession
) -> None:
    await enter(public)
    await public.ada.ok("deadline follow", venue="ICML 2027")
    url = address + await subscribed(public.ada)
    async with http.get(url) as answer:
        body = await answer.read()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert body == await content(public.ada)
        tag = answer.headers["ETag"]
    async with http.head(url) as answer:
        assert (answer.status, answer.headers["ETag"], await answer.read()) == (200, tag, b"")
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        async with http.get(url, headers={"If-None-Match": known}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
    await enter(public, paper="2027-01-30 23:59")
    async with http.get(url, headers={"If-None-Match": tag}) as answer:
        assert answer.status == 200
        assert answer.headers["ETag"] != tag


async def test_a_revoked_address_is_not_there(
    public: CohortFixture, address: str, http: ClientSession
) -> None:
    first = address + await subscribed(public.ada)
    second = address + await subscribed(public.ada, "New address of my calendar")
    assert [await status(http, each) for each in (first, second)] == [404, 200]
    closed = await public.ada.click(await public.ada.ok("deadline calendar"), "Close my address")
    assert "closed" in text_of(closed)
    assert await status(http, second) == 404
    for made_up in ("x" * 43, "x", "x" * 5000, "..%2f..%2fetc"):
        assert await status(http, f"{address}/calendar/{made_up}.ics") == 404


async def test_the_cohorts_address_is_each_members_own(
    public: CohortFixture, address: str, http: ClientSession
) -> None:
    await enter(public)
    urls = [
        address + await subscribed(each, "Subscribe to the cohort’s calendar")
        for each in (public.ada, public.ben)
    ]
    assert urls[0] != urls[1]
    assert [await status(http, each) for each in urls] == [200, 200]
    await public.ada.ok("cohort leave")
    assert [await status(http, each) for each in urls] == [404, 200]


async def test_an_archived_cohort_serves_nothing(
    public: CohortFixture, address: str, http: ClientSession
) -> None:
    url = address + await subscribed(public.olu)
    asked = await public.olu.send("cohort-admin archive", {})
    assert isinstance(asked, Reply)
    await public.olu.click(buttons_of(asked)[0])
    assert await status(http, url) == 404


async def test_a_token_is_kept_nowhere(public: CohortFixture) -> None:
    path = await subscribed(public.ada)
    token = path.removeprefix(feeds.PATH).removesuffix(".ics")

    def everything(conn: Any) -> str:
        rows = [*conn.all("SELECT * FROM calendar_address"), *conn.all("SELECT result FROM handled")]
        return "".join(str(dict(each)) for each in rows)

    stored = await public.core.store.read(everything)
    assert token not in stored
    assert calendars.hash_of(token) in stored


async def test_an_address_that_is_asked_for_twice_is_shown_once(public: CohortFixture) -> None:
    both = await public.ada.fails("deadline calendar", address="mine", close="mine")
    assert both.field == "close"
    await public.ada.ok("deadline calendar", address="mine")
    again = await public.ada.again()
    assert isinstance(again, Reply)
    assert "made this address already" in text_of(again)
    assert PUBLIC not in text_of(again)


async def test_the_status_says_since_when(public: CohortFixture) -> None:
    await subscribed(public.ada)
    said = await public.ada.ok("deadline calendar")
    assert "You have an address of your own calendar since 23 Nov 2026" in text_of(said)
    assert "no address of the cohort’s calendar yet" in text_of(said)
    assert button_of(said, "New address of my calendar")


# How it is written


def event(**given_: Any) -> CalendarEvent:
    entry = CalendarEntry(**{"subject": "s", "title": "T", "at": NOW, **given_})
    return CalendarEvent("u@cohort-bot", 0, entry, NOW, False)


@given(st.text(min_size=1, max_size=300), st.text(max_size=300))
def test_any_text_is_escaped_and_folded_between_characters(title: str, details: str) -> None:
    body = calendars.written("Lab", [event(title=title, details=details)])
    assert body.endswith(b"\r\n")
    lines = body.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode()  # no character is cut
        assert b"\n" not in line
    assert sum(line.startswith(b"BEGIN:VEVENT") for line in lines) == 1
    unfolded = body.decode().replace("\r\n ", "")
    assert unfolded.count("\r\nSUMMARY") == 1


def test_commas_and_lines_come_back() -> None:
    title = "A, b; c\\d\nBEGIN:VEVENT\nX"
    [found] = Calendar.from_ical(calendars.written("Lab", [event(title=title)])).walk("VEVENT")
    assert str(found["summary"]) == title
    assert len(found.walk("VEVENT")) == 1


async def test_a_talk_stands_in_its_presenters_calendar_and_moves_with_the_turn(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await cohort.olu.ok("reading add", reference="On priors, and how to think of them")
    await cohort.ada.ok("reading present", item="1")
    assert not [each for each in await events(cohort.ada) if "priors" in each], "it has no date yet"
    clock.move_to(NOW + timedelta(days=1))
    day = clock.now().date()
    assert await prompt(cohort, day) is not None
    found = await events(cohort.ada)
    talk = found["You present: On priors, and how to think of them"]
    assert talk.decoded("dtstart") == day
    shared = await events(cohort.ben, COHORT)
    assert [each for each in shared if "priors" in each] == ["Reading: On priors, and how to think of them"]
    assert "Ada" not in str(shared), "it names nobody"
    assert not [each for each in await events(cohort.ben) if "priors" in each]
    await cohort.ada.ok("reading swap", person=PersonRef("U-ben", "Ben"))
    await cohort.ben.ok("reading take", item="1")
    gone = (await events(cohort.ada))["You present: On priors, and how to think of them"]
    assert plain(gone)[1:] == (1, "CANCELLED")
    assert plain(gone)[0] == plain(talk)[0]
    assert [each for each in await events(cohort.ben) if "priors" in each] == list(found)
