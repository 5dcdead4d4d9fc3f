"""Posts on their way out: keys, threads, edits, looking back, and Slack's refusals in the core's words."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from bot.slack.adapter import SlackAdapter
from bot.slack.outlet import SlackOutlet
from bot.slack.post_parts import EVENT
from core.chat.model import Button, Buttons, Fields, Picture, Reply, Table
from core.commands.dispatch import Core
from core.delivery.outlet import Outgoing, Target
from core.errors import DeliveryError, Refused, TargetGone, TryLater, Uncertain
from tests.servers.slack import Channel, SlackServer, SlackUser
from tests.slack.conftest import connected
from tests.slack.test_render import SPECIAL


@pytest.fixture
async def adapter(slack: SlackServer, slack_core: Core) -> AsyncIterator[SlackAdapter]:
    """The connected adapter."""
    async with connected(slack_core, slack, "http") as made:
        yield made


@pytest.fixture
def home(slack: SlackServer) -> Channel:
    """A channel with the bot in it."""
    return slack.add_channel("cohort")


def post(channel: str, key: str = "k1", *, direct: bool = False, thread_of: str | None = None) -> Outgoing:
    """A post with words that must stay inert, a button and a picture."""
    reply = Reply(
        SPECIAL,
        (Picture(b"png", "A rising line."), Buttons((Button("Vote", "reading vote", {"item": "3"}),))),
        cohort=1,
    )
    return Outgoing(key, Target("slack", "T0LAB", channel, direct), reply, thread_of)


async def test_post_with_its_key_and_picture(
    slack: SlackServer, adapter: SlackAdapter, home: Channel
) -> None:
    sent = await adapter.outlet.send(post(home.id))
    first, second = home.messages
    assert sent == f"{home.id}:{first.ts}"
    assert SPECIAL in first.text
    assert first.effects.pings == first.effects.links == ()
    assert first.metadata == {"event_type": EVENT, "event_payload": {"key": "k1"}}
    assert first.blocks[-1]["elements"][0]["value"] == "1|1|reading vote|item=3"
    assert second.files[0].alt_text == "A rising line."
    await adapter.outlet.edit(sent, post(home.id))
    assert first.edits == 1
    assert first.effects.pings == first.effects.links == ()


async def test_what_is_too_long_is_whole_in_a_file(
    slack: SlackServer, adapter: SlackAdapter, home: Channel
) -> None:
    answers = tuple((f"Answer {n}", f"{n} " * 1_400) for n in range(40))
    await adapter.outlet.send(replace(post(home.id), reply=Reply("A long digest", (Fields(answers),))))
    shown = " ".join(message.text for message in home.messages)
    assert "the whole of it is in the file" in shown
    assert "Answer 39" not in shown
    (file,) = home.messages[-1].files
    whole = file.data.decode()
    assert all(f"{label}:\n{answer}" in whole for label, answer in answers)


async def test_ephemeral_promises_no_file(slack: SlackServer, adapter: SlackAdapter, home: Channel) -> None:
    slack.add_member(slack.workspace, "UADA", "Ada Love")
    reply = Reply("A long question", (Fields(tuple((f"Part {n}", f"{n} " * 1_400) for n in range(40))),))
    target = Target("slack", "T0LAB", "UADA", direct=True, fallback_channel=home.id)
    await adapter.outlet.send(Outgoing("k1", target, reply))
    shown = " ".join(message.text for message in SlackUser(slack, "UADA", home).ephemerals)
    assert "the rest is left out" in shown
    assert "in the file" not in shown


async def test_threads_and_direct_messages(slack: SlackServer, adapter: SlackAdapter, home: Channel) -> None:
    parent = await adapter.outlet.send(post(home.id))
    await adapter.outlet.send(post(home.id, "k2", thread_of=parent))
    assert [m.metadata is not None for m in home.messages[0].thread] == [True, False]
    sent = await adapter.outlet.send(post("UADA", "k3", direct=True))
    direct = slack.workspace.direct("UADA")
    assert sent.startswith(direct.id)
    assert len(direct.messages) == 2


async def test_looking_back(slack: SlackServer, adapter: SlackAdapter, home: Channel) -> None:
    with pytest.raises(Uncertain, match="history scope"):
        await adapter.outlet.find(post(home.id))
    slack.workspace.scopes.add("channels:history")
    assert await adapter.outlet.find(post(home.id)) is None
    slack.fail("chat.postMessage", drop=True, after=True)
    with pytest.raises(Uncertain):
        await adapter.outlet.send(post(home.id))
    found = await adapter.outlet.find(post(home.id))
    assert found == f"{home.id}:{home.messages[0].ts}"
    assert await adapter.outlet.find(post(home.id, "other")) is None
    await adapter.outlet.send(post(home.id, "reply", thread_of=found))
    assert await adapter.outlet.find(post(home.id, "reply", thread_of=found)) is not None


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 429, "retry_after": 7}, TryLater),
        ({"status": 500}, Uncertain),
        ({"status": 503}, Uncertain),
        ({"drop": True}, Uncertain),
        ({"error": "internal_error"}, Uncertain),
        ({"error": "service_unavailable"}, TryLater),
        ({"error": "channel_not_found"}, TargetGone),
        ({"error": "is_archived"}, TargetGone),
        ({"error": "not_in_channel"}, TargetGone),
        ({"error": "account_inactive"}, TryLater),
        ({"error": "token_revoked"}, TryLater),
        ({"error": "something_new"}, Refused),
    ],
)
async def test_refusals_in_cores_words(
    slack: SlackServer,
    adapter: SlackAdapter,
    home: Channel,
    fault: dict[str, object],
    kind: type[DeliveryError],
) -> None:
    slack.fail("chat.postMessage", **fault)
    with pytest.raises(kind) as caught:
        await adapter.outlet.send(post(home.id))
    said = str(caught.value)
    assert said.endswith(".") or kind is Uncertain, "organizers read a sentence"
    assert said != fault.get("error")
    if fault.get("error") == "not_in_channel":
        assert "/invite" in said
    if isinstance(caught.value, TryLater) and "status" in fault:
        assert caught.value.seconds == 7
    assert not home.messages
    slack.fail("chat.update", **fault)
    with pytest.raises(kind):
        await adapter.outlet.edit(f"{home.id}:1.2", post(home.id))


ALL_BLOCKS = frozenset({"rich_text", "actions"})


async def test_what_slack_refuses_goes_as_plain_text(
    slack: SlackServer, adapter: SlackAdapter, home: Channel
) -> None:
    figures = Table(("Papers", "Published"), (("3", "2.1"),))
    reply = Reply(SPECIAL, (Fields((("Learned", "`x` " * 900),)), figures, *post(home.id).reply.blocks[1:]))
    slack.refused_blocks = ALL_BLOCKS
    parts = Parts()
    sent = await adapter.outlet.send(parts.of(post(home.id), reply))
    shown = "\n".join(message.text for message in home.messages)
    assert "evil.example" in shown
    assert "Papers  Published\n3       2.1" in shown
    assert shown.count("ˋxˋ") == 900
    assert "use the commands instead" in shown
    assert all(message.effects.pings == message.effects.links == () for message in home.messages)
    assert sent == f"{home.id}:{home.messages[0].ts}"
    assert home.messages[0].metadata is not None

    await adapter.outlet.edit(sent, parts.of(post(home.id)))
    assert "evil.example" in home.messages[0].text
    assert not home.messages[0].blocks
    await adapter.outlet.edit(sent, parts.of(post(home.id), reply))
    shown = "\n".join(message.text for message in home.messages)
    assert shown.count("ˋxˋ") == 900

    slack.add_member(slack.workspace, "UADA", "Ada Love")
    target = Target("slack", "T0LAB", "UADA", direct=True, fallback_channel=home.id)
    await adapter.outlet.send(Outgoing("k1", target, Reply("Quokka")))
    assert "Quokka" in SlackUser(slack, "UADA", home).ephemerals[-1].text


class Parts:
    """What a post became besides its message, as a row keeps it."""

    def __init__(self) -> None:
        self.ids: tuple[str, ...] = ()

    async def keep(self, parts: Sequence[str]) -> None:
        """Keep them."""
        self.ids = tuple(parts)

    def of(self, message: Outgoing, reply: Reply | None = None) -> Outgoing:
        """The post with its parts so far, perhaps with other words."""
        return replace(message, reply=reply or message.reply, parts=self.ids, keep_parts=self.keep)


def long(fields: int, word: str = "x") -> Reply:
    """Three of these fields fill a message; more than twelve need a file."""
    return Reply("Long", (Fields(tuple((f"Answer {n}", f"{word}{n} " * 950) for n in range(fields))),))


def said(slack: SlackServer, home: Channel) -> str:
    """Everything that stands in the channel: words, texts for notifications, files."""
    files = [f.data.decode() for f in slack.files.values() if home.id in f.channels and not f.deleted]
    return "\n".join([*(f"{m.text}\n{m.payload.get('text')}" for m in home.messages), *files])


@pytest.fixture(autouse=True)
def unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Posts follow each other at once."""
    monkeypatch.setattr(SlackOutlet, "pace", 0.0)


