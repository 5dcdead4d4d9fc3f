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


def asked(head: str, request: FeedbackRequest, posted: Sequence[PostStanding], *more: Text) -> Text:
    """What who asks is told: who reads it, where it stands. `more` comes before what could not be done."""
    first = say("{head} as **#{number}**: “{topic}”.", head=head, number=request.number, topic=request.topic)
    if not request.is_public:
        return join([first, say("{who}.", who=who_reads(request)), *more, *failed(posted)])
    return join([first, *where(posted), *more, *failed(posted)])


def who_is_asked(request: FeedbackRequest, is_asked: bool, wait: str) -> list[Text]:
    """Whether somebody was asked to take a request, and how long that usually takes."""
    if is_asked and request.named:
        lines = [say("I ask **{name}** to take it.", name=request.named)]
    elif is_asked:
        lines = [say("I ask somebody who may know about it, and tell you when it is taken.")]
    else:
        lines = [
            say("Nobody whom I could ask has room now. It keeps its place, and I ask again in two days.")
        ]
    if wait:
        lines.append(say("Usually somebody takes one within {wait}.", wait=wait))
    return lines


def where(posted: Sequence[PostStanding]) -> list[Text]:
    """Where the cohort reads a request, as far as is known."""
    there, coming = _places(posted, Showing.SHOWN), _places(posted, Showing.COMING, Showing.CHANGING)
    lines = []
    if there:
        lines.append(say("The cohort reads it in **{where}**.", where=there))
    if coming:
        lines.append(say("I am posting it in **{where}**, and tell you should that fail.", where=coming))
    if not posted:
        lines.append(say("There is no channel where I could post it, so only those I ask read it."))
    return lines


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
        thank = (thank_button(request),) if request.helper else ()
        return Buttons((*thank, Button("Open it again", "feedback reopen", of), _back(request)))
    reply = () if request.is_open else (Button("Answer back", "feedback answer", of, ButtonStyle.PRIMARY),)
    change, over = Button("Change it", "feedback edit", of), Button("Close it", "feedback close", of)
    return Buttons((*reply, change, over, _back(request)))


def _back(request: FeedbackRequest) -> Button:
    return Button("Take it back", "feedback close", {**args(request), "take_back": "yes"}, ButtonStyle.DANGER)


def helper_buttons(request: FeedbackRequest) -> Buttons:
    """What who has taken a request can do."""
    of = args(request)
    return Buttons(
        (
            Button("Answer", "feedback answer", of, ButtonStyle.PRIMARY),
            Button("Give it back", "feedback release", of),
            Button("Close it", "feedback close", of),
        )
    )


def claim_button(request: FeedbackRequest, label: str = "I can help") -> Button:
    """The button that takes a request."""
    return Button(label, "feedback claim", args(request), ButtonStyle.PRIMARY)


def other_buttons(request: FeedbackRequest) -> tuple[Button, ...]:
    """What others can do about a request that they may see."""
    if request.is_open:
        return (claim_button(request),)
    if request.is_public and not request.is_closed:
        return (Button("Add an answer", "feedback answer", args(request)),)
    return ()


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
    return Buttons((*other_buttons(request), Button("Show", "feedback show", args(request))))


def taken_back_but(posted: Sequence[PostStanding]) -> Text:
    """What who asked is told of a request that is gone, but not from every channel."""
    return join([say("Your request for feedback is taken back; its words are gone here."), *failed(posted)])


def claimed(request: FeedbackRequest, paper: PaperName | None) -> Text:
    """What who takes a request is told: what is asked, and how to answer."""
    how = {
        RequestVisibility.COHORT: "Answer in its thread, or with the button; {name} gets it either way.",
        RequestVisibility.MENTORS: "Only {name} and the mentors read what you write: I pass it on.",
        RequestVisibility.PRIVATE: "Only {name} reads what you write, and who takes it after you: I pass it on.",
    }[request.visibility]
    head = say("You have taken **#{number}**: **{topic}**.", number=request.number, topic=request.topic)
    what = words(request, paper)
    asked_by = say("{name} asks:" if what else "{name} asks it, without more words.", name=request.asker)
    return join(part for part in (head, asked_by, what, say(how, name=request.asker)) if part)


def thank_button(request: FeedbackRequest) -> Button:
    """The button with which who asked thanks who helped."""
    return Button("Say thank you", "feedback thank", {"person": request.helper})
