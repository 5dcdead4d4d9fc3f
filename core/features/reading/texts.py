"""What members read about the reading list."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.chat.model import Button, Buttons, ButtonStyle, Record, Reply
from core.chat.text import Text, join, safe_link, say, shorten
from core.features.reading.listing import RankedItem, Reason
from core.features.reading.records import ReadingItem
from core.features.reading.takeaways import Takeaway
from core.features.reading.voting import Votes
from core.works.model import Work, by

NAMED = 5
"""How many voters are named."""

TOP = 5
"""How many items of a list have a button to vote for them."""

_ABSTRACT = 700
"""Characters of an abstract that are shown."""
_SHOWN = 5
"""Takeaways that stand under an item."""


def votes(count: int) -> str:
    """ "1 vote", "3 votes"."""
    return "1 vote" if count == 1 else f"{count} votes"


def named(item: ReadingItem) -> Text:
    """What an item is called, as a link where it has one."""
    if item.address is not None:
        return say("[{name}]({link})", name=item.name, link=item.address)
    return say("“{name}”", name=item.name)


def entry(item: ReadingItem) -> Text:
    """An item with the reason for it."""
    text = say("**#{number}** {name}", number=item.number, name=named(item))
    return join([text, say("> {why}", why=item.why)]) if item.why else text


def added(name: str, item: ReadingItem) -> Reply:
    """That somebody put an item on the list, with the buttons to vote and to see the rest."""
    args = {"item": str(item.number)}
    buttons = Buttons(
        (
            Button("Vote for it", "reading vote", args, ButtonStyle.PRIMARY),
            Button("Open", "reading show", args),
            Button("The list", "reading list"),
        )
    )
    return Reply(join([say("{name} put this on the reading list:", name=name), entry(item)]), (buttons,))


def actions(number: int, *, free: bool = False) -> Buttons:
    """Read, takeaway, present where it is free, and vote, for one item; and the list."""
    return _actions(number, Button("Vote for it", "reading vote", {"item": str(number)}), free=free)


def prompt_actions(number: int, *, free: bool) -> Buttons:
    """What can be done about what is read now: read it, say what one takes from it, present it where it is free, or sit
    it out; and the list."""
    return _actions(number, Button("Not this week", "reading skip", {"item": str(number)}), free=free)


def _actions(number: int, other: Button, *, free: bool) -> Buttons:
    args = {"item": str(number)}
    return Buttons(
        (
            Button("I read it", "reading done", args, ButtonStyle.PRIMARY),
            Button("My takeaway", "reading takeaway", args),
            *((Button("I can present", "reading present", args),) if free else ()),
            other,
            Button("The list", "reading list"),
        )
    )


def turn_buttons(number: int) -> Buttons:
    """What somebody can do about a turn that has come to them."""
    args = {"item": str(number)}
    return Buttons(
        (
            Button("What is being read", "reading next"),
            Button("Swap with somebody", "reading swap", args),
            Button("Pass it on", "reading step-down", args),
        )
    )


def listed(ranked: RankedItem) -> Record:
    """An item in a list."""
    item = ranked.item
    you = " and ".join(["voted for it"] * ranked.voted + ["read it"] * ranked.read)
    opens = Button("Open", "reading show", {"item": str(item.number)})
    name = say("#{number} {name}", number=item.number, name=plainly_named(item))
    suggested = f"from {ranked.by}" if ranked.by else ""
    pinned = "pinned" if ranked.pinned else ""
    return Record(
        name,
        (
            pinned,
            with_names(ranked),
            f"you {you}" if you else "",
            suggested,
            " ".join(f"#{tag}" for tag in ranked.tags),
            may_be(ranked),
        ),
        opens,
    )


def may_be(ranked: RankedItem) -> str:
    """That another item may be the same work."""
    return f"may be the same as #{ranked.twin}" if ranked.twin else ""


def plainly_named(item: ReadingItem) -> Text | str:
    """What an item is called, without quotes, as a link where it has one."""
    return named(item) if item.address else item.name


def with_names(ranked: RankedItem) -> str:
    """The votes with names: "2 votes: Ada, Ben"."""
    return f"{votes(ranked.votes)}: {names(ranked.voters)}" if ranked.voters else votes(ranked.votes)


def names(people: Sequence[str]) -> str:
    """The first of some people, and how many more there are."""
    more = f" and {len(people) - NAMED} more" if len(people) > NAMED else ""
    return ", ".join(people[:NAMED]) + more


def reason(ranked: RankedItem) -> str:
    """Why an item is the next one, as the end of a sentence."""
    match ranked.reason:
        case Reason.PINNED:
            return "because an organizer pinned it"
        case Reason.VOTES:
            return f"because it is the most wanted: {with_names(ranked)}"
        case Reason.AGAIN:
            return "because all of the list has been read once, and this is longest ago"
    return "because nobody has voted, and it has waited longest"


def chosen(why: Reason, count: int) -> str:
    """Why the item of a prompt was chosen, in a sentence."""
    match why:
        case Reason.PINNED:
            return "An organizer pinned it."
        case Reason.VOTES:
            return f"Chosen because it was the most wanted, with {votes(count)}."
        case Reason.AGAIN:
            return "Chosen because all of the list has been read once, and this was longest ago."
    return "Chosen because it has waited longest; nobody had voted."


def was_chosen(why: Reason, count: int) -> str:
    """Why the next item was chosen at the last prompt, as the end of a sentence."""
    ends = {
        Reason.PINNED: "because an organizer had pinned it",
        Reason.VOTES: f"as the most wanted then, with {votes(count)}",
        Reason.OLDEST: "as what had waited longest",
        Reason.AGAIN: "as what was read longest ago",
    }
    return f"chosen {ends[why]}"


def shown(ranked: RankedItem, work: Work, lessons: Sequence[Takeaway]) -> Text:
    """An item by itself: the work, why it is here, who wants it, and what members took from it."""
    item = ranked.item
    facts = [with_names(ranked)]
    facts += [f"from {ranked.by}"] if ranked.by else []
    facts += [f"read by {names(ranked.readers)}"] if ranked.readers else []
    facts += ["you voted for it"] * ranked.voted + ["you read it"] * ranked.read
    facts += ["pinned"] * ranked.pinned + [" ".join(f"#{tag}" for tag in ranked.tags)] * bool(ranked.tags)
    facts += [may_be(ranked)] * bool(ranked.twin)
    parts = [say("**#{number}** {name}", number=item.number, name=named(item)), *about(work)]
    parts += [say("> {why}", why=item.why)] if item.why else []
    parts.append(say("{facts}", facts=" · ".join(facts)))
    parts += [say("{abstract}", abstract=shorten(work.abstract, _ABSTRACT))] if work.abstract else []
    return join([*parts, *taken_from_it(lessons)])


def about(work: Work) -> list[Text]:
    """Who wrote a work, where it appeared and when."""
    facts = [by(work.authors), work.venue, str(work.year or "")]
    return [say("{facts}", facts=", ".join(filter(None, facts)))] if any(facts) else []


def taken_from_it(lessons: Sequence[Takeaway]) -> list[Text]:
    """The takeaways under an item."""
    if not lessons:
        return []
    more = len(lessons) - _SHOWN
    rest = [say("… and {n} more.", n=more)] if more > 0 else []
    return [say("**What was taken from it**"), *map(lesson, lessons[:_SHOWN]), *rest]


def lesson(takeaway: Takeaway) -> Text:
    """A takeaway with its author."""
    private = "" if takeaway.shared else " (only you read this)"
    who = "You" if takeaway.own and not takeaway.shared else takeaway.by
    return say("- {who}{private}: {words}", who=who, private=private, words=_on_one_line(takeaway.words))


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def lesson_record(takeaway: Takeaway) -> Record:
    """A takeaway in a list of several items'."""
    item = takeaway.item
    private = "" if takeaway.shared else "only you read this"
    about = say("about #{number} {name}", number=item.number, name=plainly_named(item))
    opens = Button("Open", "reading show", {"item": str(item.number)})
    name = say("{who}: {words}", who=takeaway.by, words=_on_one_line(takeaway.words))
    return Record(name, (private, about), opens)


