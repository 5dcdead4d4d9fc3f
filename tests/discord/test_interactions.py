"""Whole interactions: commands, completions, clicks, forms, in every kind of place."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.discord.adapter import DiscordAdapter
from bot.discord.modals import CHANNEL_SELECT, TEXT_INPUT
from core.chat.model import UPLOAD_BYTES
from core.clock import SystemClock
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.commands.stored_call import StoredCall
from core.errors import StoreBusy
from core.store.open import open_store
from core.store.port import Conn, Store
from tests.discord.conftest import Connect, Logged
from tests.servers.discord import DiscordServer, Interaction, Person, refuse
from tests.servers.discord.interactions import DEFER, FORM
from tests.servers.discord.world import PUBLIC_THREAD, Channel

HOSTILE = "@everyone <@1> <!channel> [x](http://evil) `code` ||spoiler|| # x **b** _i_ <t:5:F> <:e:1> @here \\* “q” 🦀"


@pytest.fixture
def ann(server: DiscordServer) -> Person:
    """Somebody on the server."""
    return server.add_person("Ann")


async def test_every_kind_of_parameter(server: DiscordServer, adapter: DiscordAdapter, ann: Person) -> None:
    answer = await ann.slash(
        "note add",
        title="T",
        mood="bad",
        count=2,
        ratio=1.5,
        loud=True,
        day="2026-11-23",
        who=ann,
        where=server.general,
        file=("a.csv", b"1,2"),
        animal="ape",
    )
    assert answer.text == "T bad 2 1.5 True 2026-11-23 Ann general 3 ape seen 1"
    assert not answer.ephemeral
    assert server.general.last is answer.original


async def test_a_file_comes_from_discord_alone_and_is_not_large(
    server: DiscordServer, adapter: DiscordAdapter, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = await ann.slash("note add", title="T", file=("a.csv", b"1" * (UPLOAD_BYTES + 1)))
    assert "a.csv is larger than 4 MB" in large.text
    described = server.payloads.attachment
    for address in (
        "http://169.254.169.254/",
        "https://cdn.discordapp.com.example.org/a",
        "file:///etc/x",
        "https://[",
    ):
        elsewhere = lambda each, address=address: described(each) | {"url": address}  # noqa: E731 - one line a case
        monkeypatch.setattr(server.payloads, "attachment", elsewhere)
        refused = await ann.slash("note add", title="T", file=("a.csv", b"1"))
        assert refused.text == "I could not read a.csv. Please try again.", address
    lying = lambda each: described(each) | {"size": 1}  # noqa: E731 - as above
    monkeypatch.setattr(server.payloads, "attachment", lying)
    refused = await ann.slash("note add", title="T", file=("a.csv", b"1" * (UPLOAD_BYTES + 1)))
    assert "a.csv is larger than 4 MB" in refused.text


async def test_completion(adapter: DiscordAdapter, ann: Person) -> None:
    assert await ann.autocomplete("note add", "animal", "b", title="T") == [
        {"name": "the bear", "value": "bear"}
    ]
    assert len(await ann.autocomplete("note letter", "which", "")) == 25
    assert len(await ann.autocomplete("note letter", "which", "letter-2")) == 11


async def test_wrong_input_is_told_to_caller_alone(adapter: DiscordAdapter, ann: Person) -> None:
    answer = await ann.slash("note add", title="T", animal="cat")
    assert answer.ephemeral
    assert answer.text == "There is no cat here."


async def test_hostile_words_stay_words(server: DiscordServer, adapter: DiscordAdapter, ann: Person) -> None:
    answer = await ann.slash("note add", title=HOSTILE)
    message = answer.messages[0]
    as_written = HOSTILE.replace("<@1>", "@somebody").replace("<t:5:F>", "Thu 1 Jan 1970, 00:00 UTC")
    assert as_written.replace("<:e:1>", ":e:") in message.text
    assert [mark.kind for mark in message.marks] == ["bold"]
    assert message.pings == set()
    assert all(body["allowed_mentions"] == {"parse": []} for body in message.history)


async def test_line_starts_stay_words(adapter: DiscordAdapter, ann: Person) -> None:
    for title in ("# x", "- x", "> x", "1. x", "-# x", ">>> x", "* x", "https://discord.gg/abc"):
        message = (await ann.slash("note ask", one=title, mood="bad")).messages[0]
        assert message.text.startswith(f"{title}|")
        assert message.marks == []


async def test_buttons_short_and_stored(adapter: DiscordAdapter, ann: Person) -> None:
    message = (await ann.slash("note add", title="T")).messages[0]
    assert [b["label"] for b in message.buttons] == ["Again", "Stored", "Ask"]
    assert [b["style"] for b in message.buttons] == [2, 2, 1]
    assert (await ann.click(message, "Again")).text.startswith("T good")
    assert (await ann.click(message, "Stored")).text.startswith("long long")
    form = await ann.click(message, "Ask")
    assert form.modal is not None


async def test_click_after_restart(
    server: DiscordServer, connect: Connect, sample_core: Core, ann: Person
) -> None:
    async with connect(sample_core):
        message = (await ann.slash("note add", title="T")).messages[0]
    assert server.command_writes == 1
    async with connect(sample_core) as again:
        assert again.healthy()
        assert (await ann.click(message, "Again")).text.endswith("seen 2")
        assert (await ann.click(message, "Stored")).text.endswith("seen 3")
    assert server.command_writes == 1


async def test_stored_button_of_somebody_else_is_out_of_date(
    server: DiscordServer, adapter: DiscordAdapter, ann: Person
) -> None:
    message = (await ann.slash("note add", title="T")).messages[0]
    answer = await server.add_person("Ben").click(message, "Stored")
    assert answer.ephemeral
    assert "run the command again" in answer.text


@pytest.mark.parametrize(
    "forged", ["nonsense", "1|x|note add|", "9||note add|", "d|zzz", "n|zzz", "o|", "1||no such|"]
)
@pytest.mark.case(29)
async def test_forged_custom_ids(adapter: DiscordAdapter, ann: Person, forged: str) -> None:
    message = (await ann.slash("note add", title="T")).messages[0]
    answer = await ann.click(message, "Again", forged=forged)
    assert answer.ephemeral
    assert answer.text
    assert "reference" not in answer.text


@pytest.fixture
def elsewhere(server: DiscordServer) -> Channel:
    """A channel of another server, which the bot is in too."""
    return server.add_channel("elsewhere", server.add_guild("Elsewhere"))


@pytest.mark.parametrize("kind", ["who", "where"])
@pytest.mark.parametrize("made_up", ["999999999999999999", "elsewhere", "C123456", "@everyone"])
async def test_unresolved_person_or_channel_is_refused(
    elsewhere: Channel, adapter: DiscordAdapter, ann: Person, kind: str, made_up: str
) -> None:
    value = elsewhere.id if made_up == "elsewhere" else made_up
    given: dict[str, Any] = {"title": "T", kind: value}
    answer = await ann.slash("note add", forged=True, **given)
    assert answer.ephemeral
    assert "from Discord's own list" in answer.text


@pytest.mark.parametrize("place", ["elsewhere", "999999999999999999", "C123456", "9" * 5000, "５" * 18])
async def test_stored_channel_has_to_be_one_of_callers_server(
    server: DiscordServer, elsewhere: Channel, adapter: DiscordAdapter, ann: Person, place: str
) -> None:
    message = (await ann.slash("note add", title="T")).messages[0]
    where = elsewhere.id if place == "elsewhere" else place
    answer = await ann.click(message, "Again", forged=f"1||note add|title=T&where={where}")
    assert answer.ephemeral
    assert "I do not see this channel on this server. Please" in answer.text
    message.channel = ann.direct
    answer = await ann.click(message, "Again", forged=f"1||note add|title=T&where={server.general.id}")
    assert "I do not see this channel" in answer.text, "direct messages are on no server"


async def test_stored_channel_of_callers_server_is_taken(
    server: DiscordServer, adapter: DiscordAdapter, ann: Person
) -> None:
    message = (await ann.slash("note add", title="T")).messages[0]
    thread = Channel(server.snowflake(), "talk", PUBLIC_THREAD, server.home, parent=server.general)
    server.home.channels[thread.id] = server.channels[thread.id] = thread
    await server.return_bot(server.home)
    for channel in (server.general, thread):
        answer = await ann.click(message, "Again", forged=f"1||note add|title=T&where={channel.id}")
        assert f"- {channel.name} 0" in answer.text


@pytest.mark.parametrize("kind", [TEXT_INPUT, CHANNEL_SELECT])
async def test_channel_made_up_in_form_is_refused(
    elsewhere: Channel, adapter: DiscordAdapter, ann: Person, kind: int
) -> None:
    first = await ann.submit(await ann.slash("note add"), {"Title": "T"})
    form = await ann.click(first.messages[0], "Continue")
    assert form.modal is not None
    field = next(c["component"] for c in form.modal["components"] if c["label"] == "Where")
    field |= {"type": kind, "options": [{"label": "made up", "value": elsewhere.id}]}
    answer = await ann.submit(form, {"Where": elsewhere.id})
    assert answer.ephemeral
    assert "channel" in answer.text
    assert "from Discord's own list" in answer.text


async def test_form_for_what_is_missing(adapter: DiscordAdapter, ann: Person) -> None:
    form = await ann.slash("note add", mood="bad", loud=True)
    assert form.callback == FORM
    assert form.modal is not None
    answer = await ann.submit(form, {"Title": "T", "Count": "3"})
    form = await ann.click(answer.messages[0], "Continue")
    answer = await ann.submit(form, {"Where": adapter_channel(form), "File": ("a", b"12")})
    assert answer.text == "T bad 3 0.5 True - - general 2 - seen 1"
    assert not answer.ephemeral


def adapter_channel(form: Interaction) -> Channel:
    """The channel in which a form was opened."""
    return form.channel


async def test_form_of_several_parts(server: DiscordServer, adapter: DiscordAdapter, ann: Person) -> None:
    form = await ann.slash("note ask", five=7)
    assert form.modal is not None
    assert len(form.modal["title"]) <= 45
    labels = [c["label"] for c in form.modal["components"]]
    assert labels == ["One", "Mood", "Two", "Three", "Four"]
    answer = await ann.submit(form, {"One": "1", "Mood": "bad", "Two": "a\nb"})
    assert answer.ephemeral
    form = await ann.click(answer.messages[0], "Continue")
    assert form.modal is not None
    assert [c["label"] for c in form.modal["components"]] == ["Loud", "Five", "File"]
    answer = await ann.submit(form, {"Loud": True, "File": ("f.txt", b"12345")})
    assert answer.text == "1|bad|a\nb|||True|7|5"


async def test_refused_form_opens_again_with_what_was_typed(adapter: DiscordAdapter, ann: Person) -> None:
    form = await ann.slash("note ask", one="1")
    answer = await ann.submit(form, {"Mood": "bad", "Four": "4"})
    form = await ann.click(answer.messages[0], "Continue")
    refused = await ann.submit(form, {"Five": "13"})
    assert refused.text == "Thirteen brings bad luck; another number, please."
    form = await ann.click(refused.messages[0], "Open it again")
    answer = await ann.submit(form, {})
    form = await ann.click(answer.messages[0], "Continue")
    answer = await ann.submit(form, {"Five": "12"})
    assert answer.text == "1|bad|||4|False|12|0"


@pytest.fixture
async def impatient_core(samples: Registry, sqlite_url: str) -> AsyncIterator[Core]:
    """The core with the sample feature, over a database that says soon that it is busy."""
    store = await open_store(sqlite_url, busy=0.1)
    yield Core(samples, store, SystemClock())
    await store.close()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else writes to the database as long as the block lasts."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def test_answer_comes_without_buttons_that_cannot_be_kept(
    adapter: DiscordAdapter, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> str:
        raise StoreBusy

    monkeypatch.setattr(StoredCall, "save", busy)
    answer = await ann.slash("note add", title="T")
    assert answer.text.endswith("seen 1"), "it was saved, whatever became of the button"
    assert [button["label"] for button in answer.messages[0].buttons] == ["Again", "Ask"]


LETTER = "Dear all,\n*this* took me an hour. @everyone\n\n" + "Word after word. " * 100


async def test_form_that_cannot_be_kept_gives_back_what_was_written(
    connect: Connect, impatient_core: Core, sqlite_url: str, ann: Person
) -> None:
    async with connect(impatient_core):
        form = await ann.slash("note ask")
        with locked(sqlite_url):
            answer = await ann.submit(form, {"One": "1", "Mood": "bad", "Two": LETTER})
        assert answer.ephemeral
        assert "The database is busy just now. Nothing was saved" in answer.text
        _, written = answer.text.split("This is what you wrote, so that you can copy it:\n")
        assert written == f"One\n1\nTwo\n{LETTER.strip()}"
        assert not any(message.buttons or message.pings for message in answer.messages)

        form = await ann.slash("note add", ratio=0.25)
        first = await ann.submit(form, {"Title": "A title", "Count": "7"})
        form = await ann.click(first.messages[0], "Continue")
        with locked(sqlite_url):
            answer = await ann.submit(form, {"Day": "2026-11-23"})
        assert answer.ephemeral
        assert "The database is busy just now. Nothing was saved" in answer.text
        assert answer.text.endswith("Title\nA title\nCount\n7\nRatio\n0.25\nDay\n2026-11-23")
        again = await ann.submit(form, {"Day": "2026-11-23"})
        assert again.text.startswith("A title good 7 0.25")


@pytest.mark.case(66)
async def test_drafts_go_with_what_was_typed(connect: Connect, impatient_core: Core, ann: Person) -> None:
    async def drafts() -> list[str]:
        rows = await impatient_core.store.read(lambda conn: conn.all("SELECT content FROM draft"))
        return [row["content"] for row in rows if "A title" in row["content"]]

    async with connect(impatient_core):
        form = await ann.slash("note add", ratio=0.25)
        first = await ann.submit(form, {"Title": "A title", "Count": "nonsense"})
        form = await ann.click(first.messages[0], "Continue")
        refused = await ann.submit(form, {"Day": "2026-11-23"})
        assert len(await drafts()) >= 3
        form = await ann.click(refused.messages[0], "Open it again")
        second = await ann.submit(form, {"Title": "A title", "Count": "7"})
        form = await ann.click(second.messages[0], "Continue")
        answer = await ann.submit(form, {"Day": "2026-11-23"})
        assert answer.text.startswith("A title good 7 0.25")
        assert await drafts() == []
        assert "sent already" in (await ann.click(refused.messages[0], "Open it again")).text


async def test_places(server: DiscordServer, adapter: DiscordAdapter, ann: Person) -> None:
    thread = Channel(server.snowflake(), "talk", PUBLIC_THREAD, server.home, parent=server.general)
    server.channels[thread.id] = thread
    for place in (ann.direct, thread):
        answer = await ann.slash("note add", title="T", at=place)
        assert place.last is answer.original
        assert (await ann.click(answer.messages[0], "Again")).text.startswith("T good")


async def test_delivered_twice_leaves_one_record(
    server: DiscordServer, adapter: DiscordAdapter, ann: Person
) -> None:
    answer = await ann.slash("note add", title="T")
    await ann.redeliver(answer)
    await server.until(lambda: bool(answer.refusals))
    assert [refusal["code"] for refusal in answer.refusals] == [40060]
    assert (await ann.slash("note add", title="T")).text.endswith("seen 2")


async def test_unexpected_error_has_reference(adapter: DiscordAdapter, ann: Person, logged: Logged) -> None:
    answer = await ann.slash("sample fail")
    assert answer.ephemeral
    assert "secret" not in answer.text
    (event,) = [each for each in logged if each["log_level"] == "error"]
    assert event["reference"] in answer.text


async def test_answer_that_discord_refuses_has_reference(
    server: DiscordServer, adapter: DiscordAdapter, ann: Person, logged: Logged
) -> None:
    server.fault("POST", "/callback", refuse(400, 50035))
    answer = await ann.slash("note add", title="T")
    assert answer.text.startswith("T good")
    assert "use the commands instead" in answer.text
    server.fault("POST", "/callback", refuse(400, 50036))
    answer = await ann.slash("note add", title="T")
    assert answer.ephemeral
    (event,) = [each for each in logged if each["log_level"] == "error"]
    assert event["reference"] in answer.text


@pytest.mark.parametrize(
    "wrong", [{"user": None, "member": None}, {"member": "x"}, {"channel": "x"}, {"member": 7}]
)
async def test_unreadable_interaction_ends_nothing(
    server: DiscordServer, adapter: DiscordAdapter, ann: Person, logged: Logged, wrong: dict[str, Any]
) -> None:
    event = ann.payload(2, {"id": "1", "name": "note", "type": 1}, server.general) | wrong
    await server.gateway.broadcast("INTERACTION_CREATE", event, server.home.id)
    assert (await ann.slash("note add", title="T")).text.endswith("seen 1")
    assert [each["event"] for each in logged if each["log_level"] == "error"] == [
        "interaction cannot be read"
    ]


async def test_too_late_is_no_uproar(server: DiscordServer, adapter: DiscordAdapter, ann: Person) -> None:
    server.fault("POST", "/callback", refuse(404, 10062))
    call = await ann.start("note add", title="T")
    await server.until(lambda: len([c for c in server.calls if "/callback" in c.path]) == 1)
    assert call.callback is None
    assert (await ann.slash("note add", title="T")).text.endswith("seen 2")


@contextmanager
def held(store: Store) -> Iterator[None]:
    """The store's writer is busy as long as the block lasts."""
    gate, entered = threading.Event(), threading.Event()

    def hold(_conn: Conn) -> None:
        entered.set()
        gate.wait(10)

    holding = asyncio.ensure_future(store.write(hold))
    try:
        yield
    finally:
        gate.set()
        assert not holding.cancelled()


