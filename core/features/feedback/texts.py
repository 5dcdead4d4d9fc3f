"""What members read about requests for feedback."""

from collections.abc import Sequence

from core.chat.model import Button, Buttons, ButtonStyle, Record
from core.chat.text import Moment, Text, join, moment, say
from core.cohorts.model import Cohort
from core.delivery.outcomes import PostStanding, Showing
from core.features.feedback.model import FeedbackRequest, RequestState, RequestVisibility
from core.papers.queries import PaperName

WHO_READS = {
    RequestVisibility.COHORT: "The cohort reads it",
    RequestVisibility.MENTORS: "Only the mentors read it",
    RequestVisibility.PRIVATE: "Only the mentor who takes it reads it; the others see its topic",
}
"""Who reads a request, as a sentence without its end."""

TAKEN_BACK = "This request for feedback was taken back by who asked."


def who_reads(request: FeedbackRequest) -> str:
    """Who reads a request."""
    if request.visibility is RequestVisibility.PRIVATE and request.named:
        return f"Only {request.named} reads it"
    return WHO_READS[request.visibility]


def args(request: FeedbackRequest) -> dict[str, str]:
    """The argument of a button that is about a request."""
    return {"request": str(request.number)}


def at(request: FeedbackRequest, cohort: Cohort) -> Moment:
    """When it was asked."""
    return moment(request.created_at, cohort.zone)


def standing(request: FeedbackRequest, cohort: Cohort) -> Text:
    """How a request stands, in a sentence."""
    match request.state:
        case RequestState.OPEN:
            return say("Asked {at}; it waits for somebody who can help.", at=at(request, cohort))
        case RequestState.CLAIMED:
            since = moment(request.claimed_at or request.created_at, cohort.zone)
            return say("**{helper}** took it {since}.", helper=request.helper, since=since)
    ended = moment(request.closed_at or request.created_at, cohort.zone)
    if request.helper:
        return say("Closed {at}; {helper} helped.", at=ended, helper=request.helper)
    return say("Closed {at}.", at=ended)


def words(request: FeedbackRequest, paper: PaperName | None) -> Text:
    """What is asked: its details, and the paper that it is about."""
    parts = [say("> {details}", details=request.details)] if request.details else []
    if paper is not None:
        parts.append(say("It is about the paper “{title}”.", title=paper.title))
    return join(parts)


def in_channel(request: FeedbackRequest, paper: PaperName | None, cohort: Cohort) -> Text:
    """A request as the cohort reads it."""
    head = say(
        "**{name} asks for feedback** (#{number}): **{topic}**",
        name=request.asker,
        number=request.number,
        topic=request.topic,
    )
    parts = [head, words(request, paper), standing(request, cohort)]
    if request.word:
        parts.append(say("> {word}", word=request.word))
    return join(part for part in parts if part)


def shown(request: FeedbackRequest, paper: PaperName | None, cohort: Cohort, tells: bool) -> Text:
    """A request as somebody sees it who may; `tells` says whether they read its details."""
    head = say("**#{number} {topic}**", number=request.number, topic=request.topic)
    by = say("{name} asks. {who}.", name=request.asker, who=who_reads(request))
    parts = [head, standing(request, cohort), by]
    if tells:
        parts += [words(request, paper), say("> {word}", word=request.word) if request.word else Text()]
    else:
        parts.append(say("Its details come with taking it."))
    return join(part for part in parts if part)


def asked(head: str, request: FeedbackRequest, posted: Sequence[PostStanding]) -> Text:
    """What who asks is told: who reads it, where it stands."""
    first = say("{head} as **#{number}**: “{topic}”.", head=head, number=request.number, topic=request.topic)
    if not request.is_public:
        return join([first, say("{who}.", who=who_reads(request)), *failed(posted)])
    return join([first, where(posted)])


def where(posted: Sequence[PostStanding]) -> Text:
    """Where the cohort reads a request, as far as is known."""
    there, coming = _places(posted, Showing.SHOWN), _places(posted, Showing.COMING, Showing.CHANGING)
    lines = []
    if there:
        lines.append(say("The cohort reads it in **{where}**.", where=there))
    if coming:
        lines.append(say("I am posting it in **{where}**, and tell you should that fail.", where=coming))
    if not posted:
        lines.append(say("There is no channel where I could post it, so only those I ask read it."))
    return join([*lines, *failed(posted)])


def _places(posted: Sequence[PostStanding], *showing: Showing) -> str:
    return ", ".join(each.place for each in posted if each.showing in showing)


def failed(posted: Sequence[PostStanding]) -> list[Text]:
    """What could not be posted or changed, a line each."""
    said = {
        Showing.NOWHERE: "I could not post it in **{where}**: {why}",
        Showing.STALE: "I could not change it in **{where}**, so it reads there as before: {why}",
        Showing.UNKNOWN: "I cannot tell whether it arrived in **{where}**. Please look there. {why}",
    }
    return [
        say(said[each.showing], where=each.place, why=each.reason) for each in posted if each.showing in said
    ]


def asker_buttons(request: FeedbackRequest) -> Buttons:
    """What who asked can do."""
    of = args(request)
    if request.is_closed:
        return Buttons((Button("Open it again", "feedback reopen", of), _back(request)))
    return Buttons(
        (Button("Change it", "feedback edit", of), Button("Close it", "feedback close", of), _back(request))
    )


def _back(request: FeedbackRequest) -> Button:
    return Button("Take it back", "feedback close", {**args(request), "take_back": "yes"}, ButtonStyle.DANGER)


def listed(request: FeedbackRequest, cohort: Cohort, viewer: int) -> Record:
    """A request in a list."""
    name = say("#{number} {topic}", number=request.number, topic=request.topic)
    who = "you" if request.asker_id == viewer else request.asker
    state = {
        RequestState.OPEN: "waits",
        RequestState.CLAIMED: f"{request.helper} helps",
        RequestState.CLOSED: "closed",
    }[request.state]
    readers = () if request.is_public else (request.visibility.value,)
    opens = Button("Open", "feedback show", args(request))
    asked_at = say("asked {at}", at=at(request, cohort))
    return Record(name, (who, state, asked_at, *readers), opens)


def channel_buttons(request: FeedbackRequest) -> Buttons:
    """What the cohort can do about a request."""
    return Buttons((Button("Show", "feedback show", args(request)),))


def taken_back_but(posted: Sequence[PostStanding]) -> Text:
    """What who asked is told of a request that is gone, but not from every channel."""
    return join([say("Your request for feedback is taken back; its words are gone here."), *failed(posted)])
