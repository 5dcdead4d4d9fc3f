"""`privacy forget`: what is kept of somebody is deleted, after they have read what goes and what stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Fields, Person, Reply
from core.chat.text import Sayable, Text, enumerated, join, say
from core.clock import date_words, day_words, local_date
from core.cohorts import endings, forgetting
from core.cohorts.model import Scope
from core.commands import organizers
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.registry import Registry
from core.commands.spec import Access, Arg
from core.delivery import confirmation, outcomes
from core.delivery.forgetting import Traces
from core.delivery.forgetting import find as find_traces
from core.delivery.outcomes import PostStanding, Showing
from core.features.privacy import erasing, records
from core.features.privacy.commands import EXPORT
from core.features.privacy.records import Mention, TopicCount
from core.store import notes
from core.store.port import Conn

_LISTED = 10
"""Places that an answer names."""


@dataclass(frozen=True, slots=True)
class _Before:
    """What there is, before somebody is asked."""

    counts: Sequence[TopicCount]
    mentions: Sequence[Mention]
    elsewhere: Sequence[str]
    backups: Sequence[datetime]


@command("privacy forget", access=Access.OWN)
async def forget(
    call: Call,
    sure: Annotated[bool, Arg("Yes, after I have said what goes", form_only=True, in_form=False)] = False,
) -> Reply:
    """Have everything deleted that I keep of you here; asked first."""
    await organizers.refuse_last(call)
    account, registry = call.request.person, call.core.registry
    if not sure:
        return _ask(call, await call.read(_before, call.scope, registry, account))
    found = await call.read(_look, call.scope, registry, account)
    erased = await call.write(erasing.erase, registry, call.scope, account, *found)
    await call.core.store.clear_remains(vacuum=True)
    await confirmation.wait_for_all(call.core, erased.carried_out)
    left = [each for each in await call.read(outcomes.standings_of, erased.posts) if _stands(each)]
    backups = await call.read(notes.backups)
    ended = await call.read(endings.by_id, call.cohort.id) is not None
    again = () if ended else (Buttons((Button("Join again", "cohort join"),)),)
    return Reply(_told(call, erased, left, backups), again)


def _before(conn: Conn, scope: Scope, registry: Registry, account: Person) -> _Before:
    of = records.subject(conn, scope, account)
    return _Before(
        records.counts(conn, registry, of),
        records.mentions(conn, registry, of),
        forgetting.elsewhere(conn, of),
        notes.backups(conn),
    )


def _look(
    conn: Conn, scope: Scope, registry: Registry, account: Person
) -> tuple[Traces, frozenset[str], list[Mention]]:
    """What takes time to find: posts with somebody's name or words, and where others name them. Nothing, where they are
    forgotten already."""
    of = records.find(conn, scope, account)
    if of is None:
        return Traces(), frozenset(), []
    words = records.own_words(conn, registry, of)
    return find_traces(conn, of, words), words, records.mentions(conn, registry, of)


def _stands(each: PostStanding) -> bool:
    return each.showing in (Showing.STALE, Showing.CHANGING, Showing.UNKNOWN)


def _ask(call: Call, before: _Before) -> Reply:
    """Say what goes and what stays, and ask."""
    head = say(
        "Shall I delete everything that I keep of you in **{cohort}**? It cannot be brought back; {/privacy export} gives it "
        "to you first.",
        cohort=call.cohort.name,
    )
    facts: list[tuple[str, Sayable]] = [
        ("Goes", _goes(before.counts)),
        ("Stays", _stays(before, call.cohort.zone)),
    ]
    if before.mentions:
        facts.append(("In others' words", _named(before.mentions)))
    yes = Button("Delete everything", "privacy forget", {"sure": "yes"}, ButtonStyle.DANGER)
    keep = Button("Keep it", "privacy show")
    return Reply(head, (Fields(tuple(facts)), Buttons((yes, EXPORT, keep))))


def _goes(counts: Sequence[TopicCount]) -> Text:
    parts = [
        f"{each.topic.name.lower()} ({each.count:,})" if each.count else each.topic.name.lower()
        for each in counts
        if each.topic.goes
    ]
    return say(
        "{parts}. What I posted for you in channels is taken back, and your membership ends.",
        parts=enumerated(parts),
    )


def _stays(before: _Before, zone: str) -> Text:
    lines = [say("{stays}", stays=each.topic.stays) for each in before.counts if each.topic.stays]
    if before.elsewhere:
        lines.append(
            say(
                "You are also in {cohorts}: what I keep of you there stays, with your account.",
                cohorts=enumerated(before.elsewhere),
            )
        )
    lines.append(_kept_in(before.backups, zone))
    return join(lines)


def _kept_in(backups: Sequence[datetime], zone: str) -> Text:
    """What is said of backups, which hold it until they are replaced."""
    if not backups:
        return say("Backups that were made before, by whoever runs me, hold it until they are replaced.")
    days = list(dict.fromkeys(date_words(local_date(each, zone)) for each in backups))
    listed = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return say(
        "{count} that whoever runs me made, of {listed}, {hold} it until replaced.",
        count="1 backup" if len(backups) == 1 else f"{len(backups)} backups",
        listed=listed,
        hold="holds" if len(backups) == 1 else "hold",
    )


def _named(mentions: Sequence[Mention]) -> Text:
    places = [
        f"{each.topic}, {each.by or 'somebody who left'}, {day_words(each.day)}"
        for each in mentions[:_LISTED]
    ]
    more = len(mentions) - len(places)
    lines = [say("{place}", place=each) for each in places]
    if more > 0:
        lines.append(say("and {more} more", more=more))
    lines.append(say("I change nobody's words. Your organizers get this list, without your name."))
    return join(lines)


def _told(
    call: Call, erased: erasing.Erased, left: Sequence[PostStanding], backups: Sequence[datetime]
) -> Text:
    lines = [
        say(
            "Everything that I kept of you in **{cohort}** is deleted. Thank you for having been here.",
            cohort=call.cohort.name,
        )
    ]
    if not erased.everywhere:
        lines.append(say("What I keep of you in your other cohorts is as it was."))
    if left:
        places = enumerated(list(dict.fromkeys(each.place for each in left)))
        lines.append(
            say(
                "I could not take everything back yet in {places}: I go on trying; please look there.",
                places=places,
            )
        )
    lines.append(_kept_in(backups, call.cohort.zone))
    return join(lines)