async def test_slow_answer_is_deferred(
    server: DiscordServer, connect: Connect, sample_core: Core, ann: Person
) -> None:
    async with connect(sample_core, defer_after=0.01):
        with held(sample_core.store):
            call = await ann.start("note add", title="T")
            await server.until(lambda: call.callback == DEFER)
        answer = await ann.answered(call)
    assert answer.text.endswith("seen 1")
    assert not answer.ephemeral
    assert len(answer.messages) == 1
    assert answer.messages[0].buttons


async def test_progress_stands_in_place_of_answer(
    server: DiscordServer, connect: Connect, sample_core: Core, ann: Person
) -> None:
    async with connect(sample_core, defer_after=0.01):
        call = await ann.start("sample long")
        await server.until(lambda: bool(call.messages) and "Half way" in call.text)
        assert call.callback == DEFER
        stopped = await ann.click(call.messages[0], "Stop")
        answer = await ann.answered(call)
        await server.until(lambda: "as you wished" in call.text)
    assert stopped.text == "It stops."
    assert answer.ephemeral
    assert len(answer.messages) == 1
    assert not answer.messages[0].buttons, "nothing is left of the progress"


async def test_slow_refusal_of_public_command_is_private(
    server: DiscordServer, connect: Connect, sample_core: Core, ann: Person
) -> None:
    async with connect(sample_core, defer_after=0.01):
        with held(sample_core.store):
            call = await ann.start("sample refuse")
            await server.until(lambda: call.callback == DEFER)
        answer = await ann.answered(call)
    assert answer.text == "Not today; try tomorrow."
    assert answer.ephemeral
    assert not server.general.messages


