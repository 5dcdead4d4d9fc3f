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
        assert "I draw at most 10 pictures a minute for one person. Please try again in" in refused.text
        drawn = message(await driver.say(BEN, "lottery venue", venue="ICLR"))
        assert "I draw at most" not in drawn.text
