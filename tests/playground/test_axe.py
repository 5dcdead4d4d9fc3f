"""axe-core over every state of the page, in light, in dark and on a phone."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.playground.axe import findings
from tests.playground.page import PageUser
from tests.playground.running import RunningPlayground

pytestmark = pytest.mark.asyncio(loop_scope="session")

WINDOWS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 820}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 820}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 360, "height": 740},
        "color_scheme": "light",
        "is_mobile": True,
        "has_touch": True,
    },
    "dark phone": {
        "viewport": {"width": 360, "height": 740},
        "color_scheme": "dark",
        "is_mobile": True,
        "has_touch": True,
    },
}


@pytest_asyncio.fixture(loop_scope="session", params=WINDOWS)
async def reader(request: pytest.FixtureRequest, browser: Browser) -> AsyncIterator[PageUser]:
    """Somebody with one of the windows."""
    context = await browser.new_context(reduced_motion="reduce", **WINDOWS[request.param])
    user = PageUser(await context.new_page())
    yield user
    await context.close()
    assert user.console_errors == []


async def test_every_kind_of_answer(playground: RunningPlayground, reader: PageUser) -> None:
    await reader.open(playground.url)
    for line, says in (
        ("/sample everything title:Plain", "Plain"),
        ("/sample refuse", "Not today"),
        ("/sample fail-privately", "Something went wrong"),
        ("Words that are no command", "Words that are no command"),
    ):
        await reader.send(line)
        await expect(reader.messages.last).to_contain_text(says)
        assert await findings(reader.page) == [], line
    await reader.send("/smple everything")
    await expect(reader.page.locator(".main .line-error")).to_be_visible()
    assert await findings(reader.page) == []


async def test_first_card_and_moved_clock(sample_cohort: RunningPlayground, reader: PageUser) -> None:
    await reader.open(sample_cohort.url)
    await expect(reader.page.get_by_role("region", name="Three things to try")).to_be_visible()
    assert await findings(reader.page) == []
    await reader.page.get_by_role("button", name="Move the clock one hour forward").click()
    await expect(reader.page.locator(".moved")).to_be_visible()
    assert await findings(reader.page) == []
    await reader.page.get_by_role("button", name="Move the clock back to now").click()
    await expect(reader.page.locator(".moved")).to_contain_text("again")
    assert await findings(reader.page) == []
    await reader.send("/cohort help")
    await expect(reader.messages.last).to_contain_text("help")
    assert await findings(reader.page) == []
    await reader.send("/lottery venue")
    await expect(reader.messages.last.get_by_role("img")).to_be_visible()
    assert await findings(reader.page) == []
    await reader.send("/submission list")
    await expect(reader.messages.last).to_contain_text("Counting the neurons")
    assert await findings(reader.page) == []


async def test_places_side_bar_and_people(sample_cohort: RunningPlayground, reader: PageUser) -> None:
    await reader.open(sample_cohort.url)
    narrow = reader.page.viewport_size is not None and reader.page.viewport_size["width"] < 760
    for place in ("check-ins", "cohort-bot"):
        if narrow:
            await reader.page.get_by_role("button", name="Open the side bar").click()
            await expect(reader.page.locator(".sidebar")).to_be_visible()
            assert await findings(reader.page) == []
        await reader.go(place)
        assert await findings(reader.page) == [], place
    if narrow:
        await reader.page.get_by_role("button", name="Open the side bar").click()
    await reader.page.get_by_role("button", name="You are").click()
    await expect(reader.page.locator("#people")).to_be_visible()
    assert await findings(reader.page) == []
    await reader.page.keyboard.press("Escape")
    await reader.page.get_by_role("button", name="Start an empty cohort").click()
    await expect(reader.page.get_by_role("alertdialog")).to_be_visible()
    assert await findings(reader.page) == []


async def test_thread_beside_and_empty_place(playground: RunningPlayground, reader: PageUser) -> None:
    await reader.open(playground.url)
    await reader.send("/sample everything title:Head")
    await expect(reader.messages.last).to_contain_text("Head")
    await reader.messages.last.locator(".reply").evaluate("button => button.click()")
    await expect(reader.page.get_by_role("textbox", name="Reply or command in the thread")).to_be_visible()
    assert await findings(reader.page) == []


async def test_completion(playground: RunningPlayground, reader: PageUser) -> None:
    await reader.open(playground.url)
    for line in ("/", "/note ", "/note form ", "/note form dish:", "/note form dish:x guest:@y", "/zzz"):
        await reader.line.fill(line)
        await expect(reader.page.locator(".main .menu")).to_be_visible()
        assert await findings(reader.page) == [], line
    await reader.line.fill("/note form ")
    await expect(reader.options.first).to_be_visible()
    await reader.page.keyboard.press("ArrowDown")
    assert await findings(reader.page) == []


async def test_form_with_and_without_errors_and_picker(
    playground: RunningPlayground, reader: PageUser
) -> None:
    await reader.open(playground.url)
    await reader.send("/note form")
    await expect(reader.dialog).to_be_visible()
    assert await findings(reader.page) == []
    await reader.dialog.get_by_role("combobox", name="Dish").click()
    await expect(reader.dialog.get_by_role("option").first).to_be_visible()
    await reader.page.keyboard.press("ArrowDown")
    assert await findings(reader.page) == []
    await reader.page.keyboard.press("Escape")
    await reader.dialog.locator("button[type=submit]").click()
    await expect(reader.dialog.locator(".field-error").first).to_be_visible()
    assert await findings(reader.page) == []
    await reader.page.keyboard.press("Escape")
    await reader.send("/note add")
    await expect(reader.dialog).to_be_visible()
    assert await findings(reader.page) == []


async def test_picture_at_large(playground: RunningPlayground, reader: PageUser) -> None:
    await reader.open(playground.url)
    await reader.send("/sample everything title:Large")
    await expect(reader.messages.last).to_contain_text("Large")
    await reader.messages.last.get_by_role("button", name=re.compile("Enlarge")).click()
    await expect(reader.page.locator(".lightbox")).to_be_visible()
    assert await findings(reader.page) == []
