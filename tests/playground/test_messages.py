"""The playground's messages, over both engines."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapter import migration_folders
from bot.playground import messages, snapshot, workspace
from bot.playground.channels import PlaygroundInspector
from bot.playground.messages import Message
from bot.playground.render import Blob
from core.chat.channels import ChannelInspector
from core.clock import FixedClock
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.store.open import open_store
from core.store.port import Store
from tests.channels import KnownChannels
from tests.people import Actor, answered

BODY = {"text": [{"k": "plain", "c": [{"s": "Hello ' “” 🎉"}]}], "blocks": [], "error": False}


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """An open store with the playground's tables, once for each engine."""
    opened = await open_store(store_url, adapters=migration_folders())
    yield opened
    await opened.close()


@pytest.fixture
def core(registry: Registry, store: Store, clock: FixedClock) -> Core:
    """The core over that store."""
    inspectors: dict[str, ChannelInspector] = {"playground": PlaygroundInspector(), "test": KnownChannels()}
    return Core(registry, store, clock, inspectors=inspectors)


def _message(number: int, **changes: str) -> Message:
    return replace(Message(f"m{number}", "general", "amina", number, dict(BODY)), **changes)  # type: ignore[arg-type]  # fields of a message by name


async def _add(store: Store, *added: Message) -> None:
    for message in added:
        await store.write(messages.add, message, ())


async def test_pages_come_oldest_first_and_hide_what_others_were_told(store: Store) -> None:
    await _add(store, *(_message(number) for number in range(messages.PAGE + 3)))
    await _add(store, _message(900, reader="yuki"), _message(901, thread="m3"))
    newest, more = await store.read(messages.page, "general", "amina", None)
    assert [each.id for each in newest] == [f"m{number}" for number in range(3, messages.PAGE + 3)]
    assert more
    assert newest[0].body == BODY
    assert newest[0].replies == 1
    older, more = await store.read(messages.page, "general", "amina", newest[0].id)
    assert [each.id for each in older] == ["m0", "m1", "m2"]
    assert not more
    told, _ = await store.read(messages.page, "general", "yuki", None)
    assert told[-1].id == "m900"
    replies = await store.read(messages.thread, "m3", "amina")
    assert [each.id for each in replies] == ["m3", "m901"]


async def test_post_of_one_key_stands_once(store: Store) -> None:
    first = await store.write(messages.add, _message(1, key="s1:2026-11-23"), ())
    again = await store.write(messages.add, _message(2, key="s1:2026-11-23"), ())
    assert first == again == await store.read(messages.find, "s1:2026-11-23")
    found, _ = await store.read(messages.page, "general", "amina", None)
    assert [each.id for each in found] == ["m1"]


async def test_message_can_be_changed_and_files_come_back_whole(store: Store) -> None:
    blob = Blob("f1", "a.png", "image/png", bytes(range(256)))
    await store.write(messages.add, _message(1), (blob,))
    assert await store.read(messages.file, "f1") == blob
    assert await store.read(messages.file, "f2") is None
    changed = {**BODY, "error": True}
    assert await store.write(messages.edit, "m1", changed, (blob,))
    assert not await store.write(messages.edit, "nothing", changed, ())
    found = await store.read(messages.get, "m1")
    assert found is not None
    assert found.body == changed


async def test_clearing_takes_playground_away_and_nothing_else(core: Core) -> None:
    amina = workspace.persona("amina")
    assert amina is not None
    inside = Actor(core, workspace.person(amina), workspace.place("general", None))
    outside = Actor(core, replace(workspace.person(amina), platform="test", workspace="W"))
    for actor, name in ((inside, "Inside"), (outside, "Outside")):
        answered(await actor.send("cohort-admin setup", {"name": name, "timezone": "Africa/Lagos"}))
        answered(await actor.send("submission add", {"title": f"{name} paper"}))
    await _add(core.store, _message(1))
    before = await core.store.read(snapshot.load)
    assert (before.cohort, dict(before.roles)) == ("Inside", {"amina": "organizer"})
    await core.store.write(snapshot.clear)
    after = await core.store.read(snapshot.load)
    assert (after.cohort, after.roles) == (None, ())
    assert await core.store.read(messages.page, "general", "amina", None) == ([], False)
    kept = answered(await outside.send("submission list", {}))
    assert "Outside paper" in str(kept.blocks)
