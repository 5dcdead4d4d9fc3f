"""Processes that can be started and killed quickly."""

from collections.abc import Iterator

import pytest

from tests.faults.running import Launcher

AT_ONCE = 3
"""Processes of the bot at the same time."""


@pytest.fixture(scope="session")
def launchers() -> Iterator[list[Launcher]]:
    """Launchers, each for one process of the bot at a time."""
    made = [Launcher() for _ in range(AT_ONCE)]
    yield made
    for each in made:
        each.close()