@pytest.mark.parametrize("refused", [frozenset(), ALL_BLOCKS], ids=["blocks", "plain"])
@pytest.mark.parametrize(("fields", "other"), [(1, 6), (6, 1), (6, 20), (20, 6), (20, 25), (20, 0)])
async def test_edit_shows_whole_text_and_nothing_of_before(
    slack: SlackServer, adapter: SlackAdapter, home: Channel, fields: int, other: int, refused: frozenset[str]
) -> None:
    slack.refused_blocks = refused
    parts, parent = Parts(), await adapter.outlet.send(replace(post(home.id), reply=Reply("Head")))
    first = post(home.id, "k2", thread_of=parent)
    sent = await adapter.outlet.send(parts.of(first, long(fields, "before")))
    assert f"before{fields - 1}" in said(slack, home)
    assert len(parts.ids) == len(home.messages) - 2
    await adapter.outlet.edit(sent, parts.of(first, long(other, "after")))
    now = said(slack, home)
    assert "before" not in now
    assert all(now.count(f"after{n}") >= 940 for n in range(other))
    assert len(parts.ids) == len(home.messages) - 2
    assert len(home.messages[0].thread) == len(home.messages) - 1


@pytest.mark.parametrize(
    ("method", "error", "stands"),
    [
        ("chat.delete", "cant_delete_message", "further message"),
        ("files.delete", "cant_delete_file", "file with the whole"),
        ("files.delete", "missing_scope", "file with the whole"),
    ],
)
async def test_what_cannot_be_deleted_is_named_and_tried_again(
    slack: SlackServer, adapter: SlackAdapter, home: Channel, method: str, error: str, stands: str
) -> None:
    parts, back = Parts(), Reply("Taken back.")
    sent = await adapter.outlet.send(parts.of(post(home.id), long(20)))
    slack.fail(method, error=error)
    with pytest.raises(Refused, match=stands) as told:
        await adapter.outlet.edit(sent, parts.of(post(home.id), back))
    assert error in str(told.value)
    assert "still stands" in str(told.value)
    assert len(parts.ids) == 1
    await adapter.outlet.edit(sent, parts.of(post(home.id), back))
    assert said(slack, home).split() == ["Taken", "back."] * 2
    assert not parts.ids