async def test_stop_finishes_calls_in_progress(
    server: DiscordServer, connect: Connect, sample_core: Core, ann: Person
) -> None:
    async with connect(sample_core, defer_after=0.01) as adapter:
        with held(sample_core.store):
            call = await ann.start("note add", title="T")
            await server.until(lambda: call.callback == DEFER)
            stopping = asyncio.create_task(adapter.stop())
            await asyncio.sleep(0)
            assert not stopping.done()
        await stopping
    assert call.text.endswith("seen 1")


async def test_dead_socket_is_rebuilt(server: DiscordServer, adapter: DiscordAdapter, ann: Person) -> None:
    assert adapter.healthy()
    server.gateway.drop()
    await server.until(lambda: not server.gateway.connections)
    answer = await ann.slash("note add", title="T")
    assert server.resumes == 1
    assert adapter.healthy()
    assert answer.text.endswith("seen 1")


async def test_long_answers(adapter: DiscordAdapter, ann: Person, server: DiscordServer) -> None:
    call = await ann.slash("sample show", lines=100, rows=30)
    await server.until(lambda: bool(call.attachments))
    assert len(call.messages) > 1
    assert call.text.count("Line a_b with words") == 100
    assert call.ephemeral
    for message in call.messages:
        assert message.content.count("```") % 2 == 0
    assert [(a.filename, a.description) for a in call.attachments] == [
        ("the_chart.png", "a line that rises"),
        ("papers.csv", None),
    ]


async def test_overlong_answer_comes_as_file(
    adapter: DiscordAdapter, ann: Person, server: DiscordServer, tmp_path: Path
) -> None:
    call = await ann.slash("sample show", lines=600)
    (message,) = call.messages
    assert "in the file" in message.text
    assert message.attachments[0].data.decode().count("Line a_b with words") == 600
