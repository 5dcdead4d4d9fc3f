"""The rules of the house that a machine can check."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for part in ("core", "bot") for path in (ROOT / part).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path)))


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import, with what it takes from it."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def called(path: Path) -> set[str]:
    """Every dotted name that a file calls."""
    return {ast.unparse(node.func) for node in nodes(path) if isinstance(node, ast.Call)}


def test_imports_run_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(  # noqa: S603 - the project's own tool on the project's own files
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_tidy(path: Path) -> None:
    names, calls = imported(path), called(path)
    assert not any(name.startswith("matplotlib.pyplot") for name in names), (
        "pyplot keeps every figure for ever"
    )
    assert "print" not in calls, "the terminal is written through rich, everything else is logged"
    assert "logging.basicConfig" not in calls or name_of(path) == "bot/logs.py"
    naive = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.utcfromtimestamp"}
    offending = {call for call in calls if call in naive} - {"datetime.now"}
    assert not offending, "instants come from a Clock"
    assert "datetime.now" not in calls or name_of(path) == "core/clock.py", "the time comes from a Clock"
    assert "time.sleep" not in calls, "it would stop the event loop"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_settings_reads_the_environment(path: Path) -> None:
    reads = {"os.environ", "os.getenv", "os.environ.get"} & ({*called(path)} | {
        ast.unparse(node) for node in nodes(path) if isinstance(node, ast.Attribute)
    })  # fmt: skip
    assert not reads or name_of(path) == "bot/settings.py", reads


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_exceptions_to_the_rules_give_their_reason(path: Path) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if found := re.search(r"# (noqa(: [A-Z0-9, ]+)?|type: ignore(\[[\w, -]+\])?)(.*)", line):
            assert re.search(r"\w{2,} \w+", found[4]), f"line {number} does not say why: {line.strip()}"


def test_nothing_names_a_file_of_some_machine() -> None:
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
