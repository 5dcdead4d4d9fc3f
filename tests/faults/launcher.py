"""`cohort-bot` in a process that dies where it is told to.

`python -m tests.faults.launcher` imports the bot once and then forks for every order, so that hundreds of kills
do not take hundreds of imports; the child is the command line's own `main()` with an environment of its own.
Product code holds nothing for this: the child wraps functions of `core.delivery` before it begins.

The only other change is that Slack's pace is left out, which is a second for every post.

An order is a line of JSON: `environment`, `step` (a key of `STEPS`, or "" for none), `nth` (which time) and
`log`, a file. It answers the child's process id, and after the child's end how it ended.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import bot.assemble
import bot.cli
import bot.discord.adapter
import bot.slack.adapter
from bot.discord.outlet import DiscordOutlet
from bot.slack.outlet import SlackOutlet
from core.delivery import firing, outbox, sender, service
from core.registry import discover

Wrapped = Callable[..., Any]


def die() -> None:
    """What `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """Dies the n-th time it is called."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            die()


def before(owner: object, name: str, tick: Countdown) -> None:
    """Count when a function is called, before it does anything."""
    inner: Wrapped = getattr(owner, name)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        tick()
        return inner(*args, **kwargs)

    setattr(owner, name, wrapper)


def after(owner: object, name: str, tick: Countdown) -> None:
    """Count when a function has done its work, which is not committed yet."""
    inner: Wrapped = getattr(owner, name)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        result = inner(*args, **kwargs)
        tick()
        return result

    setattr(owner, name, wrapper)


def before_post(tick: Countdown) -> None:
    """The request is about to leave: the outbox says that it was begun."""
    for outlet in (DiscordOutlet, SlackOutlet):
        before(outlet, "_post", tick)


STEPS: dict[str, Callable[[Countdown], None]] = {
    "during claim": lambda tick: after(outbox, "lease", tick),
    "after claim": lambda tick: before(sender.Sender, "_deliver", tick),
    "before post": before_post,
    "before settle": lambda tick: before(sender.Sender, "_settle", tick),
    "during settle": lambda tick: after(outbox, "settle", tick),
    "during catch-up": lambda tick: after(outbox, "enqueue", tick),
    "after catch-up": lambda tick: before(firing, "due", tick),
}
"""Where a process can be killed from within; the servers add "lost" and "after post"."""


def stop_when_idle() -> None:
    """Ask this process to stop once it has ticked and has nothing to send now, as an operator would who sees
    that it is idle."""
    claim, tick = sender.Sender._claim, service.Delivery.tick
    ticked = False

    async def ticking(self: service.Delivery) -> int:
        nonlocal ticked
        written = await tick(self)
        ticked = True
        return written

    async def claiming(self: sender.Sender) -> int:
        had_ticked = ticked
        started = await claim(self)
        if had_ticked and not started and not self._sending and not self._stopping:
            os.kill(os.getpid(), signal.SIGTERM)
        return started

    service.Delivery.tick = ticking  # type: ignore[method-assign] # a probe, see above
    sender.Sender._claim = claiming  # type: ignore[method-assign] # the same


def child(order: dict[str, Any]) -> None:
    """Be the bot."""
    output = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(order["environment"])
    if order["step"]:
        STEPS[order["step"]](Countdown(order["nth"]))
    stop_when_idle()
    SlackOutlet.pace = 0.0
    sys.argv = ["cohort-bot", "run"]
    bot.cli.main()


def main() -> None:
    """Obey until the input ends."""
    discover()
    assert not asyncio._get_running_loop()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(order)
                code = 0
            except SystemExit as error:
                code = error.code if isinstance(error.code, int) else int(error.code is not None)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        answer(pid)
        _, status = os.waitpid(pid, 0)
        answer(os.waitstatus_to_exitcode(status))


def answer(number: int) -> None:
    """Say a number to whoever gives the orders."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
