"""Time zones as people name them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.chat.model import Request
from core.clock import AOE, FixedClock, local, zone_names
from core.cohorts import zones
from core.commands.dispatch import Core
from core.errors import Ambiguous, NotFound
from tests.conftest import NOW
from tests.people import Actor, CohortFixture, buttons_of, text_of

SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


def read(typed: str, now: datetime = NOW) -> list[str]:
    return [each.zone for each in zones.read(typed, now)]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        (" Berlin ", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("new_york", "America/New_York"),
        ("America/new york", "America/New_York"),
        ("AOE", AOE),
        ("anywhere on earth", AOE),
        ("Etc/GMT+12", AOE),
        ("UTC-12", AOE),
        ("utc", "UTC"),
        ("Asia/Kolkata", "Asia/Kolkata"),
        ("US/Eastern", "US/Eastern"),
        # The big places find their zone, however they are written.
        ("Bangalore", "Asia/Kolkata"),
        ("India", "Asia/Kolkata"),
        ("München", "Europe/Berlin"),
        ("MUENCHEN", "Europe/Berlin"),
        ("munich", "Europe/Berlin"),
        ("Beijing", "Asia/Shanghai"),
        ("Peking", "Asia/Shanghai"),
        ("São Paulo", "America/Sao_Paulo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Zürich", "Europe/Zurich"),
        ("Hong-Kong", "Asia/Hong_Kong"),
        ("St. Louis", "America/Chicago"),
        ("st john\u2019s", "America/St_Johns"),
        ("Abuja", "Africa/Lagos"),
        ("Nigeria", "Africa/Lagos"),
        ("Germany", "Europe/Berlin"),
        ("Deutschland", "Europe/Berlin"),
        ("Tromso", "Europe/Oslo"),
        ("Łódź", "Europe/Warsaw"),
        ("UK", "Europe/London"),
        # One zone alone goes by these.
        ("JST", "Asia/Tokyo"),
        ("PDT", "America/Los_Angeles"),
        ("MESZ", "Europe/Berlin"),
        ("UTC+5:45", "Asia/Kathmandu"),
    ],
)
def test_zones_people_type(typed: str, name: str) -> None:
    assert read(typed) == [name]


@pytest.mark.parametrize(
    ("typed", "among"),
    [
        ("EST", {"America/New_York", "America/Panama"}),
        ("East", {"America/New_York", "Australia/Sydney"}),
        ("PST", {"America/Los_Angeles", "Asia/Manila"}),
        ("CST", {"America/Chicago", "Asia/Shanghai"}),
        ("IST", {"Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"}),
        ("GMT", {"Europe/London", "Africa/Accra", "UTC"}),
        ("CET", {"Europe/Berlin", "Africa/Algiers"}),
        ("Georgia", {"America/New_York", "Asia/Tbilisi"}),
        ("Cambridge", {"America/New_York", "Europe/London"}),
        ("USA", {"America/New_York", "America/Los_Angeles", "America/Chicago"}),
        ("Australia", {"Australia/Sydney", "Australia/Perth"}),
        ("GMT+5", {"Asia/Karachi", "Asia/Tashkent"}),
        ("UTC-8", {"America/Los_Angeles", "Pacific/Pitcairn"}),
        ("Etc/GMT+5", {"America/New_York", "America/Bogota"}),
        ("\u22123", {"America/Sao_Paulo", "America/Argentina/Buenos_Aires"}),
    ],
)
def test_what_means_several_is_asked_about(typed: str, among: set[str]) -> None:
    found = read(typed)
    assert among <= set(found), found
    assert 2 <= len(found) <= zones.MOST_READINGS
    with pytest.raises(Ambiguous) as asked:
        zones.read_one(typed, NOW)
    assert [value for value, _ in asked.value.readings] == found
    assert len({words for _, words in asked.value.readings}) == len(found)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("hours", range(13))
@pytest.mark.parametrize("shape", ["UTC{sign}{hours}", "gmt {sign}{hours:02}:00", "{sign}{hours}"])
@pytest.mark.parametrize("now", [NOW, SUMMER])
def test_an_offset_is_never_read_with_the_other_sign(
    sign: int, hours: int, shape: str, now: datetime
) -> None:
    typed = shape.format(sign="+" if sign > 0 else "-", hours=hours)
    for name in read(typed, now):
        assert local(now, name).utcoffset() == timedelta(hours=sign * hours)


@pytest.mark.parametrize(
    "typed", ["", "Atlantis", "../../etc/passwd", "Factory", "localtime", "a\0b", "UTC+5:17", "+99"]
)
def test_what_is_no_zone(typed: str) -> None:
    assert read(typed) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Berln", "Europe/Berlin"), ("New Yrok", "America/New_York"), ("Bangalor", "Asia/Kolkata")],
)
def test_a_slip_is_asked_about(typed: str, meant: str) -> None:
    with pytest.raises(Ambiguous, match="Did you mean") as asked:
        zones.read_one(typed, NOW)
    assert meant in [value for value, _ in asked.value.readings]


@given(st.text())
def test_any_text_is_zones_or_a_sentence(typed: str) -> None:
    found = zones.read(typed, NOW)
    assert all(clock.zone(each.zone) for each in (*found, *zones.similar(typed)))
    if len(found) != 1:
        with pytest.raises((Ambiguous, NotFound)):
            zones.read_one(typed, NOW)


def test_every_zone_offered_is_read_as_itself() -> None:
    for name in zone_names():
        assert read(name) == [name]


@pytest.mark.parametrize("typed", ["", "ber", "Bang", "münch", "india", "est"])
def test_what_is_offered_while_typing_can_be_chosen(typed: str) -> None:
    offered = zones.search(typed)
    assert offered
    assert all(read(each.zone) == [each.zone] for each in offered)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("bangal", "Asia/Kolkata"),
        ("münch", "Europe/Berlin"),
        ("beij", "Asia/Shanghai"),
        ("est", "America/New_York"),
    ],
)
def test_a_city_offers_its_zone_first(typed: str, first: str) -> None:
    assert zones.search(typed)[0].zone == first


@pytest.mark.case(57)
async def test_an_abbreviation_is_asked_about_and_a_button_answers(
    core: Core, cohort: CohortFixture, clock: FixedClock
) -> None:
    asked = await cohort.ada.fails("profile timezone", zone="EST")
    assert asked.field == "zone"
    assert "EST" in text_of(asked)
    labels = [each.label for each in buttons_of(asked)]
    assert "America/New York" in labels
    assert "America/New York: EST in winter, EDT in summer" in text_of(asked)
    done = await cohort.ada.click(asked, "America/New York")
    assert "America/New_York" in text_of(done)
    assert "America/New_York" in str(await cohort.ada.ok("profile show"))


@pytest.mark.case(57)
async def test_a_cohorts_zone_is_asked_about_too(cohort: CohortFixture) -> None:
    asked = await cohort.olu.fails("cohort-admin set", key="timezone", value="UTC-8")
    assert asked.field == "value"
    done = await cohort.olu.click(buttons_of(asked)[0])
    assert "America/Los_Angeles" in text_of(done)


async def test_what_was_typed_beside_it_stays_with_the_button(core: Core, cohort: CohortFixture) -> None:
    manager = cohort.somebody("Eve", manager=True)
    there = Actor(core, manager.person, manager.place.__class__("test", "W", "C9", name="new"))
    asked = await there.fails("cohort-admin setup", name="Reading & writing: 100 %", timezone="Georgia")
    done = await there.click(asked, "Asia/Tbilisi")
    assert "Reading & writing: 100 %" in text_of(done)


async def test_what_the_platform_knows_stands_in_the_form_and_is_offered_first(cohort: CohortFixture) -> None:
    ada = Actor(cohort.core, replace(cohort.ada.person, zone="Asia/Kolkata"))
    form = await ada.form("profile timezone")
    assert {each.name: each.value for each in form.fields} == {"zone": "Asia/Kolkata"}
    assert "Asia/Kolkata" in text_of(await ada.submit(form))
    request = Request("c", "profile timezone", ada.person, ada.place)
    assert (await cohort.core.complete(request, "zone", ""))[0].value == "Asia/Kolkata"
    assert (await cohort.core.complete(request, "zone", "a"))[0].value == "Asia/Kolkata"
    odd = Actor(cohort.core, replace(cohort.ada.person, zone="Nowhere/Land"))
    assert (await odd.form("profile timezone")).fields[0].value is None
