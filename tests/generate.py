"""What follows from the registry, written where people read it: README's command table and the Slack manifest.

python -m tests.generate           writes them anew
python -m tests.generate --check   says what is out of date, and ends with 1 where anything is
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.slack.registration import manifest
from core.commands.registry import Registry, discover
from core.commands.spec import Access, Command

ROOT = Path(__file__).parents[1]

BEGIN, END = "<!-- commands: made by `python -m tests.generate` -->", "<!-- end of commands -->"
"""The lines in README between which the table stands."""

WHO = {
    Access.ANYONE: "anyone",
    Access.OWN: "anyone, about themselves",
    Access.MEMBER: "members",
    Access.MENTOR: "mentors",
    Access.ORGANIZER: "organizers",
    Access.MANAGER: "organizers, managers",
    Access.SETUP: "managers",
}


def command_table(registry: Registry) -> str:
    """README's table, a row a command, those for organizers last."""
    rows = [_row(command) for group in registry.groups.values() for command in group]
    return "\n".join(("| command | what it does | who |", "|---|---|---|", *rows))


def _row(command: Command) -> str:
    shown = [param for param in command.params if not param.form_only]
    params = " · ".join(param.name + ("" if param.required else "?") for param in shown)
    name = f"`/{command.name}` {params}".rstrip()
    return f"| {name} | {command.help} | {WHO[command.access]} |"


def generated(registry: Registry, root: Path) -> Mapping[Path, str]:
    """Each file that follows from the registry, with the content that it should have."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    head, _, rest = readme.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return {
        root / "README.md": f"{head}{BEGIN}\n{command_table(registry)}\n{END}{tail}",
        root / "deploy" / "slack-manifest.yaml": manifest(registry),
    }


def out_of_date(registry: Registry, root: Path) -> list[Path]:
    """The files that do not say what the registry says."""
    files = generated(registry, root)
    return [path for path, content in files.items() if path.read_text(encoding="utf-8") != content]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.generate", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, and end with 1 if anything is old"
    )
    check = parser.parse_args().check
    registry = discover()
    stale = out_of_date(registry, ROOT)
    for path in stale:
        if not check:
            path.write_text(generated(registry, ROOT)[path], encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)} {'is out of date' if check else 'was written'}\n")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
