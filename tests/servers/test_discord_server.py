"""The local Discord, proved with a bare discord.py bot."""

import asyncio
import contextlib
import io
import json
import sys
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from tests.servers.discord import DiscordServer, drop_after, hold, rate_limit, refuse
from tests.servers.discord.permissions import (
    ATTACH_FILES,
    CREATE_PUBLIC_THREADS,
    EMBED_LINKS,
    SEND_MESSAGES_IN_THREADS,
)
from tests.servers.discord.pointing import pointed_at
from tests.servers.discord.process import ROOT
from tests.servers.discord.world import FORUM


class Bot(discord.AutoShardedClient):
    """A bare bot with one group of commands and whatever a test adds."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self.ready = asyncio.Event()
        self.interactions: list[discord.Interaction[Any]] = []
        self.slow = asyncio.Event()
        _add_commands(self)

    async def setup_hook(self) -> None:
        """Register the commands."""
        await self.tree.sync()

    async def on_shard_connect(self, _shard: int) -> None:
        """The gateway has greeted."""
        self.ready.set()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Clicks and forms come here; none of them has a view."""
        self.interactions.append(interaction)
        data: Any = interaction.data
        custom_id = data.get("custom_id", "")
        if custom_id == "form":
            await interaction.response.send_modal(_Form())
        elif custom_id == "paper-form":
            fields = [label["component"] for label in data["components"]]
            given = {field["custom_id"]: field["value"] for field in fields}
            await interaction.response.send_message(json.dumps(given))
        elif custom_id == "update":
            await interaction.response.edit_message(content="updated <@1>", view=None)


class _Form(discord.ui.Modal, title="A paper"):
    name: discord.ui.Label[Any] = discord.ui.Label(
        text="Title", component=discord.ui.TextInput(custom_id="title")
    )
    mood: discord.ui.Label[Any] = discord.ui.Label(
        text="Mood",
        component=discord.ui.RadioGroup(
            custom_id="mood",
            options=[
                discord.RadioGroupOption(label="Good", value="5"),
                discord.RadioGroupOption(label="Bad", value="1"),
            ],
            required=False,
        ),
    )

    def __init__(self) -> None:
        super().__init__(custom_id="paper-form")


