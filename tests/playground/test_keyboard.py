"""From the line back to the line with the keyboard alone, and always with a focus that can be seen."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from tests.playground.page import PageUser
from tests.playground.running import RunningPlayground

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEEN = """() => {
  const active = document.activeElement;
  const drawn = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
  };
  const shown = [active, ...(active.labels ?? []), active.closest(".line-box, .file-drop")].filter(Boolean);
  const inWindow = (element) => {
    const box = element.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && box.width > 0;
  };
  const name = `${active.tagName} ${active.className} ${active.ariaLabel ?? active.textContent.slice(0, 30)}`;
  return active !== document.body && shown.some((each) => drawn(each) && inWindow(each)) ? "" : name;
}"""


async def press(page: Page, *keys: str) -> None:
    """Press keys; after each the focus has to be somewhere that can be seen."""
    for key in keys:
        await page.keyboard.press(key)
        await expect_seen(page)


async def expect_seen(page: Page) -> None:
    """A focus that is moved by what was pressed may take a moment."""
    for _ in range(100):
        unseen = await page.evaluate(SEEN)
        if not unseen:
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"The focus cannot be seen: {unseen}")


async def test_tab_goes_round_and_every_stop_is_seen(
    sample_cohort: RunningPlayground, user: PageUser
) -> None:
    await user.open(sample_cohort.url)
    await user.line.focus()
    stops = 0
    for key in ("Tab", "Shift+Tab"):
        for _ in range(400):
            await user.page.keyboard.press(key)
            if await user.page.evaluate("() => document.activeElement === document.body"):
                continue  # the browser's own part of the round
            assert await user.page.evaluate(SEEN) == ""
            stops += 1
            if await user.line.evaluate("line => line === document.activeElement"):
                break
        await expect(user.line).to_be_focused()
    assert stops > 40


async def test_line_is_completed_and_sent(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    await user.line.focus()
    await user.page.keyboard.type("/sam")
    await expect(user.options.first).to_be_visible()
    await press(user.page, "Tab")
    await user.page.keyboard.type("ref")
    await expect(user.options.first).to_contain_text("refuse")
    await press(user.page, "Tab", "Enter")
    await expect(user.messages.last).to_contain_text("Not today")
    await expect(user.line).to_be_focused()
    await press(user.page, "ArrowUp")
    await expect(user.line).to_have_value("/sample refuse")


async def test_form_is_filled_in_and_sent(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    await user.line.focus()
    await user.page.keyboard.type("/note form")
    await user.page.keyboard.press("Escape")
    await user.page.keyboard.press("Enter")
    dish = user.dialog.get_by_role("combobox", name="Dish")
    await expect(dish).to_be_focused()
    await press(user.page, "Enter")
    await expect(user.dialog.locator(".field-error").first).to_be_visible()
    await expect(dish).to_be_focused()
    await user.page.keyboard.type("jol")
    await expect(user.dialog.get_by_role("option")).to_have_count(1)
    await press(user.page, "ArrowDown", "Enter")
    await expect(dish).to_have_value("Jollof rice")
    await press(user.page, "Tab", "ArrowRight", "ArrowRight", "Tab")
    await expect(user.dialog.get_by_role("textbox", name="Name")).to_be_focused()
    await user.page.keyboard.type("Ada")
    await press(user.page, "Enter")
    await expect(user.messages.last).to_contain_text("small Jollof rice for Ada")
    await expect(user.line).to_be_focused()


async def test_every_field_of_form_is_reached(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    for line in ("/note form", "/note add"):
        await user.line.fill(line)
        await user.page.keyboard.press("Escape")
        await user.page.keyboard.press("Enter")
        await expect(user.dialog).to_be_visible()
        wanted = await user.dialog.locator("[data-field]").count()
        reached = set()
        for _ in range(4 * wanted):
            reached.add(
                await user.page.evaluate(
                    "() => document.activeElement.closest('[data-field]')?.dataset.field"
                )
            )
            await user.page.keyboard.press("Tab")
            if await user.page.evaluate("() => document.activeElement !== document.body"):
                await expect_seen(user.page)
        assert len(reached - {None}) == wanted
        await user.page.keyboard.press("Escape")
        await expect(user.dialog).to_have_count(0)
        await expect(user.line).to_be_focused()


async def test_picker_and_form_close_one_after_the_other(
    playground: RunningPlayground, user: PageUser
) -> None:
    await user.open(playground.url)
    await user.line.fill("/note form")
    await user.page.keyboard.press("Escape")
    await user.page.keyboard.press("Enter")
    await expect(user.dialog).to_be_visible()
    await user.page.keyboard.press("ArrowDown")
    await expect(user.dialog.get_by_role("option").first).to_be_visible()
    await user.page.keyboard.press("Escape")
    await expect(user.dialog.get_by_role("option")).to_have_count(0)
    await expect(user.dialog).to_be_visible()
    await user.page.keyboard.press("Escape")
    await expect(user.dialog).to_have_count(0)
    await expect(user.line).to_be_focused()


async def test_button_and_picture_are_reached_and_left(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    await user.line.fill("/sample everything title:Keys")
    await user.page.keyboard.press("Escape")
    await user.page.keyboard.press("Enter")
    card = user.messages.last
    await expect(card).to_contain_text("Keys")
    await tab_back_to(user, "Again")
    count = await user.messages.count()
    await user.page.keyboard.press("Enter")
    await expect(user.messages).to_have_count(count + 1)
    await expect(user.page.locator("button:focus")).to_have_text("Again")
    await expect_seen(user.page)
    await press(user.page, "Escape")
    await expect(user.line).to_be_focused()
    await tab_back_to(user, "Enlarge")
    await user.page.keyboard.press("Enter")
    await expect(user.page.locator(".lightbox")).to_be_visible()
    await expect_seen(user.page)
    await press(user.page, "Escape")
    await expect(user.page.locator(".lightbox")).to_have_count(0)
    await expect_seen(user.page)
    await press(user.page, "Escape")
    await expect(user.line).to_be_focused()


async def tab_back_to(user: PageUser, name: str) -> None:
    """From the line backwards to the nearest button of that name."""
    for _ in range(60):
        await user.page.keyboard.press("Shift+Tab")
        found = await user.page.evaluate(
            "() => document.activeElement.ariaLabel ?? document.activeElement.textContent"
        )
        if found.startswith(name):
            await expect_seen(user.page)
            return
    pytest.fail(f"No button {name} before the line.")


async def test_form_of_button_comes_back_to_line(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    await user.line.fill("/sample everything title:Questions")
    await user.page.keyboard.press("Escape")
    await user.page.keyboard.press("Enter")
    await expect(user.messages.last).to_contain_text("Questions")
    await tab_back_to(user, "Ask me")
    await user.page.keyboard.press("Enter")
    await expect(user.dialog).to_be_visible()
    await user.page.keyboard.press("Escape")
    await expect(user.dialog).to_have_count(0)
    await expect(user.messages.last.get_by_role("button", name="Ask me")).to_be_focused()
    await press(user.page, "Escape")
    await expect(user.line).to_be_focused()


async def test_people_clock_and_thread_come_back(sample_cohort: RunningPlayground, user: PageUser) -> None:
    await user.open(sample_cohort.url)
    me = user.page.get_by_role("button", name="You are")
    await me.focus()
    await press(user.page, "Enter", "ArrowDown", "ArrowDown", "Escape")
    await expect(me).to_be_focused()
    await press(user.page, "Escape")
    await expect(user.line).to_be_focused()
    hour = user.page.get_by_role("button", name="Move the clock one hour forward")
    await hour.focus()
    await user.page.keyboard.press("Enter")
    await expect(user.page.locator(".moved")).to_be_visible()
    await expect(hour).to_be_focused()
    await user.page.get_by_role("button", name="Move the clock back to now").focus()
    await user.page.keyboard.press("Enter")
    await expect(user.page.locator(".moved")).to_contain_text("again")
    await expect(user.line).to_be_focused()
    close = user.page.get_by_role("button", name="Close this", exact=True)
    await close.focus()
    await press(user.page, "Enter")
    await expect(user.line).to_be_focused()
    await user.go("check-ins")
    await user.page.get_by_role("button", name=re.compile("repl")).last.focus()
    await user.page.keyboard.press("Enter")
    thread = user.page.get_by_role("textbox", name="Reply or command in the thread")
    await expect(thread).to_be_focused()
    await press(user.page, "Escape")
    await expect(thread).to_be_hidden()
    await expect_seen(user.page)
    await press(user.page, "Escape")
    await expect(user.line).to_be_focused()
