"""Runs the bot and looks at regular intervals of processor time at what it is doing.

Counting begins anew at SIGUSR1, and is said as one line of JSON at SIGUSR2.
"""

import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType

INTERVAL = 0.002
"""Seconds of processor time between two looks."""

# The first that fits counts; what fits nothing counts as whoever called it.
KINDS = (
    ("/core/store/", "store: SQL, commit"),
    ("/site-packages/aiosqlite/", "store: SQL, commit"),
    ("/core/features/", "the feature"),
    ("/core/text.py", "core: text"),
    ("/core/", "core: who, where, may they, arguments"),
    ("/bot/", "adapter"),
    ("/site-packages/slack_", "library: slack-bolt, slack-sdk"),
    ("/site-packages/discord/", "library: discord.py"),
    ("/site-packages/aiohttp/", "library: aiohttp"),
    ("/site-packages/yarl/", "library: aiohttp"),
    ("/site-packages/multidict/", "library: aiohttp"),
    ("/site-packages/structlog/", "logging"),
    ("/logging/__init__.py", "logging"),
    ("/json/", "json"),
    ("/asyncio/", "event loop"),
    ("/selectors.py", "event loop"),
)
# The innermost functions of threads that wait for work.
_WAITING = frozenset({"_connection_worker_thread", "_worker", "wait"})


def kind(frame: FrameType | None) -> str:
    """What a frame belongs to."""
    while frame is not None:
        path = frame.f_code.co_filename
        for part, name in KINDS:
            if part in path:
                return name
        frame = frame.f_back
    return "other"


class Sampler:
    """Counts."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.before = thread_times()

    def look(self, _number: int, frame: FrameType | None) -> None:
        """Count what the event loop does; while it waits, what the threads of the database do."""
        if frame is not None and frame.f_code.co_name == "select":
            own = threading.get_ident()
            others = [each for ident, each in sys._current_frames().items() if ident != own]
            frame = next((each for each in others if each.f_code.co_name not in _WAITING), frame)
        self.counts[kind(frame)] += 1

    def restart(self, *_: object) -> None:
        """Begin anew."""
        self.counts.clear()
        self.before = thread_times()

    def tell(self, *_: object) -> None:
        """Say what was counted, and the seconds of processor time of the event loop and the other threads."""
        used = {name: seconds - self.before.get(name, 0.0) for name, seconds in thread_times().items()}
        loop = used.pop(str(os.getpid()))
        found = {"counts": self.counts, "loop": loop, "threads": sum(used.values())}
        print(json.dumps(found), flush=True)


def thread_times() -> dict[str, float]:
    """Seconds of processor time of each thread of this process, by its number."""
    return {
        task.name: int((task / "schedstat").read_text().split()[0]) / 1e9
        for task in Path("/proc/self/task").iterdir()
    }


def main() -> None:
    """Run the bot under the sampler."""
    from bot.cli import main as run

    sampler = Sampler()
    signal.signal(signal.SIGPROF, sampler.look)
    signal.signal(signal.SIGUSR1, sampler.restart)
    signal.signal(signal.SIGUSR2, sampler.tell)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    sys.argv = ["cohort-bot"]
    run()


if __name__ == "__main__":
    main()
