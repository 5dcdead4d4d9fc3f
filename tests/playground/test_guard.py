"""Who may talk to the playground: its own page, under this machine's own name, and nobody else."""

import math
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from core.clock import MovableClock
from tests.playground.conftest import MONDAY
from tests.playground.running import RunningPlayground, running_playground
from tests.sample_feature import sample_registry

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.case(67)
@pytest.mark.parametrize("path", ["", "static/app.js", "files/x", "socket", "../playground"])
async def test_another_name_for_this_machine_is_refused(playground: RunningPlayground, path: str) -> None:
    async with aiohttp.ClientSession() as session:
        port = urlsplit(playground.url).port
        headers = {"Host": f"evil.example:{port}", "Origin": f"http://evil.example:{port}"}
        async with session.get(playground.url + path, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 403


@pytest.mark.parametrize(
    "host", ["[::1]evil.example", "[::1].evil", "localhost:1@evil", "127.0.0.1:99@evil", "localhost:evil", ""]
)
async def test_what_only_begins_like_this_machines_name_is_refused(
    playground: RunningPlayground, host: str
) -> None:
    headers = {"Host": host}
    async with aiohttp.ClientSession() as session, session.get(playground.url, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST:8765", "[::1]", "[::1]:8765"])
async def test_this_machines_names_are_taken(playground: RunningPlayground, host: str) -> None:
    headers = {"Host": host}
    async with aiohttp.ClientSession() as session, session.get(playground.url, headers=headers) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://localhost.evil.example", "file://127.0.0.1"]
)
async def test_page_of_another_site_cannot_connect(playground: RunningPlayground, origin: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(playground.url + "socket", headers={"Origin": origin})
        assert refused.value.status == 403


@pytest.mark.parametrize("path", ["", "static/app.js", "static/chat.css"])
async def test_page_runs_no_script_and_loads_nothing_but_its_own(
    playground: RunningPlayground, path: str
) -> None:
    async with aiohttp.ClientSession() as session, session.get(playground.url + path) as answer:
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_nonsense_frames_are_answered_or_ignored_and_page_lives_on(
    playground: RunningPlayground,
) -> None:
    async with aiohttp.ClientSession() as session:
        origin = playground.url.removesuffix("/playground/")
        async with session.ws_connect(playground.url + "socket", headers={"Origin": origin}) as socket:
            for nonsense in (
                "{",
                "[]",
                "7",
                '{"type": 3}',
                '{"type": "say"}',
                '{"type": "hello", "person": 5}',
                "[" * 200_000,
                '{"type": "clock", "id": "n", "forward": ' + "9" * 5000 + "}",
                '{"type": "history", "id": "\\ud800", "place": "general"}',
            ):
                await socket.send_str(nonsense)
            await socket.send_json({"type": "hello", "person": "nobody at all"})
            welcome = await socket.receive_json()
            assert welcome["type"] == "welcome"
            frames: tuple[dict[str, object], ...] = (
                {"type": "nothing"},
                {"type": "history", "place": "dm:yuki"},
                {"type": "history", "place": {"a": 1}},
                {"type": "click", "place": "general", "message": "x", "button": "y"},
                {"type": "submit", "place": "general", "form": "1||no such|", "values": []},
                {"type": "command", "place": "general", "text": "x" * 5000},
                {"type": "become", "person": "root"},
                {"type": "clock", "forward": math.inf},
                {"type": "clock", "forward": math.nan},
                {"type": "clock", "forward": 10**400},
                {"type": "\ud83d", "place": "\udfff"},
                {"type": "say", "place": "general", "thread": "no such", "text": "Heard by nobody"},
                {"type": "history", "place": "general", "thread": "no such"},
                {"type": "command", "place": "general", "thread": "no such", "text": "/sample refuse"},
                {
                    "type": "submit",
                    "place": "general",
                    "form": "1||note form|",
                    "values": {"menu": {"name": "m", "type": "t", "data": "é"}},
                },
            )
            for at, frame in enumerate(frames):
                await socket.send_json({"id": f"n{at}", **frame})
                answer = await socket.receive_json()
                assert (answer["id"], answer["ok"]) == (f"n{at}", False)
                assert answer["error"]
                assert "Something went wrong" not in answer["error"]


async def test_half_surrogate_pair_is_left_out_and_page_lives_on(playground: RunningPlayground) -> None:
    async with aiohttp.ClientSession() as session:
        origin = playground.url.removesuffix("/playground/")
        async with session.ws_connect(playground.url + "socket", headers={"Origin": origin}) as socket:
            await socket.send_json({"type": "hello", "person": "chidi\ud83d"})
            assert (await socket.receive_json())["state"]["me"] == "chidi"
            await socket.send_json(
                {"type": "say", "id": "h\ud83d1", "place": "check-ins", "text": "Half\ud83d 🦀"}
            )
            frames = [await socket.receive_json() for _ in range(2)]
            assert {"type": "answer", "id": "h1", "ok": True} in frames
            said = next(frame["message"] for frame in frames if frame["type"] == "message")
            assert said["text"][0]["c"] == [{"s": "Half 🦀"}]
            menu = {"name": "m\ud83d", "type": "t\ud83d", "data": "eA=="}
            values = {"dish": "Jollof rice", "count": "1", "name": "\udfffBen", "menu": menu}
            await socket.send_json(
                {
                    "type": "submit",
                    "id": "h2",
                    "place": "check-ins",
                    "form": "1||note form|",
                    "values": values,
                }
            )
            frames = [await socket.receive_json() for _ in range(2)]
            assert {"type": "answer", "id": "h2", "ok": True} in frames
            assert "for Ben" in str(frames)
            assert "menu m 1" in str(frames)


async def test_thread_is_one_below_message_that_is_seen_there(playground: RunningPlayground) -> None:
    async with aiohttp.ClientSession() as session:
        origin = playground.url.removesuffix("/playground/")
        async with session.ws_connect(playground.url + "socket", headers={"Origin": origin}) as socket:

            async def ask(id_: str, **frame: str | None) -> dict[str, Any]:
                await socket.send_json({"id": id_, **frame})
                while (answer := await socket.receive_json())["type"] != "answer":
                    pass
                assert answer["id"] == id_
                return dict(answer)

            await socket.send_json({"type": "hello", "person": "sofia"})
            await socket.receive_json()
            assert (await ask("t1", type="say", place="check-ins", text="A beginning"))["ok"]
            assert (await ask("t2", type="say", place="check-ins", thread="say-t1", text="A reply"))["ok"]
            for id_, place, thread in (("t3", "general", "say-t1"), ("t4", "check-ins", "say-t2")):
                refused = await ask(id_, type="say", place=place, thread=thread, text="Lost")
                assert "thread is not there" in refused["error"]
            messages = (await ask("t5", type="history", place="check-ins", thread="say-t1"))["messages"]
            assert [each["id"] for each in messages] == ["say-t1", "say-t2"]


async def test_clock_moves_month_at_most(tmp_path: Path) -> None:
    registry = sample_registry()
    database = f"sqlite:///{tmp_path / 'cohort.db'}"
    async with (
        running_playground(database, registry, MovableClock(MONDAY), sample=False) as running,
        aiohttp.ClientSession() as session,
    ):
        origin = running.url.removesuffix("/playground/")
        async with session.ws_connect(running.url + "socket", headers={"Origin": origin}) as socket:
            await socket.send_json({"type": "clock", "id": "far", "forward": 1e300})
            answer = await socket.receive_json()
            assert answer["ok"]
            assert timedelta(days=31) <= running.clock.now() - MONDAY < timedelta(days=32)


async def test_call_sent_twice_is_carried_out_once_and_answered_twice(
    playground: RunningPlayground,
) -> None:
    async with aiohttp.ClientSession() as session:
        origin = playground.url.removesuffix("/playground/")
        async with session.ws_connect(playground.url + "socket", headers={"Origin": origin}) as socket:
            await socket.send_json({"type": "hello", "person": "minh"})
            await socket.receive_json()
            say = {"type": "say", "id": "same", "place": "check-ins", "text": "Only once"}
            await socket.send_json(say)
            await socket.send_json(say)
            kinds = [(await socket.receive_json())["type"] for _ in range(3)]
            assert sorted(kinds) == ["answer", "answer", "message"]
            await socket.send_json({"type": "history", "id": "after", "place": "check-ins"})
            messages = (await socket.receive_json())["messages"]
            assert [each["author"] for each in messages if "Only once" in str(each)] == ["minh"]
