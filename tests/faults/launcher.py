"""`cohort-bot` in a process that dies where it is told to.

`python -m tests.faults.launcher` imports the bot once and then forks for every order, so that hundreds of kills
do not take hundreds of imports; its arguments are sockets, through each of which one child at a time is ordered.
The child is the command line's own `main()` with an environment of its own.
Product code holds nothing for this: the child wraps functions of `core.delivery` before it begins.

The platforms' paces are left out, which are a second or more for every post. A replica holds fewer posts at once, so that another
has something to do too.

An order is a line of JSON: `environment`, `step` (a key of `STEPS`, or "" for none), `nth` (which time) and
`log`, a file. It answers `started` with the child's process id, and after the child's end `ended` and how.

A child alone stops when it is idle. With `clock`, a file, in its order it is one of several replicas and
stays: at SIGUSR1 it sets its clock to the instant in the file and ticks, and it says `idle` with the number of
times its clock was set, or `busy`. It dies of its step only once its clock was set.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from socket import socket
from typing import Any

import bot.application
import bot.cli
import bot.discord.adapter
import bot.slack.adapter
import core.store.postgres  # noqa: F401 - imported once, not in every child
from bot.discord.outlet import DiscordOutlet
from bot.slack.outlet import SlackOutlet
from core.clock import MovableClock
from core.commands.registry import discover
from core.delivery import firing, leases, outbox, pacing, sender, service
from core.delivery.outlet import Pace

Wrapped = Callable[..., Any]

SHARE = 2
"""Posts that one of several replicas sends at the same time on one platform."""


def die() -> None:
    """What `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """Dies the n-th time it is called while it is armed."""

    def __init__(self, nth: int) -> None:
        self._left = nth
        self.armed = True

    def __call__(self) -> None:
        self._left -= self.armed
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
    """Count when a function has done its work, which is not committed yet. One that returns nothing found
    nothing to do."""
    inner: Wrapped = getattr(owner, name)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        result = inner(*args, **kwargs)
        if result:
            tick()
        return result

    setattr(owner, name, wrapper)


def before_post(tick: Countdown) -> None:
    """The request is about to leave: the outbox says that it was begun."""
    for outlet in (DiscordOutlet, SlackOutlet):
        before(outlet, "_post", tick)


STEPS: dict[str, Callable[[Countdown], None]] = {
    "during claim": lambda tick: after(leases, "lease", tick),
    "after claim": lambda tick: before(sender.Sender, "_deliver", tick),
    "before post": before_post,
    "before settle": lambda tick: before(sender.Sender, "_settle", tick),
    "during settle": lambda tick: after(leases, "settle", tick),
    "during release": lambda tick: after(pacing, "release", tick),
    "during catch-up": lambda tick: after(outbox, "enqueue", tick),
    "after catch-up": lambda tick: before(firing, "due", tick),
}
"""Where a process can be killed from within; the servers add "lost" and "after post"."""


class Idleness:
    """Notices that this process has ticked and has nothing to send now."""

    def __init__(self, idle: Callable[[int], None], busy: Callable[[], None]) -> None:
        self._times, self._ticked = 0, -1
        self._delivery: service.Delivery | None = None
        self._looking: asyncio.Task[None] | None = None
        claim, tick = sender.Sender._claim, service.Delivery.tick

        async def ticking(delivery: service.Delivery) -> int:
            self._delivery, times = delivery, self._times
            written = await tick(delivery)
            self._ticked = times
            return written

        async def claiming(sending: sender.Sender) -> int:
            times, has_ticked = self._times, self._ticked == self._times
            started = await claim(sending)
            if started:
                busy()
            elif has_ticked and not sending._sending and not sending._stopping:
                idle(times)
            return started

        service.Delivery.tick = ticking  # type: ignore[assignment, method-assign] # a probe, see above
        sender.Sender._claim = claiming  # type: ignore[assignment, method-assign] # the same

    def begin_anew(self) -> None:
        """Look now at what there is to do, and do not call it idle before that."""
        assert self._delivery is not None
        self._times += 1
        self._looking = asyncio.create_task(self._delivery._tick_safely())


def stop_when_idle() -> None:
    """Ask this process to stop once it is idle, as an operator would who sees it."""
    Idleness(lambda _: os.kill(os.getpid(), signal.SIGTERM), lambda: None)


def be_a_replica(clock: Path, line: socket, tick: Countdown) -> None:
    """Stay, with a clock that is set from outside, and say whether there is something to do."""
    last = ""

    def say(word: str) -> None:
        nonlocal last
        if word != last:
            answer(line, word)
            last = word

    idleness = Idleness(lambda times: say(f"idle {times}"), lambda: say("busy"))
    made = MovableClock.__init__

    def set_clock(movable: MovableClock) -> None:
        movable.move_to(datetime.fromisoformat(clock.read_text(encoding="utf-8")))
        tick.armed = True
        idleness.begin_anew()

    def make(self: MovableClock, start: datetime | None = None) -> None:
        made(self, start)
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, set_clock, self)

    MovableClock.__init__ = make  # type: ignore[assignment, method-assign] # the bot makes one, when it starts
    tick.armed = False
    sender.AT_ONCE = SHARE


def child(order: dict[str, Any], line: socket) -> None:
    """Be the bot."""
    output = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(order["environment"])
    tick = Countdown(order["nth"])
    if order["step"]:
        STEPS[order["step"]](tick)
    if order["clock"]:
        be_a_replica(Path(order["clock"]), line, tick)
    else:
        stop_when_idle()
    SlackOutlet.pace = 0.0
    SlackOutlet.direct_pace = DiscordOutlet.direct_pace = Pace()
    sys.argv = ["cohort-bot", "run"]
    bot.cli.main()


def obey(line: socket) -> None:
    """Obey until nobody gives orders any more."""
    for text in line.makefile():
        order = json.loads(text)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(order, line)
                code = 0
            except SystemExit as error:
                code = error.code if isinstance(error.code, int) else int(error.code is not None)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        answer(line, f"started {pid}")
        _, status = os.waitpid(pid, 0)
        answer(line, f"ended {os.waitstatus_to_exitcode(status)}")


def answer(line: socket, words: str) -> None:
    """Say something to whoever gives the orders, if somebody still does."""
    with suppress(BrokenPipeError):
        line.sendall(f"{words}\n".encode())


def main() -> None:
    """A process for every socket."""
    discover()
    assert not asyncio._get_running_loop()
    lines = [socket(fileno=int(each)) for each in sys.argv[1:]]
    workers = []
    while lines:
        line = lines.pop()
        pid = os.fork()
        if pid == 0:
            for other in lines:
                other.close()
            obey(line)
            return
        line.close()
        workers.append(pid)
    for each in workers:
        os.waitpid(each, 0)


if __name__ == "__main__":
    main()
