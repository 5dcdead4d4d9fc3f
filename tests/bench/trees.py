"""Trees that are measured side by side: this one, and that of a git revision."""

import asyncio
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.process import ROOT, child

CASES = Path("tests/bench")


async def trees(folder: Path, against: str | None, *cases: str) -> dict[str, Path]:
    """This tree and that of the revision `against`, if one is given, by name. A tree from before gets the files of the
    cases that are measured, which use only what both have."""
    if not against:
        return {"now": ROOT}
    before = await asyncio.to_thread(_extract, against, folder / "before")
    (before / CASES).mkdir(parents=True, exist_ok=True)
    for case in cases:
        await asyncio.to_thread(shutil.copy, ROOT / CASES / case, before / CASES / case)
    return {against: before, "now": ROOT}


def _extract(revision: str, folder: Path) -> Path:
    """The files of a revision, in a folder."""
    git = subprocess.run(  # noqa: S603 - a revision that whoever measures gave
        ["git", "archive", revision],  # noqa: S607 - git is found where whoever measures has it
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(git.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


async def measured(
    tree: Path, module: str, arguments: Sequence[str], log: Path, env: Mapping[str, str] | None = None
) -> Any:
    """What a module of a tree prints as a line of JSON."""
    environment = {"PYTHONPATH": str(tree), **(env or {})}
    async with child("-m", module, *arguments, log=log, cwd=tree, env=environment) as process:
        assert process.process.stdout is not None
        line = await process.process.stdout.readline()
    if not line:
        said = await asyncio.to_thread(log.read_text)
        raise RuntimeError(f"the process ended: {said[-2_000:]}")
    return json.loads(line)
