"""How check-ins are told when they are read back: in lists by week and by day, and as files."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from core.chat import files
from core.chat.files import Cell
from core.chat.model import Button, File, Record
from core.chat.text import Sayable, say
from core.clock import day_words
from core.delivery.outcomes import PostStanding
from core.features.checkins import blockers, excerpts, question_kinds, texts
from core.features.checkins.journal import monday
from core.features.checkins.records import Checkin

ANSWERS, ANSWER = 3, 80
"""Answers to organizers' questions in a line of a list, and characters of each; the record has the rest."""


class JournalFormat(StrEnum):
    """What kind of file a journal is taken along as."""

    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"


LATE = "late"
"""How a check-in is marked that was given after its day."""


def entry(found: Checkin, shown: Sequence[PostStanding], opens: Mapping[str, str], *, own: bool) -> Record:
    """A day in a journal."""
    details: list[Sayable] = []
    if own:
        details.append("sat out" if found.skipped else texts.seen_by(found.answers.shared, shown))
    details += [LATE] if found.late else []
    details += said(found)
    button = None if found.skipped else Button("Open", "checkin show", opens)
    return Record(day_words(found.day), tuple(details), button)


def said(found: Checkin) -> list[Sayable]:
    """What a check-in says, in a part for each field."""
    answers = found.answers
    parts: list[Sayable] = []
    if answers.progress:
        parts.append(excerpts.excerpt(answers.progress))
    if answers.learned:
        word = "negative result" if answers.negative else "learned"
        parts.append(say("{word}: {text}", word=word, text=excerpts.excerpt(answers.learned)))
    if answers.blocker or answers.blocker_kind:
        parts.append(say("in the way: {text}", text=excerpts.excerpt(blockers.in_the_way(found))))
    for each in found.asked[:ANSWERS]:
        answer = excerpts.excerpt(question_kinds.shown(each), ANSWER)
        parts.append(say("{words}: {answer}", words=each.question.words.rstrip("?:. "), answer=answer))
    more = len(found.asked) - ANSWERS
    return [*parts, *([f"{more} more answers" if more > 1 else "one more answer"] if more > 0 else [])]


def week(first: date, entries: int) -> Record:
    """The head of a week in a journal."""
    days = "1 day" if entries == 1 else f"{entries} days"
    return Record(say("Week of {day}", day=day_words(first)), (days,))


COLUMNS = (
    "day",
    "late",
    "read by",
    "moved",
    "learned",
    "negative result",
    "in the way",
    "kind of blocker",
    "next",
    "mood",
)


def as_file(entries: Sequence[Checkin], format_: JournalFormat, whose: str, *, own: bool) -> File:
    """A journal as a file. How it was going is in one's own alone. What organizers asked stands in columns of its own, by
    the words that were answered."""
    columns = COLUMNS if own else COLUMNS[:-1]
    asked = list(dict.fromkeys(given.question.words for each in entries for given in each.asked))
    titles = {words: f"{words} (asked)" if words.casefold() in COLUMNS else words for words in asked}
    rows = [(*_row(each)[: len(columns)], *_asked(each, asked)) for each in entries]
    columns = (*columns, *titles.values())
    match format_:
        case JournalFormat.CSV:
            return files.csv_file("check-ins.csv", columns, rows)
        case JournalFormat.JSON:
            return files.json_file("check-ins.json", columns, rows)
    return files.text_file("check-ins.md", _markdown(entries, whose, own=own))


def _asked(found: Checkin, asked: Sequence[str]) -> list[Cell]:
    """A check-in's answers by the words that were asked; several to the same words beside each other."""
    given: dict[str, list[str]] = {}
    for each in found.asked:
        given.setdefault(each.question.words, []).append(each.answer)
    return ["; ".join(given[words]) if words in given else None for words in asked]


def _row(found: Checkin) -> tuple[Cell, ...]:
    answers = found.answers
    seen = "sat out" if found.skipped else "the cohort" if answers.shared else "its author"
    return (
        found.day.isoformat(),
        found.late,
        seen,
        answers.progress,
        answers.learned,
        answers.negative,
        answers.blocker,
        answers.blocker_kind,
        answers.next,
        answers.mood,
    )


def _markdown(entries: Sequence[Checkin], whose: str, *, own: bool) -> str:
    return "\n".join([f"# Check-ins of {files.markdown(whose)}", *lines(entries, own=own), ""])


def lines(entries: Sequence[Checkin], *, own: bool) -> list[str]:
    """A journal in Markdown, week by week."""
    found: list[str] = []
    before: date | None = None
    for each in entries:
        if monday(each.day) != before:
            before = monday(each.day)
            found += ["", f"## Week of {day_words(before)}"]
        found += ["", f"### {day_words(each.day)}{f' ({LATE})' if each.late else ''}", ""]
        if each.skipped:
            found.append("Sat out.")
            continue
        answers = each.answers
        learned = "Learned (a negative result)" if answers.negative else "Learned"
        pairs = [
            ("Moved", answers.progress),
            (learned, answers.learned),
            ("In the way", blockers.in_the_way(each)),
            ("Next", answers.next),
            ("How it is going", str(answers.mood or "") if own else ""),
            *((each.question.words, question_kinds.shown(each)) for each in each.asked),
            ("Read by", ("the cohort" if answers.shared else "its author") if own else ""),
        ]
        for label, value in pairs:
            if value:
                first, *rest = files.markdown(value).splitlines()
                found += [f"- **{files.markdown(label)}**: {first}", *(f"  {line}" for line in rest)]
    return found