def vote_buttons(shown_items: Sequence[RankedItem]) -> Buttons:
    """A button to vote for each of the first few, or to take the vote back."""
    return Buttons(tuple(map(vote_button, shown_items[:TOP])))


def vote_button(ranked: RankedItem) -> Button:
    """The button to vote for an item, or to take the vote back."""
    number, args = ranked.item.number, {"item": str(ranked.item.number)}
    if ranked.voted:
        return Button(f"Take back #{number}", "reading unvote", args)
    return Button(f"Vote #{number}", "reading vote", args)


def voted(item: ReadingItem, found: Votes) -> Text:
    """The answer to a vote; it says that votes are by name."""
    head = "Counted" if found.changed else "Your vote for it stands already"
    return say("{head}: {name} has {standing}", head=head, name=named(item), standing=_standing(found))


def unvoted(item: ReadingItem, found: Votes) -> Text:
    """The answer to a vote that was taken back."""
    head = "Taken back" if found.changed else "You have no vote for it"
    return say("{head}: {name} has {standing}", head=head, name=named(item), standing=_standing(found))


def _standing(found: Votes) -> str:
    if not found.voters:
        return f"{votes(found.count)} now."
    return f"{votes(found.count)} now. Everybody here can see who voted: {names(found.voters)}."


def duplicate(item: ReadingItem, found: Votes) -> Text:
    """That what was suggested is on the list, and got a vote."""
    head = say("This is on the list already: #{number} {name}.", number=item.number, name=named(item))
    counted = "I counted your vote for it" if found.changed else "Your vote for it stands"
    return join([head, say("{counted}; it has {standing}", counted=counted, standing=_standing(found))])