async def test_parts_go_although_message_cannot_be_changed(
    slack: SlackServer, adapter: SlackAdapter, home: Channel
) -> None:
    parts, back = Parts(), Reply("Taken back.")
    sent = await adapter.outlet.send(parts.of(post(home.id), long(20)))
    home.messages.popleft()
    with pytest.raises(Refused, match="The message is gone"):
        await adapter.outlet.edit(sent, parts.of(post(home.id), back))
    assert said(slack, home) == ""


async def test_parts_that_somebody_removed_are_gone(
    slack: SlackServer, adapter: SlackAdapter, home: Channel
) -> None:
    parts = Parts()
    sent = await adapter.outlet.send(parts.of(post(home.id), long(20, "before")))
    home.messages.remove(home.messages[1])
    next(iter(slack.files.values())).deleted = True
    await adapter.outlet.edit(sent, parts.of(post(home.id), long(9, "after")))
    assert "before" not in said(slack, home)
    assert "after8" in said(slack, home)


async def test_message_that_may_have_arrived_is_looked_for(
    slack: SlackServer, adapter: SlackAdapter, home: Channel
) -> None:
    parts, back = Parts(), Reply("Taken back.")
    sent = await adapter.outlet.send(parts.of(post(home.id), Reply("short")))
    slack.fail("chat.postMessage", drop=True, after=True)
    with pytest.raises(Uncertain):
        await adapter.outlet.edit(sent, parts.of(post(home.id), long(6)))
    with pytest.raises(Refused, match="may stand there"):
        await adapter.outlet.edit(sent, parts.of(post(home.id), back))
    slack.workspace.scopes.add("channels:history")
    await adapter.outlet.edit(sent, parts.of(post(home.id), back))
    assert len(home.messages) == 1
    assert not parts.ids


