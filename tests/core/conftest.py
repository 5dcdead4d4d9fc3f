"""Delivery for tests of the core: an outlet in memory, and a service that acts only when it is told to."""

from collections.abc import AsyncIterator

import pytest

from core.delivery.service import Delivery
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture


@pytest.fixture
def outlet() -> KeepingOutlet:
    """Keeps what it is sent."""
    return KeepingOutlet()


@pytest.fixture
async def delivery(cohort: CohortFixture, outlet: KeepingOutlet) -> AsyncIterator[Delivery]:
    """Delivery over that outlet; the clockwork itself is not started."""
    service = Delivery(cohort.core, {"test": outlet})
    yield service
    await service.stop()
