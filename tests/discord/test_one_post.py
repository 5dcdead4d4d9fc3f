"""What concerns one post alone: threads, messages and rights that are gone, and the limits of a channel."""

import asyncio
from dataclasses import replace

import pytest

from bot.discord import rates
from bot.discord.adapter import DiscordAdapter
from core.chat.model import Fields, Picture, Reply
from core.delivery.outlet import Outgoing, Target
from core.errors import Refused, TargetGone, TryLater, Uncertain
from tests.sample_feature.blocks import PNG
from tests.servers.discord import Channel, DiscordServer, hold
from tests.servers.discord.permissions import (
    ATTACH_FILES,
    CREATE_PUBLIC_THREADS,
    EMBED_LINKS,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
)
from tests.servers.discord.rest import posts


@pytest.fixture
def post(server: DiscordServer) -> Outgoing:
    """A post to a channel."""
    return Outgoing("k", Target("discord", server.home.id, server.general.id), Reply("Good morning"))


async def thread_below(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> tuple[Outgoing, str, Channel]:
    """A post in a thread: what was posted, its id, and the thread."""
    parent = await adapter.outlet.send(post)
    below = replace(post, key="below", thread_of=parent, reply=Reply("Ada checked in."))
    sent = await adapter.outlet.send(below)
    thread = server.general.messages[0].thread
    assert thread is not None
    assert [each.text for each in thread.messages] == ["Ada checked in."]
    return below, sent, thread


@pytest.mark.case(42)
async def test_locked_thread_is_left_for_channel(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    below, _, thread = await thread_below(server, adapter, post)
    thread.locked = True
    sent = await adapter.outlet.send(replace(below, key="second"))
    assert sent.startswith(f"{server.general.id}/")
    assert [each.text for each in server.general.messages] == ["Good morning", "Ada checked in."]


@pytest.mark.case(42)
async def test_message_above_is_gone(server: DiscordServer, adapter: DiscordAdapter, post: Outgoing) -> None:
    parent = await adapter.outlet.send(post)
    server.general.messages.clear()
    await adapter.outlet.send(replace(post, key="below", thread_of=parent, reply=Reply("Ada checked in.")))
    assert [each.text for each in server.general.messages] == ["Ada checked in."]


@pytest.mark.case(42)
@pytest.mark.parametrize("right", [CREATE_PUBLIC_THREADS, SEND_MESSAGES_IN_THREADS])
async def test_without_right_to_thread_it_goes_in_channel(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing, right: int
) -> None:
    await server.overwrite(server.general, server.home.id, deny=right)
    parent = await adapter.outlet.send(post)
    await adapter.outlet.send(replace(post, key="below", thread_of=parent, reply=Reply("Ada checked in.")))
    assert [each.text for each in server.general.messages] == ["Good morning", "Ada checked in."]


@pytest.mark.case(42)
async def test_without_right_to_attach_or_embed_words_arrive(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    long = Fields((("Due", "ICLR"), ("One", "x" * 1000), ("Two", "y" * 1000)))
    rich = replace(post, reply=Reply("The digest", (Picture(PNG, "a line"), long)))
    await server.overwrite(server.general, server.home.id, deny=ATTACH_FILES)
    await adapter.outlet.send(rich)
    assert "A file is left out" in server.general.last.text
    assert server.general.last.embeds[0]["fields"][0]["value"] == "ICLR"
    await server.overwrite(server.general, server.home.id, deny=ATTACH_FILES | EMBED_LINKS)
    await adapter.outlet.send(replace(rich, key="plainer"))
    assert server.general.last.embeds == []
    assert all(
        words in server.general.last.text for words in ("The digest", "Due", "ICLR", "left out", "xxx")
    )
    assert server.general.last.text.endswith("\n… and more, for which I may not show boxes here.")
    await server.overwrite(server.general, server.home.id, deny=SEND_MESSAGES)
    with pytest.raises(TargetGone):
        await adapter.outlet.send(replace(rich, key="none"))


@pytest.mark.case(42)
async def test_message_in_archived_thread_can_be_changed(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    below, sent, thread = await thread_below(server, adapter, post)
    thread.archived = True
    taken_back = replace(below, key="edit", reply=Reply("This check-in was taken back."))
    await adapter.outlet.edit(sent, taken_back)
    assert [each.text for each in thread.messages] == ["This check-in was taken back."]
    thread.archived = thread.locked = True
    with pytest.raises(Refused, match="archived and locked"):
        await adapter.outlet.edit(sent, taken_back)
    thread.archived = thread.locked = False
    thread.messages.clear()
    with pytest.raises(Refused, match="The message is gone"):
        await adapter.outlet.edit(sent, taken_back)


@pytest.mark.slow
async def test_posts_keep_to_channels_limit(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing
) -> None:
    server.rest.posts = posts()
    for number in range(11):
        await adapter.outlet.send(replace(post, key=f"k{number}", reply=Reply(f"{number}")))
    assert [each.text for each in server.general.messages] == [str(number) for number in range(11)]
    assert server.rest.refused_for_rate == 0
    assert server.rest.posts.windows == 3, "five in each window, not one"


async def test_wait_for_limit_leaves_nothing_uncertain(
    server: DiscordServer, adapter: DiscordAdapter, post: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "SEND_SECONDS", 0.5)
    server.rest.posts = posts()
    sent = await asyncio.gather(
        *(adapter.outlet.send(replace(post, key=f"k{number}")) for number in range(12)),
        return_exceptions=True,
    )
    later = [each for each in sent if isinstance(each, TryLater)]
    arrived = len(server.general.messages)
    assert arrived == 5
    assert len(later) == 7, "what waited for its turn here never left"
    server.rest.posts = None
    server.fault("POST", "/messages", hold(asyncio.Event()))
    other = server.add_channel("other")
    elsewhere = replace(post, key="held", target=Target("discord", server.home.id, other.id))
    with pytest.raises(Uncertain):
        await adapter.outlet.send(elsewhere)
