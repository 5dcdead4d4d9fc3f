"""deploy/requirements.lock: exact versions with hashes, for every dependency, naming no host."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "deploy/requirements.lock").read_text(encoding="utf-8")


def pinned() -> dict[str, str]:
    return {
        canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.M)
    }


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for each in map(Requirement, project["dependencies"]):
        assert pinned()[canonicalize_name(each.name)] in each.specifier


def test_every_pin_has_hashes_and_nothing_names_host() -> None:
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert all(re.match(r"[\w.-]+==", each) for each in entries)
    assert all("--hash=sha256:" in each for each in entries)
    assert "://" not in LOCK
    assert "--index" not in LOCK
    assert "--find-links" not in LOCK
