"""Who may talk to the playground: its own page, under this machine's own name, and nobody else."""

from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.playground.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("path", ["", "static/app.js", "files/x", "socket", "../playground"])
async def test_another_name_for_this_machine_is_refused(kitchen: House, path: str) -> None:
    async with aiohttp.ClientSession() as session:
        port = urlsplit(kitchen.url).port
        headers = {"Host": f"evil.example:{port}", "Origin": f"http://evil.example:{port}"}
        async with session.get(kitchen.url + path, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://localhost.evil.example", "file://127.0.0.1"]
)
async def test_a_page_of_another_site_cannot_connect(kitchen: House, origin: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(kitchen.url + "socket", headers={"Origin": origin})
        assert refused.value.status == 403


@pytest.mark.parametrize("path", ["", "static/app.js", "static/chat.css"])
async def test_the_page_runs_no_script_and_loads_nothing_but_its_own(kitchen: House, path: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(kitchen.url + path) as answer:
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_nonsense_frames_are_answered_or_ignored_and_the_page_lives_on(kitchen: House) -> None:
    async with aiohttp.ClientSession() as session:
        origin = kitchen.url.removesuffix("/playground/")
        async with session.ws_connect(kitchen.url + "socket", headers={"Origin": origin}) as socket:
            for nonsense in (
                "{",
                "[]",
                "7",
                '{"type": 3}',
                '{"type": "say"}',
                '{"type": "hello", "person": 5}',
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
            )
            for at, frame in enumerate(frames):
                await socket.send_json({"id": f"n{at}", **frame})
                answer = await socket.receive_json()
                assert (answer["id"], answer["ok"]) == (f"n{at}", False)
                assert answer["error"]


async def test_a_call_sent_twice_is_carried_out_once_and_answered_twice(kitchen: House) -> None:
    async with aiohttp.ClientSession() as session:
        origin = kitchen.url.removesuffix("/playground/")
        async with session.ws_connect(kitchen.url + "socket", headers={"Origin": origin}) as socket:
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
