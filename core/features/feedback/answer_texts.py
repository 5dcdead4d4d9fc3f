"""What members read of answers to requests, and of how a request goes on."""

from collections.abc import Mapping, Sequence

from core.chat.model import Button, Buttons
from core.chat.text import Text, join, moment, say
from core.cohorts.model import Cohort
from core.delivery.outcomes import PostStanding, Showing
from core.features.feedback import texts
from core.features.feedback.model import FeedbackRequest
from core.features.feedback.notices import News
from core.features.feedback.said import FeedbackAnswer
from core.papers.queries import PaperName

TAKEN_BACK = "This answer was taken back by who wrote it."


def line(said: FeedbackAnswer, cohort: Cohort) -> Text:
    """An answer among others."""
    head = say(
        "{number}. **{name}**, {at}:", number=said.number, name=said.by, at=moment(said.at, cohort.zone)
    )
    return join([head, say("> {text}", text=said.text)])


def in_thread(said: FeedbackAnswer) -> Text:
    """An answer as it stands in a request's thread."""
    return say("**{name}**: {text}", name=said.by, text=said.text)


def relayed(said: FeedbackAnswer, request: FeedbackRequest) -> Text:
    """An answer as the other one reads it."""
    changed = " (changed since)" if said.revision else ""
    head = "**{name}** answers your request **#{number}** “{topic}”{changed}:"
    if said.member_id == request.asker_id:
        head = "**{name}** answers back about **#{number}** “{topic}”{changed}:"
    return join(
        [
            say(head, name=said.by, number=request.number, topic=request.topic, changed=changed),
            say("> {text}", text=said.text),
        ]
    )


def relayed_buttons(said: FeedbackAnswer, request: FeedbackRequest) -> tuple[Buttons, ...]:
    """What the reader of an answer can do."""
    if said.member_id == request.asker_id:
        return () if request.is_closed else (texts.helper_buttons(request),)
    of = texts.args(request)
    if request.is_closed:
        return ()
    thank = (texts.thank_button(request),) if request.helper else ()
    return (
        Buttons(
            (Button("Answer back", "feedback answer", of), Button("Close it", "feedback close", of), *thank)
        ),
    )


def kept(
    head: str,
    said: FeedbackAnswer,
    request: FeedbackRequest,
    to: str | None,
    posted: Sequence[PostStanding],
    reached: bool,
) -> Text:
    """What who answers is told: where it stands, and who gets it. `to` is who gets it by direct message."""
    lines = [
        say("{head}: answer {answer} to **#{number}**.", head=head, answer=said.number, number=request.number)
    ]
    there = ", ".join(each.place for each in posted if each.showing is Showing.SHOWN)
    coming = (Showing.COMING, Showing.CHANGING)
    on_its_way = ", ".join(each.place for each in posted if each.showing in coming)
    if there:
        lines.append(say("It stands in the thread in **{where}**.", where=there))
    if on_its_way:
        lines.append(
            say(
                "I am putting it into the thread in **{where}**, and tell you should that fail.",
                where=on_its_way,
            )
        )
    if to is not None and reached:
        lines.append(say("I pass it on to **{name}** by direct message.", name=to))
    elif to is not None:
        lines.append(say("No direct message reaches **{name}** now; they find it with the request.", name=to))
    return join([*lines, *texts.failed(posted)])


def own_buttons(said: FeedbackAnswer, request: FeedbackRequest) -> tuple[Button, ...]:
    """With which who wrote an answer corrects it and takes it back."""
    of = {**texts.args(request), "answer": str(said.number)}
    return (
        Button("Correct it", "feedback answer-edit", of),
        Button("Take the answer back", "feedback answer-remove", of),
    )


def offered(request: FeedbackRequest, paper: PaperName | None, cohort: Cohort, tells: bool) -> Text:
    """The question to somebody whether they take a request."""
    head = say(
        "**Could you give feedback in {cohort}?** {name} asks:", cohort=cohort.name, name=request.asker
    )
    what = say("**#{number} {topic}**", number=request.number, topic=request.topic)
    parts = [head, what]
    if tells:
        parts.append(texts.words(request, paper))
    parts.append(say("{who}.", who=texts.who_reads(request)))
    parts.append(say("“Not now” is fine: then I ask the next, and nobody hears of it."))
    return join(part for part in parts if part)


_NEWS = {
    News.CLAIMED: "**{by}** has taken your request **#{number}** “{topic}”.",
    News.RELEASED: "**{by}** cannot keep your request **#{number}** “{topic}” after all. It waits again at its old place, "
    "and I ask the next.",
    News.HELPER_LEFT: "**{by}** is not in the cohort any more, so your request **#{number}** “{topic}” waits again at its "
    "old place, and I ask the next.",
    News.ROLE_LOST: "**{by}** is no mentor any more, so your request **#{number}** “{topic}” waits again at its old place, "
    "and I ask the next.",
    News.CLOSED: "**{by}** closed **#{number}** “{topic}”.",
    News.REOPENED: "**{asker}** opened **#{number}** “{topic}” again, which you had taken.",
    News.ASKER_LEFT: "**{asker}** is not in the cohort any more, so **#{number}** “{topic}” is closed. Thank you for helping.",
    News.NOT_TAKEN: "**{named}** has not taken your request **#{number}** “{topic}”. Shall any mentor be able to?",
    News.WAITING: "**#{number}** “{topic}” has waited for feedback since {since}, and nobody has taken it. Perhaps you know "
    "whom to ask.",
    News.ACCEPTED: "**{asker}**’s paper “{paper}” was accepted. You helped with **#{number}** “{topic}”: thank you.",
}


def news(
    request: FeedbackRequest,
    what: News,
    by: str,
    paper: PaperName | None,
    cohort: Cohort,
) -> Text:
    """How a request goes on, as it is told to who asked, who helps or who organizes."""
    if what is News.WAITING and not request.is_public:
        since = moment(request.created_at, cohort.zone)
        text = "A request for feedback that only mentors read has waited since {since}, and none has taken it. Perhaps "
        return say(text + "you can ask the mentors of **{cohort}** to look.", since=since, cohort=cohort.name)
    facts: Mapping[str, object] = {
        "by": by or "Somebody",
        "number": request.number,
        "topic": request.topic,
        "asker": request.asker,
        "named": request.named or "The mentor",
        "since": moment(request.created_at, cohort.zone),
        "paper": paper.title if paper else "",
    }
    template = _NEWS[what]
    told = say(template, **{name: value for name, value in facts.items() if f"{{{name}}}" in template})
    if what is News.CLOSED and request.word:
        told = join([told, say("> {word}", word=request.word)])
    return told


def news_buttons(request: FeedbackRequest, what: News) -> tuple[Buttons, ...]:
    """What the reader of news can do."""
    of = texts.args(request)
    show = Button("Show it", "feedback show", of)
    match what:
        case News.NOT_TAKEN:
            widen = Button("Let any mentor take it", "feedback any-mentor", of)
            return (Buttons((widen, Button("Change it", "feedback edit", of))),)
        case News.CLAIMED | News.RELEASED | News.HELPER_LEFT | News.ROLE_LOST:
            return (Buttons((show,)),)
        case News.REOPENED:
            return (texts.helper_buttons(request),)
        case News.CLOSED:
            return (Buttons((show,)),)
        case News.WAITING:
            return (Buttons((show,)),) if request.is_public else ()
    return ()
