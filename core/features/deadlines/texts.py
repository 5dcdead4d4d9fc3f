"""What people read about deadlines."""

from datetime import datetime, timedelta

from core.chat.model import Button, Record
from core.chat.text import Sayable, Text, enumerated, join, say
from core.features.deadlines.follows import Due, Following
from core.papers.date_words import left, source, when
from core.papers.editions import DateKind, EditionDate, KnownEdition

NOTHING_KNOWN = (
    "There are no dates of venues here yet. An organizer enters one with {/cohort-admin venue-add}, or a whole list with"
    " {/cohort-admin venue-import}."
)


def name_of(known: KnownEdition) -> str:
    """An edition as people call it."""
    return str(known.edition)


def what(date: EditionDate) -> str:
    """What is due: "papers", or with its label where that says more."""
    return date.label if date.kind is DateKind.OTHER else date.kind.label


def doubt(date: EditionDate) -> Text | None:
    """Why not to rely on a date; None where there is no reason."""
    if not date.doubt:
        return None
    return say("**doubtful**: {reason} Please look at the official page.", reason=date.doubt)


def others(known: KnownEdition, date: EditionDate, zone: str) -> Text | None:
    """What other sources say of the same date, where that is something else."""
    told = [
        say("{who} says {when}", who=each.source.words, when=when(each, zone))
        for each in known.disagreeing(date.kind)
        if each.source != date.source and each.at != date.at
    ]
    return say("but {told}", told=join(told[:3])) if told else None


def listed(due: Due, now: datetime, zone: str) -> Record:
    """A date in a list."""
    details: list[Sayable] = [when(due.date, zone), left(due.date, now, zone)]
    if due.following is not None and due.following.papers:
        numbers = enumerated([f"#{paper.number}" for paper in due.following.papers[:5]])
        details.append(say("for {papers}", papers=numbers))
    details += filter(None, (doubt(due.date), others(due.known, due.date, zone), source(due.known, due.date)))
    opens = Button("Show", "deadline show", {"venue": handle(due.known)})
    return Record(f"{name_of(due.known)}: {what(due.date)}", tuple(each for each in details if each), opens)


def handle(known: KnownEdition) -> str:
    """What a button names an edition by."""
    return f"#{known.number}" if known.number is not None else str(known.edition)


def page(known: KnownEdition, now: datetime, zone: str) -> Text:
    """All that is known of an edition, a line for each date."""
    head = say("**{name}**", name=name_of(known))
    about = ", ".join(filter(None, (known.full_name, known.location)))
    lines = [head if not about else say("{head}: {about}", head=head, about=about)]
    dated = sorted(known.dates, key=lambda each: (each.at is None, each.at or now))
    lines += [_line(known, each, now, zone) for each in dated]
    if not dated:
        lines.append(say("No dates are known yet."))
    lines += _figures(known)
    return join(lines)


def _line(known: KnownEdition, date: EditionDate, now: datetime, zone: str) -> Text:
    label = date.label if date.label.casefold() != date.kind.label.casefold() else ""
    named = f"{what(date)} ({label})" if label and date.kind is not DateKind.OTHER else what(date)
    parts = [say("**{what}**", what=named), when(date, zone)]
    if words := left(date, now, zone):
        parts.append(say("{left}", left=words))
    if not date.main and date.kind is not DateKind.OTHER:
        parts.append(say("another track or phase"))
    parts += filter(None, (doubt(date), source(known, date)))
    line = parts[0]
    for each in parts[1:]:
        line = say("{line} · {each}", line=line, each=each)
    return say("- {line}", line=line)


def _figures(known: KnownEdition) -> list[Text]:
    found = []
    for label, rate in (
        ("of the valid submissions", known.accept_rate),
        ("of the papers decided", known.decided_rate),
    ):
        if rate is not None:
            value, told = rate
            found.append(
                say(
                    "Accepted: {n} in 100 {of} ({source}).",
                    n=f"{value * 100:.3g}",
                    of=label,
                    source=told.words,
                )
            )
    if known.scale:
        found.append(say("Scores: {scale}.", scale=enumerated([f"{each:g}" for each in known.scale])))
    if known.reviews:
        found.append(say("Reviews a paper: about {n}.", n=f"{known.reviews:g}"))
    return found


def reminder(due: Due, now: datetime, zone: str) -> Text:
    """The message that says that something is due."""
    days = max(1, round((due.at - now) / timedelta(days=1)))
    span = "a day" if days == 1 else f"{days} days"
    head = say(
        "⏳ **{name}: {what}** in about {span}", name=name_of(due.known), what=what(due.date), span=span
    )
    lines = [head, when(due.date, zone), source(due.known, due.date)]
    if due.following is not None:
        lines += [
            say("For your paper #{number} “{title}”.", number=paper.number, title=paper.title)
            for paper in due.following.papers[:5]
        ]
    if (other := others(due.known, due.date, zone)) is not None:
        lines.append(say("Sources disagree: {other}.", other=other))
    return join(lines)


def why(following: Following) -> Text:
    """Why somebody follows an edition."""
    if following.papers:
        numbers = enumerated([f"#{paper.number}" for paper in following.papers[:5]])
        return say("through {papers}", papers=numbers)
    return say("because you said so")
