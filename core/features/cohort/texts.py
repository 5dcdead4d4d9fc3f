"""What members read of the commands there are, and of one another."""

from collections.abc import Iterable

from core.chat.model import Button, Record
from core.chat.text import CommandRef, Text, join, say
from core.cohorts.model import Member
from core.commands.registry import Registry
from core.commands.spec import Command


def about_group(registry: Registry, group: str) -> Text:
    """A group and its commands, a line each."""
    head = say("**{group}** · {summary}", group=group, summary=registry.summaries.get(group, ""))
    return join([head, *map(line, registry.groups[group])])


def line(found: Command) -> Text:
    """A command in a list."""
    return say("- {name}: {help}", name=CommandRef(found.name), help=found.help)


def names(commands: Iterable[Command]) -> Text:
    """Commands in one line."""
    text = Text()
    for each in commands:
        name = CommandRef(each.name)
        text = say("{text} · {name}", text=text, name=name) if text else say("{name}", name=name)
    return text


def about_command(found: Command) -> Text:
    """A command and its parameters, a line each."""
    lines = [say("{name}: {help}", name=CommandRef(found.name), help=found.help)]
    for param in found.params:
        optional = "" if param.required else " (optional)"
        choices = f". One of: {', '.join(each.value for each in param.choices)}." if param.choices else ""
        lines.append(
            say(
                "- `{name}`{optional}: {help}{choices}",
                name=param.name,
                optional=optional,
                help=param.help,
                choices=choices,
            )
        )
    return join(lines)


def listed(member: Member, account: str | None) -> Record:
    """A member in a list, who opens with their papers. `account` is how a call names them, None where there are no
    papers."""
    zone = f"lives in {member.zone}" if member.zone else ""
    papers = Button("Papers", "submission list", {"who": account}) if account else None
    return Record(member.name, (role(member), zone), papers)


def role(member: Member) -> str:
    if member.organizer:
        return "organizer, mentor" if member.mentor else "organizer"
    return "mentor" if member.mentor else "member"
