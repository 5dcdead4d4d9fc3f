"""Says in the log when something holds up the event loop: heartbeats stop then, and platforms hang up."""

import asyncio
import sys
import threading
import time
import traceback

import structlog

log = structlog.get_logger()

BEAT = 0.25
"""Seconds between two signs of life of the loop."""

PATIENCE = 1.0
"""Seconds without one after which the log reports it."""

FRAMES = 6
"""How many of the innermost lines are named."""


class Watchdog:
    """Watches the running event loop from a thread of its own, which goes on when the loop does not.

    It says where the loop is held up while it is, and for how long afterwards.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._last = time.monotonic()
        self._loop_thread = 0
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin. Call it on the loop that is to be watched."""
        self._loop_thread = threading.get_ident()
        self._last = time.monotonic()
        self._timer = asyncio.get_running_loop().call_later(BEAT, self._beat)
        self._thread.start()

    def stop(self) -> None:
        """End. May be called without a start."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        now = time.monotonic()
        late = now - self._last - BEAT
        self._last = now
        if late > self._patience:
            log.warning("the event loop was blocked", seconds=round(late, 1))
        self._timer = asyncio.get_running_loop().call_later(BEAT, self._beat)

    def _watch(self) -> None:
        reported = 0.0
        while not self._stopped.wait(BEAT):
            last = self._last
            if time.monotonic() - last > self._patience + BEAT and reported != last:
                reported = last
                log.warning("the event loop is blocked", where=self._where())

    def _where(self) -> list[str]:
        """File, line and function of the innermost frames; no values, which may be what members said."""
        frame = sys._current_frames().get(self._loop_thread)
        if frame is None:
            return []
        innermost = traceback.extract_stack(frame)[-FRAMES:]
        return [f"{each.filename}:{each.lineno} {each.name}" for each in innermost]
