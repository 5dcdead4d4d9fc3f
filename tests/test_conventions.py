"""The rules of the house that a machine can check."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for part in ("core", "bot") for path in (ROOT / part).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_run_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(  # noqa: S603 - the project's own tool on the project's own files
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_exceptions_to_rules_give_their_reason(path: Path) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if found := re.search(r"# (noqa(: [A-Z0-9, ]+)?|type: ignore(\[[\w, -]+\])?)(.*)", line):
            assert re.search(r"\w{2,} \w+", found[4]), f"line {number} does not say why: {line.strip()}"


def test_nothing_names_file_of_some_machine() -> None:
    shipped = [ROOT / "README.md", ROOT / "pyproject.toml", *MODULES, *(ROOT / "deploy").rglob("*")]
    for path in shipped:
        if path.is_file() and path.suffix in {
            ".py",
            ".md",
            ".toml",
            ".yaml",
            ".yml",
            ".lock",
            ".service",
            "",
        }:
            text = path.read_text(encoding="utf-8")
            for marker in (str(ROOT), "/home/", "index-url", "find-links"):
                assert marker not in text, f"{marker} in {path}"
