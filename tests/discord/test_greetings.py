"""Who says hello in a direct message, through discord.py and its gateway."""

import pytest

from bot.discord.greetings import is_direct
from tests.servers.discord import DiscordServer, Message, Person
from tests.story.bot import Bot


@pytest.fixture
async def lab(bot: Bot, ola: Person, ann: Person) -> None:
    """A cohort in the general channel, set up by Ola and joined by Ann."""
    await ola.slash("cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    await ann.slash("cohort join")


async def answers(server: DiscordServer, person: Person, many: int = 1) -> list[Message]:
    """What the bot wrote to somebody, once it is so much."""

    def found() -> list[Message]:
        return [each for each in person.direct.messages if each.author == server.bot_id]

    await server.until(lambda: len(found()) >= many)
    return found()


def labels(message: Message) -> list[str]:
    """The labels of a message's buttons."""
    rows = message.body.get("components") or []
    return [each["label"] for row in rows for each in row["components"]]


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize("said", ["hello", "help", "Hi, what is this?"])
async def test_hello_gets_one_line_and_four_buttons(server: DiscordServer, ann: Person, said: str) -> None:
    await ann.write(said)
    (answer,) = await answers(server, ann)
    assert answer.content.startswith("Hello Ann")
    assert "\n" not in answer.content
    assert labels(answer) == ["My page", "Check in", "Add a paper", "What can you do?"]
    page = await ann.click(answer, "My page")
    assert "Ann in Lab" in page.text


@pytest.mark.usefixtures("lab")
async def test_commands_in_it_can_be_clicked(server: DiscordServer, ann: Person) -> None:
    await ann.write("help my paper was rejected")
    (answer,) = await answers(server, ann)
    (submission,) = [each for each in server.commands[None] if each["name"] == "submission"]
    assert f"</submission update:{submission['id']}>" in answer.content


async def test_somebody_in_no_cohort_reads_the_way_in(server: DiscordServer, bot: Bot, ann: Person) -> None:
    await ann.write("hello")
    (answer,) = await answers(server, ann)
    assert "cohort" in answer.content
    assert "What can you do?" in labels(answer)


@pytest.mark.usefixtures("lab")
@pytest.mark.case(1)
async def test_message_that_comes_twice_is_answered_once(server: DiscordServer, ann: Person) -> None:
    first = await ann.write("hello")
    await answers(server, ann)
    await ann.write("hello", redelivered=first)
    await ann.write("help vote")
    hello, vote = await answers(server, ann, 2)
    assert hello.content.startswith("Hello")
    assert "reading vote" in vote.content


@pytest.mark.parametrize(
    "event",
    [
        {"author": {"id": "1", "bot": True}},
        {"author": {"id": "1"}, "guild_id": "2"},
        {"author": {"id": "1"}, "type": 6},
        {"author": {"id": "1"}, "webhook_id": "3"},
        {},
    ],
)
def test_what_nobody_says_to_the_bot_alone_is_not_answered(event: dict[str, object]) -> None:
    assert not is_direct(event)


@pytest.mark.usefixtures("lab")
async def test_errors_name_commands_that_can_be_clicked(server: DiscordServer, bot: Bot) -> None:
    ben = server.add_person("Ben")
    refused = await ben.slash("submission list")
    (cohort,) = [each for each in server.commands[None] if each["name"] == "cohort"]
    assert f"</cohort join:{cohort['id']}>" in refused.messages[0].content


async def test_ids_are_known_after_a_restart_without_registering_again(
    server: DiscordServer, bot: Bot, ann: Person
) -> None:
    writes = server.command_writes
    await bot.stop()
    await bot.start()
    assert server.command_writes == writes
    told = await ann.slash("cohort help", topic="join")
    (cohort,) = [each for each in server.commands[None] if each["name"] == "cohort"]
    assert told.messages[0].content.startswith(f"</cohort join:{cohort['id']}>: ")
