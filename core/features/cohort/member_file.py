"""What a member takes along: the command `profile record`. It is there until the cohort is deleted."""

from collections.abc import Sequence

from core.chat import files
from core.chat.model import Reply
from core.chat.text import say
from core.clock import day_words
from core.cohorts.model import Member, Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import MemberRecord
from core.store.port import Conn


@command("profile record", in_archive=True)
async def record(call: Call) -> Reply:
    """Your papers and their way, talks, takeaways, thanks and check-ins, as a file."""
    parts = call.core.registry.member_records
    name = call.cohort.name
    text = await call.read(_write, parts, call.scope, call.member)
    if text is None:
        return Reply(say("Nothing of yours is recorded in **{name}** yet.", name=name))
    return Reply(
        say("What you recorded in **{name}**, for you alone.", name=name),
        (files.text_file("my-record.md", text),),
    )


def _write(conn: Conn, parts: Sequence[MemberRecord], scope: Scope, member: Member) -> str | None:
    """A member's record in Markdown; None where there is nothing."""
    found = [(each.name, each.write(conn, scope, member)) for each in parts]
    written = [(name, lines) for name, lines in found if lines]
    if not written:
        return None
    head = [
        f"# {files.markdown(member.name)} in {files.markdown(scope.cohort.name)}",
        "",
        f"As of {day_words(scope.today)}.",
    ]
    body = [line for name, lines in written for line in ("", f"## {name}", "", *lines)]
    return "\n".join([*head, *body, ""])
