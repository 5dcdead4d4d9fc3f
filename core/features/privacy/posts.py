"""What is posted when somebody has themselves forgotten."""

from collections.abc import Mapping
from datetime import date

from core.chat.model import Record, Records, Reply
from core.chat.text import say
from core.clock import day_words
from core.commands.decorators import post
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery.forgetting import GONE

MENTIONS = "privacy.mentions"


@post(
    GONE,
    label="taken back",
    editable=False,
    always="It stands in the place of a message that was taken back.",
)
async def render_gone(_core: Core, _sent: Post) -> Reply:
    """Stands in the place of what somebody had deleted."""
    return Reply("This was taken back by who wrote it.")


@post(
    MENTIONS,
    label="where others name a former member",
    always="Nobody but organizers can ask for what stays.",
)
async def render_mentions(_core: Core, sent: Post) -> Reply:
    """Tells an organizer where a former member is still named by others."""
    text = say(
        "Somebody who was in **{cohort}** had everything deleted that I kept of them. Others still name them in what they "
        "wrote; I change nobody's words, so please ask who wrote it.",
        cohort=sent.cohort.name,
    )
    return Reply(text, (Records(tuple(map(mention, sent.data["lines"]))),))


def mention(line: Mapping[str, str]) -> Record:
    """One place, as it is listed: the topic, who wrote it, and the day."""
    by, day = line["by"] or "somebody who left", day_words(date.fromisoformat(line["day"]))
    return Record(say("{topic}", topic=line["topic"]), (by, day))
