"""What a member can help with: `profile topics`, what their profile says of it, and how topics are completed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from core.chat import folding
from core.chat.model import Button, Buttons, Choice, Reply
from core.chat.text import Text, join, say, shorten
from core.cohorts.model import Member, Scope
from core.commands.decorators import command, profile_fact, record
from core.commands.dispatch import Call
from core.commands.spec import Arg
from core.errors import BadInput
from core.features.feedback import helpers
from core.features.feedback.helpers import LONGEST_TOPIC, MOST_TOPICS, HelpOffered
from core.features.feedback.routing import AT_ONCE
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Topics:
    """Topics as somebody typed them, several in one text."""

    typed: str

    def __str__(self) -> str:
        return self.typed


def complete(conn: Conn, scope: Scope | None, typed: str) -> Sequence[Choice]:
    """The topics that others of the cohort have said, for the one that is being typed behind those before it."""
    if scope is None:
        return ()
    before, comma, last = typed.rpartition(",")
    head = f"{before.strip()}, " if comma else ""
    used = {folding.whole(each) for each in before.split(",")}
    found = [
        f"{head}{topic}"
        for topic in helpers.topics_in_use(conn, scope.cohort.id)
        if folding.fits(last.strip(), topic) and folding.whole(topic) not in used
    ]
    # A platform takes 100 characters of a value, so that a long list is typed to its end.
    return [Choice(each, shorten(each, 75)) for each in found if len(each) <= 75][:25]


@record(Topics, complete=complete, needs_cohort=False)  # any words are topics, where there are none yet too
def resolve(_conn: Conn, _scope: Scope, typed: str) -> Topics:
    """Any words are topics."""
    return Topics(typed)


def read_topics(typed: str) -> tuple[str, ...]:
    """The topics in a text, which commas or semicolons part; each once. Raises `BadInput` for too many or too long
    ones."""
    parts = [" ".join(part.split()) for part in typed.replace(";", ",").split(",")]
    found: dict[str, str] = {}
    for part in filter(folding.whole, parts):
        if len(part) > LONGEST_TOPIC:
            words = (
                "“{typed}” is long for a topic. A few words each, with commas between them, are found best."
            )
            raise BadInput(say(words, typed=shorten(part, 60)), field="topics")
        found.setdefault(folding.whole(part), part)
    if len(found) > MOST_TOPICS:
        raise BadInput(
            say("These are {n} topics; {most} are as many as I keep.", n=len(found), most=MOST_TOPICS),
            field="topics",
        )
    return tuple(found.values())


def _prefill(conn: Conn, scope: Scope, _given: Mapping[str, str]) -> Mapping[str, str]:
    said = helpers.offered(conn, scope.member.id) if scope.member else None
    if said is None:
        return {}
    values = {"at_once": str(said.at_once), "paused": "yes" if said.paused else "no"}
    return {**values, "topics": ", ".join(said.topics)} if said.topics else values


@command("profile topics", form="What you can help with", submit="Save", prefill=_prefill)
async def topics(
    call: Call,
    topics: Annotated[Topics, Arg("Topics with commas between them, or none", max_length=800)],
    at_once: Annotated[
        int | None, Arg("How many requests you take at once", label="At once", minimum=0, maximum=20)
    ] = None,
    paused: Annotated[bool | None, Arg("Yes to be asked nothing for now")] = None,
) -> Reply:
    """Say what you can help others with, how much at once, or pause."""
    none = topics.typed.strip().casefold() in ("none", "nothing", "-")
    found = () if none else read_topics(topics.typed)
    if not found and not none:
        raise BadInput(
            say(
                "I find no topic in “{typed}”. A word or two each, or none.", typed=shorten(topics.typed, 60)
            ),
            field="topics",
        )
    said = await call.write(_set, call.scope, call.member.id, found, at_once, paused)
    return Reply(join([say("Saved."), *_words(said, mentor=call.member.mentor)]), (_buttons(said),))


def _set(
    conn: Conn,
    scope: Scope,
    member_id: int,
    topics: tuple[str, ...],
    at_once: int | None,
    paused: bool | None,
) -> HelpOffered:
    before = helpers.offered(conn, member_id) or HelpOffered()
    said = HelpOffered(
        topics,
        before.at_once if at_once is None else at_once,
        before.paused if paused is None else paused,
    )
    helpers.set_offered(conn, scope.cohort.id, member_id, said)
    return said


def _words(said: HelpOffered, *, mentor: bool) -> list[Text]:
    if said.paused:
        return [say("You are asked nothing until you end the pause; what you have taken stays yours.")]
    about = ", ".join(said.topics)
    much = "one request" if said.at_once == 1 else f"{said.at_once} requests"
    if said.at_once == 0:
        return [say("You are asked nothing, as you take none at once.")]
    if about:
        return [
            say(
                "I ask you about **{topics}**, while you have fewer than {much} open.",
                topics=about,
                much=much,
            )
        ]
    if mentor:
        return [
            say(
                "Without topics I ask you, as a mentor, where nobody knows more, while you have fewer than {much} open.",
                much=much,
            )
        ]
    return [
        say(
            "Without topics I ask you nothing by direct message; what the cohort reads you can take all the same."
        )
    ]


def _buttons(said: HelpOffered) -> Buttons:
    args = {"topics": ", ".join(said.topics) or "none", "at_once": str(said.at_once)}
    pause = Button(
        "End the pause" if said.paused else "Pause",
        "profile topics",
        {**args, "paused": "no" if said.paused else "yes"},
    )
    return Buttons((pause, Button("What waits", "feedback list")))


@profile_fact("Can help with", Button("What I can help with", "profile topics"))
def fact(conn: Conn, _scope: Scope, member: Member) -> str | None:
    """What a member can help with."""
    said = helpers.offered(conn, member.id)
    if said is None or not (said.topics or said.paused):
        return f"whatever mentors are asked, {AT_ONCE} at once" if member.mentor and said is None else None
    paused = " (paused)" if said.paused else ""
    return f"{', '.join(said.topics) or 'no topics'}, {said.at_once} at once{paused}"
