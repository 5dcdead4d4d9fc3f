"""What is answered to somebody who says hello to the bot, where a platform tells it of that."""

from core.commands.typed_line import ROOT

GREETING = (f"{ROOT} help", {"topic": "hello"})
"""The command that answers a greeting, and its arguments."""
_LONGEST = 80


def call_for(said: str) -> tuple[str, dict[str, str]]:
    """The command that answers what was said, and its arguments: help with what follows "help", else the greeting."""
    first, _, rest = said.strip().partition(" ")
    if first.casefold() == "help" and rest.strip():
        return GREETING[0], {"topic": rest.strip()[:_LONGEST]}
    return GREETING
