"""Limits through every platform's real client: a refusal is a sentence that only the caller sees (case 68)."""

import pytest

from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, BEN, message


@pytest.mark.case(68)
async def test_eleventh_drawing_is_refused_in_private(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        admission = driver.bot.application.core.admission
        for _ in range(admission.limits.drawings):
            drawn = message(await driver.say(ADA, "lottery venue", venue="ICLR"))
            await driver.picture(ADA, drawn)
        refused = message(await driver.say(ADA, "lottery venue", venue="ICLR"))
        assert refused.private
        assert "That is more than 10 pictures in a minute. Please try again in" in refused.text
        drawn = message(await driver.say(BEN, "lottery venue", venue="ICLR"))
        assert "That is more than" not in drawn.text
