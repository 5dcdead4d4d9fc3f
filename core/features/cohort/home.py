"""The command `cohort home`: a member's page, to which every feature adds what waits for them and what is theirs."""

from collections.abc import Sequence

from core.chat.model import Button, Buttons, Reply, button_rows
from core.chat.text import Text, join, say
from core.clock import day_words, local_date
from core.cohorts.model import Member, Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import HomePart, HomeSection
from core.store.port import Conn

MOST_BUTTONS = 10


@command("cohort home")
async def home(call: Call) -> Reply:
    """Your page: what waits for you, your papers, your turns."""
    parts = await call.read(_parts, call.core.registry.home, call.scope, call.member)
    today = local_date(call.now, call.member.zone or call.cohort.zone)
    head = say(
        "**{name}** in **{cohort}**, {day}",
        name=call.member.name,
        cohort=call.cohort.name,
        day=day_words(today),
    )
    waits = [line for part in parts for line in part.waits]
    own = [line for part in parts for line in part.own]
    lines = (
        [head, say("Nothing waits for you.")]
        if not waits
        else [head, say("**Waits for you**"), *map(_item, waits)]
    )
    if own:
        lines += [say("**Yours**"), *map(_item, own)]
    return Reply(join(lines), _buttons(parts))


def _parts(conn: Conn, sections: Sequence[HomeSection], scope: Scope, member: Member) -> list[HomePart]:
    found = (section.write(conn, scope, member) for section in sections)
    return [part for part in found if part is not None]


def _item(line: Text | str) -> Text:
    return say("- {line}", line=line)


def _buttons(parts: Sequence[HomePart]) -> tuple[Buttons, ...]:
    """The features' buttons in their order, and help at the end."""
    buttons = [button for part in parts for button in part.buttons][: MOST_BUTTONS - 1]
    buttons.append(Button("Help", "cohort help"))
    return button_rows(buttons)
