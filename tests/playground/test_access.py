"""The playground where other machines reach it, and what a page may send it."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import WSMsgType
from playwright.async_api import Browser, expect

from bot.playground import adapter as playground_adapter
from bot.playground.adapter import MAX_FRAME, MAX_TYPED
from bot.playground.routes import COOKIE
from core.clock import MovableClock
from tests.playground.conftest import MONDAY
from tests.playground.page import PageUser
from tests.playground.running import RunningPlayground, running_playground
from tests.sample_feature import sample_registry
from tests.story.process import bot, health

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATHS = [
    "/",
    "/playground",
    "/playground/",
    "/playground/static/app.js",
    "/playground/files/x",
    "/playground/socket",
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def public(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningPlayground]:
    """A playground that other machines could reach, on all interfaces."""
    database = f"sqlite:///{tmp_path_factory.mktemp('public') / 'playground.db'}"
    async with running_playground(
        database,
        sample_registry(),
        MovableClock(MONDAY),
        sample=False,
        host="0.0.0.0",  # noqa: S104 - that is the point
    ) as running:
        yield running


def here(running: RunningPlayground) -> str:
    """The address of a playground on all interfaces, as this machine calls it."""
    return running.url.replace("0.0.0.0", "127.0.0.1").removesuffix("/playground/")  # noqa: S104 - compared, not bound


def start_address(running: RunningPlayground) -> str:
    """What is printed at the start."""
    return running.adapter.page(here(running))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "given", [{}, {COOKIE: "x" * 43}, {COOKIE: "\\303\\274"}], ids=["none", "wrong", "odd"]
)
async def test_without_start_token_every_path_is_refused(
    public: RunningPlayground, path: str, given: dict[str, str]
) -> None:
    origin = here(public)
    async with (
        aiohttp.ClientSession(cookies=given, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
        session.get(
            origin + path, params={"token": "ü"}, headers={"Origin": origin}, allow_redirects=False
        ) as answer,
    ):
        assert answer.status == 403
        assert "ends in ?token=" in await answer.text()
        assert "Set-Cookie" not in answer.headers


async def test_start_address_lets_page_in_and_leaves_no_token_in_address_bar(
    public: RunningPlayground, browser: Browser
) -> None:
    context = await browser.new_context()
    user = await PageUser(await context.new_page()).open(start_address(public))
    assert user.page.url == here(public) + "/playground/"
    await user.send("/sample refuse")
    await expect(user.messages.last).to_contain_text("Only you can see this.")
    await user.page.reload()
    await expect(user.line).to_be_visible()
    (cookie,) = await context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert user.console_errors == []
    await context.close()


async def test_socket_asks_for_token_and_for_own_page(public: RunningPlayground) -> None:
    origin = here(public)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(start_address(public)) as answer:
            assert answer.status == 200
        async with session.ws_connect(origin + "/playground/socket", headers={"Origin": origin}) as socket:
            await socket.send_json({"type": "hello"})
            assert (await socket.receive_json())["type"] == "welcome"
        for other in ("https://evil.example", "null", "http://[", "http://[::1", "//", origin + ":1"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(origin + "/playground/socket", headers={"Origin": other})
            assert refused.value.status == 403


async def test_every_start_has_token_of_its_own(tmp_path: Path) -> None:
    tokens = set()
    for _ in range(2):
        database = f"sqlite:///{tmp_path / 'playground.db'}"
        clock = MovableClock(MONDAY)
        async with running_playground(
            database,
            sample_registry(),
            clock,
            sample=False,
            host="0.0.0.0",  # noqa: S104 - as above
        ) as running:
            tokens.add(start_address(running).rpartition("=")[2])
    assert len(tokens) == 2
    assert min(map(len, tokens)) >= 43


async def test_public_playground_prints_its_start_address_and_warns(tmp_path: Path) -> None:
    own = str(tmp_path / "playground.db")
    async with bot(
        "playground", COHORT_PLAYGROUND_DB=own, COHORT_HTTP="0.0.0.0:0", SLACK_BOT_TOKEN="xoxb-real"
    ) as process:
        address = await process.address()
        found = re.search(r"open at (http://127\.0\.0\.1:\d+/playground/\?token=([\w-]{43})) ", process.said)
        assert found, process.said
        assert "COHORT_HTTP is no loopback address" in process.logs
        assert found[2] not in process.logs
        assert (await health(address))[0] == 200
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            async with session.get(address) as refused:
                assert refused.status == 403
            async with session.get(found[1]) as page:
                assert "<title>cohort-bot playground</title>" in await page.text()


@pytest.mark.case(67)
@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//", "http://127.0.0.1:99999999"])
async def test_odd_origin_is_refused_without_traceback(
    playground: RunningPlayground, origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused, caplog.at_level(logging.DEBUG):
            await session.ws_connect(playground.url + "socket", headers={"Origin": origin})
        assert refused.value.status == 403
    assert [each for each in caplog.records if each.exc_info] == []


@asynccontextmanager
async def connected(running: RunningPlayground) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A page's connection, welcomed."""
    origin = running.url.removesuffix("/playground/")
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(running.url + "socket", headers={"Origin": origin}) as socket,
    ):
        await socket.send_json({"type": "hello", "person": "minh"})
        assert (await socket.receive_json())["type"] == "welcome"
        yield socket


