"""Which channels of a server a cohort can take: what the bot and the caller may do there, and of what kind it is."""

from collections.abc import Callable
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.channels import lacking
from core.chat.channels import Right
from core.store.port import Conn
from tests.servers.discord import Channel, DiscordServer, Interaction, Person, refuse
from tests.servers.discord.permissions import (
    ADMINISTRATOR,
    ATTACH_FILES,
    CREATE_PUBLIC_THREADS,
    EMBED_LINKS,
    EVERYTHING,
    MANAGE_GUILD,
    MEMBER,
    ORDINARY,
    ROLE,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
    VIEW_CHANNEL,
    Overwrite,
    in_channel,
)
from tests.servers.discord.world import CATEGORY, FORUM, NEWS, PUBLIC_THREAD, VOICE
from tests.story.bot import Bot

LAB: dict[str, Any] = {"name": "Lab", "timezone": "Europe/Berlin"}

NEEDED = {
    VIEW_CHANNEL: "View Channel, to see it",
    SEND_MESSAGES: "Send Messages, to post in it",
    CREATE_PUBLIC_THREADS: "Create Public Threads, to open threads",
    SEND_MESSAGES_IN_THREADS: "Send Messages in Threads, to open threads",
    EMBED_LINKS: "Embed Links, to show fields",
    ATTACH_FILES: "Attach Files, to attach pictures",
}


async def cohorts(bot: Bot) -> int:
    """How many cohorts there are."""

    def count(conn: Conn) -> int:
        return int(conn.value("SELECT count(*) FROM cohort"))

    return await bot.core.store.read(count)


# -- the bot's rights -----------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [False, True], ids=["here", "named"])
@pytest.mark.parametrize("permission", NEEDED, ids=NEEDED.values())
@pytest.mark.case(40)
async def test_setup_is_refused_until_right_is_given(
    server: DiscordServer, bot: Bot, ola: Person, permission: int, named: bool
) -> None:
    lab = await server.create_channel("lab")
    await server.overwrite(lab, server.bot_id, deny=permission)

    async def setup() -> Interaction:
        where: dict[str, Any] = {"channel": lab} if named else {"at": lab}
        return await ola.slash("cohort-admin setup", **LAB, **where)

    refused = await setup()
    assert refused.ephemeral
    assert NEEDED[permission] in refused.text
    assert "adds me under Permissions" in refused.text
    assert await cohorts(bot) == 0
    assert not [message for message in lab.messages if not message.ephemeral]
    await server.overwrite(lab, server.bot_id, allow=permission)
    assert "I have said hello" in (await setup()).text
    (hello,) = [message for message in lab.messages if not message.ephemeral]
    assert "This channel is now the home of Lab" in hello.text


@pytest.mark.case(40)
async def test_channel_for_purpose_is_refused_until_right_is_given(
    server: DiscordServer, bot: Bot, ola: Person
) -> None:
    await ola.slash("cohort-admin setup", **LAB)
    news = await server.create_channel("news")
    await server.overwrite(news, server.home.id, deny=ATTACH_FILES | EMBED_LINKS)
    refused = await ola.slash("cohort-admin channel", purpose="digest", channel=news)
    assert NEEDED[ATTACH_FILES] in refused.text
    assert NEEDED[EMBED_LINKS] in refused.text
    assert "news" not in (await ola.slash("cohort-admin show")).text
    # A role of the bot's is enough, and so is one that gives everything.
    role = await server.create_role("Bots", 0)
    await server.change_role(role, ADMINISTRATOR)
    answer = await ola.slash("cohort-admin channel", purpose="digest", channel=news)
    assert "From now on news is the channel for digest" in answer.text
    assert news.last.text == "From now on this channel is for digest of Lab."


@pytest.mark.case(40)
async def test_right_that_is_taken_between_look_and_post(
    server: DiscordServer, bot: Bot, ola: Person
) -> None:
    server.fault("POST", rf"/channels/{server.general.id}/messages", refuse(403, 50013))
    refused = await ola.slash("cohort-admin setup", **LAB)
    assert "My first message in general was refused: I may not write in the channel." in refused.text
    assert await cohorts(bot) == 0
    assert "I have said hello" in (await ola.slash("cohort-admin setup", **LAB)).text
    assert not ola.direct.messages, "nothing is said twice"


@pytest.mark.parametrize("path", ["/channels/[0-9]+$", "/guilds/[0-9]+/members/"])
@pytest.mark.case(40)
async def test_lookup_that_fails_gives_no_right(
    server: DiscordServer, bot: Bot, ola: Person, path: str
) -> None:
    news = await server.create_channel("news")
    server.fault("GET", path, refuse(503))
    refused = await ola.slash("cohort-admin setup", **LAB, channel=news)
    assert "told nothing about that channel just now" in refused.text
    assert await cohorts(bot) == 0
    assert "is set up" in (await ola.slash("cohort-admin setup", **LAB, channel=news)).text


# -- the caller's rights --------------------------------------------------------------------------------


@pytest.mark.case(40)
async def test_channel_is_taken_by_somebody_who_writes_there(
    server: DiscordServer, bot: Bot, ola: Person
) -> None:
    theirs = await server.create_channel("theirs")
    await server.overwrite(theirs, ola.id, deny=SEND_MESSAGES)
    places: list[dict[str, Any]] = [{"channel": theirs}, {"at": theirs}]
    for where in places:
        refused = await ola.slash("cohort-admin setup", **LAB, **where)
        assert "you lack Send Messages in theirs" in refused.text
    await server.overwrite(theirs, ola.id, deny=VIEW_CHANNEL)
    refused = await ola.slash("cohort-admin setup", forged=True, **LAB, channel=theirs)
    assert "you cannot see it" in refused.text
    assert await cohorts(bot) == 0


