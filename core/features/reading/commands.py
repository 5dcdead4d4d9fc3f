"""The commands of the reading list: what is on it, and who wants to read it."""

from dataclasses import dataclass, replace
from typing import Annotated

from core.chat.model import Button, Buttons, Reply
from core.chat.text import Text, join, say
from core.clock import day_words
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks
from core.commands.spec import Arg, LongText, Once
from core.delivery import announcements
from core.features.reading import adding, choices, listing, records, skips, takeaways, texts, turns, voting
from core.features.reading.choices import Choice
from core.features.reading.listing import ListSection, RankedItem
from core.features.reading.records import ReadingItem
from core.features.reading.tags import Tag
from core.features.reading.takeaways import Takeaway
from core.store.port import Conn
from core.works.model import Work

_ADD = Button("Add something", "reading add")
_LIST = Button("The list", "reading list")
_EMPTY = "The reading list is empty. What would you like to read together?"

Item = Annotated[ReadingItem, Arg("Its number or words of its title", max_length=300)]
"""The parameter `item` of a command about one item."""


@command("reading add", private=False, purpose="reading", form="Add to the reading list", submit="Add it")
async def add(
    call: Call,
    reference: Annotated[str, Arg("A title, an arXiv id, a DOI, a citation or a link", max_length=500)],
    why: Annotated[LongText | None, Arg("Why it is worth the cohort's time", max_length=1000)] = None,
    tags: Annotated[str | None, Arg("What it is about, with commas between: vision, writing")] = None,
    anyway: Annotated[
        bool, Arg("Yes if it is another work than the one of a like title", in_form=False)
    ] = False,
) -> Reply:
    """Suggest something to read together; the cohort votes."""
    added = await call.write(
        adding.add,
        call.scope,
        call.member.id,
        reference,
        why or None,
        tags,
        anyway=anyway,
        announced=not call.public,
    )
    item = await call.read(records.by_number, call.cohort.id, added.number)
    if item is None:
        raise records.gone()
    if added.votes is not None:
        opens = Button("Open", "reading show", {"item": str(item.number)})
        return Reply(texts.duplicate(item, added.votes), (Buttons((opens, _LIST)),))
    reply = texts.added(call.member.name, item)
    if call.public:
        return reply
    return replace(reply, text=join([reply.text, await announcements.where(call, added.posts)]))


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the list, what is read now, and how many were read before."""

    page: Page
    found: list[RankedItem]
    now: RankedItem | None
    read: int


def _page(conn: Conn, scope: Scope, member: int, number: int, section: ListSection, tag: str | None) -> _Page:
    cohort = scope.cohort.id
    page, found = listing.ranked(conn, cohort, member, number, section, tag)
    now = listing.being_read(conn, cohort, member)
    return _Page(page, found, now, listing.size_of(conn, cohort, ListSection.READ))


@command("reading list")
async def list_(
    call: Call,
    tag: Annotated[Tag | None, Arg("Only what has this tag", max_length=60)] = None,
    section: Annotated[ListSection | None, Arg("Which part of the list")] = None,
    page: PageArg = 1,
) -> Reply:
    """Show the reading list: what is read now, what is up next, what was read."""
    which = section or (ListSection.ALL if tag else ListSection.NEXT)
    shown = await call.read(_page, call.scope, call.member.id, page, which, tag.word if tag else None)
    if not shown.found and shown.now is None and which in (ListSection.NEXT, ListSection.ALL):
        starter = Button("Load a starter list", "cohort-admin track-load")
        return Reply(_EMPTY, (Buttons((_ADD, starter) if call.member.organizer else (_ADD,)),))
    rows = blocks(call, shown.page, map(texts.listed, shown.found))
    votes = (texts.vote_buttons(shown.found),) if shown.found else ()
    return Reply(_head(shown, which, tag), (*rows, *votes, _ways(shown, which)))


def _head(shown: _Page, section: ListSection, tag: Tag | None) -> Text:
    tagged = f" with #{tag.word}" if tag else ""
    parts = [say("**The reading list**{tagged}", tagged=tagged)]
    if shown.now is not None and section is ListSection.NEXT:
        parts.append(say("**Now**: {item}", item=texts.inside(shown.now.item)))
    if not shown.found:
        words = {
            ListSection.NOW: "Nothing is read just now.",
            ListSection.NEXT: "Nothing waits to be read. What should be next?",
            ListSection.READ: "Nothing was read together yet.",
            ListSection.ALL: "There is nothing yet.",
        }[section]
        return join([*parts, words])
    which = "" if shown.page.count == 1 else f" ({shown.page.words})"
    head = {
        ListSection.NOW: "**Now**{which}:",
        ListSection.NEXT: "**Up next**{which}, most wanted first. Vote for what you would like to read.",
        ListSection.READ: "**Read**{which}, the latest first:",
        ListSection.ALL: "All of it{which}, most wanted first:",
    }[section]
    return join([*parts, say(head, which=which)])


def _ways(shown: _Page, section: ListSection) -> Buttons:
    """The ways on from a list."""
    read = Button(f"What was read ({shown.read})", "reading list", {"section": ListSection.READ})
    others = () if section is ListSection.READ or not shown.read else (read,)
    back = (Button("Up next", "reading list"),) if section is not ListSection.NEXT else ()
    over_time = (Button("Over time", "reading progress"),) if shown.read else ()
    return Buttons((_ADD, *back, *others, *over_time))


@dataclass(frozen=True, slots=True)
class _Shown:
    """All that is shown of one item. `may_edit` says that the caller may correct it."""

    ranked: RankedItem
    work: Work
    lessons: list[Takeaway]
    may_edit: bool


def _one(conn: Conn, scope: Scope, member: int, item: ReadingItem) -> _Shown:
    cohort = scope.cohort.id
    ranked = listing.one(conn, cohort, member, item)
    organizer = scope.member is not None and scope.member.organizer
    own = records.added_by(conn, item) == member and not voting.others_voted(conn, item.id, member)
    lessons = takeaways.of_item(conn, cohort, member, item.id)
    return _Shown(ranked, records.work_of(conn, cohort, item.id), lessons, organizer or own)


@command("reading show", form="Show something to read", submit="Show it")
async def show(call: Call, item: Item) -> Reply:
    """Show something on the list: why it is there, who wants it, and the takeaways."""
    found = await call.read(_one, call.scope, call.member.id, item)
    args = {"item": str(item.number)}
    more = [texts.vote_button(found.ranked), Button("I can present", "reading present", args)]
    if len(found.lessons) > 1:
        more.append(Button("All takeaways", "reading takeaways", args))
    if found.may_edit:
        more += [Button("Correct it", "reading edit", args), Button("Remove it", "reading remove", args)]
    first = Buttons(
        (Button("I read it", "reading done", args), Button("My takeaway", "reading takeaway", args), _LIST)
    )
    return Reply(texts.shown(found.ranked, found.work, found.lessons), (first, Buttons(tuple(more))))


@command("reading vote", once=Once.REPEATS, form="Vote for a reading", submit="Vote")
async def vote(call: Call, item: Item) -> Reply:
    """Vote for something on the reading list; the cohort sees who voted."""
    found = await call.write(voting.vote, call.scope, call.member.id, item)
    back = Button("Take it back", "reading unvote", {"item": str(item.number)})
    return Reply(texts.voted(item, found), (Buttons((_LIST, back)),))


@command("reading unvote", once=Once.REPEATS, form="Take a vote back", submit="Take it back")
async def unvote(call: Call, item: Item) -> Reply:
    """Take your vote for something on the reading list back."""
    found = await call.write(voting.unvote, call.scope, call.member.id, item)
    again = Button("Vote for it", "reading vote", {"item": str(item.number)})
    return Reply(texts.unvoted(item, found), (Buttons((_LIST, again)),))


@command("reading next")
async def next_(call: Call) -> Reply:
    """See what is being read, what is up next and why, and who presents it."""
    found = await call.read(_next, call.scope, call.member.id)
    now, then, presenters = found.now, found.then, found.presenters
    if then is None:
        return Reply(_EMPTY, (Buttons((_ADD,)),))
    parts: list[Text] = []
    if now is not None and now.prompted_on is not None:
        since = day_words(now.prompted_on)
        parts += [say("**Being read** since {since}:", since=since), texts.entry(now.item)]
        if presenters.now:
            parts.append(say("**{name}** presents it.", name=presenters.now))
        parts += [say("You sit this one out.")] * found.sits_out
    if now is None or then.item.id != now.item.id:
        parts += [say("**Up next**, {why}:", why=_why(then, found.chosen)), texts.entry(then.item)]
        if presenters.then:
            parts.append(say("**{name}** presents it.", name=presenters.then))
        elif presenters.following:
            parts.append(say("It is **{name}**’s turn to present then.", name=presenters.following))
    else:
        parts.append(say("Nothing waits after it. What should be next?"))
    more = [_ADD] if presenters.free is None else [_ADD, _present(presenters.free)]
    more += [Button("Take part after all", "reading skip", {"undo": "yes"})] * found.sits_out
    return Reply(join(parts), (texts.actions(then.item.number), Buttons(tuple(more))))


def _why(then: RankedItem, chosen: Choice | None) -> str:
    return texts.was_chosen(chosen.reason, chosen.votes) if chosen else texts.reason(then)


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


@dataclass(frozen=True, slots=True)
class _Next:
    """What is read now and what then; `chosen` where that was chosen ahead."""

    now: RankedItem | None
    then: RankedItem | None
    chosen: Choice | None
    presenters: _Presenters
    sits_out: bool


def _next(conn: Conn, scope: Scope, member: int) -> _Next:
    cohort = scope.cohort.id
    now = listing.being_read(conn, cohort, member)
    then, chosen = choices.up_next(conn, cohort, member)
    free: ReadingItem | None = None
    names: list[str | None] = []
    for ranked in (now, then):
        turn = turns.open_turn(conn, cohort, ranked.item) if ranked else None
        names.append(turn.presenter.name if turn else None)
        free = free or (ranked.item if ranked and turn is None else None)
    following = turns.next_presenter(conn, cohort, scope.today)
    known = _Presenters(names[0], names[1], following.name if following else None, free)
    sits_out = now is not None and skips.sits_out(conn, now.item, member)
    return _Next(now, then, chosen, known, sits_out)
