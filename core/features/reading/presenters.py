"""The commands of those who present in turn."""

from collections.abc import Mapping
from typing import Annotated, Any

from core.chat.model import Button, Buttons, Reply
from core.chat.text import join, say
from core.cohorts.model import Member, Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Arg, Once
from core.delivery import announcements
from core.errors import BadInput
from core.features.reading import handovers, texts, turns
from core.features.reading.records import ReadingItem
from core.store.port import Conn

_WHO = Button("Who presents what", "reading next")


@command("reading present", once=Once.REPEATS)
async def present(
    call: Call,
    item: Annotated[
        ReadingItem | None,
        Arg("What you will present; without it, whatever your turn brings", max_length=300),
    ] = None,
) -> Reply:
    """Offer to present, in your turn."""
    if item is None:
        new = await call.write(turns.join_rota, call.member.id, call.scope.now)
        head = (
            "Thank you! You are among those who present in turn now."
            if new
            else "You are among those who present in turn already."
        )
        text = say("{head} The reading prompt says whose turn it is.", head=head)
        return Reply(text, (Buttons((_WHO, Button("Step down", "reading step-down"))),))
    new, being_read = await call.write(handovers.present, call.scope, call.member.id, item)
    head = "Thank you! You present" if new else "You present it already:"
    when = ", which is being read now" if being_read else " when it comes up"
    text = say(
        "{head} {item}{when}. From now on you are also among those who present in turn.",
        head=head,
        item=texts.inside(item),
        when=when,
    )
    return Reply(text, (_presenter_buttons(item),))


def _presenter_buttons(item: ReadingItem) -> Buttons:
    args = {"item": str(item.number)}
    return Buttons(
        (
            _WHO,
            Button("Swap with somebody", "reading swap", args),
            Button("Give it back", "reading step-down", args),
        )
    )


@command("reading step-down")
async def step_down(
    call: Call,
    item: Annotated[
        ReadingItem | None, Arg("The only one you pass on; without it, you leave the round", max_length=300)
    ] = None,
) -> Reply:
    """Pass your turn on, or present nothing any more."""
    passed = await call.write(handovers.step_down, call.scope, call.member.id, item)
    again = Button("Present after all", "reading present")
    if passed is None:
        return Reply("You are not among those who present, so all stays as it is.", (Buttons((again,)),))
    head = "Noted. You present nothing from now on; you are welcome back at any time."
    parts = [say("Noted." if item else head), *texts.passed_on(passed)]
    return Reply(join(parts), (Buttons((_WHO,) if item else (_WHO, again)),))


@command("reading skip", once=Once.REPEATS)
async def skip(
    call: Call,
    item: Annotated[ReadingItem | None, Arg("What is being read now", max_length=300, in_form=False)] = None,
    undo: Annotated[bool, Arg("Yes to take part after all", in_form=False)] = False,
) -> Reply:
    """Sit out what is being read now; if you present it, your turn goes on."""
    if undo:
        found = await call.write(handovers.come_back, call.scope, call.member.id, item)
        back = (Button("What is being read", "reading next"),)
        return Reply(say("You take part in {item} after all.", item=texts.inside(found)), (Buttons(back),))
    found, passed = await call.write(handovers.sit_out, call.scope, call.member.id, item)
    again = Button("Take part after all", "reading skip", {"item": str(found.number), "undo": "yes"})
    return Reply(texts.sits_out(found, passed), (Buttons((again, _WHO)),))


def _require_turn(conn: Conn, scope: Scope, _given: Mapping[str, str]) -> dict[str, str]:
    """Before the form opens: raises `BadInput` where the caller has no turn to offer."""
    if scope.member and not turns.open_turns_of(conn, scope.cohort.id, scope.member.id):
        raise BadInput(texts.NO_TURN, blocks=(Buttons((_WHO,)),))
    return {}


@command(
    "reading swap",
    private=False,
    purpose="reading",
    form="Offer your turn",
    submit="Ask them",
    prefill=_require_turn,
)
async def swap(
    call: Call,
    person: Annotated[Member, Arg("Who may take it; they answer with a button")],
    item: Annotated[
        ReadingItem | None, Arg("Which turn, where you have several", max_length=300, in_form=False)
    ] = None,
) -> Reply:
    """Offer your turn to somebody; it is theirs when they take it."""
    question: dict[str, Any] = await call.write(
        handovers.offer, call.scope, call.member, person, item, in_channel=not call.public
    )
    if not call.public:
        asked = say("Your question to {to} goes to the cohort’s channel.", to=question["to"])
        until = say("It is your turn until they take it.")
        return Reply(join([asked, await announcements.where(call, question["posts"]), until]))
    return Reply(texts.offered(question), (texts.take_button(question["number"]),))


@command(
    "reading take", private=False, purpose="reading", once=Once.ALL, form="Take a turn", submit="Take it"
)
async def take(
    call: Call, item: Annotated[ReadingItem, Arg("Its number or words of its title", max_length=300)]
) -> Reply:
    """Take a turn that somebody offered to you."""
    swap = await call.write(handovers.take, call.scope, call.member, item, in_channel=not call.public)
    text = texts.swapped(swap)
    if not call.public:
        text = join([text, await announcements.where(call, swap["posts"])])
    return Reply(text, (Buttons((_WHO,)),))
