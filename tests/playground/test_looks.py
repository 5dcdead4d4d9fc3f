"""What the page looks like where eyes and windows differ."""

from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.playground.page import PageUser
from tests.playground.running import RunningPlayground

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOO_FAINT = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parse = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((at) => top[at] * top[3] + under[at] * (1 - top[3])).concat(1);
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), parse("white"));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const pair = [light(over(parse(style.color), ground)), light(ground)].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${element.className}: ${walker.currentNode.data.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


async def _faint(page: Page) -> list[str]:
    # Nothing is measured while it still fades in.
    await page.evaluate("() => Promise.all(document.getAnimations().map((each) => each.finished))")
    found: Any = await page.evaluate(TOO_FAINT)
    return list(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_words_have_enough_contrast(
    playground: RunningPlayground, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    context = await browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 820})
    user = await PageUser(await context.new_page()).open(playground.url)
    await user.send("/sample everything title:Plain")
    await expect(user.messages.last).to_contain_text("Plain")
    await user.send("/sample refuse")
    await expect(user.messages.last).to_contain_text("Not today")
    assert await _faint(user.page) == []
    await user.line.fill("/note form ")
    await expect(user.options.first).to_be_visible()
    await user.page.keyboard.press("ArrowDown")
    assert await _faint(user.page) == []
    await user.send("/note form")
    await user.dialog.locator("button[type=submit]").click()
    await expect(user.dialog.locator(".field-error").first).to_be_visible()
    assert await _faint(user.page) == []
    assert user.console_errors == []
    await context.close()


async def test_theme_can_be_switched_and_is_remembered(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    cohort_fixture = "() => getComputedStyle(document.body).backgroundColor"
    light = await user.page.evaluate(cohort_fixture)
    await user.page.get_by_role("button", name="Switch to the dark theme").click()
    dark = await user.page.evaluate(cohort_fixture)
    assert light != dark
    await user.page.reload()
    await expect(user.page.get_by_role("button", name="Switch to the light theme")).to_be_visible()
    assert await user.page.evaluate(cohort_fixture) == dark


async def test_phone_never_scrolls_sideways(playground: RunningPlayground, phone: PageUser) -> None:
    sideways = "() => document.documentElement.scrollWidth - innerWidth"
    await phone.open(playground.url)
    for title in ("W" * 300, "word " * 80, "ل" * 300):
        await phone.send(f"/sample everything title:{title}")
        await expect(phone.messages.last).to_contain_text(title[:40])
        assert await phone.page.evaluate(sideways) <= 0
    await phone.line.fill("/note form ")
    await expect(phone.options.first).to_be_visible()
    assert await phone.page.evaluate(sideways) <= 0
    await phone.send("/note form")
    await expect(phone.dialog).to_be_visible()
    assert await phone.page.evaluate(sideways) <= 0
    await phone.page.keyboard.press("Escape")
    await phone.page.get_by_role("button", name="Open the side bar").click()
    await phone.page.get_by_role("navigation").get_by_role("button", name="papers").click()
    await expect(phone.page.locator(".place-title")).to_contain_text("papers")
    await expect(phone.line).to_be_visible()
    assert await phone.page.evaluate(sideways) <= 0


async def test_every_control_has_name_and_every_field_label(
    playground: RunningPlayground, user: PageUser
) -> None:
    await user.open(playground.url)
    await user.send("/sample everything title:Named")
    await expect(user.messages.last).to_contain_text("Named")
    await user.send("/note form")
    await expect(user.dialog).to_be_visible()
    nameless = await user.page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, textarea, a, [role]")]
          .filter((each) => each.checkVisibility() && each.matches("button, input, select, textarea, a"))
          .filter((each) => !(each.getAttribute("aria-label") || each.textContent.trim() || each.labels?.length))
          .map((each) => each.outerHTML.slice(0, 90))"""
    )
    assert nameless == []
