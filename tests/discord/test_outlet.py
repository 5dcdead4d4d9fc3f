"""Posts that leave through Discord."""

import asyncio
from dataclasses import replace

import pytest

from bot.discord.adapter import DiscordAdapter
from bot.discord.outlet import nonce_of
from core.chat.model import Button, Buttons, Fields, Picture, Reply, Table
from core.chat.text import say
from core.delivery.outlet import Outgoing, Target
from core.errors import DeliveryError, Refused, TargetGone, TryLater, Uncertain
from tests.sample_feature.blocks import PNG
from tests.servers.discord import DiscordServer, Person, drop_after, rate_limit, refuse
from tests.servers.discord.rest import Fault


@pytest.fixture
def post(server: DiscordServer) -> Outgoing:
    """A post to a channel."""
    target = Target("discord", server.home.id, server.general.id)
    button = Button("Check in", "note add", {"title": "x"})
    reply = Reply(say("Time for **check-ins**, {all}", all="@everyone"), (Buttons((button,)),), private=False)
    return Outgoing("s1:2026-11-23", target, reply)


@pytest.fixture
def ann(server: DiscordServer) -> Person:
    """Somebody on the server."""
    return server.add_person("Ann")


async def test_send_once_for_one_key(server: DiscordServer, adapter: DiscordAdapter, post: Outgoing) -> None:
    first = await adapter.outlet.send(post)
    assert await adapter.outlet.send(post) == first
    (message,) = server.general.messages
    assert message.text == "Time for check-ins, @everyone"
    assert message.pings == set()
    assert first == f"{server.general.id}/{message.id}"
    assert await adapter.outlet.send(replace(post, key="s1:2026-11-24")) != first