async def test_file_of_broken_upload_is_deleted(
    slack: SlackServer, adapter: SlackAdapter, home: Channel
) -> None:
    parts = Parts()
    slack.fail("files.completeUploadExternal", drop=True, after=True)
    sent = await adapter.outlet.send(parts.of(post(home.id), long(20, "before")))
    assert "before19" in said(slack, home)
    await adapter.outlet.edit(sent, parts.of(post(home.id), Reply("Taken back.")))
    assert "before" not in said(slack, home)


async def test_direct_message_is_opened_once(
    slack: SlackServer, adapter: SlackAdapter, home: Channel
) -> None:
    for key in ("k1", "k2"):
        await adapter.outlet.send(post("UADA", key, direct=True))
    assert len(slack.calls_of("conversations.open")) == 1
    slack.fail("chat.postMessage", error="channel_not_found")
    await adapter.outlet.send(post("UADA", "k3", direct=True))
    assert len(slack.calls_of("conversations.open")) == 2, "asked anew once it is not found"
    slack.fail("chat.postMessage", error="channel_not_found", times=2)
    with pytest.raises(TargetGone):
        await adapter.outlet.send(post("UADA", "k4", direct=True))


@pytest.mark.case(42)
async def test_message_above_is_gone(slack: SlackServer, adapter: SlackAdapter, home: Channel) -> None:
    sent = await adapter.outlet.send(post(home.id, thread_of=f"{home.id}:1.2"))
    assert sent == f"{home.id}:{home.messages[0].ts}"
    assert home.messages[0].thread_ts is None, "it stands in the channel"


@pytest.mark.case(42)
@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_message_that_cannot_be_changed(
    slack: SlackServer, adapter: SlackAdapter, home: Channel, error: str
) -> None:
    slack.fail("chat.update", error=error)
    with pytest.raises(Refused) as caught:
        await adapter.outlet.edit(f"{home.id}:1.2", post(home.id))
    assert error not in str(caught.value), "organizers read a sentence"


async def test_places_that_are_gone(slack: SlackServer, adapter: SlackAdapter, home: Channel) -> None:
    home.archived = True
    with pytest.raises(TargetGone):
        await adapter.outlet.send(post(home.id))
    slack.workspace.members["UADA"]["deleted"] = True
    with pytest.raises(TargetGone):
        await adapter.outlet.send(post("UADA", direct=True))
    slack.messages_tab = False
    with pytest.raises(TargetGone):
        await adapter.outlet.send(post("UBEN", direct=True))


async def test_picture_that_fails_leaves_post(
    slack: SlackServer, adapter: SlackAdapter, home: Channel
) -> None:
    slack.fail("files.getUploadURLExternal", status=500)
    assert await adapter.outlet.send(post(home.id)) == f"{home.id}:{home.messages[0].ts}"
    assert len(home.messages) == 1


async def test_nobody_answers(slack: SlackServer, adapter: SlackAdapter, home: Channel) -> None:
    adapter.client.base_url = "http://127.0.0.1:9/api/"
    with pytest.raises(TryLater):
        await adapter.outlet.send(post(home.id))
