"""Who has not joined yet, as Slack's lists of members tell it to an organizer."""

import pytest

from tests.servers.slack import SlackUser
from tests.slack.conftest import SlackFixture


async def told(stage: SlackFixture, who: SlackUser) -> str:
    return (await who.say("/cohort", "admin members")).text


async def test_people_are_named_and_bots_and_guests_are_not(stage: SlackFixture) -> None:
    slack = stage.slack
    slack.add_member(slack.workspace, "UKIM", "Kim <!channel>")
    slack.add_member(slack.workspace, "UGUEST", "Gail", is_restricted=True)
    slack.add_member(slack.workspace, "UAPP", "Poll bot", is_bot=True)
    slack.add_member(slack.workspace, "UGONE", "Gus", deleted=True)
    slack.add_member(slack.workspace, "UELSE", "Elsewhere")
    stage.home.members |= {"UKIM", "UGUEST", "UAPP", "UGONE"}
    said = await told(stage, stage.olu)
    assert "but not joined yet: Kim <!channel>." in said
    for name in ("Gail", "Poll bot", "Gus", "Elsewhere"):
        assert name not in said
    assert all(not message.effects.pings for message in [*stage.home.messages, *stage.olu.ephemerals])


async def test_many_people_take_a_few_questions(stage: SlackFixture) -> None:
    for number in range(60):
        stage.slack.add_member(stage.slack.workspace, f"UZ{number:03}", f"Somebody {number}")
        stage.home.members.add(f"UZ{number:03}")
    before = len(stage.slack.calls)
    said = await told(stage, stage.olu)
    asked = [call.method for call in list(stage.slack.calls)[before:]]
    assert "Somebody 9 and up to 50 more." in said
    assert asked.count("conversations.members") == 1
    assert asked.count("users.info") < 30


async def test_private_channel_is_told_to_who_is_in_it(stage: SlackFixture) -> None:
    slack = stage.slack
    slack.add_member(slack.workspace, "UKIM", "Kim")
    stage.home.members |= {"UKIM"}
    stage.home.kind = "private"
    assert "not joined yet: Kim." in await told(stage, stage.olu)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"error": "missing_scope"}])
async def test_failed_list_is_said(stage: SlackFixture, fault: dict[str, object]) -> None:
    stage.slack.fail("conversations.members", **fault)
    said = await told(stage, stage.olu)
    assert "Slack told me nothing about who is in the channel just now." in said
    assert "Point people to Join" in said