async def test_closed_client_leaves_nothing_uncertain(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    sent = await adapter.outlet.send(post)
    before = len(server.calls)
    for connection in server.gateway.connections:
        await connection.close(4004)
    await adapter.wait_closed()
    for attempt in (adapter.outlet.send(post), adapter.outlet.edit(sent, post), adapter.outlet.find(post)):
        with pytest.raises(TryLater):
            await attempt
    assert len(server.calls) == before


async def test_dropped_connection_leaves_one_post(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    server.fault("POST", "/messages", drop_after())
    with pytest.raises(Uncertain):
        await adapter.outlet.send(post)
    (message,) = server.general.messages
    assert await adapter.outlet.find(post) == f"{server.general.id}/{message.id}"
    await adapter.outlet.send(post)
    assert len(server.general.messages) == 1


async def test_find_looks_only_at_own_posts(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing, ann: Person
) -> None:
    ann.say("Time for **check-ins**, @everyone")
    assert await adapter.outlet.find(post) is None
    assert await adapter.outlet.find(replace(post, thread_of=f"{server.general.id}/5")) is None
    server.general.hidden = True
    with pytest.raises(Uncertain):
        await adapter.outlet.find(post)


async def test_find_does_not_take_old_post_for_new_one(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    await adapter.outlet.send(post)
    old = server.general.messages[0]
    old.id = str(int(old.id) - (7 * 60 * 60 * 1000 << 22))
    assert await adapter.outlet.find(post) is None


@pytest.mark.case(26)
async def test_edit_pings_nobody_and_leaves_nothing_behind(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    picture = Reply("Look", (Picture(PNG, "a line"),))
    number = await adapter.outlet.send(replace(post, reply=picture))
    await adapter.outlet.edit(number, post)
    (message,) = server.general.messages
    assert message.text == "Time for check-ins, @everyone"
    assert message.pings == set()
    assert message.attachments == []
    assert [button["label"] for button in message.buttons] == ["Check in"]


async def test_thread_below_post(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing, ann: Person
) -> None:
    parent = await adapter.outlet.send(post)
    answers = [
        replace(
            post, key=f"answer{n}", thread_of=parent, thread_name="Check-ins of today", reply=Reply(str(n))
        )
        for n in range(2)
    ]
    sent = [await adapter.outlet.send(each) for each in answers]
    thread = server.general.messages[0].thread
    assert thread is not None
    assert thread.name == "Check-ins of today"
    assert [message.text for message in thread.messages] == ["0", "1"]
    assert await adapter.outlet.find(answers[0]) == sent[0]
    click = await ann.click(server.general.messages[0], "Check in")
    assert click.text.startswith("x good")


async def test_direct_message(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing, ann: Person
) -> None:
    direct = replace(post, target=Target("discord", "", ann.id, direct=True))
    sent = await adapter.outlet.send(direct)
    await adapter.outlet.send(replace(direct, key="second", thread_of=sent))
    assert len(ann.direct.messages) == 2
    ann.direct.closed = True
    with pytest.raises(TargetGone):
        await adapter.outlet.send(replace(direct, key="third"))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (refuse(403, 50001), TargetGone),
        (refuse(403, 50013), TargetGone),
        (refuse(404, 10003), TargetGone),
        (refuse(403, 50007), TargetGone),
        (refuse(403, 50278), TargetGone),
        (refuse(400, 50036), Refused),
        (refuse(400, 40003), TryLater),
        (refuse(503), Uncertain),
        (rate_limit(40), TryLater),
        (rate_limit(40, banned=True), TryLater),
        (drop_after(), Uncertain),
    ],
)
async def test_faults(
    server: DiscordServer,
    adapter: DiscordAdapter,
    post: Outgoing,
    fault: Fault,
    expected: type[DeliveryError],
) -> None:
    server.fault("POST", "/messages", fault)
    with pytest.raises(expected) as caught:
        await adapter.outlet.send(post)
    if "rate_limit" in fault.__qualname__:
        assert isinstance(caught.value, TryLater)
        assert caught.value.seconds == 40
    assert server.base_url not in str(caught.value)


async def test_another_channel_goes_on_while_one_is_limited(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    other = server.add_channel("other")
    server.fault("POST", f"/channels/{server.general.id}/messages", rate_limit(60), times=3)
    elsewhere = replace(post, key="k", target=Target("discord", server.home.id, other.id))
    held, sent = await asyncio.gather(
        adapter.outlet.send(post), adapter.outlet.send(elsewhere), return_exceptions=True
    )
    assert isinstance(held, TryLater)
    assert isinstance(sent, str)
    assert len(other.messages) == 1


async def test_overlong_post_is_one_message(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    await adapter.outlet.send(replace(post, reply=Reply("long line\n" * 500)))
    (message,) = server.general.messages
    assert [a.filename for a in message.attachments] == ["answer.txt"]


async def test_file_of_overlong_post_has_every_word(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    learned = " ".join(f"word{n}" for n in range(300))
    title = "A title that is longer than a cell of a table may be on Discord, and is whole in the file"
    blocks = (
        Fields((("Progress", "short"), ("Learned", learned))),
        Table(("Title", "Venue"), ((title, "ICLR"),)),
    )
    await adapter.outlet.send(replace(post, reply=Reply("Ada checked in.", blocks)))
    (message,) = server.general.messages
    (file,) = message.attachments
    whole = file.data.decode()
    assert whole.startswith("Ada checked in.")
    assert all(words in whole for words in ("Progress:\nshort", f"Learned:\n{learned}", title))


async def test_what_discord_refuses_goes_as_plain_text(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    server.fault("POST", "/messages", refuse(400, 50035))
    sent = await adapter.outlet.send(replace(post, reply=Reply("Quokka `x` @everyone", post.reply.blocks)))
    (message,) = server.general.messages
    assert "Quokka ˋxˋ @everyone" in message.content
    assert not message.pings
    server.fault("PATCH", "/messages", refuse(400, 50035))
    await adapter.outlet.edit(sent, replace(post, reply=Reply("long line\n" * 500)))
    assert message.content.startswith("```\nlong line\n")
    assert [a.filename for a in message.attachments] == ["answer.txt"]
    assert not message.buttons


def test_nonces_are_short_and_differ() -> None:
    keys = [f"s{n}:2026-11-23:discord:1:2" for n in range(1000)]
    assert len({nonce_of(key) for key in keys}) == 1000
    assert all(len(nonce_of(key)) <= 25 for key in keys)


async def test_edit_replaces_files_and_opens_archived_thread(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    parent = await adapter.outlet.send(post)
    long = replace(post, key="answer", thread_of=parent, reply=Reply("before\n" * 1_500))
    sent = await adapter.outlet.send(long)
    thread = server.general.messages[0].thread
    assert thread is not None
    thread.archived = True
    await adapter.outlet.edit(sent, replace(long, reply=Reply("after\n" * 1_500)))
    (message,) = thread.messages
    (file,) = message.attachments
    assert file.data.decode().count("after") == 1_500
    assert "before" not in f"{message.body}{file.data.decode()}"
    thread.archived = thread.locked = True
    with pytest.raises(Refused, match="archived and locked"):
        await adapter.outlet.edit(sent, replace(long, reply=Reply("Taken back.")))
    thread.locked = False
    await adapter.outlet.edit(sent, replace(long, reply=Reply("Taken back.")))
    assert (message.text, message.attachments) == ("Taken back.", [])
