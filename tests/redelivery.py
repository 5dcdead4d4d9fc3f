"""Calls that are delivered twice: each feature's tests declare one of each command, and one test walks them all."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.chat.model import Argument
from tests import core as feature_tests

Step = tuple[str, str, Mapping[str, Argument]]
"""Who calls which command with what."""


@dataclass(frozen=True)
class Redelivered:
    """A call that succeeds in the cohort of the walk, once the steps in `before` were taken. `by` calls it."""

    args: Mapping[str, Argument] = field(default_factory=dict)
    by: str = "olu"
    before: Sequence[Step] = ()


def declared() -> dict[str, Redelivered]:
    """Every command's call, as the modules of `tests.core` declare it in `REDELIVERED`. Raises `ValueError` where
    two declare the same."""
    found: dict[str, Redelivered] = {}
    for info in pkgutil.iter_modules(feature_tests.__path__, f"{feature_tests.__name__}."):
        if not info.name.rpartition(".")[2].startswith("test_"):
            continue
        calls: Mapping[str, Redelivered] = getattr(importlib.import_module(info.name), "REDELIVERED", {})
        if twice := found.keys() & calls.keys():
            raise ValueError(f"{sorted(twice)} are declared twice.")
        found |= calls
    return found
