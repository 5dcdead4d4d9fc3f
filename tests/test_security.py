"""SECURITY.md says of every table what is in it and for how long it is kept."""

import re

from tests.test_tables import BUILT_IN, ROOT, owners


def test_every_table_is_there_with_how_long_it_is_kept() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## What is stored")[2]
    rows = [line.split("|")[1:4] for line in text.splitlines() if line.startswith("| `")]
    named = [table for names, _, _ in rows for table in re.findall(r"`(\w+)`", names)]
    assert sorted(named) == sorted(set(owners()) - set(BUILT_IN))
    assert all(what.strip() and how_long.strip() for _, what, how_long in rows)
