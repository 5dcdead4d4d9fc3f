"""A request for feedback in a cohort that lives on two platforms at once."""

import asyncio

import pytest

from core.chat.model import Place
from core.cohorts import places
from tests.faults.two_platforms import two_platforms
from tests.servers.slack import SlackUser, as_message


@pytest.mark.case(51)
async def test_two_platforms_press_at_once_and_one_has_it(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here = await stage.on_discord("here")
        team = stage.slack.workspace
        stage.slack.add_member(team, "UBEN", "Ben")
        there = stage.slack.add_channel("there")
        place = Place("slack", team.team_id, there.id, name="there")
        assert await stage.bot.core.store.write(places.assign, here.id, "home", place)
        ben, chi = SlackUser(stage.slack, "UBEN", there), stage.discord.add_person("Chi")
        await ben.say("/cohort", "join")
        await chi.slash("cohort join", at=here.channel)

        await stage.people["Ada"].slash("feedback ask", at=here.channel, topic="Statistics")
        await stage.flush()
        on_discord, on_slack = here.channel.messages[-1], there.messages[-1]
        assert "asks for feedback (#1)" in on_discord.text
        assert "asks for feedback (#1)" in on_slack.text
        pressed, clicked = await asyncio.gather(
            chi.click(on_discord, "I can help"), ben.click(on_slack, "I can help")
        )
        words = [pressed.text, as_message(clicked).text]
        assert sum("You have taken #1" in each for each in words) == 1, words
        assert sum("has taken #1 already" in each for each in words) == 1, words
        await stage.flush()
        taken = [here.channel.messages[-1].text, there.messages[-1].text]
        helper = "Chi" if "You have taken" in words[0] else "Ben"
        assert all(f"{helper} took it" in each for each in taken), taken
