"""What the playground's driver takes for the answer to a call."""

from tests.story.driver import ADA, OLU, message
from tests.story.on_playground import playground_driver


async def test_what_another_is_answered_is_no_answer_to_ones_own_call(sqlite_url: str) -> None:
    async with playground_driver(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        await driver.say(ADA, "cohort join")
        window = await driver.window(ADA)
        before = await window.look()
        await driver.say(OLU, "reading add", reference="On priors")
        await driver.post("On priors")  # as where it comes late to a window that was behind
        await window.look()
        await window.type("/reading next")
        assert "Up next" in message(await window.settled(before)).text
