"""The example feature in CONTRIBUTING.md, run as it stands there: in a copy of the project, with the commands that it gives."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from inspect import isfunction
from pathlib import Path

import pytest

from core.commands import decorators

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".*_cache", "__pycache__", "node_modules", "*.egg-info", ".hypothesis"
)

pytestmark = pytest.mark.slow


def example_files() -> dict[str, str]:
    """Path to content of every file that the guide shows: a path in backquotes, a colon, and a fenced block."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project with the example in it."""
    copy = tmp_path_factory.mktemp("example") / "project"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    for name, content in example_files().items():
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    yield copy
    shutil.rmtree(copy)


def run(project: Path, *arguments: str) -> None:
    """Run a module in the copy; it has to succeed."""
    result = subprocess.run(  # noqa: S603 - the project's own tools on a copy of its own files
        [sys.executable, "-m", *arguments], cwd=project, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-4000:]


def test_example_is_whole() -> None:
    names = example_files()
    assert {Path(name).name for name in names} == {
        "0900_polls.sql",
        "__init__.py",
        "commands.py",
        "personal_data.py",
        "posts.py",
        "records.py",
        "texts.py",
        "test_polls.py",
    }


def test_every_mark_of_a_feature_is_named() -> None:
    own = {
        name
        for name, each in vars(decorators).items()
        if isfunction(each) and each.__module__ == decorators.__name__
    }
    marks = {name for name in own if not name.startswith("_")}
    named = set(re.findall(r"@([a-z_]+)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert len(marks) > 15
    assert marks - named == set()


def test_it_is_formatted_and_typed(project: Path) -> None:
    written = [name for name in example_files() if name.endswith(".py")]
    run(project, "ruff", "check", *written)
    run(project, "ruff", "format", "--check", *written)
    run(project, "mypy", *written)


def test_it_works_and_what_follows_is_generated(project: Path) -> None:
    run(project, "tests.generate")
    assert "| `/poll answer` poll · yes |" in (project / "README.md").read_text(encoding="utf-8")
    run(
        project,
        "pytest",
        "-q",
        "tests/core/test_polls.py",
        "tests/core/test_registry_walk.py",
        "tests/test_tables.py",
        "tests/story/test_redelivery.py",
    )
