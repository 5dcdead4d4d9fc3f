"""The tellers of the story."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from tests.story.on_discord import told_on_discord
from tests.story.on_playground import told_in_the_playground
from tests.story.on_slack import told_on_slack
from tests.story.teller import Teller

Telling = Callable[[str], AbstractAsyncContextManager[Teller]]
"""Opens a teller over the database of an address."""

TELLINGS: Mapping[str, Telling] = {
    "discord": told_on_discord,
    "slack-http": partial(told_on_slack, socket=False),
    "slack-socket": partial(told_on_slack, socket=True),
    "playground": told_in_the_playground,
}


@pytest.fixture(params=list(TELLINGS))
def telling(request: pytest.FixtureRequest) -> Telling:
    """Each of the tellers in turn."""
    return TELLINGS[request.param]