NO_TURN = say(
    "You have no turn to offer just now. {/reading next} shows who presents what, and {/reading present} gives "
    "you an item of your own."
)
NOT_ON_OFFER = say("This turn is not on offer any more. {/reading next} shows who presents what.")


def numbered(number: int, name: str, link: str | None = None) -> Text:
    """An item inside a sentence, by what it is called and where it is read."""
    if link and safe_link(link):
        return say("#{number} [{name}]({link})", number=number, name=name, link=link)
    return say("#{number} “{name}”", number=number, name=name)


def inside(item: ReadingItem) -> Text:
    """An item inside a sentence."""
    return numbered(item.number, item.name, item.address)


def presented_already(item: ReadingItem, name: str) -> Text:
    """Somebody else has this turn."""
    return say(
        "{name} presents #{number} already. If the two of you agree, {name} can hand it to you with "
        "{/reading swap}; or choose another item.",
        name=name,
        number=item.number,
    )


def not_yours(item: ReadingItem, name: str | None) -> Text:
    """A turn that the caller does not have. `name` is who has it, if anybody."""
    if name is None:
        return say(
            "Nobody presents #{number} yet, so it is not yours to give away. {/reading present} "
            "makes it yours.",
            number=item.number,
        )
    return say(
        "{name} presents #{number}, so only {name} can give it away. {/reading next} shows who presents what.",
        name=name,
        number=item.number,
    )


def not_for_you(name: str) -> Text:
    return say(
        "{name} was asked to take this turn, so the button is for {name} alone. To present something "
        "yourself, use {/reading present}.",
        name=name,
    )


def offered(question: Mapping[str, Any]) -> Text:
    """The question to the one who may take a turn."""
    return say(
        "**{by}** asks **{to}**: would you present {item} instead? If you have a turn of your own, {by} takes "
        "that one in return.",
        by=question["by"],
        to=question["to"],
        item=numbered(question["number"], question["reference"], question.get("link")),
    )


def take_button(number: int) -> Buttons:
    return Buttons((Button("I take it", "reading take", {"item": str(number)}, ButtonStyle.PRIMARY),))


def swapped(swap: Mapping[str, Any]) -> Text:
    """The public answer when a turn was taken. `swap` is what the transaction returned."""
    text = say(
        "**{by}** presents {item}.",
        by=swap["by"],
        item=numbered(swap["number"], swap["reference"], swap.get("link")),
    )
    if swap["back"]:
        back = say("**{of}** presents {item} in return.", of=swap["of"], item=numbered(*swap["back"]))
        return join([text, back])
    return join([text, say("Thank you! **{of}** has a turn again another time.", of=swap["of"])])


def taken_from_you(swap: Mapping[str, Any]) -> Text:
    """What somebody is told whose turn was taken."""
    text = say(
        "**{by}** takes your turn and presents {item}.",
        by=swap["by"],
        item=numbered(swap["number"], swap["reference"], swap.get("link")),
    )
    rest = (
        say("You present {item} in return.", item=numbered(*swap["back"]))
        if swap["back"]
        else say("There is nothing left for you to do.")
    )
    return join([text, rest])


NOTHING_NOW = say("Nothing is being read just now. {/reading list} shows what could be next.")


def not_now(item: ReadingItem, now: ReadingItem) -> Text:
    """That something is not what is being read."""
    return say(
        "That week is over: {now} is being read now, and not #{number}.", now=inside(now), number=item.number
    )


def sits_out(item: ReadingItem, passed: "Sequence[Passed]") -> Text:
    """The answer to somebody who sits out what is being read."""
    if passed:
        noted, to = say("Noted: you do not present {item} this week.", item=inside(item)), passed[0]["to"]
        goes = say("It goes to {to}.", to=to) if to else say("It is free for somebody else.")
        return join([noted, goes])
    return say(
        "Noted: you sit {item} out. Nobody is told, and the turn to present it will not come to you.",
        item=inside(item),
    )


Passed = dict[str, Any]
"""What became of a turn that was given back: number, name ("reference") and link of its item, and who has it ("to")."""


def passed_on(passed: Sequence[Passed]) -> list[Text]:
    """What became of turns that were given back."""
    lines = []
    for turn in passed:
        item = numbered(turn["number"], turn["reference"], turn.get("link"))
        if turn["to"]:
            lines.append(say("- {item} goes to {to}.", item=item, to=turn["to"]))
        else:
            lines.append(say("- {item} is free for somebody else.", item=item))
    return lines
