"""What people type in Discord with mentions, emoji, times and commands in it reads as they wrote it."""

import pytest

from tests.discord.test_cohort import lab as lab
from tests.servers.discord import DiscordServer, Person
from tests.servers.discord.permissions import Role


@pytest.fixture(autouse=True)
def mentors(server: DiscordServer) -> Role:
    """A role that is there before the bot comes."""
    return server.add_role("Mentors", 0)


@pytest.mark.usefixtures("lab")
@pytest.mark.case(61)
async def test_marks_read_as_people_wrote_them(
    server: DiscordServer, mentors: Role, ola: Person, ann: Person
) -> None:
    server.home.nicks[ola.id] = "Ola the first"
    channel = await server.create_channel("papers")
    title = (
        f"With <@{ola.id}> and <@!{ola.id}>, <@&{mentors.id}> in <#{channel.id}> <:party:99> <a:wave:98>"
        " by <t:1795424400:F> or <t:1795424400>, see </cohort help:97>; a<b and c>d; <@123456>"
    )
    added = await ann.slash("submission add", title=title)
    meant = (
        "With @Ola the first and @Ola the first, @Mentors in #papers :party: :wave:"
        " by Mon 23 Nov 2026, 09:00 UTC or Mon 23 Nov 2026, 09:00 UTC, see /cohort help; a<b and c>d; @somebody"
    )
    assert meant in added.text
    assert all(message.pings == set() for message in added.messages)


@pytest.mark.usefixtures("lab")
async def test_marks_in_form(server: DiscordServer, ola: Person, ann: Person) -> None:
    form = await ann.slash("submission add")
    added = await ann.submit(form, {"Title": f"Thanks to <@{ola.id}> <:party:99>"})
    assert "Thanks to @Ola :party:" in added.text
    shown = await ann.slash("submission show", paper="#1")
    assert "Thanks to @Ola :party:" in shown.text


@pytest.mark.usefixtures("lab")
async def test_an_instant_that_no_calendar_has_stays_as_it_was(ann: Person) -> None:
    added = await ann.slash("submission add", title="Until <t:9999999999999:F>")
    assert "Until <t:9999999999999:F>" in added.text


@pytest.mark.usefixtures("lab")
@pytest.mark.case(57)
async def test_time_zone_is_asked_about_and_button_answers(ann: Person) -> None:
    asked = await ann.slash("profile timezone", zone="PST")
    assert "which one" in asked.text.lower()
    done = await ann.click(asked.messages[0], "America/Los Angeles")
    assert "America/Los_Angeles" in done.text


@pytest.mark.usefixtures("lab")
@pytest.mark.case(59)
async def test_decimal_commas_are_one_number(ann: Person) -> None:
    read = await ann.slash("lottery scores", scores="3,5 4 3,5", venue="Our Workshop")
    assert "3.5" in read.text
