"""What somebody who uses the playground has changed, so that the sample's people leave it alone."""

from collections.abc import Collection
from datetime import date, datetime

from core.chat.model import FieldKind, Request
from core.commands.dispatch import Core, call_id
from core.store.port import Conn

MOST_NAMES = 20
"""How many records one call can name; commands have fewer parameters."""


async def names(core: Core, request: Request, day: date) -> list[str]:
    """What a call is about: the records that it names, such as `paper #3`, and for a check-in whose it is and of which
    day."""
    command = core.registry.commands[request.command]
    found = []
    if command.group == "checkin":
        found.append(f"checkin {request.person.id} {day}")
    for param in command.params:
        value = request.args.get(param.name)
        if param.kind is not FieldKind.RECORD or not isinstance(value, str):
            continue
        number = value.strip().removeprefix("#")
        if not number.isdecimal():
            choices = await core.complete(request, param.name, value)
            number = choices[0].value.removeprefix("#") if choices else ""
        if number.isdecimal():
            found.append(f"{param.name} #{number}")
    return found[:MOST_NAMES]


def note(conn: Conn, request: Request, about: Collection[str], at: datetime) -> bool:
    """Remember what a call was about, if it changed anything. Returns whether it did."""
    changed = conn.one("SELECT 1 AS found FROM handled WHERE call_id = :id", id=f"{call_id(request)}:1")
    if changed is None:
        return False
    for name in about:
        conn.run(
            "INSERT INTO playground_touched (name, at) VALUES (:name, :at) ON CONFLICT (name) DO NOTHING",
            name=name,
            at=at,
        )
    return True


def any_of(conn: Conn, about: Collection[str]) -> bool:
    """Whether something of this was changed by somebody who uses the playground."""
    return any(
        conn.one("SELECT 1 AS found FROM playground_touched WHERE name = :name", name=name) is not None
        for name in about
    )