@pytest.mark.case(40)
async def test_manager_frees_channel_of_another_cohort(server: DiscordServer, bot: Bot, ola: Person) -> None:
    await ola.slash("cohort-admin setup", **LAB)
    theirs = await server.create_channel("theirs")
    await ola.slash("cohort-admin channel", purpose="digest", channel=theirs)
    mia = server.add_person("Mia", manager=True)
    refused = await mia.slash("cohort-admin setup", name="Theirs", timezone="UTC", at=theirs)
    assert "theirs belongs to Lab already" in refused.text
    freed = await mia.click(refused.messages[0], "Free it from Lab")
    assert "theirs is free" in freed.text
    assert (
        "is set up" in (await mia.slash("cohort-admin setup", name="Theirs", timezone="UTC", at=theirs)).text
    )
    await server.until(lambda: bool(ola.direct.messages))
    assert "Mia, who manages this place, has freed theirs" in ola.direct.last.text


# -- kinds of channels ----------------------------------------------------------------------------------


def _thread(server: DiscordServer, parent: Channel) -> Channel:
    thread = Channel(server.snowflake(), "a thread", PUBLIC_THREAD, server.home, parent=parent)
    server.channels[thread.id] = server.home.channels[thread.id] = thread
    return thread


KINDS: dict[str, tuple[Callable[[DiscordServer], Channel], str]] = {
    "forum": (lambda server: server.add_channel("help", kind=FORUM), "help is a forum"),
    "forum post": (lambda server: _thread(server, server.add_channel("help", kind=FORUM)), "is a thread"),
    "thread": (lambda server: _thread(server, server.general), "is a thread"),
    "voice": (lambda server: server.add_channel("talk", kind=VOICE), "talk is a voice channel"),
    "category": (lambda server: server.add_channel("Labs", kind=CATEGORY), "Labs is a category"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.case(40)
async def test_place_that_is_no_text_channel_is_no_home(
    server: DiscordServer, bot: Bot, ola: Person, kind: str
) -> None:
    make, words = KINDS[kind]
    place = make(server)
    with pytest.raises(AssertionError, match="is not offered"):
        await ola.slash("cohort-admin setup", **LAB, channel=place)
    assert words in (await ola.slash("cohort-admin setup", forged=True, **LAB, channel=place)).text
    assert words in (await ola.slash("cohort-admin setup", **LAB, at=place)).text
    assert await cohorts(bot) == 0


async def test_announcements_can_be_home(server: DiscordServer, bot: Bot, ola: Person) -> None:
    news = await server.create_channel("news", NEWS)
    assert "is set up" in (await ola.slash("cohort-admin setup", **LAB, channel=news)).text


# -- the arithmetic -------------------------------------------------------------------------------------

_BITS = st.lists(st.sampled_from([*NEEDED, MANAGE_GUILD, ADMINISTRATOR]), max_size=4).map(
    lambda bits: sum(set(bits))
)
_CHANNEL_BITS = st.lists(st.sampled_from([*NEEDED]), max_size=4).map(lambda bits: sum(set(bits)))


@given(data=st.data())
def test_permissions_are_computed_as_discord_computes_them(data: st.DataObject) -> None:
    server = DiscordServer()
    guild, channel, bot = server.home, server.general, server.bot_id
    guild.roles[guild.id].permissions = data.draw(_BITS, "everybody's")
    roles = [server.add_role(f"role {n}", data.draw(_BITS, f"role {n}")) for n in range(3)]
    guild.held[bot] = [each.id for each in roles if data.draw(st.booleans(), f"holds {each.name}")]
    if data.draw(st.integers(0, 9), "owner?") == 0:
        guild.owner = bot
    for whose in (guild.id, *(each.id for each in roles), bot):
        if data.draw(st.booleans(), "overwritten?"):
            allow, deny = data.draw(_CHANNEL_BITS, "allow"), data.draw(_CHANNEL_BITS, "deny")
            kind = MEMBER if whose == bot else ROLE
            channel.overwrites[whose] = Overwrite(kind, allow & ~deny, deny)
    held = in_channel(channel, bot)
    found = _as_discord_py_computes(server)
    mask = sum(NEEDED)
    assert found & mask == held & mask
    for right, bits in _RIGHTS.items():
        assert (right in lacking(found)) == (held & bits != bits), right


_RIGHTS = {
    Right.SEE: VIEW_CHANNEL,
    Right.POST: SEND_MESSAGES,
    Right.THREAD: CREATE_PUBLIC_THREADS | SEND_MESSAGES_IN_THREADS,
    Right.EMBED: EMBED_LINKS,
    Right.ATTACH: ATTACH_FILES,
}


def _as_discord_py_computes(server: DiscordServer) -> int:
    """The bot's permissions in the general channel, from the payloads, by the library that the bot asks."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    state = client._connection
    guild = discord.Guild(data=server.payloads.guild(server.home), state=state)  # type: ignore[arg-type]  # a payload
    state._add_guild(guild)
    member = server.payloads.member(server.bot_id, server.home)
    channel = guild.get_channel(int(server.general.id))
    assert channel is not None
    return channel.permissions_for(discord.Member(data=member, guild=guild, state=state)).value  # type: ignore[arg-type]  # a payload


def test_what_is_lacking() -> None:
    assert lacking(ORDINARY) == lacking(ADMINISTRATOR) == lacking(EVERYTHING) == {}
    assert lacking(ORDINARY & ~EMBED_LINKS) == {Right.EMBED: "Embed Links"}
    assert lacking(ORDINARY & ~CREATE_PUBLIC_THREADS) == {Right.THREAD: "Create Public Threads"}
    assert list(lacking(0)) == list(_RIGHTS)
