"""The command `cohort help`: a line and a button for each topic, by role and by where one is; the rest behind it."""

from dataclasses import dataclass
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Reply, button_rows
from core.chat.text import Text, join, say
from core.cohorts import directory
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg, Command, HelpTopic
from core.errors import BadInput
from core.features.cohort import texts, topics
from core.store.port import Conn

ALL, HELLO = "all", frozenset({"hello", "hi", "hey", "hallo"})
_EVERYTHING = Button("All commands", "cohort help", {"topic": ALL})
_WHAT_FOR = "I help a research cohort with papers and their reviews, check-ins, and a reading list."


@dataclass(frozen=True, slots=True)
class _Situation:
    """Who asks and where: a member or not, and the cohorts of the workspace that they could join."""

    member: bool
    organizes: bool
    cohort: str
    may_set_up: bool
    here: tuple[int, ...]


@command("cohort help", access=Access.ANYONE, needs_cohort=False)
async def help_(
    call: Call,
    topic: Annotated[str, Arg("A topic, a command, or what you want in your own words", max_length=80)] = "",
) -> Reply:
    """What I can do, and how to ask for it."""
    registry, wanted = call.core.registry, " ".join(topic.split()).lstrip("/").casefold()
    now = await _situation(call)
    if wanted in HELLO:
        return _greeting(call, now)
    if not wanted or wanted == "help":
        return _overview(call, now)
    if wanted == ALL:
        return _everything(call, now)
    found = next((each for each in registry.topics if wanted in (each.name, f"{ALL} {each.name}")), None)
    if found is not None:
        return _about_topic(call, found, whole=wanted != found.name)
    if wanted in registry.groups:
        return Reply(texts.about_group(registry, wanted))
    one = topics.named_command(registry, wanted)
    if one is not None:
        return Reply(texts.about_command(one), (Buttons((_button(one, one.form),)),))
    return _by_words(call, now, topic)


async def _situation(call: Call) -> _Situation:
    scope, manager = call.optional_scope, call.request.person.manager
    member = scope.member if scope else None
    here = await call.read(_cohorts_here, call.request.place.platform, call.request.place.workspace)
    return _Situation(
        member is not None,
        manager or (member is not None and member.organizer),
        scope.cohort.name if scope and member else "",
        manager or (call.core.setup_by_anyone and not here),
        (scope.cohort.id,) if scope and not member else here,
    )


def _cohorts_here(conn: Conn, platform: str, workspace: str) -> tuple[int, ...]:
    return tuple(each.id for each in directory.cohorts_of_workspace(conn, platform, workspace))


def _overview(call: Call, now: _Situation) -> Reply:
    """Help without a topic."""
    shown = topics.shown(call.core.registry, organizes=now.organizes)
    lines = [
        say("- **{name}**: {summary}", name=each.name.capitalize(), summary=each.summary) for each in shown
    ]
    buttons = [Button(each.name.capitalize(), "cohort help", {"topic": each.name}) for each in shown]
    if now.member:
        return Reply(join([_head(now), *lines]), button_rows([*buttons, _EVERYTHING]))
    return Reply(join([_head(now), *lines]), button_rows([*_ways_in(now), *buttons, _EVERYTHING]))


def _head(now: _Situation) -> Text:
    """What help begins with: where there is no membership, the way to one."""
    if now.member:
        return say("What I can do in **{cohort}**:", cohort=now.cohort)
    if not now.here and now.may_set_up:
        return say(
            "{what} No cohort is set up here yet: {/cohort-admin setup} takes a minute.", what=_WHAT_FOR
        )
    if not now.here:
        return say(
            "{what} No cohort is set up here yet; whoever manages this place does that with {/cohort-admin setup}.",
            what=_WHAT_FOR,
        )
    if len(now.here) == 1:
        return say("{what} You are not in the cohort yet.", what=_WHAT_FOR)
    return say(
        "{what} You are not in a cohort yet; join one in its own channel, with {/cohort join}.",
        what=_WHAT_FOR,
    )


def _ways_in(now: _Situation) -> list[Button]:
    """What somebody who is in no cohort begins with."""
    if not now.here and now.may_set_up:
        return [Button("Set up a cohort", "cohort-admin setup", style=ButtonStyle.PRIMARY)]
    if len(now.here) == 1:
        return [Button("Join", "cohort join", style=ButtonStyle.PRIMARY, cohort=now.here[0])]
    return []


def _greeting(call: Call, now: _Situation) -> Reply:
    """One line and at most four buttons."""
    what = Button("What can you do?", "cohort help")
    if not now.member:
        ways = [
            *_ways_in(now),
            what,
            *_usable(call, [Button("The review lottery", "cohort help", {"topic": "lottery"})]),
        ]
        return Reply(say("Hello! {head}", head=_head(now)), button_rows(ways))
    begin = [
        Button("My page", "cohort home", style=ButtonStyle.PRIMARY),
        Button("Check in", "checkin now"),
        Button("Add a paper", "submission add"),
    ]
    text = say(
        "Hello {name}! This is what is asked for most; {/cohort help} has the rest.", name=call.member.name
    )
    return Reply(text, button_rows([*_usable(call, begin), what]))


def _everything(call: Call, now: _Situation) -> Reply:
    """Every command by its name, a line a group."""
    registry = call.core.registry
    lines = []
    for group, commands in registry.groups.items():
        usable = [each for each in commands if now.organizes or not each.for_organizers]
        if usable:
            lines.append(say("- **{group}**: {names}", group=group, names=texts.names(usable)))
    head = say("All commands. What one does and takes: {/cohort help topic:submission add}, for example.")
    return Reply(join([head, *lines]))


def _about_topic(call: Call, topic: HelpTopic, *, whole: bool) -> Reply:
    """A topic: what one begins with, or all of its commands."""
    registry = call.core.registry
    head = say("**{name}**: {summary}.", name=topic.name.capitalize(), summary=topic.summary)
    every = topics.commands_of(registry, topic)
    first = [registry.commands[name] for name in topic.first if name in registry.commands]
    shown = every if whole else first
    buttons = [_button(each) for each in first]
    more = Button("All of it", "cohort help", {"topic": f"{ALL} {topic.name}"})
    left = [] if whole or len(every) == len(first) else [more]
    return Reply(join([head, *map(texts.line, shown)]), button_rows([*buttons, *left]))


def _by_words(call: Call, now: _Situation, typed: str) -> Reply:
    """Help for everyday words. Raises `BadInput` where none of them is known."""
    registry = call.core.registry
    found = topics.search(registry, typed, organizes=now.organizes)
    if not found:
        near = topics.near(registry, typed)
        shown = topics.shown(registry, organizes=now.organizes)
        words = near or [each.name for each in shown]
        buttons = [Button(word.capitalize(), "cohort help", {"topic": word}) for word in words]
        mean = "Did you mean one of these?" if near else "These are my topics:"
        text = say("I have no help for “{typed}”. {mean}", typed=typed[:80], mean=mean)
        raise BadInput(text, field="topic", blocks=button_rows(buttons))
    head = say("For “{typed}”:", typed=typed)
    return Reply(join([head, *map(texts.line, found)]), button_rows([_button(each) for each in found]))


def _button(found: Command, label: str | None = None) -> Button:
    """A button that runs a command, or opens its form."""
    verb = found.verb.replace("-", " ")
    return Button(
        label or found.form or f"{found.group.removeprefix('cohort-').capitalize()}: {verb}", found.name
    )


def _usable(call: Call, buttons: list[Button]) -> list[Button]:
    """Those of features that are there."""
    return [each for each in buttons if each.command in call.core.registry.commands]
