"""What requests for feedback put on a member's page: what they have taken, what they are asked to take, and their own."""

from core.chat.model import Button, ButtonStyle
from core.chat.text import Text, say
from core.cohorts.model import Member, Scope
from core.commands.decorators import home_section
from core.commands.spec import HomePart
from core.features.feedback import records, texts
from core.features.feedback.model import FeedbackRequest
from core.store.port import Conn

_MOST = 3


@home_section("feedback", order=25)
def home(conn: Conn, scope: Scope, member: Member) -> HomePart | None:
    """What waits for a member, and how what they asked stands."""
    taken = records.claims_of(conn, member.id)
    asked = records.offered_to(conn, member.id)
    offers = [each for each in asked if each.is_public or member.mentor][:_MOST]
    own = records.open_of(conn, member.id)
    waits = (*map(_taken, taken[:_MOST]), *_more(len(taken)), *map(_offered, offers))
    buttons = (
        *(
            Button(f"Answer #{each.number}", "feedback answer", texts.args(each), ButtonStyle.PRIMARY)
            for each in taken[:1]
        ),
        *(texts.claim_button(each, f"Take #{each.number}") for each in offers[:1]),
    )
    mine = tuple(_own(each) for each in own[:_MOST]) + _more(len(own))
    if not waits and not mine:
        return None
    return HomePart(waits, mine, (*buttons, Button("Requests", "feedback list")))


def _more(count: int) -> tuple[Text, ...]:
    return (say("and {n} more requests", n=count - _MOST),) if count > _MOST else ()


def _taken(request: FeedbackRequest) -> Text:
    return say(
        "{name} waits for your feedback: #{number} {topic}",
        name=request.asker,
        number=request.number,
        topic=request.topic,
    )


def _offered(request: FeedbackRequest) -> Text:
    return say("Could you take #{number} {topic}?", number=request.number, topic=request.topic)


def _own(request: FeedbackRequest) -> Text:
    state = "waits for somebody" if request.is_open else f"{request.helper} helps"
    return say(
        "Your request #{number} {topic}: {state}", number=request.number, topic=request.topic, state=state
    )
