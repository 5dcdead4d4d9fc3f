"""Replies with their table, picture and buttons, and buttons whose calls fit every platform."""

from core.chat.model import Block, Button, Buttons, Reply
from core.commands.stored_call import StoredCall
from core.features.lottery.answers import Answer

FITTING = 100
"""Characters that a call in a button may have on every platform."""
_ANY_COHORT = 10**9


def fits(button: Button) -> bool:
    """Whether a button's call is short enough to stand in the button itself."""
    return len(StoredCall.of_button(button, _ANY_COHORT).pack()) <= FITTING


def reply(answer: Answer, *buttons: Button | None) -> Reply:
    """An answer with those of the buttons that fit, at most five."""
    blocks: list[Block] = [answer.picture]
    if answer.table is not None:
        blocks.insert(0, answer.table)
    fitting = tuple(button for button in buttons if button is not None and fits(button))[:5]
    return Reply(answer.text, (*blocks, *([Buttons(fitting)] if fitting else [])))


def another_venue(**asked: str) -> Button:
    """The button that asks the same of another venue, which a form asks for."""
    return Button("Another venue", "lottery elsewhere", asked)
