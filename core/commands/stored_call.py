"""Calls as short strings, for button ids and the hidden part of forms.

A string only says what is asked; whether it may be is decided again when it comes back, so a forged one
gives nothing that typing the command would not.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from core.errors import OutOfDate

_VERSION = "1"
_COHORT = re.compile(r"\d{0,18}", re.ASCII)


def pack(command: str, args: Mapping[str, str], cohort: int | None) -> str:
    """A call as one string: version, cohort, command, arguments."""
    pairs = "&".join(f"{_quoted(key, '')}={_quoted(value, ' ,:/')}" for key, value in args.items())
    return f"{_VERSION}|{'' if cohort is None else cohort}|{command}|{pairs}"


def _quoted(value: str, safe: str) -> str:
    """A name or value. Most are numbers and short words, in which there is nothing to quote."""
    if value.isascii() and value.isalnum():
        return value
    # What a platform sent may hold half a surrogate pair, which no encoding takes.
    return quote(value, safe=safe, errors="replace")


def unpack(packed: str) -> tuple[str, dict[str, str], int | None]:
    """The command, arguments and cohort of a packed call. Raises `OutOfDate` for anything else."""
    parts = packed.split("|", 3)
    if len(parts) != 4 or parts[0] != _VERSION or not _COHORT.fullmatch(parts[1]):
        raise OutOfDate("This button is from an earlier version of me. Please run the command again.")
    args = {}
    for pair in filter(None, parts[3].split("&")):
        key, _, value = pair.partition("=")
        args[unquote(key)] = unquote(value)
    return parts[2], args, int(parts[1]) if parts[1] else None
