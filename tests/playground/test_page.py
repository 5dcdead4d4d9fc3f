"""Every block and every kind of field, in a real browser."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, WebSocketRoute, expect

from bot.playground.chat import NewMessage
from core.clock import MovableClock
from tests.playground.conftest import MONDAY
from tests.playground.page import PageUser
from tests.playground.running import RunningPlayground, running_playground
from tests.sample_feature import sample_registry

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_block_is_shown_and_hostile_words_are_inert(
    playground: RunningPlayground, user: PageUser, tmp_path: Path
) -> None:
    await user.open(playground.url)
    await user.send("/sample everything")
    card = user.messages.last
    await expect(card.locator("strong").first).to_contain_text("<img src=x onerror=")
    await expect(card.locator("strong").first).to_contain_text(
        "@everyone <!channel> [x](javascript:alert(1))"
    )
    await expect(card.locator("em, li, blockquote, dl, table, time, code")).not_to_have_count(0)
    links = await card.locator(".text a").evaluate_all("all => all.map(each => each.href)")
    assert links == ["https://example.org/a?b=c"]
    pictures = await card.locator("img").evaluate_all("all => all.map(each => [each.alt, each.naturalWidth])")
    assert [width for _, width in pictures] == [640]
    assert pictures[0][0].startswith("A blue picture of <img")
    assert await user.page.title() == "#general · cohort-bot playground"
    file = card.get_by_role("link", name="papers.csv")
    async with user.page.expect_download() as download:
        await file.click()
    await (await download.value).save_as(tmp_path / "saved.csv")
    assert (tmp_path / "saved.csv").read_bytes() == b"a,b\n1,2\n"


async def test_picture_is_enlarged_and_closed_with_keyboard(
    playground: RunningPlayground, user: PageUser
) -> None:
    await user.open(playground.url)
    await user.send("/sample everything title:Blue")
    await expect(user.messages.last).to_contain_text("Blue")
    await user.messages.last.get_by_role("button", name="Enlarge: A blue picture of Blue").press("Enter")
    large = user.page.get_by_role("dialog", name="Picture")
    await expect(large.get_by_alt_text("A blue picture of Blue")).to_be_visible()
    await user.page.keyboard.press("Escape")
    await expect(large).to_have_count(0)


async def test_form_shows_its_errors_and_then_takes_everything(
    playground: RunningPlayground, user: PageUser, tmp_path: Path
) -> None:
    menu = tmp_path / "menu.txt"
    menu.write_bytes(b"soup")
    await user.open(playground.url)
    await user.send("/note form")
    form = user.dialog
    await expect(form.get_by_role("heading")).to_have_text("Everything, please")
    await form.locator("button[type=submit]").click()
    await expect(form.locator("[data-field=dish] .field-error")).to_have_text("Please fill this in.")
    await expect(form.get_by_role("combobox", name="Dish")).to_be_focused()

    await form.get_by_role("combobox", name="Dish").fill("oko")
    await form.get_by_role("option", name="Okonomiyaki").click()
    await form.get_by_text("3", exact=True).click()
    await form.get_by_role("textbox", name="Name").fill("nobody")
    await form.locator("button[type=submit]").click()
    await expect(form.locator("[data-field=name] .field-error")).to_have_text("Nobody eats here.")

    await form.get_by_role("textbox", name="Name").fill("Ada “the” Ñandú")
    await form.get_by_role("textbox", name="Notes").fill("no\nonions")
    await form.get_by_role("textbox", name="Price").fill("2,5")
    await form.get_by_role("switch", name="Hot").check()
    await form.get_by_label("Day").fill("2026-12-01")
    await form.get_by_text("large", exact=True).click()
    await form.get_by_role("combobox", name="Guest").fill("yuki")
    await form.get_by_role("option", name="Yuki Tanaka").click()
    await form.get_by_role("combobox", name="Room").fill("pap")
    await expect(form.get_by_role("option", name="#papers")).to_be_visible()
    await user.page.keyboard.press("ArrowDown")
    await user.page.keyboard.press("Enter")
    await form.locator("input[type=file]").set_input_files(menu)
    await form.locator("button[type=submit]").click()
    answer = user.messages.last
    await expect(answer).to_contain_text("3 large Okonomiyaki for Ada “the” Ñandú")
    await expect(answer).to_contain_text("price 2.5, hot True, day 2026-12-01")
    await expect(answer).to_contain_text("with Yuki Tanaka in papers")
    await expect(answer).to_contain_text("menu menu.txt 4")
    await expect(answer).to_contain_text("Only you can see this.")
    await expect(form).to_have_count(0)


@pytest.mark.case(63)
async def test_closed_form_keeps_what_was_typed(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    await user.send("/note form name:Ben")
    await expect(user.dialog.get_by_role("textbox", name="Name")).to_have_value("Ben")
    before = await user.messages.count()
    notes = user.dialog.get_by_role("textbox", name="Notes")
    await notes.fill("half a thought")
    await user.page.keyboard.press("Escape")
    await expect(user.dialog).to_have_count(0)
    await expect(user.page.get_by_text("What you typed is kept.")).to_be_visible()
    await user.page.reload()
    await user.send("/note form")
    await expect(notes).to_have_value("")  # another form: it was asked for with other words
    await user.page.keyboard.press("Escape")
    await user.send("/note form name:Ben")
    await expect(notes).to_have_value("half a thought")
    await user.dialog.get_by_role("button", name="Start afresh").click()
    await expect(notes).to_have_value("")
    await user.page.keyboard.press("Escape")
    await user.send("/note form name:Ben")
    await expect(user.dialog.get_by_text("This is what you typed before.")).to_have_count(0)
    assert await user.messages.count() == before


async def test_menu_is_worked_with_keys_alone(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    await user.page.keyboard.press("/")
    await expect(user.line).to_be_focused()
    await expect(user.options.first).to_contain_text("/note")
    await user.page.keyboard.press("Tab")
    await expect(user.line).to_have_value("/note ")
    await expect(user.options.first).to_contain_text("add")
    await user.page.keyboard.press("ArrowDown")
    active = await user.line.get_attribute("aria-activedescendant")
    await expect(user.page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    await user.page.keyboard.press("Enter")
    await expect(user.line).to_have_value("/note form ")
    await expect(user.page.locator(".signature")).to_contain_text("Which dish")
    await user.page.keyboard.type("dish:jo")
    await expect(user.options).to_have_count(1)
    await user.page.keyboard.press("Tab")
    await expect(user.line).to_have_value('/note form dish:"Jollof rice" ')
    await user.page.keyboard.type("guest:")
    await expect(user.options.filter(has_text="Yuki Tanaka")).to_be_visible()
    await user.page.keyboard.type("yu")
    await expect(user.options).to_have_count(1)
    await user.page.keyboard.press("Enter")
    await expect(user.line).to_have_value('/note form dish:"Jollof rice" guest:@yuki ')
    await user.page.keyboard.press("Escape")
    await expect(user.page.locator(".main .menu")).to_be_hidden()
    await user.page.keyboard.type("count:2 name:Ada")
    await user.page.keyboard.press("Escape")
    await user.page.keyboard.press("Enter")
    await expect(user.messages.last).to_contain_text("2 small Jollof rice for Ada")
    await expect(user.messages.last).to_contain_text("with Yuki Tanaka")


@pytest.mark.parametrize("line", ["/cohort sample refuse", "/sample refuse", "/SAMPLE refuse"])
async def test_both_ways_of_typing_command_work(
    playground: RunningPlayground, user: PageUser, line: str
) -> None:
    await user.open(playground.url)
    before = await user.messages.count()
    await user.send(line)
    await expect(user.messages).to_have_count(before + 1)
    await expect(user.messages.last).to_contain_text("Not today; try tomorrow.")


async def test_line_that_cannot_be_read_stays_with_sentence(
    playground: RunningPlayground, user: PageUser
) -> None:
    await user.open(playground.url)
    await user.send("/smple everything")
    await expect(user.page.locator(".main .line-error")).to_contain_text("Did you mean")
    await expect(user.line).to_have_value("/smple everything")


@pytest.mark.case(58)
async def test_what_may_be_meant_is_offered_beside_the_line(
    playground: RunningPlayground, user: PageUser
) -> None:
    await user.open(playground.url)
    await user.send('/note add "On lotteries" mod:bad')
    error = user.page.locator(".main .line-error")
    await expect(error).to_contain_text("Did you mean “mood:bad”?")
    await expect(user.line).to_have_value('/note add "On lotteries" mod:bad')
    await error.get_by_role("button", name="mood: bad").click()
    await expect(user.messages.last).to_contain_text("On lotteries bad 1")
    await expect(user.line).to_have_value("")
    await user.send("/greet @ben")
    await expect(error.get_by_role("button", name="sample greet @ben")).to_be_visible()


async def test_defect_gives_sentence_and_reference(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    await user.send("/sample fail-privately")
    await expect(user.messages.last).to_contain_text(re.compile(r"Something went wrong.*[0-9a-f]{8}"))
    await expect(user.messages.last).not_to_contain_text("secret")


async def test_slow_answer_shows_that_it_is_on_its_way(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    await user.send("/sample slow 0.9")
    await expect(user.page.locator(".main .working")).to_be_visible()
    await expect(user.messages.last).to_contain_text("Slept for 0.9")
    await expect(user.page.locator(".main .working")).to_be_hidden()


async def test_progress_is_shown_in_place_of_answer(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    await user.send("/sample long")
    progress = user.messages.filter(has_text="Half way there")
    await progress.get_by_role("button", name="Stop").click()
    await expect(user.messages.filter(has_text="Stopped, as you wished.")).to_have_count(1)
    await expect(user.messages.filter(has_text="It stops.")).to_have_count(1)
    await expect(progress).to_have_count(0)


async def test_private_answers_and_direct_messages_stay_private(
    playground: RunningPlayground, user: PageUser
) -> None:
    await user.open(playground.url)
    await user.go("papers")
    await user.send("/sample refuse")
    await expect(user.messages).to_have_count(1)
    await user.send("Everybody may read this")
    await expect(user.messages).to_have_count(2)
    await user.go("cohort-bot")
    await user.send("/sample refuse")
    await expect(user.messages.last).to_contain_text("Not today")
    await user.become("Yuki Tanaka")
    await expect(user.page.locator(".empty")).to_be_visible()
    await user.go("papers")
    await expect(user.messages).to_have_count(1)
    await expect(user.messages).to_contain_text("Everybody may read this")


async def test_what_arrives_while_place_is_loading_is_kept(
    playground: RunningPlayground, user: PageUser, browser: Browser
) -> None:
    held: list[Callable[[], None]] = []
    holding = asyncio.Event()

    def between(page: WebSocketRoute) -> None:
        def pass_on(frame: str | bytes) -> None:
            history = '"more"' in str(frame)
            if holding.is_set() and history:
                held.append(lambda: page.send(frame))
            else:
                page.send(frame)

        page.connect_to_server().on_message(pass_on)

    await user.page.route_web_socket("**/playground/socket", between)
    await user.open(playground.url)
    await user.send("/sample refuse")
    await expect(user.messages.last).to_contain_text("Not today")
    holding.set()
    await user.page.get_by_role("navigation").get_by_role("button", name="papers").click()
    await expect(user.messages).to_have_count(0)  # nothing of the place before is left
    async with await browser.new_context() as context:
        other = await PageUser(await context.new_page()).open(playground.url)
        await other.go("papers")
        await other.send("Said in the meantime")
        await expect(user.messages.last).to_contain_text("Said in the meantime")
    assert len(held) == 1, "the answer that was read before that was said"
    held[0]()
    await user.loaded()
    await expect(user.messages.last).to_contain_text("Said in the meantime")


async def test_thread_opens_beside_and_counts_its_replies(
    playground: RunningPlayground, user: PageUser
) -> None:
    await user.open(playground.url)
    await user.go("reading")
    await user.send("Shall we read this?")
    await user.messages.last.get_by_role("button", name="Reply in thread").click(force=True)
    reply = user.page.get_by_role("textbox", name="Reply or command in the thread")
    await reply.fill("Yes!")
    await reply.press("Enter")
    thread = user.page.get_by_role("region", name="Thread").first
    await expect(thread.locator(".message").last).to_contain_text("Yes!")
    await expect(user.messages.last).to_contain_text("1 reply")
    await reply.press("Escape")
    await expect(reply).to_be_hidden()
    await user.page.get_by_role("button", name="1 reply").click()
    await expect(thread.locator(".message")).to_have_count(2)


async def test_page_that_comes_back_after_restart_shows_who_when_and_what(
    browser: Browser, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path / 'cohort.db'}"
    registry = sample_registry()
    context = await browser.new_context()
    user = PageUser(await context.new_page())
    who = user.page.get_by_role("button", name="You are Yuki Tanaka")
    async with running_playground(database, registry, MovableClock(MONDAY), sample=False) as running:
        await user.open(running.url)
        await user.go("papers")
        await user.become("Yuki Tanaka")
        await user.page.get_by_role("button", name="Move the clock one day forward").click()
        await expect(user.page.locator(".clock-now")).to_contain_text("24 Nov")
        await user.send("/sample refuse")
        await expect(user.messages).to_have_count(1)
        port = int(running.url.split(":")[2].split("/")[0])
    await expect(user.page.locator(".offline")).to_be_visible()
    async with running_playground(
        database, registry, MovableClock(MONDAY), sample=False, port=port
    ) as running:
        # Said while the page was away, as somebody else.
        await running.adapter.chat.post(
            NewMessage("papers", "minh", {"text": [], "blocks": [], "error": False})
        )
        await expect(user.page.locator(".offline")).to_be_hidden()
        await expect(who).to_be_visible()
        await expect(user.page.locator(".clock-now")).to_contain_text("24 Nov")
        await expect(user.messages).to_have_count(2)
        await expect(user.messages.first).to_contain_text("Only you can see this.")
        await user.send("Still me")
        await expect(user.messages.last).to_contain_text("Yuki Tanaka")
        await context.close()


_QUICK = """() => {
  const later = window.setTimeout;
  window.waits = [];
  window.setTimeout = (call, milliseconds) => { window.waits.push(milliseconds); return later(call, 10); };
}"""
"""Notes how long the page means to wait, and lets it wait no longer than a moment."""


async def test_page_is_soon_there_again_however_long_the_bot_was_away(
    browser: Browser, tmp_path: Path
) -> None:
    context = await browser.new_context()
    user = PageUser(await context.new_page())
    async with running_playground(
        f"sqlite:///{tmp_path / 'cohort.db'}", sample_registry(), MovableClock(MONDAY), sample=False
    ) as running:
        await user.open(running.url)
    await expect(user.page.locator(".offline")).to_be_visible()
    await user.page.evaluate(_QUICK)
    await user.page.wait_for_function("() => window.waits.length > 7")
    waits = await user.page.evaluate("() => window.waits")
    assert sorted(waits) == waits, "each time a little later"
    assert waits[-1] == 2000
    await context.close()


async def test_button_posted_before_restart_works_after_it(browser: Browser, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'cohort.db'}"
    registry = sample_registry()
    context = await browser.new_context()
    user = PageUser(await context.new_page())
    async with running_playground(database, registry, MovableClock(MONDAY), sample=False) as running:
        await user.open(running.url)
        await user.send("/sample everything title:First")
        await expect(user.messages.last).to_contain_text("First")
        port = int(running.url.split(":")[2].split("/")[0])
    await expect(user.page.locator(".offline")).to_be_visible()
    await user.messages.last.get_by_role("button", name="Again").click()
    async with running_playground(database, registry, MovableClock(MONDAY), sample=False, port=port):
        await expect(user.page.locator(".offline")).to_be_hidden()
        await expect(user.messages).to_have_count(2)
        await expect(user.messages.last).to_contain_text("Pressed")
        await user.messages.last.get_by_role("button", name="Ask me").click()
        await expect(user.dialog.get_by_role("combobox", name="Dish")).to_have_value("Bacalhau")
        await context.close()


async def test_pressed_and_older_buttons_are_quiet(playground: RunningPlayground, user: PageUser) -> None:
    await user.open(playground.url)
    await user.go("check-ins")
    before = await user.messages.count()
    await user.send("/note add title:One")
    await expect(user.messages.last).to_contain_text("One")
    first = user.messages.last.get_by_role("button", name="Ask")
    await expect(first).to_have_class(re.compile("button-primary"))
    await user.send("/note add title:Two")
    await expect(user.messages.last).to_contain_text("Two")
    await expect(user.page.locator(".main .messages .button-primary", has_text="Ask")).to_have_count(1)
    newest = user.messages.last
    await newest.get_by_role("button", name="Again").click()
    await expect(user.messages).to_have_count(before + 3)
    pressed = user.messages.nth(before + 1).get_by_role("button", name="Again")
    await expect(pressed).to_have_class(re.compile("pressed"))
    await expect(pressed).to_have_accessible_description("You pressed this")
    await user.page.reload()
    await user.loaded()
    await expect(pressed).to_have_class(re.compile("pressed"))
    await expect(user.messages.nth(before).locator(".pressed")).to_have_count(0)
    await user.become("Yuki Tanaka")
    await expect(user.messages.nth(before + 1).locator(".pressed")).to_have_count(0)
    await user.page.get_by_role("button", name="Move the clock one day forward").click()
    await expect(user.page.locator(".moved")).to_be_visible()
    await expect(user.page.locator(".main .messages .button-primary")).to_have_count(0)


@pytest.mark.parametrize("height", [740, 420])
async def test_list_of_picker_is_beside_its_field_and_whole(
    playground: RunningPlayground, user: PageUser, height: int
) -> None:
    await user.page.set_viewport_size({"width": 900, "height": height})
    await user.open(playground.url)
    await user.send("/note form")
    for name in ("Dish", "Guest", "Room"):
        field = user.dialog.get_by_role("combobox", name=name)
        await field.scroll_into_view_if_needed()
        await field.click()
        options = user.page.locator(".picker-list:popover-open")
        await expect(options).to_be_visible()
        box, beside = await field.bounding_box(), await options.bounding_box()
        assert box is not None
        assert beside is not None
        assert beside["y"] >= box["y"] + box["height"] or beside["y"] + beside["height"] <= box["y"]
        assert beside["y"] >= 0
        assert beside["y"] + beside["height"] <= height
        assert abs(beside["x"] - box["x"]) < 1
        await user.page.keyboard.press("Escape")
        await expect(options).to_have_count(0)
