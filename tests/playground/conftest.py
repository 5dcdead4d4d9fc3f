"""Chromium, once for all tests of the playground, and the playgrounds that it looks at."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from core.clock import MovableClock
from core.commands.registry import discover
from tests.playground.house import RunningPlayground, opened
from tests.playground.page import Visitor

CHROMIUM = shutil.which("chromium")

MONDAY = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
"""When the playgrounds of these tests begin."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("CHROMIUM IS NOT INSTALLED, so nothing of the playground's page was tested.")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser) -> AsyncIterator[Visitor]:
    """Somebody with a wide window. The browser must have nothing to complain about."""
    context = await browser.new_context(viewport={"width": 1280, "height": 820}, color_scheme="light")
    someone = Visitor(await context.new_page())
    yield someone
    await context.close()
    assert someone.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> AsyncIterator[Visitor]:
    """Somebody with a phone, in the dark."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 780}, color_scheme="dark", has_touch=True, is_mobile=True
    )
    someone = Visitor(await context.new_page())
    yield someone
    await context.close()
    assert someone.complaints == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sample(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningPlayground]:
    """The playground as a newcomer finds it, with all features and the sample cohort."""
    database = f"sqlite:///{tmp_path_factory.mktemp('sample') / 'cohort.db'}"
    async with opened(database, discover(), MovableClock(MONDAY), sample=True) as house:
        yield house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kitchen(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningPlayground]:
    """A playground whose only feature shows every block and asks for every kind of field."""
    database = f"sqlite:///{tmp_path_factory.mktemp('kitchen') / 'cohort.db'}"
    registry = discover("tests.playground.kitchen")
    async with opened(database, registry, MovableClock(MONDAY), sample=False) as house:
        yield house
