"""What the reading list puts on a member's page."""

from core.chat.model import Button, ButtonStyle
from core.chat.text import Text, say
from core.clock import day_words
from core.cohorts.model import Member, Scope
from core.commands.decorators import home_section
from core.commands.spec import HomePart
from core.features.reading import texts, turns
from core.features.reading.turns import Turn
from core.store.port import Conn

_MOST = 3


@home_section("reading", order=30)
def home(conn: Conn, scope: Scope, member: Member) -> HomePart:
    """The turns to present, and those that others offer."""
    mine = turns.open_turns_of(conn, scope.cohort.id, member.id)[:_MOST]
    offers = turns.offered_to(conn, scope.cohort.id, member.id)[:_MOST]
    waits = (*map(_turn, mine), *map(_offer, offers))
    takes = (
        Button(
            f"Take #{each.item.number}", "reading take", {"item": str(each.item.number)}, ButtonStyle.PRIMARY
        )
        for each in offers
    )
    return HomePart(waits, buttons=(*takes, Button("Reading list", "reading list")))


def _turn(turn: Turn) -> Text:
    when = say("on {day}", day=day_words(turn.day)) if turn.day else "when it comes up"
    return say("You present {item} {when}", item=_item(turn), when=when)


def _offer(turn: Turn) -> Text:
    return say("{by} offers you the turn to present {item}", by=turn.presenter.name, item=_item(turn))


def _item(turn: Turn) -> Text:
    return texts.inside(turn.item)
