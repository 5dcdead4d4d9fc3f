"""A story told in the playground: its page in Chromium, one window for each person."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import (
    BrowserContext,
    FilePayload,
    Locator,
    Page,
    ViewportSize,
    WebSocket,
    async_playwright,
    expect,
)

from bot.playground import snapshot
from core.store import notes
from core.store.open import open_store
from tests.story.bot import Bot, settings
from tests.story.driver import (
    ADA,
    BEGIN,
    BEN,
    CHI,
    DAN,
    OLU,
    WITHIN,
    Asked,
    Completing,
    Image,
    Seen,
    command_line,
)

CHROMIUM = "/usr/bin/chromium"
PERSONAS = {OLU: "amina", ADA: "wanjiru", BEN: "kai", CHI: "chidi", DAN: "minh"}
WINDOW: ViewportSize = {"width": 1280, "height": 900}
MILLISECONDS = WITHIN * 1000

# The page shows the answer to a call, opens a form, or says below the line what is wrong with it.
_SETTLED = """calls => {
  if (document.querySelector('dialog[open]:not([aria-busy=true])')) return 'form';
  const error = document.querySelector('.main .line-error, #toasts .error');
  if (error?.textContent) return 'error:' + error.textContent;
  return calls.map((id) => `re-${id}`).find((id) => document.querySelector(`.main [data-message="${id}"]`));
}"""
_CALLS = ("command", "click", "offer", "submit", "say")
"""The frames that call a command; the answer is a message of their id."""


@dataclass
class BrowserPage:
    """One person's window. `words` is everything that the server has sent to it, `calls` the ids of what was called from
    it, and `answered` those of what the server has answered."""

    page: Page
    words: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    socket: WebSocket | None = None

    def __post_init__(self) -> None:
        self.page.set_default_timeout(MILLISECONDS)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        self.socket = socket
        socket.on("framereceived", lambda frame: self._received(json.loads(frame)))
        socket.on("framesent", lambda frame: self._sent(json.loads(frame)))

    def _received(self, frame: dict[str, Any]) -> None:
        self.words.extend(_strings(frame))
        if frame["type"] == "answer":
            self.answered.add(frame["id"])

    def _sent(self, frame: dict[str, Any]) -> None:
        if frame["type"] in _CALLS and frame["id"] not in self.calls:
            self.calls.append(frame["id"])

    async def open(self, address: str, persona: str) -> None:
        """Open the page as somebody, as a window that was this person before."""
        await self.page.add_init_script(f"sessionStorage.setItem('cohort-bot person', '{persona}')")
        await self.page.goto(address)
        await self.connected()

    async def connected(self) -> None:
        """Wait until the page speaks with the server and shows what was said."""
        await expect(self.page.locator("body:not(.loading):not(.is-offline) .line").first).to_be_visible()
        await expect(self.page.locator(".main .messages")).to_have_attribute("aria-busy", "false")

    async def look(self) -> int:
        """Bring the window to the front: a browser slows those behind down. How much was called from it."""
        await self.page.bring_to_front()
        return len(self.calls)

    def message(self, id_: str) -> Locator:
        """The card of a message."""
        return self.page.locator(f'.main [data-message="{id_}"]')

    async def type(self, words: str) -> None:
        """Type words into the line and send them."""
        await self.page.get_by_role("textbox", name="Message or command").fill(words)
        await self.page.locator(".main .send").click()

    async def settled(self, before: int) -> Seen | Asked:
        """The answer to what was called after so many calls, or the form that opened. What others are answered meanwhile is
        no answer to it, nor is what is said until it is there."""
        what: str | None = None
        async with asyncio.timeout(WITHIN):
            while not what:
                await asyncio.sleep(0.02)
                done = [each for each in self.calls[before:] if each in self.answered]
                what = await self.page.evaluate(_SETTLED, done)
        assert not what.startswith("error:"), what
        if what != "form":
            return await self.seen(self.message(what))
        labels = await self.page.locator("dialog[open] .field-label").evaluate_all(
            "all => all.map(each => each.firstChild.textContent.trim())"
        )
        return Asked(tuple(labels), self.page.locator("dialog[open]"))

    async def seen(self, card: Locator) -> Seen:
        """A card as it is read."""
        text = await card.locator(".message-main").inner_text()
        buttons = await card.locator(".buttons .button").all_inner_texts()
        private = await card.locator(".only-you").count() > 0
        id_ = await card.get_attribute("data-message")
        return Seen(text, private, tuple(buttons), id_)


def _strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from _strings(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _strings(value)


class PlaygroundDriver:
    """See `PlatformDriver`."""

    has_addresses = False
    keeps_old_buttons = False

    fields_at_once: int | None = None
    lists_members = True

    def __init__(self, bot: Bot, context: BrowserContext) -> None:
        self.bot = bot
        self.windows: dict[str, BrowserPage] = {}
        self._context = context
        self._links: set[str] = set()

    async def window(self, who: str) -> BrowserPage:
        """Somebody's window, opened when it is first needed."""
        if who not in self.windows:
            self.windows[who] = BrowserPage(await self._context.new_page())
            await self.windows[who].open(f"{self.bot.address}/playground/", PERSONAS[who])
        return self.windows[who]

    async def say(self, who: str, command: str, /, **options: str) -> Seen | Asked:
        """Type a command into the line."""
        window = await self.window(who)
        before = await window.look()
        await window.type("/" + command_line(command, options))
        return await window.settled(before)

    async def press(self, who: str, seen: Seen, button: str) -> Seen | Asked:
        """Press a button on a card."""
        window = await self.window(who)
        before = await window.look()
        await window.message(seen.raw).get_by_role("button", name=button, exact=True).click()
        return await window.settled(before)

    async def choose(self, who: str, seen: Seen, record: str) -> Seen | Asked:
        """Press the row."""
        window = await self.window(who)
        before = await window.look()
        row = window.message(seen.raw).locator(".record", has_text=record).first
        await row.click(position={"x": 3, "y": 3})
        return await window.settled(before)

    async def completing(self, who: str, command: str, option: str) -> Completing:
        """Type on the line, and read what the server sends for it."""
        window = await self.window(who)

        async def offered(typed: str) -> list[str]:
            await window.look()
            line = window.page.get_by_role("textbox", name="Message or command")
            assert window.socket is not None
            async with window.socket.expect_event("framereceived", lambda frame: '"items"' in frame) as sent:
                await line.fill(f"/{command} {option}:{typed}")
            await line.fill("")
            return [each["label"] for each in json.loads(await sent.value)["items"]]

        return offered

    async def fill(self, who: str, form: Asked, values: Mapping[str, str | bool]) -> Seen:
        """Fill in a dialog and send it."""
        window, dialog = await self.window(who), form.raw
        before = await window.look()
        await _send(dialog, values)
        await expect(dialog).to_have_count(0)
        answer = await window.settled(before)
        assert isinstance(answer, Seen)
        return Seen(answer.text, answer.private, answer.buttons, answer.raw, dialogs=1)

    async def give(self, who: str, form: Asked, label: str, name: str, content: bytes) -> Seen:
        """Choose a file in a dialog."""
        window, dialog = await self.window(who), form.raw
        before = await window.look()
        assert label in form.labels
        chosen: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        await dialog.locator("input[type=file]").set_input_files(chosen)
        await dialog.locator("button[type=submit]").click()
        await expect(dialog).to_have_count(0)
        answer = await window.settled(before)
        assert isinstance(answer, Seen)
        return answer

    async def refused_file(self, who: str, form: Asked, label: str, name: str, content: bytes) -> str:
        """What stands in the dialog that stays open, which is then cancelled."""
        await self.windows[who].look()
        dialog: Locator = form.raw
        chosen: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        await dialog.locator("input[type=file]").set_input_files(chosen)
        return await self._refused(dialog, {})

    async def file(self, who: str, seen: Seen, name: str) -> bytes:
        """A file on a card, as the page downloads it."""
        window = await self.window(who)
        address = (
            await window.message(seen.raw).locator(f"a.file[download='{name}']").evaluate("link => link.href")
        )
        return await (await window.page.request.get(address)).body()

    async def refusal(self, who: str, form: Asked, values: Mapping[str, str | bool]) -> str:
        """What stands in the dialog that stays open, which is then cancelled."""
        await self.windows[who].look()
        return await self._refused(form.raw, values)

    async def _refused(self, dialog: Locator, values: Mapping[str, str | bool]) -> str:
        await _send(dialog, values)
        said = dialog.locator(".field-error, .form-status").filter(has_text=".")
        await expect(said).not_to_have_count(0)
        words = "\n".join(await said.all_inner_texts())
        await dialog.get_by_role("button", name="Cancel").last.click()
        await expect(dialog).to_have_count(0)
        return words

    async def settle(self, who: str, form: Asked, values: Mapping[str, str | bool], reading: str) -> Seen:
        """The form stays with a button for each reading at the field."""
        window, dialog = await self.window(who), form.raw
        before = await window.look()
        await _send(dialog, values)
        await (
            dialog.locator(".field .offers button")
            .filter(has_text=re.compile(f"^{re.escape(reading)}"))
            .click()
        )
        await expect(dialog).to_have_count(0)
        answer = await window.settled(before)
        assert isinstance(answer, Seen)
        return answer

    async def picture(self, who: str, seen: Seen) -> Image:
        """The picture on a card, loaded as the page loads it."""
        page = (await self.window(who)).page
        image = (await self.window(who)).message(seen.raw).locator("img")
        await page.wait_for_function("image => image.naturalWidth > 0", arg=await image.element_handle())
        address = await image.evaluate("image => image.src")
        data = await (await page.request.get(address)).body()
        return Image(data, await image.get_attribute("alt") or "")

    async def post(self, words: str) -> Seen:
        """Wait for a post to stand in every open window."""
        for window in self.windows.values():
            card = window.page.locator(".main .message.from-bot", has_text=words).last
            await expect(card).to_be_visible(timeout=MILLISECONDS)
        return await window.seen(card)

    async def told(self, who: str, words: str) -> str:
        """Look into the direct messages, and back."""
        page = (await self.window(who)).page
        await page.bring_to_front()
        await page.get_by_role("button", name=re.compile("^cohort-bot")).first.click()
        card = page.locator(".main .message.from-bot", has_text=words).last
        await expect(card).to_be_visible()
        text = await card.inner_text()
        await page.get_by_role("button", name=re.compile("^#? ?general|^#? ?cohort")).first.click()
        await self.windows[who].connected()  # the channel is there again, with its buttons
        return text

    async def replies(self, post: Seen) -> str:
        """Open the thread of a post."""
        window = await self.window(BEN)
        await window.look()
        await window.message(post.raw).locator(".replies").click()
        thread = window.page.get_by_role("region", name="Thread").first
        await expect(thread.locator(".message").first).to_be_visible()
        words = await thread.inner_text()
        self._links |= await _links(thread)
        await window.page.get_by_role("button", name="Close the thread").click()
        return words

    async def everything(self, who: str) -> str:
        """Every text in every frame that the server sent to this person's window."""
        return "\n".join((await self.window(who)).words)

    async def move_to(self, at: datetime) -> None:
        """Press the button that moves the clock to the next event, until it is that one."""
        page = self.windows[OLU].page
        await page.bring_to_front()
        while self.bot.clock.now() < at:
            await page.locator(".clock-next").click()
            await expect(page.locator(".clock.moving")).to_have_count(0)

    async def restart(self) -> None:
        """Stop and start; the pages notice and connect again by themselves."""
        await self.bot.stop()
        for window in self.windows.values():
            await expect(window.page.locator("body.is-offline")).to_have_count(1)
        await self.bot.start()
        for window in self.windows.values():
            await window.connected()

    async def disturbances(self) -> set[str]:
        """Links on the cards, and what the browser complained about. Nobody can be notified here."""
        found = set(self._links)
        for window in self.windows.values():
            found |= await _links(window.page.locator(".main")) | set(window.complaints)
        return found