def _add_commands(bot: Bot) -> None:
    group = app_commands.Group(name="paper", description="Papers")

    @group.command(name="add", description="Add a paper")
    async def add(
        interaction: discord.Interaction[Any],
        title: app_commands.Range[str, 1, 300],
        member: discord.Member | None = None,
        channel: discord.TextChannel | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        size = len(await file.read()) if file else 0
        text = f"{title} {member} {channel} {size}"
        await interaction.response.send_message(text, ephemeral=True)

    @add.autocomplete("title")
    async def titles(_interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed} {n}", value=str(n)) for n in range(3)]

    @group.command(name="slow", description="Take a while")
    async def slow(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True)
        await bot.slow.wait()
        chart = discord.File(io.BytesIO(b"\x89PNG"), "chart.png", description="a line that rises")
        await interaction.edit_original_response(content="done", attachments=[chart])

    @group.command(name="buttons", description="Show buttons")
    async def buttons(interaction: discord.Interaction[Any]) -> None:
        view = discord.ui.View(timeout=None)
        for custom_id in ("form", "update"):
            view.add_item(discord.ui.Button(label=custom_id.title(), custom_id=custom_id))
        view.stop()
        await interaction.response.send_message("press", view=view)

    bot.tree.add_command(group)


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """A server that listens."""
    async with DiscordServer() as server:
        yield server


@contextlib.asynccontextmanager
async def running(server: DiscordServer) -> AsyncIterator[Bot]:
    """A bare bot that is connected to the server."""
    with pointed_at(server):
        bot = Bot()
        task = asyncio.create_task(bot.start(server.token))
        try:
            await asyncio.wait_for(bot.ready.wait(), 5)
            yield bot
        finally:
            await bot.close()
            with contextlib.suppress(asyncio.CancelledError):
                task.cancel()
                await task


@pytest.fixture
async def bot(server: DiscordServer) -> AsyncIterator[Bot]:
    """A bare bot that is connected to the server."""
    async with running(server) as bot:
        yield bot


async def test_command_autocomplete_and_resolved_things(server: DiscordServer, bot: Bot) -> None:
    ann = server.add_person("Ann")
    assert len(await ann.autocomplete("paper add", "title", "deep")) == 3
    answer = await ann.slash(
        "paper add", title="Deep", member=ann, channel=server.general, file=("a.csv", b"1,2,3")
    )
    assert answer.ephemeral
    assert answer.text == "Deep ann general 5"
    assert not server.general.messages
    with pytest.raises(AssertionError, match="required"):
        await ann.slash("paper add")
    with pytest.raises(AssertionError, match="characters"):
        await ann.slash("paper add", title="x" * 301)


async def test_places(server: DiscordServer, bot: Bot) -> None:
    ann = server.add_person("Ann")
    answer = await ann.slash("paper buttons", at=ann.direct)
    assert answer.original is not None
    assert ann.direct.last is answer.original
    assert bot.interactions[-1].guild is None
    await (await ann.slash("paper buttons")).done.wait()
    channel = bot.get_channel(int(server.general.id))
    assert isinstance(channel, discord.TextChannel)
    parent = await channel.send("parent")
    thread = await parent.create_thread(name="talk")
    await ann.slash("paper buttons", at=server.channels[str(thread.id)])
    assert isinstance(bot.interactions[-1].channel, discord.Thread)
    dm = await (await bot.fetch_user(int(ann.id))).create_dm()
    await dm.send("hello")
    assert ann.direct.last.content == "hello"
    ann.direct.closed = True
    with pytest.raises(discord.Forbidden) as caught:
        await dm.send("again")
    assert caught.value.code == 50007


async def test_click_form_and_update(server: DiscordServer, bot: Bot) -> None:
    ann = server.add_person("Ann")
    message = (await ann.slash("paper buttons")).original
    assert message is not None
    form = await ann.click(message, "Form")
    answer = await ann.submit(form, {"Title": "A *title*", "Mood": "Good"})
    assert json.loads(answer.messages[0].content) == {"title": "A *title*", "mood": "5"}
    await ann.click(message, "Update")
    assert message.content == "updated <@1>"
    assert message.pings == {"1"}
    assert message.buttons == []


async def test_defer_and_file(server: DiscordServer, bot: Bot) -> None:
    ann = server.add_person("Ann")
    call = await ann.start("paper slow")
    await server.until(lambda: call.deferred)
    assert not call.done.is_set()
    bot.slow.set()
    answer = await ann.answered(call)
    assert (answer.ephemeral, answer.text) == (True, "done")
    (chart,) = answer.attachments
    assert (chart.filename, chart.data, chart.description) == ("chart.png", b"\x89PNG", "a line that rises")


async def test_late_double_and_forbidden_answers(server: DiscordServer, bot: Bot) -> None:
    ann = server.add_person("Ann")
    call = await ann.start("paper slow")
    await server.until(lambda: call.deferred)
    interaction = next(i for i in bot.interactions if str(i.id) == call.id)
    again = discord.interactions.InteractionResponse(interaction)
    with pytest.raises(discord.HTTPException) as caught:
        await again.send_modal(_Form())
    assert caught.value.code == 40060
    server.advance(15 * 60 + 1)
    with pytest.raises(discord.HTTPException) as caught:
        await interaction.edit_original_response(content="too late")
    assert caught.value.code == 50027
    server.fault("POST", "/callback", _late(server))
    late = await ann.start("paper buttons")
    await server.until(lambda: bool(late.refusals))
    assert late.refusals[0]["code"] == 10062


def _late(server: DiscordServer) -> Any:
    async def fault(call: Any, proceed: Any) -> Any:
        server.advance(3.5)
        return await proceed(call)

    return fault


async def test_nonce(server: DiscordServer, bot: Bot) -> None:
    channel = bot.get_channel(int(server.general.id))
    assert isinstance(channel, discord.TextChannel)
    first = await channel.send("one", nonce="k1")
    second = await channel.send("one", nonce="k1")
    assert first.id == second.id
    assert len(server.general.messages) == 1
    server.advance(301)
    assert (await channel.send("one", nonce="k1")).id != first.id
    with pytest.raises(discord.HTTPException) as caught:
        await channel.send("one", nonce="k" * 26)
    assert caught.value.code == 50035


async def test_history_shows_only_own_words(server: DiscordServer, bot: Bot) -> None:
    channel = bot.get_channel(int(server.general.id))
    assert isinstance(channel, discord.TextChannel)
    own = await channel.send("own")
    server.add_person("Ann").say("a secret")
    seen = [message.content async for message in channel.history(limit=10)]
    assert seen == ["", "own"]
    assert (await channel.fetch_message(own.id)).content == "own"
    with pytest.raises(discord.NotFound):
        await channel.fetch_message(5)


async def test_faults(server: DiscordServer, bot: Bot) -> None:
    channel = bot.get_channel(int(server.general.id))
    assert isinstance(channel, discord.TextChannel)
    server.fault("POST", "/messages", rate_limit(0.01))
    await channel.send("after the limit")
    server.fault("POST", "/messages", rate_limit(1, banned=True))
    with pytest.raises(discord.HTTPException) as caught:
        await channel.send("banned")
    assert caught.value.status == 429
    server.fault("POST", "/messages", refuse(403, 50013))
    with pytest.raises(discord.Forbidden):
        await channel.send("forbidden")
    server.fault("POST", "/messages", drop_after())
    with pytest.raises(aiohttp.ClientError):
        await channel.send("accepted, and nobody knows")
    assert [m.content for m in server.general.messages] == ["after the limit", "accepted, and nobody knows"]
    gate = asyncio.Event()
    server.fault("POST", "/messages", hold(gate, accept_first=True))
    sending = asyncio.create_task(channel.send("slow"))
    await server.until(lambda: server.general.last.content == "slow")
    assert not sending.done()
    gate.set()
    await sending
    server.general.hidden = True
    with pytest.raises(discord.Forbidden) as forbidden:
        await channel.send("hidden")
    assert forbidden.value.code == 50001
    await server.remove_channel(server.general)
    with pytest.raises(discord.NotFound):
        await channel.send("gone")


@pytest.mark.parametrize(
    "missing", [EMBED_LINKS, ATTACH_FILES, SEND_MESSAGES_IN_THREADS, CREATE_PUBLIC_THREADS]
)
async def test_rights_are_checked(server: DiscordServer, bot: Bot, missing: int) -> None:
    channel: Any = bot.get_channel(int(server.general.id))

    async def everything() -> None:
        sent = await channel.send("plain")
        await channel.send(embed=discord.Embed(title="embedded"))
        await channel.send(file=discord.File(io.BytesIO(b"bytes"), "a.txt"))
        thread = await sent.create_thread(name="a thread")
        await thread.send("in it")

    await everything()
    await server.overwrite(server.general, server.home.id, deny=missing)
    with pytest.raises(discord.Forbidden) as caught:
        await everything()
    assert caught.value.code == 50013
    await server.overwrite(server.general, server.bot_id, allow=missing)
    await everything()
    assert channel.permissions_for(channel.guild.me).value == server.payloads.permissions(
        server.bot_id, server.general
    )


async def test_forum_takes_no_messages(server: DiscordServer, bot: Bot) -> None:
    forum = await server.create_channel("help", FORUM)
    with pytest.raises(discord.HTTPException) as caught:
        await bot.get_partial_messageable(int(forum.id)).send("x")
    assert caught.value.code == 50008


async def test_reconnect_resumes_and_replays(server: DiscordServer, bot: Bot) -> None:
    ann = server.add_person("Ann")
    server.gateway.drop()
    await server.until(lambda: not server.gateway.connections)
    call = await ann.start("paper buttons")
    answer = await ann.answered(call)
    assert (server.resumes, server.gateway.identifies) == (1, 1)
    assert answer.original is not None
    await server.gateway.reconnect()
    await server.until(lambda: server.resumes == 2)


async def test_compression_as_library_asks(server: DiscordServer, bot: Bot) -> None:
    assert [c.compression for c in server.gateway.connections] == ["zstd-stream"]
    (session,) = server.gateway.sessions.values()
    assert session.intents == discord.Intents(guilds=True).value


async def test_zlib_stream(server: DiscordServer) -> None:
    url = yarl.URL(server.gateway_url).with_query(v=10, encoding="json", compress="zlib-stream")
    inflate = zlib.decompressobj()

    async def receive(socket: aiohttp.ClientWebSocketResponse) -> Any:
        data = await socket.receive_bytes(timeout=5)
        assert data.endswith(b"\x00\x00\xff\xff")
        return json.loads(inflate.decompress(data))

    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        assert (await receive(socket))["op"] == 10
        await socket.send_json({"op": 1, "d": None})
        assert (await receive(socket))["op"] == 11
        await socket.send_json({"op": 2, "d": {"token": server.token, "intents": 1}})
        assert (await receive(socket))["t"] == "READY"
        created = await receive(socket)
        assert (created["t"], created["d"]["name"]) == ("GUILD_CREATE", "Research cohort")


WITHOUT_ZSTANDARD = """
import asyncio, sys
blocked = ("zstandard", "compression.zstd")
sys.modules.update(dict.fromkeys(blocked))
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
for name in blocked:
    del sys.modules[name]
from tests.servers.discord.echo import EchoBot
Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = sys.argv[1], yarl.URL(sys.argv[2])
asyncio.run(EchoBot().start(sys.argv[3]))
"""


async def test_library_without_zstandard(server: DiscordServer) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WITHOUT_ZSTANDARD, server.api_url, server.gateway_url, server.token, cwd=ROOT
    )
    try:
        await server.until(lambda: bool(server.commands and server.gateway.connections), 20)
        assert [c.compression for c in server.gateway.connections] == ["zlib-stream"]
        answer = await server.add_person("Ann").slash("submission add", title="Deep nets")
        assert (answer.text, answer.ephemeral) == ("Deep nets", True)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.mark.parametrize(
    ("token", "intents", "code"), [("wrong", 1, 4004), (None, 1 << 15, 4014), (None, -1, 4013)]
)
async def test_refused_identify(server: DiscordServer, token: str | None, intents: int, code: int) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway_url) as socket:
        await socket.receive_json(timeout=5)
        await socket.send_json({"op": 2, "d": {"token": token or server.token, "intents": intents}})
        await socket.receive(timeout=5)
        assert socket.close_code == code


async def test_wrong_token(server: DiscordServer) -> None:
    with pointed_at(server):
        bot = Bot()
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")
        await bot.close()


async def test_removed_bot_and_outage(server: DiscordServer, bot: Bot) -> None:
    await server.remove_bot(server.home, outage=True)
    await server.return_bot(server.home)
    ann = server.add_person("Ann")
    await ann.slash("paper buttons")
    assert len(bot.guilds) == 1
    with pytest.raises(discord.NotFound):
        await bot.fetch_guild(5)
