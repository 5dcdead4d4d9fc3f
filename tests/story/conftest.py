"""The tellers of the story."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from tests.story.driver import PlatformDriver
from tests.story.on_discord import discord_driver
from tests.story.on_playground import playground_driver
from tests.story.on_slack import slack_driver

DriverFactory = Callable[[str], AbstractAsyncContextManager[PlatformDriver]]
"""Opens a teller over the database of an address."""

TELLINGS: Mapping[str, DriverFactory] = {
    "discord": discord_driver,
    "slack-http": partial(slack_driver, socket=False),
    "slack-socket": partial(slack_driver, socket=True),
    "playground": playground_driver,
}


@pytest.fixture(params=list(TELLINGS))
def driver_of(request: pytest.FixtureRequest) -> DriverFactory:
    """Each of the tellers in turn."""
    return TELLINGS[request.param]