async def _links(where: Locator) -> set[str]:
    links = where.locator(".message a:not(.file)")
    return set(await links.evaluate_all("all => all.map(each => each.href)"))


async def _send(dialog: Locator, values: Mapping[str, str | bool]) -> None:
    for label, value in values.items():
        await _enter(dialog, label, value)
    await dialog.locator("button[type=submit]").click()


async def _enter(dialog: Locator, label: str, value: str | bool) -> None:
    named = dialog.page.locator(".field-label").filter(has_text=label)
    fields = dialog.locator(".field").filter(has=named)
    for at in range(await fields.count()):
        first = await fields.nth(at).locator(".field-label").evaluate("each => each.firstChild.textContent")
        if first.strip() == label:
            break
    else:
        raise AssertionError(f"no field {label!r}")
    found = fields.nth(at)
    if isinstance(value, bool):
        await found.get_by_role("switch").set_checked(value)
    elif await found.locator("select").count():
        await found.locator("select").select_option(label=value)
    elif await found.locator(".segments").count():
        await found.get_by_text(value, exact=True).click()
    else:
        await found.locator("input, textarea").fill(value)


async def _without_sample(database: str) -> None:
    """What the button "Start an empty cohort" leaves, before the sample is made."""
    store = await open_store(database)
    await store.write(notes.put, snapshot.MODE, snapshot.EMPTY)
    await store.close()


@asynccontextmanager
async def playground_driver(database: str) -> AsyncIterator[PlaygroundDriver]:
    """The playground, started because there are no tokens, and Chromium with its page."""
    if shutil.which(CHROMIUM) is None:
        pytest.skip("CHROMIUM IS NOT INSTALLED, so the story was not told in the playground.")
    await _without_sample(database)
    bot = Bot(settings(database, BEGIN))
    await bot.start()
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            context = await browser.new_context(viewport=WINDOW, reduced_motion="reduce")
            yield PlaygroundDriver(bot, context)
            await browser.close()
    finally:
        await bot.stop()
