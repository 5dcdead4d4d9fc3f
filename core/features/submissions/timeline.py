"""`submission timeline`: a paper's story, as a picture of its rounds and in words that say the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from core import clock
from core.charts.canvas import Chart
from core.charts.timeline import MOST_ROWS, TimelineRow
from core.charts.timeline import timeline as chart
from core.chat.model import Button, Buttons, Picture, Reply
from core.chat.text import Text, join, say, shorten
from core.clock import date_words, day_words
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Cost
from core.features.submissions import records, rounds
from core.features.submissions.records import Event
from core.features.submissions.rounds import TimedRound
from core.features.submissions.texts import change_words, place, stage
from core.papers import reviews
from core.papers.arguments import PaperArg
from core.papers.history import FieldChange
from core.papers.model import Paper, Stage
from core.store.port import Conn

_DAYS_OF_MONTH = 30.4


@dataclass(frozen=True, slots=True)
class NotedReviews:
    """The scores of the reviews of a round that were noted on one day; for the paper's owner alone."""

    day: date
    round: int
    scores: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Story:
    """What a timeline tells: the events in order of their days, the reviews by the days on which they were noted, and the
    rounds with their days."""

    events: Sequence[Event]
    reviews: Sequence[NotedReviews]
    rounds: Sequence[TimedRound]


@command("submission timeline", form="Show a paper's timeline", submit="Show it", cost=Cost.DRAWS)
async def timeline(call: Call, paper: PaperArg) -> Reply:
    """Tell a paper's story from its first day, as a picture and in words."""
    story = await call.read(_story, call.scope, paper)
    shown = Buttons((Button("Show", "submission show", {"paper": str(paper.number)}),))
    if not story.rounds:
        return Reply(_text(paper, story), (shown,))
    picture = await call.core.executors.draw(_picture, paper, story)
    return Reply(_text(paper, story), (picture, shown))


def _story(conn: Conn, scope: Scope, paper: Paper) -> Story:
    found = records.recorded(conn, scope, paper)
    noted: dict[tuple[int, date], NotedReviews] = {}
    if scope.member is not None and scope.member.id == paper.owner:
        for row in reviews.of_paper(conn, paper.id):
            day = clock.local_date(row["created_at"], scope.cohort.zone)
            noted.setdefault((row["round"], day), NotedReviews(day, row["round"])).scores.append(row["score"])
    told = rounds.of_events(paper.rounds, found, scope.today)
    days: dict[int, list[date]] = {}
    for number, day in noted:
        days.setdefault(number, []).append(day)
    rounds.with_reviews(told, days)
    in_order = sorted(found, key=lambda event: event.day)
    return Story(in_order, sorted(noted.values(), key=lambda each: each.day), told)


def _picture(paper: Paper, story: Story) -> Picture:
    return draw(paper.title, story).picture(f"timeline-{paper.number}.png")


def draw(title: str, story: Story) -> Chart:
    """The picture of a story; of more rounds than it has room for the latest."""
    shown = story.rounds[-MOST_ROWS:]
    left_out = len(story.rounds) - len(shown)
    note = f"the first {left_out} rounds stand in the text alone" if left_out else ""
    rows = [
        TimelineRow(
            str(each.number or ""),
            (each.venue or "a venue that was not named") if each.number else "in the making",
            stage(each.stage),
            _days(each),
            tuple(each.spans),
            tuple(each.moments),
        )
        for each in shown
    ]
    return chart(standing(story.rounds), rows, _alt(shown, story), shorten(title, 80), note)


def _days(round_: TimedRound) -> str:
    """From when to when: "14 May – 24 Sep 2026"."""
    first, last = round_.sent or round_.first, round_.ended
    if last is None:
        return f"since {date_words(first)}" if first else ""
    if first is None or first >= last:
        return date_words(last)
    return f"{date_words(first, year=first.year != last.year)} – {date_words(last)}"


