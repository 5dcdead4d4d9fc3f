"""What members read about the reading list."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.chat.model import Button, Buttons, ButtonStyle, Record, Reply
from core.chat.text import Text, join, safe_link, say
from core.features.reading.records import RankedItem, ReadingItem, Votes

NAMED = 5
"""How many voters are named."""

TOP = 5
"""How many items of a list have a button to vote for them."""


def votes(count: int) -> str:
    """ "1 vote", "3 votes"."""
    return "1 vote" if count == 1 else f"{count} votes"


def named(reference: str) -> Text:
    """A reference: a link where it is nothing but one, else as it was typed."""
    if safe_link(reference):
        return say("[{link}]({link})", link=reference)
    return say("“{reference}”", reference=reference)


def entry(number: int, reference: str, why: str | None) -> Text:
    """An item with the reason for it."""
    text = say("**#{number}** {reference}", number=number, reference=named(reference))
    return join([text, say("> {why}", why=why)]) if why else text


def added(name: str, number: int, reference: str, why: str | None) -> Reply:
    """That somebody put an item on the list, with the buttons to vote and to see the rest."""
    args = {"item": str(number)}
    buttons = Buttons(
        (Button("Vote for it", "reading vote", args, ButtonStyle.PRIMARY), Button("The list", "reading list"))
    )
    head = say("{name} put this on the reading list:", name=name)
    return Reply(join([head, entry(number, reference, why)]), (buttons,))


def actions(number: int, *, primary: bool = True, free: bool = False) -> Buttons:
    """Vote, read, takeaway and the list, for one item; where it is free, also to present it."""
    args = {"item": str(number)}
    style = ButtonStyle.PRIMARY if primary else ButtonStyle.NORMAL
    return Buttons(
        (
            Button("I read it", "reading done", args, style),
            Button("Read, with a takeaway", "reading takeaway", args),
            *((Button("I can present", "reading present", args),) if free else ()),
            Button("Vote for it", "reading vote", args),
            Button("The list", "reading list"),
        )
    )


def listed(ranked: RankedItem) -> Record:
    """An item in a list."""
    item = ranked.item
    you = " and ".join(["voted for it"] * ranked.voted + ["read it"] * ranked.read)
    opens = Button("Open", "reading show", {"item": str(item.number)})
    name = say("#{number} {reference}", number=item.number, reference=plainly_named(item.reference))
    by = f"from {ranked.by}" if ranked.by else ""
    return Record(name, (_with_names(ranked), f"you {you}" if you else "", by), opens)


def plainly_named(reference: str) -> Text | str:
    """A reference without quotes: a link where it is nothing but one, else as it was typed."""
    return named(reference) if safe_link(reference) else reference


def _with_names(ranked: RankedItem) -> str:
    """The votes with names: "2 votes: Ada, Ben"."""
    return f"{votes(ranked.votes)}: {names(ranked.voters)}" if ranked.voters else votes(ranked.votes)


def names(voters: Sequence[str]) -> str:
    """The first of those who voted, and how many more there are."""
    more = f" and {len(voters) - NAMED} more" if len(voters) > NAMED else ""
    return ", ".join(voters[:NAMED]) + more


def shown(ranked: RankedItem) -> Text:
    """An item by itself."""
    item = ranked.item
    facts = [_with_names(ranked)]
    facts += [f"from {ranked.by}"] if ranked.by else []
    facts += ["you voted for it"] * ranked.voted + ["you read it"] * ranked.read
    line = say("{facts}", facts=" · ".join(facts))
    return join([entry(item.number, item.reference, item.why), line])


def vote_buttons(shown: list[RankedItem]) -> Buttons:
    """A button to vote for each of the first few."""
    return Buttons(
        tuple(
            Button(f"Vote #{each.item.number}", "reading vote", {"item": str(each.item.number)})
            for each in shown[:TOP]
        )
    )


def voted(item: ReadingItem, found: Votes) -> Text:
    """The answer to a vote; it says that votes are by name."""
    head = "Counted" if found.new else "Your vote for it stands already"
    return say(
        "{head}: {reference} has {votes} now. Everybody here can see who voted: {names}.",
        head=head,
        reference=named(item.reference),
        votes=votes(found.count),
        names=names(found.voters),
    )


NO_TURN = say(
    "You have no turn to offer just now. {/reading next} shows who presents what, and {/reading present} gives "
    "you an item of your own."
)
NOT_ON_OFFER = say("This turn is not on offer any more. {/reading next} shows who presents what.")


def numbered(number: int, reference: str) -> Text:
    """An item inside a sentence."""
    return say("#{number} {reference}", number=number, reference=named(reference))


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
        item=numbered(question["number"], question["reference"]),
    )


def take_button(number: int) -> Buttons:
    return Buttons((Button("I take it", "reading take", {"item": str(number)}, ButtonStyle.PRIMARY),))


def swapped(swap: Mapping[str, Any]) -> Text:
    """The public answer when a turn was taken. `swap` is what the transaction returned."""
    text = say("**{by}** presents {item}.", by=swap["by"], item=numbered(swap["number"], swap["reference"]))
    if swap["back"]:
        back = say("**{of}** presents {item} in return.", of=swap["of"], item=numbered(*swap["back"]))
        return join([text, back])
    return join([text, say("Thank you! **{of}** has a turn again another time.", of=swap["of"])])


def taken_from_you(swap: Mapping[str, Any]) -> Text:
    """What somebody is told whose turn was taken."""
    text = say(
        "**{by}** takes your turn and presents {item}.",
        by=swap["by"],
        item=numbered(swap["number"], swap["reference"]),
    )
    rest = (
        say("You present {item} in return.", item=numbered(*swap["back"]))
        if swap["back"]
        else say("There is nothing left for you to do.")
    )
    return join([text, rest])


def passed_on(passed: list[dict[str, Any]]) -> list[Text]:
    """What became of turns that were given back."""
    lines = []
    for turn in passed:
        item = numbered(turn["number"], turn["reference"])
        if turn["to"]:
            lines.append(say("- {item} goes to {to}.", item=item, to=turn["to"]))
        else:
            lines.append(say("- {item} is free for somebody else.", item=item))
    return lines
