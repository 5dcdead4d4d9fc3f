"""What members read about the reading list."""

from core.chat import Button, Buttons, ButtonStyle, Table
from core.features.reading.items import ReadingItem, Standing
from core.text import Text, join, safe_link, say, shorten

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


def actions(number: int, *, primary: bool = True) -> Buttons:
    """Vote, read, takeaway and the list, for one item."""
    args = {"item": str(number)}
    style = ButtonStyle.PRIMARY if primary else ButtonStyle.NORMAL
    return Buttons(
        (
            Button("I read it", "reading done", args, style),
            Button("Read, with a takeaway", "reading takeaway", args),
            Button("Vote for it", "reading vote", args),
            Button("The list", "reading list"),
        )
    )


def table(shown: list[Standing]) -> Table:
    """The list, by votes."""
    rows = tuple(
        (
            f"#{each.item.number}",
            shorten(each.item.reference, 70),
            f"{each.votes}{' (yours too)' if each.voted else ''}",
            f"{each.readers}{' (you too)' if each.read else ''}",
            each.by or "–",
        )
        for each in shown
    )
    return Table(("#", "What", "Votes", "Read by", "From"), rows)


def vote_buttons(shown: list[Standing]) -> Buttons:
    """A button to vote for each of the first few."""
    return Buttons(
        tuple(
            Button(f"Vote #{each.item.number}", "reading vote", {"item": str(each.item.number)})
            for each in shown[:TOP]
        )
    )


def voted(item: ReadingItem, new: bool, count: int) -> Text:
    """The answer to a vote."""
    head = "Counted" if new else "Your vote for it stands already"
    return say("{head}: {reference} has {votes} now.", head=head, reference=named(shorten_item(item)),
               votes=votes(count))  # fmt: skip


def shorten_item(item: ReadingItem) -> str:
    """A reference short enough for a sentence; links stay whole, so that they work."""
    return item.reference if safe_link(item.reference) else shorten(item.reference, 120)
