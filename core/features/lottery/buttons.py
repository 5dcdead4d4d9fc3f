"""Replies of the lottery: a picture with two sentences, or all numbers behind it; and their buttons."""

from dataclasses import replace
from typing import Annotated

from core.chat.model import Block, Button, Buttons, Reply, button_rows
from core.commands.spec import Arg
from core.commands.stored_call import StoredCall
from core.features.lottery.answers import Answer
from core.features.lottery.explain import Topic, about
from core.features.lottery.share import share_button

FITTING = 100
"""Characters that a call in a button may have on every platform."""
_ANY_COHORT = 10**9

AllNumbers = Annotated[
    bool, Arg("All numbers and what was assumed, in place of the picture", form_only=True, in_form=False)
]
"""Whether all numbers are asked for, as the button does."""


def fits(button: Button) -> bool:
    """Whether a button's call is short enough to stand in the button itself."""
    return len(StoredCall.of_button(button, _ANY_COHORT).pack()) <= FITTING


def reply(
    answer: Answer,
    asked: Button,
    topic: Topic,
    *buttons: Button | None,
    numbers: bool = False,
    shared: Button | None = None,
) -> Reply:
    """An answer. `asked` is the call that it answers, of which [All numbers] asks for the rest; `shared` one whose picture
    [Share] posts; of the other buttons those are shown whose calls fit."""
    if numbers:
        table: tuple[Block, ...] = () if answer.table is None else (answer.table,)
        again = replace(asked, label="The picture")
        return Reply(answer.numbers, (*table, Buttons((again, about(topic)))))
    first = (replace(asked, label="All numbers", args={**asked.args, "numbers": "yes"}), about(topic))
    shares = None if shared is None else share_button(shared)
    fitting = (*first, *(button for button in (*buttons, shares) if button is not None and fits(button)))
    return Reply(answer.text, (answer.picture, *button_rows(fitting)))


def another_venue(**asked: str) -> Button:
    """The button that asks the same of another venue, which a form asks for."""
    return Button("Another venue", "lottery elsewhere", asked)
