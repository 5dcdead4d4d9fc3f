"""`privacy export`: everything that is kept of somebody, as files: by direct message, or with the answer where direct
messages are closed."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from core.chat.model import Button, Buttons, File, PlaceKind, Reply
from core.chat.text import Text, say
from core.clock import local_date
from core.cohorts import directory, forgetting, members
from core.cohorts.model import Member, Scope
from core.cohorts.privacy import DataSubject
from core.commands.decorators import command, post
from core.commands.dispatch import Call, Core
from core.commands.registry import Registry
from core.commands.spec import Access, Arg, Cost, Post
from core.delivery import confirmation, outbox, outcomes
from core.delivery.outbox import NewPost
from core.delivery.outcomes import Showing
from core.delivery.outlet import Target
from core.features.privacy import archive, records
from core.features.privacy.records import KeptTopic
from core.store.port import Conn

EXPORT = "privacy.export"
_PATIENCE = 1.0
"""Seconds after which somebody is told that it goes on."""
_GIVEN = "The answer to the command has it."


@command("privacy export", access=Access.OWN, cost=Cost.DRAWS)
async def export(
    call: Call,
    part: Annotated[
        int | None, Arg("Which of several files, with the answer", minimum=1, maximum=1000, in_form=False)
    ] = None,
) -> Reply:
    """Everything that I keep of you as files, by direct message."""
    files = await _with_word(call, _files(call))
    member = call.scope.member
    if part is not None or member is None or call.request.place.kind is PlaceKind.DIRECT:
        return _with_answer(call, files, part or 1)
    posts = await call.write(_enqueue, call.scope, member, len(files))
    await confirmation.wait_for_all(call.core, posts)
    showing = [each.showing for each in await call.read(outcomes.standings_of, posts)]
    reached = await call.read(_reaches, call.scope, member)
    if not posts or not reached or any(each in (Showing.NOWHERE, Showing.UNKNOWN) for each in showing):
        await call.write(_withdraw, posts, call.scope)
        return _with_answer(call, files, 1)
    return Reply(_told(len(files), arrived=all(each is Showing.SHOWN for each in showing)))


async def _files(call: Call) -> list[File]:
    of, kept = await call.read(_everything, call.scope, call)
    return await call.core.executors.draw(archive.parts, kept, of)


def _everything(conn: Conn, scope: Scope, call: Call) -> tuple[DataSubject, list[KeptTopic]]:
    of = records.subject(conn, scope, call.request.person)
    return of, records.everything(conn, call.core.registry, of, named=scope.member is not None)


async def _with_word(call: Call, work: Any) -> list[File]:
    """The files, with a word on the way where they take a while."""
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=_PATIENCE)
        if not done:
            await call.progress(say("I am putting together everything that I keep of you."))
        found: list[File] = await task
        return found
    finally:
        task.cancel()


def _enqueue(conn: Conn, scope: Scope, member: Member, parts: int) -> list[int]:
    """Write a direct message for each file. Returns the posts, none where nothing reaches the member."""
    written = []
    for reached in directory.recipients(conn, scope.cohort, scope.now, only=member.id)[:1]:
        target = Target.person(reached)
        for part in range(1, parts + 1):
            data = {"member": member.id, "part": part}
            key = f"{EXPORT}:{member.id}:{scope.now.isoformat()}:{part}"
            written.append(
                outbox.enqueue(
                    conn, NewPost(scope.cohort.id, key, EXPORT, data, target, discreet=True), scope.now
                )
            )
    return [each for each in written if each is not None]


def _reaches(conn: Conn, scope: Scope, member: Member) -> bool:
    """Whether direct messages of the member are open, as far as the platform has said."""
    found = directory.recipients(conn, scope.cohort, scope.now, only=member.id)
    return bool(found) and found[0].fallback_channel is None


def _withdraw(conn: Conn, posts: Sequence[int], scope: Scope) -> None:
    for each in posts:
        outbox.withdraw(conn, each, _GIVEN, scope.now)


def _with_answer(call: Call, files: Sequence[File], part: int) -> Reply:
    """One of the files with the answer, and buttons for the others."""
    at = min(part, len(files))
    text = say(
        "Here is everything that I keep of you in **{cohort}**, as JSON and CSV.", cohort=call.cohort.name
    )
    if len(files) > 1:
        text = say(
            "Everything that I keep of you in **{cohort}**, as JSON and CSV: file {at} of {all}.",
            cohort=call.cohort.name,
            at=at,
            all=len(files),
        )
    others = [
        Button(f"File {each}", "privacy export", {"part": str(each)})
        for each in range(1, len(files) + 1)
        if each != at
    ]
    return Reply(text, (files[at - 1], *((Buttons(tuple(others[:5])),) if others else ())))


def _told(files: int, *, arrived: bool) -> Text:
    what = "It is in our direct messages" if arrived else "I am sending it to you as a direct message"
    count = "one file" if files == 1 else f"{files} files"
    return say(
        "{what}: {count}, with everything that I keep of you as JSON and CSV. {/privacy show} says what that is.",
        what=what,
        count=count,
    )


@post(EXPORT, label="somebody's own data", always="Somebody asked for what is kept of them.")
async def render(core: Core, sent: Post) -> Reply:
    """One of the files, made when it is sent."""
    found = await core.read(sent.cohort.id, _again, core.registry, sent.cohort.id, sent.data, sent)
    if found is None:
        return Reply("This was a file with everything that I kept of you; I keep nothing any more.")
    files = await core.executors.draw(archive.parts, found[1], found[0])
    at = min(sent.data["part"], len(files))
    number = f" (file {at} of {len(files)})" if len(files) > 1 else ""
    day = local_date(sent.slot_at, sent.cohort.zone).isoformat()
    text = say(
        "Everything that I keep of you in **{cohort}**, as of {day}{number}.",
        cohort=sent.cohort.name,
        day=day,
        number=number,
    )
    return Reply(text, (files[at - 1],))


def _again(
    conn: Conn, registry: Registry, cohort_id: int, data: Mapping[str, Any], sent: Post
) -> tuple[DataSubject, list[KeptTopic]] | None:
    member = members.by_id(conn, cohort_id, data["member"])
    of = forgetting.find(conn, sent.cohort, member.person_id, sent.slot_at) if member is not None else None
    return (of, records.everything(conn, registry, of, named=True)) if of is not None else None
