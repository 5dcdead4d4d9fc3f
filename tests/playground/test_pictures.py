"""Pictures follow the room that they have and the theme, and fill the window when they are opened."""

import asyncio
import io
import re
from typing import Any, Literal

import pytest
from aiohttp import ClientSession
from PIL import Image
from playwright.async_api import Browser, Locator, expect

from bot.playground import render, workspace
from bot.playground.chat import NewMessage
from core.charts.bars import bars
from core.charts.looks import Width
from core.chat.model import Picture, Reply
from core.clock import MovableClock
from core.commands.registry import discover
from tests.playground.conftest import MONDAY
from tests.playground.page import PageUser
from tests.playground.running import RunningPlayground, running_playground

pytestmark = pytest.mark.asyncio(loop_scope="session")

WINDOWS = [(360, 740), (1280, 820)]


def chart(labels: str = "") -> Picture:
    return bars("Papers by stage", [(f"in review {labels}", 7), ("drafting", 3)]).picture("stages.png")


async def asked(user: PageUser) -> Locator:
    """The picture of an answer, when it is there."""
    before = await user.messages.count()
    await user.send('/lottery venue venue:"NeurIPS 2026"')
    await expect(user.messages).to_have_count(before + 1)
    image = user.messages.last.locator("img[data-width]")
    await expect(image).to_be_visible()
    await user.page.wait_for_function(
        "each => each.complete && each.naturalWidth", arg=await image.element_handle()
    )
    return image


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("wide", "high"), WINDOWS)
async def test_picture_is_drawn_for_room_and_theme(
    sample_cohort: RunningPlayground,
    browser: Browser,
    wide: int,
    high: int,
    scheme: Literal["light", "dark"],
) -> None:
    context = await browser.new_context(viewport={"width": wide, "height": high}, color_scheme=scheme)
    user = await PageUser(await context.new_page()).open(sample_cohort.url)
    image, width = await asked(user), Width.NARROW if wide < 500 else Width.WIDE
    address = await image.get_attribute("src") or ""
    assert address.endswith(f"?width={width.name.lower()}&ground={scheme}")
    room: Any = await image.evaluate("each => [each.clientWidth, each.clientHeight, each.naturalWidth]")
    measures = width.value
    assert room[2] == round(measures.across * measures.pixels)
    assert measures.small * room[0] / measures.across >= 11, "no letter is smaller"
    assert user.console_errors == []
    await context.close()


async def test_theme_and_window_change_what_is_shown(
    sample_cohort: RunningPlayground, user: PageUser
) -> None:
    await user.open(sample_cohort.url)
    image = await asked(user)
    await expect(image).to_have_attribute("src", re_ends("width=wide&ground=light"))
    await user.page.get_by_role("button", name="Switch to the dark theme").click()
    await expect(image).to_have_attribute("src", re_ends("width=wide&ground=dark"))
    await user.page.set_viewport_size({"width": 400, "height": 800})
    await expect(image).to_have_attribute("src", re_ends("width=narrow&ground=dark"))
    await expect(image).to_have_js_property("naturalWidth", 720)


def re_ends(words: str) -> Any:
    """An address that ends so."""
    return re.compile(re.escape(words) + "$")


@pytest.mark.parametrize(("wide", "high"), WINDOWS)
async def test_opened_picture_fills_window_and_goes_by_keyboard(
    sample_cohort: RunningPlayground, browser: Browser, wide: int, high: int
) -> None:
    context = await browser.new_context(viewport={"width": wide, "height": high})
    user = await PageUser(await context.new_page()).open(sample_cohort.url)
    await asked(user)
    opener = user.messages.last.get_by_role("button", name="Enlarge")
    await opener.press("Enter")
    box = user.page.get_by_role("dialog", name="Picture")
    image = box.get_by_role("img")
    await expect(image).to_have_js_property("complete", True)
    assert await box.bounding_box() == {"x": 0, "y": 0, "width": wide, "height": high}
    close, words = (box.get_by_role("button", name=name) for name in ("Close", "In words"))
    save = box.get_by_role("link", name="Save")
    picture, bar = await image.bounding_box(), await close.bounding_box()
    assert picture is not None
    assert bar is not None
    assert picture["y"] + picture["height"] <= bar["y"], "the buttons are below"
    assert picture["width"] >= 0.9 * wide or picture["height"] >= 0.7 * high
    assert bar["height"] >= 44
    await expect(close).to_be_focused()
    for each in (save, words):
        await user.page.keyboard.press("Tab")
        await expect(each).to_be_focused()
    await user.page.keyboard.press("Enter")
    alt = await image.get_attribute("alt") or "?"
    await expect(box.get_by_text(alt)).to_be_visible()
    await expect(words).to_have_attribute("aria-expanded", "true")
    assert await box.evaluate("each => each.scrollWidth - each.clientWidth") <= 0
    assert await save.get_attribute("href") == await image.get_attribute("src")
    await user.page.keyboard.press("Escape")
    await expect(box).to_have_count(0)
    await expect(opener).to_be_focused()
    assert user.console_errors == []
    await context.close()


async def test_file_is_drawn_as_asked_and_only_once(
    sample_cohort: RunningPlayground, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, executors = [], sample_cohort.core.executors
    draw = executors.draw

    async def counted(make: Any, *args: Any) -> Any:
        drawn.append(args)
        return await draw(make, *args)

    monkeypatch.setattr(executors, "draw", counted)
    rendered = render.reply(Reply("Look.", (chart("once"),)))
    await sample_cohort.adapter.chat.post(_message(rendered))
    address = sample_cohort.url.removesuffix("/playground/") + rendered.body["blocks"][0]["url"]
    async with ClientSession() as session:

        async def get(query: str) -> tuple[int, str, bytes]:
            async with session.get(address + query) as answer:
                return answer.status, answer.content_type, await answer.read()

        assert (await get(""))[2] == rendered.blobs[0].content
        assert not drawn
        many = await asyncio.gather(*(get("?width=wide&ground=dark") for _ in range(8)))
        assert len(drawn) == 1
        assert len(set(many)) == 1
        status, media_type, content = many[0]
        assert (status, media_type) == (200, "image/png")
        assert Image.open(io.BytesIO(content)).width == 1280
        assert (await get("?width=narrow&ground=dark"))[0] == 200
        for query in ("?width=huge&ground=dark", "?width=wide", "?width=wide&ground=../x", "?ground=light"):
            assert (await get(query))[0] == 404, query
        assert len(drawn) == 2


def _message(rendered: render.Rendered) -> NewMessage:
    return NewMessage("general", workspace.BOT, rendered.body, rendered.blobs)


async def test_picture_can_be_drawn_after_restart(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = f"sqlite:///{tmp_path_factory.mktemp('again') / 'cohort.db'}"
    rendered = render.reply(Reply("Look.", (chart(),)))
    async with running_playground(database, discover(), MovableClock(MONDAY), sample=False) as running:
        await running.adapter.chat.post(_message(rendered))
    async with (
        running_playground(database, discover(), MovableClock(MONDAY), sample=False) as running,
        ClientSession() as session,
        session.get(f"{running.url}files/{rendered.blobs[0].id}?width=narrow&ground=dark") as answer,
    ):
        assert answer.status == 200
        dark = Image.open(io.BytesIO(await answer.read())).convert("RGB")
        assert dark.getpixel((2, 2)) == (0x20, 0x22, 0x27)
