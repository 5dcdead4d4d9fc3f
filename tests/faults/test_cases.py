"""Every case of delivery, time, storage, members and places has a test that names its number."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

CASES = {
    1: "the same call delivered twice: one record, the same answer",
    2: "a retry of a call never seen: processed",
    3: "a handler that fails after the acknowledgement: the caller is told, with a reference",
    4: "killed between post and settle: nothing lost, nothing seen twice where the platform allows it",
    5: "killed between claim and post: sent after the lease",
    6: "a slow sender that lost its lease settles nothing",
    7: "two replicas, one slot: one post",
    8: "a post that times out: uncertain, looked for, retried once",
    9: "a storm of 429: Retry-After obeyed, other cohorts go on",
    10: "the loop blocked: said in the log",
    11: "a dead socket: rebuilt, health red meanwhile",
    12: "SIGTERM: stop claiming, finish, release, exit",
    13: "fold: once; gap: once, shifted",
    14: "down for hours: one late post, the older slots listed as missed",
    15: "the clock jumps a day either way: no flood, no stall",
    16: "the database locked by another process: bounded wait, a plain message",
    17: "disk full: refused, nothing half saved, health red",
    18: "cancelled in a transaction: whole or not at all",
    19: "restored from a backup: integrity checked, sent slots not sent again",
    20: "a member leaves: reminders stop, turns pass on",
    21: "a channel deleted or archived: that place disabled, an organizer told once",
    22: "the bot removed: the cohort suspended; an outage: untouched",
    23: "direct messages closed: marked, asked in the channel instead, not hammered",
    24: "uninstalled then revoked, either order; reinstalled: works",
    25: "a button after a restart; a form opened too late",
}


def numbers() -> dict[int, list[str]]:
    """The tests by the numbers in their names: `test_4_...`, `test_4_and_5_...`."""
    found: dict[int, list[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
                match := re.match(r"test_(\d+(?:_and_\d+)*)_", node.name)
            ):
                for number in match[1].split("_and_"):
                    found.setdefault(int(number), []).append(f"{path.name}::{node.name}")
    return found


@pytest.mark.parametrize("number", CASES)
def test_every_case_has_a_test(number: int) -> None:
    assert numbers().get(number), f"no test for case {number}: {CASES[number]}"
