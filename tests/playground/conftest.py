"""Chromium, once for all tests of the playground, and the playgrounds that it looks at."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from core.clock import MovableClock
from core.commands.registry import discover
from tests.playground.page import PageUser
from tests.playground.running import RunningPlayground, running_playground
from tests.sample_feature import sample_registry

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
async def user(browser: Browser) -> AsyncIterator[PageUser]:
    """Somebody with a wide window. The browser must have nothing to complain about."""
    context = await browser.new_context(viewport={"width": 1280, "height": 820}, color_scheme="light")
    user = PageUser(await context.new_page())
    yield user
    await context.close()
    assert user.console_errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> AsyncIterator[PageUser]:
    """Somebody with a phone, in the dark."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 780}, color_scheme="dark", has_touch=True, is_mobile=True
    )
    user = PageUser(await context.new_page())
    yield user
    await context.close()
    assert user.console_errors == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sample_cohort(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningPlayground]:
    """The playground as a newcomer finds it, with all features and the sample cohort."""
    database = f"sqlite:///{tmp_path_factory.mktemp('sample') / 'cohort.db'}"
    async with running_playground(database, discover(), MovableClock(MONDAY), sample=True) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningPlayground]:
    """A playground whose only feature shows every block and asks for every kind of field."""
    database = f"sqlite:///{tmp_path_factory.mktemp('playground') / 'cohort.db'}"
    registry = sample_registry()
    async with running_playground(database, registry, MovableClock(MONDAY), sample=False) as running:
        yield running