def standing(found: Sequence[TimedRound]) -> str:
    """How a paper stands: "In review at ICLR 2027 since 24 Sep 2026, round 2"; "2 rounds so far, 9 months since it was first
    sent" where it was turned down last."""
    last = found[-1]
    where = f"{stage(last.stage).capitalize()}{place(last.stage, last.venue) if last.number else ''}"
    if last.ended is None:
        since = max((span.first for span in last.spans), default=last.first)
        counted = f", round {last.number}" if last.number > 1 else ""
        return f"{where} since {date_words(since)}{counted}" if since else where
    first = min((each.sent for each in found if each.sent), default=last.ended)
    passed = _passed((last.ended - first).days)
    if last.stage in (Stage.ACCEPTED, Stage.PUBLISHED):
        counted = f" in round {last.number}" if last.number > 1 else ""
        return f"{where}{counted}, {passed} after it was first sent" if passed else f"{where}{counted}"
    count = sum(1 for each in found if each.number)
    if not count:
        return where
    return f"{count} round{'s' * (count > 1)} so far{f', {passed} from first to last' if passed else ''}"


def _passed(days: int) -> str:
    """How long something took: "9 days", "7 weeks", "14 months", "3 years"; nothing for less than a day."""
    for unit, length, least in (
        ("year", 365.25, 3),
        ("month", _DAYS_OF_MONTH, 2),
        ("week", 7, 3),
        ("day", 1, 1),
    ):
        if days >= least * length:
            count = int(days / length)
            return f"{count} {unit}{'s' * (count > 1)}"
    return ""


def _alt(shown: Sequence[TimedRound], story: Story) -> str:
    """The picture in words; short enough for what platforms take."""
    told, longest = [], 40 if len(shown) <= 6 else 12
    for each in shown:
        name = f"round {each.number}, {shorten(each.venue, longest)}" if each.number else "in the making"
        reviewed = sum(
            len(noted.scores) for noted in story.reviews if noted.round == each.number and each.number
        )
        counted = f", {reviewed} review{'s' * (reviewed > 1)}" if reviewed else ""
        told.append(f"{name}: {stage(each.stage)}, {_days(each)}{counted}")
    return f"{standing(story.rounds)}. {'; '.join(told)}."


def _text(paper: Paper, story: Story) -> Text:
    """The story in words, oldest first."""
    head = say("**#{number} {title}**", number=paper.number, title=paper.title)
    stands = [say("{standing}.", standing=standing(story.rounds))] if story.rounds else []
    lines = [(event.day, _event(event)) for event in story.events]
    lines += [(each.day, _noted(each)) for each in story.reviews]
    return join([head, *stands, *(line for _, line in sorted(lines, key=lambda each: each[0]))])


def _noted(noted: NotedReviews) -> Text:
    count = len(noted.scores)
    return say(
        "- {day}: **{what}** of round {round}, with {scores}; you alone see this",
        day=day_words(noted.day),
        what="review noted" if count == 1 else f"{count} reviews noted",
        round=noted.round,
        scores=", ".join(f"{score:g}" for score in noted.scores),
    )


def _event(event: Event) -> Text:
    by = f", by {event.by}" if event.by else ""
    if event.change is not None:
        return _changed(event, event.change, by)
    if event.before is None:
        what = f"added as {stage(event.stage)}"
    elif event.before is event.stage:
        what = "note"
    else:
        what = f"{stage(event.before)} → {stage(event.stage)}{place(event.stage, event.venue)}"
    line = say("- {day}: **{what}**{by}", day=day_words(event.day), what=what, by=by)
    if not event.note:
        return line
    seen = [say("(a private note)")] if event.private else []
    return join([line, say("> {note}", note=event.note), *seen])


def _changed(event: Event, change: FieldChange, by: str) -> Text:
    seen = ", which only whose paper it is reads" if event.private else ""
    return say(
        "- {day}: {what}{by}{seen}", day=day_words(event.day), what=change_words(change), by=by, seen=seen
    )
