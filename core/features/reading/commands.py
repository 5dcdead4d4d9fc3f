"""The commands of the reading list."""

from dataclasses import dataclass, replace
from typing import Annotated

from core.chat.model import Button, Buttons, Reply
from core.chat.text import Text, join, say
from core.clock import day_words
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import PageArg, blocks
from core.commands.spec import Arg, LongText, Once
from core.delivery import announcements
from core.features.reading import records, texts, turns
from core.features.reading.records import ADDED, RankedItem, ReadingItem
from core.store.port import Conn

_ADD = Button("Add something", "reading add")
_EMPTY = "The reading list is empty. What would you like to read together?"


@command("reading add", private=False, purpose="reading", form="Add to the reading list", submit="Add it")
async def add(
    call: Call,
    reference: Annotated[str, Arg("A title, a citation or a link", max_length=500)],
    why: Annotated[LongText | None, Arg("Why it is worth the cohort's time", max_length=1000)] = None,
) -> Reply:
    """Suggest something to read together; the cohort votes."""
    added = await call.write(
        _add, call.scope, call.member.id, reference, why or None, announced=not call.public
    )
    reply = texts.added(call.member.name, added.number, reference, why)
    if call.public:
        return reply
    return replace(reply, text=join([reply.text, await announcements.where(call, added.posts)]))


@dataclass(frozen=True, slots=True)
class _Added:
    """The number of a new item, and the posts that tell the cohort of it."""

    number: int
    posts: list[int]


def _add(conn: Conn, scope: Scope, by: int, reference: str, why: str | None, *, announced: bool) -> _Added:
    number = records.add(conn, scope, by, reference, why)
    if not announced:
        return _Added(number, [])
    key, data = f"added:{scope.cohort.id}:{number}", {"number": number}
    return _Added(number, announcements.announce(conn, scope, ADDED, "reading", key, data))


@command("reading list")
async def list_(call: Call, page: PageArg = 1) -> Reply:
    """Show the reading list, most wanted first."""
    shown, found = await call.read(records.ranked, call.cohort.id, call.member.id, page)
    if not found:
        return Reply(_EMPTY, (Buttons((_ADD,)),))
    which = "" if shown.count == 1 else f" ({shown.words})"
    text = say(
        "**The reading list**{which}, most wanted first. Vote for what you would like to read next.",
        which=which,
    )
    rows = blocks(call, shown, map(texts.listed, found))
    return Reply(text, (*rows, texts.vote_buttons(found), Buttons((_ADD,))))


@command("reading show", form="Show something to read", submit="Show it")
async def show(
    call: Call, item: Annotated[ReadingItem, Arg("Its number or how it begins", max_length=300)]
) -> Reply:
    """Show something on the reading list: why it is there, and who wants to read it."""
    found = await call.read(records.one, call.cohort.id, call.member.id, item)
    return Reply(texts.shown(found), (texts.actions(item.number),))


@command("reading vote", once=Once.REPEATS, form="Vote for a reading", submit="Vote")
async def vote(
    call: Call, item: Annotated[ReadingItem, Arg("Its number or how it begins", max_length=300)]
) -> Reply:
    """Vote for something on the reading list; the cohort sees who voted."""
    found = await call.write(records.vote, call.scope, call.member.id, item)
    return Reply(texts.voted(item, found), (Buttons((Button("The list", "reading list"),)),))


@command("reading done", once=Once.REPEATS, form="Mark as read", submit="Mark it")
async def done(
    call: Call,
    item: Annotated[ReadingItem, Arg("Its number or how it begins", max_length=300)],
    takeaway: Annotated[LongText | None, Arg("What you take from it", max_length=2000)] = None,
) -> Reply:
    """Note that you read something, and what you take from it."""
    return await _done(call, item, takeaway or None)


@command("reading takeaway", form="Write a takeaway", submit="Keep it")
async def takeaway(
    call: Call,
    item: Annotated[ReadingItem, Arg("Its number or how it begins", max_length=300)],
    takeaway: Annotated[LongText, Arg("A sentence or two is plenty", max_length=2000)],
) -> Reply:
    """Write down what you take from something you read."""
    return await _done(call, item, takeaway)


async def _done(call: Call, item: ReadingItem, takeaway: str | None) -> Reply:
    new = await call.write(records.mark_done, call.scope, call.member.id, item, takeaway)
    head = "Well read!" if new else "You had read it before, and that stands."
    text = say("{head} {reference}", head=head, reference=texts.named(item.reference))
    if takeaway:
        text = join([text, say("Your takeaway is kept:"), say("> {takeaway}", takeaway=takeaway)])
    write = Button("Write a takeaway", "reading takeaway", {"item": str(item.number)})
    buttons = (
        (Button("The list", "reading list"),) if takeaway else (write, Button("The list", "reading list"))
    )
    return Reply(text, (Buttons(buttons),))


@command("reading next")
async def next_(call: Call) -> Reply:
    """See what is being read, what is up next, and who presents it."""
    now, then, presenters = await call.read(_next, call.scope, call.member.id)
    if then is None:
        return Reply(_EMPTY, (Buttons((_ADD,)),))
    parts: list[Text] = []
    if now is not None and now.prompted_on is not None:
        since = day_words(now.prompted_on)
        parts += [say("**Being read** since {since}:", since=since), _entry(now)]
        if presenters.now:
            parts.append(say("**{name}** presents it.", name=presenters.now))
    if now is None or then.item.id != now.item.id:
        parts += [say("**Up next**, with {votes}:", votes=texts.votes(then.votes)), _entry(then)]
        if presenters.then:
            parts.append(say("**{name}** presents it.", name=presenters.then))
        elif presenters.following:
            parts.append(say("It is **{name}**’s turn to present then.", name=presenters.following))
    else:
        parts.append(say("Nothing waits after it. What should be next?"))
    more = (_ADD,) if presenters.free is None else (_ADD, _present(presenters.free))
    return Reply(join(parts), (texts.actions(then.item.number), Buttons(more)))


def _present(item: ReadingItem) -> Button:
    return Button(f"I can present #{item.number}", "reading present", {"item": str(item.number)})


@dataclass(frozen=True, slots=True)
class _Presenters:
    """Names: who presents what is being read, who took what is up next, and whose turn it is then. `free` is
    the first of the two that nobody took."""

    now: str | None = None
    then: str | None = None
    following: str | None = None
    free: ReadingItem | None = None


def _next(conn: Conn, scope: Scope, member: int) -> tuple[RankedItem | None, RankedItem | None, _Presenters]:
    cohort = scope.cohort.id
    now, then = records.being_read(conn, cohort, member), records.up_next(conn, cohort, member)
    free: ReadingItem | None = None
    names: list[str | None] = []
    for ranked in (now, then):
        turn = turns.open_turn(conn, cohort, ranked.item) if ranked else None
        names.append(turn.presenter.name if turn else None)
        free = free or (ranked.item if ranked and turn is None else None)
    following = turns.next_presenter(conn, cohort, scope.today)
    return now, then, _Presenters(names[0], names[1], following.name if following else None, free)


def _entry(ranked: RankedItem) -> Text:
    return texts.entry(ranked.item.number, ranked.item.reference, ranked.item.why)
