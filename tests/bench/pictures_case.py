"""What pictures cost in a process of their own, as a line of JSON: `python -m tests.bench.pictures_case first KIND`, `warm
ROUNDS` or `memory PICTURES COMMANDS`."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from core.chat.model import Picture, Reply
from core.commands.registry import discover
from core.store.open import open_store
from tests.bench.growth_case import core_of
from tests.chart_samples import ICLR, SAMPLES
from tests.people import Actor, found_cohort

Asked = tuple[str, dict[str, str]]
KINDS = tuple(dict.fromkeys(name.split(",")[0] for name in SAMPLES))
_PAGE = os.sysconf("SC_PAGE_SIZE")


def first(kind: str) -> dict[str, float]:
    """Milliseconds to the first picture of a bot that has loaded its features: by the clock, and of the processor."""
    discover()
    begun, worked = time.perf_counter(), time.thread_time()
    SAMPLES[kind]().picture("first.png")
    processor = 1e3 * (time.thread_time() - worked)
    return {"clock": 1e3 * (time.perf_counter() - begun), "processor": processor}


def warm(rounds: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of each picture by its kind, laid out, packed and drawn as a chat gets it: by the clock, and of the
    processor alone."""
    found: dict[str, dict[str, list[float]]] = {kind: {"clock": [], "processor": []} for kind in KINDS}
    for chart in SAMPLES.values():
        chart().picture("warm.png")
    for _ in range(rounds):
        for name, chart in SAMPLES.items():
            begun, worked = time.perf_counter(), time.thread_time()
            chart().picture("warm.png")
            times = found[name.split(",")[0]]
            times["processor"].append(1e3 * (time.thread_time() - worked))
            times["clock"].append(1e3 * (time.perf_counter() - begun))
    return found


async def memory(pictures: int, commands: int) -> dict[str, float]:
    """Resident memory in MB of a core on SQLite: at its first answer, after so many different pictures, and after so
    many commands more."""
    with tempfile.TemporaryDirectory(prefix="cohort-bench-pictures-") as folder:
        store = await open_store(f"sqlite:///{folder}/cohort.db")
        try:
            cohort = await found_cohort(core_of(store))
            ada = cohort.ada
            found = {"at the first answer": _resident()}
            seen: set[bytes] = set()
            for command, args in islice(_drawn(), pictures):
                reply = await ada(command, **args)
                seen.update(each.png for each in _pictures(reply))
            found["different pictures"] = len(seen)
            found["after the pictures"] = _resident()
            await _commands(ada, commands)
            found["after the commands"] = _resident()
            return found
        finally:
            await store.close()


def _drawn() -> Iterator[Asked]:
    """Commands that draw, each another picture."""
    return map(_draws, range(10**9))


def _draws(number: int) -> Asked:
    rate = f"{2 + number % 96}.{number % 10}%"
    match number % 4:
        case 0:
            return "lottery venue", {"accept_rate": rate}
        case 1:
            return "lottery plan", {"accept_rate": rate, "tries": str(2 + number % 7)}
        case 2:
            given = (ICLR[number // 4 // 6**at % 6] for at in range(4))
            return "lottery scores", {"scores": ",".join(map(str, given))}
        case _:
            return "lottery simulate", {
                "papers": str(100 + number),
                "accept_rate": "25%",
                "reviewers": "3",
                "seed": str(number),
            }


def _pictures(reply: object) -> list[Picture]:
    return [each for each in reply.blocks if isinstance(each, Picture)] if isinstance(reply, Reply) else []


async def _commands(ada: Actor, count: int) -> None:
    """What a cohort asks on an ordinary day, over and over: a hundred papers, and lists, pages and help."""
    asked: list[Asked] = [
        ("submission list", {}),
        ("cohort members", {}),
        ("checkin status", {}),
        ("reading list", {}),
        ("cohort help", {}),
        ("deadline list", {}),
        ("lottery venue", {"accept_rate": "25%"}),
        ("profile show", {}),
    ]
    for number in range(count):
        command, args = asked[number % len(asked)]
        if number % 100 == 0 and number < 100 * 100:
            command, args = "submission add", {"title": f"Paper {number}"}
        await ada(command, **args)


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6


def main(words: list[str]) -> object:
    """What is asked for on the command line."""
    match words:
        case ["first", kind]:
            return first(kind)
        case ["warm", rounds]:
            return warm(int(rounds))
        case ["memory", pictures, commands]:
            return asyncio.run(memory(int(pictures), int(commands)))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])), flush=True)
