"""`privacy show`: everything that is kept of somebody, by what it is, with who can see it."""

from core.chat.model import Button, Buttons, ButtonStyle, Record, Records, Reply
from core.chat.text import Sayable, Text, say
from core.clock import date_words
from core.cohorts import endings
from core.cohorts.model import Scope
from core.cohorts.privacy import DataTopic
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.registry import Registry
from core.commands.spec import Access
from core.features.privacy import records
from core.features.privacy.records import TopicCount
from core.store.port import Conn

EXPORT = Button("Take it along", "privacy export", style=ButtonStyle.PRIMARY)
FORGET = Button("Have it deleted", "privacy forget", style=ButtonStyle.DANGER)


@command("privacy show", access=Access.OWN)
async def show(call: Call) -> Reply:
    """Everything that I keep of you, and who can see it."""
    found = await call.read(_counts, call.scope, call.core.registry, call)
    if found is None:
        return Reply(records.NOTHING)
    ended = await call.read(endings.by_id, call.cohort.id) is not None
    head = say(
        "**What I keep of you** in {cohort}, for your eyes only. It is yours: take it along, or have it deleted.",
        cohort=call.cohort.name,
    )
    rows = tuple(_record(each, call, ended=ended) for each in found)
    return Reply(head, (Records(rows), Buttons((EXPORT, FORGET))))


def _counts(conn: Conn, scope: Scope, registry: Registry, call: Call) -> list[TopicCount] | None:
    """What is kept of the caller; None where nothing is."""
    of = records.find(conn, scope, call.request.person)
    return records.counts(conn, registry, of) if of is not None else None


def _record(each: TopicCount, call: Call, *, ended: bool) -> Record:
    topic = each.topic
    details: list[Sayable] = [
        say("{holds}", holds=topic.holds),
        say("read by {readers}", readers=topic.readers),
    ]
    if each.kept:
        details.append(say("kept {kept}", kept=each.kept))
    return Record(_name(each), tuple(details), topic.opens if _can_open(topic, call, ended=ended) else None)


def _can_open(topic: DataTopic, call: Call, *, ended: bool) -> bool:
    """Whether the button of a topic shows something: who has left reads the records nowhere else any more, and in a cohort
    that was archived few commands go on."""
    command = call.core.registry.commands.get(topic.opens.command) if topic.opens else None
    if command is None or call.scope.member is None:
        return False
    return not ended or command.in_archive or not command.needs_cohort


def _name(each: TopicCount) -> Text:
    """A topic with how much there is, and of which days."""
    if not each.count:
        return say("**{name}**", name=each.topic.name)
    if each.first is None or each.last is None:
        return say("**{name}**: {count}", name=each.topic.name, count=f"{each.count:,}")
    first, last = date_words(each.first), date_words(each.last)
    span = first if first == last else f"{first} to {last}"
    return say("**{name}**: {count}, {span}", name=each.topic.name, count=f"{each.count:,}", span=span)