@pytest.mark.case(67)
async def test_frame_that_is_too_large_is_refused_in_words(playground: RunningPlayground) -> None:
    async with connected(playground) as socket:
        await socket.send_json({"type": "say", "id": "l1", "place": "general", "text": "x" * MAX_TYPED})
        answer = await socket.receive_json()
        assert (answer["id"], answer["ok"]) == ("l1", False)
        assert "This is too long" in answer["error"]
        await socket.send_json({"type": "history", "id": "l2", "place": "general"})
        assert (await socket.receive_json())["ok"]


@pytest.mark.case(67)
async def test_huge_frame_ends_its_connection_alone(
    playground: RunningPlayground, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(playground) as other, connected(playground) as socket:
        with caplog.at_level(logging.DEBUG):
            cut_short = False
            try:
                await socket.send_str("x" * (MAX_FRAME + 1))
            except ConnectionError:  # refused by its head, while the rest was still on its way
                cut_short = True
            closed = await socket.receive()
        told = (closed.type, closed.data) == (WSMsgType.CLOSE, 1009)
        assert told or (cut_short and closed.type in (WSMsgType.CLOSED, WSMsgType.ERROR))
        assert [each for each in caplog.records if each.exc_info] == []
        await other.send_json({"type": "history", "id": "o1", "place": "general"})
        assert (await other.receive_json())["ok"]


async def test_page_says_that_something_is_too_large_and_goes_on(
    playground: RunningPlayground, user: PageUser
) -> None:
    await user.open(playground.url)
    await user.line.evaluate("(line, most) => { line.value = 'x'.repeat(most); }", MAX_TYPED + 1)
    await user.page.locator(".main .send").click()
    problem = user.page.get_by_role("alert")
    await expect(problem).to_contain_text("This is too long. I can take 4,000 characters at once.")
    await user.line.evaluate("(line, most) => { line.value = 'x'.repeat(most); }", MAX_FRAME + 1)
    await user.page.locator(".main .send").click()
    await expect(problem).to_contain_text("too large to be sent")
    await expect(user.page.locator(".offline")).to_be_hidden()
    await user.send("A word")
    await expect(user.messages.last).to_contain_text("A word")


@pytest.mark.case(67)
async def test_only_so_many_pages_are_connected(
    playground: RunningPlayground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playground_adapter, "MAX_PAGES", 1)
    await no_page_is_connected(playground)
    async with connected(playground):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with connected(playground):
                pass
        assert refused.value.status == 503
    await no_page_is_connected(playground)
    async with connected(playground):
        pass


async def no_page_is_connected(running: RunningPlayground) -> None:
    """Wait until the pages of earlier tests are gone."""
    async with asyncio.timeout(10):
        while running.adapter._socket_count:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
