"""A process that has Ada forgotten and dies of it: `python -m tests.faults.dying_forget URL STEP`.

STEP is "during", within the transaction once nearly everything is deleted; "after", as soon as it is committed; or "none".
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any, NoReturn

from core.chat.model import Person, Reply, Request, Source
from core.clock import FixedClock
from core.cohorts import forgetting
from core.commands.dispatch import Core
from core.commands.registry import discover
from core.store.open import open_store
from tests.people import HOME, text_of

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def die(*_args: Any, **_kwargs: Any) -> NoReturn:
    """What `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it is dead")


async def forget(url: str, step: str) -> str:
    """Press the button once, as one call that may come again. What the answer says."""
    store = await open_store(url)
    if step == "during":
        forgetting._forget_in_audit = die
    if step == "after":
        type(store).clear_remains = die  # type: ignore[method-assign] # a probe
    core = Core(discover(), store, FixedClock(NOW))
    person = Person("test", "W", "U-ada", "Ada")
    call = Request(
        "the-call", "privacy forget", person, HOME, {"sure": "yes"}, 1, Source.BUTTON, "the-message"
    )
    try:
        answer = await core.run(call)
        assert isinstance(answer, Reply)
        return text_of(answer)
    finally:
        await store.close()


if __name__ == "__main__":
    print(asyncio.run(forget(sys.argv[1], sys.argv[2])))  # noqa: T201 - it is what the test reads
