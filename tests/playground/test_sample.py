"""The playground as a newcomer finds it: the sample cohort, its people, its clock."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from core.clock import MovableClock
from core.commands.registry import discover
from tests.playground.conftest import MONDAY
from tests.playground.page import PageUser
from tests.playground.running import RunningPlayground, running_playground

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_step_of_sample_succeeded_and_stands_in_channels(
    sample_cohort: RunningPlayground, user: PageUser
) -> None:
    assert sample_cohort.adapter.problems == []
    await user.open(sample_cohort.url)
    await expect(user.page.locator(".top").get_by_text("Sample data")).to_be_visible()
    await expect(user.messages.get_by_role("img").last).to_have_attribute("alt", re.compile(r"\d"))
    for place in ("check-ins", "reading", "papers"):
        await user.go(place)
        await expect(user.messages).not_to_have_count(0)
    assert abs(sample_cohort.clock.now() - MONDAY) < timedelta(minutes=5)


async def test_paper_is_added_and_its_lottery_comes_with_picture(
    sample_cohort: RunningPlayground, user: PageUser
) -> None:
    await user.open(sample_cohort.url)
    await user.become("Wanjiru Kamau")
    await user.go("papers")
    await user.send(
        '/submission add title:"@everyone <img src=x onerror=alert(1)> “Quotes” 🎉" venue:ICLR 2027'
    )
    await expect(user.messages.last).to_contain_text("@everyone <img src=x onerror=alert(1)> “Quotes” 🎉")
    await expect(user.messages.last.locator("img")).to_have_count(0)
    await user.send("/lottery paper @everyone")
    picture = user.messages.last.get_by_role("img")
    await expect(picture).to_have_attribute("alt", re.compile(r"\d"))
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300


async def test_completion_offers_papers_venues_people_and_zones(
    sample_cohort: RunningPlayground, user: PageUser
) -> None:
    await user.open(sample_cohort.url)
    for line, offered in (
        ("/submission show swahili", "Sparse probes"),
        ("/submission add title:x venue:neur", "NeurIPS 2026"),
        ("/submission list who:@yu", "Yuki Tanaka"),
        ("/profile timezone lag", "Africa/Lagos"),
    ):
        await user.line.fill(line)
        await expect(user.options.filter(has_text=offered).first).to_be_visible()


async def test_moving_clock_shows_scheduled_post_with_its_button(
    sample_cohort: RunningPlayground, user: PageUser
) -> None:
    await user.open(sample_cohort.url)
    before = sample_cohort.clock.now()
    button = user.page.get_by_role("button", name="Next scheduled event")
    await expect(button).to_contain_text("tomorrow")
    await button.click()
    await expect(user.page.locator(".place-title")).to_contain_text("check-ins")
    await expect(user.messages.last).to_contain_text("Tue 24 Nov 2026")
    assert timedelta(hours=12) < sample_cohort.clock.now() - before < timedelta(days=1)
    await user.become("Chidi Okafor")
    await user.messages.last.get_by_role("button", name="Check in").click()
    form = user.dialog
    await form.get_by_role("textbox", name="What moved").fill("Wrote the camera-ready")
    await form.locator("button[type=submit]").click()
    await expect(form).to_have_count(0)
    await expect(user.messages.last).to_contain_text("Only you can see this.")


async def test_member_is_refused_what_organizers_may(
    sample_cohort: RunningPlayground, user: PageUser
) -> None:
    await user.open(sample_cohort.url)
    await user.become("Kai Nakoa")
    await user.send("/cohort-admin show")
    await expect(user.messages.last).to_contain_text("organizers")
    await user.become("Amina Diallo")
    await user.send("/cohort admin show")
    await expect(user.messages.last).to_contain_text("Europe/Lisbon")


async def test_empty_cohort_is_set_up_from_nothing_and_sample_comes_back(
    browser: Browser, tmp_path: Path
) -> None:
    context = await browser.new_context()
    user = PageUser(await context.new_page())
    database = f"sqlite:///{tmp_path / 'cohort.db'}"
    async with running_playground(database, discover(), MovableClock(MONDAY), sample=True) as running:
        await user.open(running.url)
        await user.page.get_by_role("button", name="Start an empty cohort").click()
        await user.page.get_by_role("alertdialog").get_by_role("button", name="Start empty").click()
        await expect(user.page.get_by_role("heading", name="No cohort yet")).to_be_visible()
        await expect(user.page.locator(".top").get_by_text("Sample data")).to_be_hidden()
        await expect(user.page.get_by_role("region", name="Three things to try")).to_have_count(0)
        await user.page.locator(".suggestion").first.click()
        await user.dialog.get_by_role("textbox", name="Name").fill("Night owls")
        await user.dialog.get_by_role("combobox", name="Time zone").fill("Nairobi")
        await user.dialog.locator("button[type=submit]").click()
        await expect(user.page.get_by_role("heading", name="Night owls")).to_be_visible()
        await user.become("Priya Raman")
        await user.messages.last.get_by_role("button", name="Join").click()
        await expect(user.page.get_by_role("button", name="You are Priya Raman, Member")).to_be_visible()
        await user.page.get_by_role("button", name="Back to the sample cohort").click()
        await user.page.get_by_role("alertdialog").get_by_role("button", name="Back to the sample").click()
        await expect(user.page.get_by_role("heading", name="Open Science Fellows")).to_be_visible()
        assert running.adapter.problems == []
        await context.close()


async def test_command_in_message_is_put_into_line(sample_cohort: RunningPlayground, user: PageUser) -> None:
    await user.open(sample_cohort.url)
    await user.become("Wanjiru Kamau")
    await user.send("/cohort help papers")
    await user.messages.last.get_by_role("button", name="/submission add", exact=True).click()
    await expect(user.line).to_have_value("/submission add ")
    await expect(user.line).to_be_focused()


async def test_page_of_member_and_greeting_of_bot(sample_cohort: RunningPlayground, user: PageUser) -> None:
    await user.open(sample_cohort.url)
    await user.become("Wanjiru Kamau")
    await user.send("/cohort home")
    await expect(user.messages.last).to_contain_text("Wanjiru Kamau in")
    await expect(user.messages.last.get_by_role("button", name="Add a paper")).to_be_visible()
    await user.go("cohort-bot")
    await user.send("hello")
    await expect(user.messages.last).to_contain_text("Hello Wanjiru Kamau!")
    await expect(user.messages.last.get_by_role("button", name="My page")).to_be_visible()
