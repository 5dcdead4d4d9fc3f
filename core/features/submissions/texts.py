"""What members read about papers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from core.chat.model import Button, Fields, Record
from core.chat.text import Sayable, Text, enumerated, join, plain, say
from core.clock import day_words
from core.features.submissions.records import Board, PaperDetails, PaperRow, field_change
from core.papers import due
from core.papers.authors import Author
from core.papers.history import FieldChange, PaperField
from core.papers.model import NoteVisibility, Paper, Round, Stage, VenueEdition, Visibility
from core.papers.updates import StageChange
from core.store.port import Row

SEEN = {
    Visibility.PRIVATE: "Only you, and co-authors who are in the cohort, can see it.",
    Visibility.COHORT: "Everybody in the cohort can see it.",
    Visibility.ANONYMOUS: "It is counted, and never named to others.",
}


MOMENTS = (
    *(Stage.ACCEPTED, Stage.PUBLISHED, Stage.REJECTED, Stage.DESK_REJECTED),
    *(Stage.WITHDRAWN, Stage.REVISING),
)
"""The stages at which somebody else's word has come, or a way ends: they have words of their own."""


def stage(value: Stage) -> str:
    """A stage in plain words: "in review"."""
    return value.value.replace("-", " ")


def told(others: Sequence[Author]) -> str:
    """That co-authors who are members see a paper and are told."""
    members = [each.name for each in others if each.member_id is not None]
    return f" {enumerated(members)} can see and change it too, and I tell them." if members else ""


def place(value: Stage, where: str) -> str:
    """Where a stage happens, to put behind it: " to NeurIPS 2026"; nothing where no venue is known."""
    word = {Stage.SUBMITTED: "to", Stage.IDEA: "for", Stage.DRAFTING: "for"}.get(value, "at")
    return f" {word} {where}" if where else ""


def venue(edition: VenueEdition) -> str:
    """A venue edition, or that none was named."""
    return str(edition) if edition.name else "a venue that was not named"


def list_head(found: Board) -> Text:
    """The sentence above the board."""
    if found.rows:
        by = ", by stage" if found.page.total > 1 else ""
        noun = "paper" if found.page.total == 1 else "papers"
        text = say("**{papers} {noun}**{by}", papers=found.page.words, noun=noun, by=by)
    elif found.filtered:
        text = say("No paper that you can see fits this.")
    else:
        text = say("No paper here yet. The first one can be an idea: add it, and see it grow.")
    if not found.anonymous:
        return text
    return join([text, counted_without_names(found.anonymous)])


def counted_without_names(anonymous: Sequence[tuple[str, int]]) -> Text:
    """The figure of anonymous papers in words: "12 under review, 6 decided"."""
    words = ", ".join(f"{n:,} {cell}" for cell, n in anonymous)
    return say("Anonymous papers, counted without names: {counts}.", counts=words)


def listed(paper: PaperRow, counts: Mapping[Stage, int], now: datetime, zone: str) -> Record:
    """A paper on the board, under the heading of its stage."""
    details: list[Sayable] = [str(paper.venue)] if paper.venue.name else []
    if paper.next is not None:
        details.append(due.words(paper.next, now, zone))
    details.append(f"{paper.owner} (only its authors see this)" if paper.private else paper.owner)
    opens = Button("Open", "submission show", {"paper": str(paper.number)})
    heading = f"{stage(paper.stage).capitalize()}: {counts[paper.stage]:,}"
    return Record(f"#{paper.number} {paper.title}", tuple(details), opens, heading)


def page_head(paper: Paper) -> Text:
    """The head of a paper's own page."""
    at = paper.rounds[-1].venue if paper.rounds else VenueEdition("")
    return say(
        "**#{number} {title}**\n{stage}{at}",
        number=paper.number,
        title=paper.title,
        stage=stage(paper.stage).capitalize(),
        at=f" · {at}" if at.name else "",
    )


def fields(
    paper: Paper,
    details: PaperDetails,
    added: date,
    more: Sequence[tuple[str, Sayable]] = (),
    chance: int | None = None,
) -> Fields:
    """What else is known of a paper, and `more` behind its rounds. `chance` is what the caller said of its latest round."""
    items: list[tuple[str, Sayable]] = [("Added by", details.owner), ("Added on", day_words(added))]
    if details.coauthors:
        items.append(("With", details.coauthors))
    if details.link:
        items.append(("Link", say("[{link}]({link})", link=details.link)))
    items += [(f"Round {number}", _round(each)) for number, each in enumerate(paper.rounds, 1)]
    items += more
    if chance is not None:
        items.append(("Your forecast", f"{chance} in 100, which you alone see"))
    items.append(("Who sees it", details.visibility.label))
    return Fields(tuple(items))


def _round(round_: Round) -> str:
    return f"{venue(round_.venue)}: {stage(round_.decision) if round_.decision else 'open'}"


def updated(paper: Paper, change: StageChange, done: Mapping[str, Any], by: int) -> Text:
    """The answer to an update by a member that is no decision on a paper of theirs, from what the transaction gave back."""
    now = change.stage
    values = {"number": paper.number, "title": paper.title, "stage": stage(now)}
    if done["changed"]:
        at, before = place(now, done["venue"]), stage(Stage(done["before"]))
        words = _ON_ITS_WAY if now is Stage.SUBMITTED else _MOVED
        text = say(words, before=before, at=at, **values)
        if now in MOMENTS and by != paper.owner and by not in paper.coauthors:
            text = join([text, say("Its authors are told.")])
    else:
        text = say("**#{number}** “{title}” stands at {stage} already.", **values)
    return join([text, *noted(paper, change, by)]) if done["noted"] else text


def noted(paper: Paper, change: StageChange, by: int) -> tuple[Text, ...]:
    """That a member's note is kept, and who reads it."""
    return (say("Your note is in its timeline, for {readers}.", readers=_readers(paper, change, by)),)


def _readers(paper: Paper, change: StageChange, by: int) -> str:
    """Who reads a note that a member wrote."""
    if change.note_visibility is NoteVisibility.COHORT:
        return "everybody who sees the paper"
    return "you alone" if by == paper.owner else "you and who added the paper alone"


def hidden_from(paper: Paper, done: Mapping[str, Any], by: int) -> bool:
    """Whether a member's correction hid the paper from themselves: that of an organizer who is no author of it."""
    is_author = by == paper.owner or by in paper.coauthors
    return not is_author and any(field == PaperField.VISIBILITY.value for field, _, _ in done["changes"])


def edited(paper: Paper, done: Mapping[str, Any], by: int) -> Text:
    """The answer to a correction by a member, from what the transaction gave back."""
    hidden = hidden_from(paper, done, by)
    changes = [FieldChange(PaperField(field), before, after) for field, before, after in done["changes"]]
    title = next((each.after for each in changes if each.field is PaperField.TITLE), paper.title)
    number = paper.number if hidden else done["number"]
    values = {"number": number, "title": title}
    if not changes:
        return say("**#{number}** “{title}” is like that already.", **values)
    lines = [say("**#{number}** “{title}” is corrected.", **values)]
    lines += [say("- {what}", what=change_words(each)) for each in changes]
    return join([*lines, *_seen_from_now_on(paper, changes, number, hidden)])


def _seen_from_now_on(paper: Paper, changes: Sequence[FieldChange], number: int, hidden: bool) -> list[Text]:
    """What a change of who sees a paper means."""
    change = next((each for each in changes if each.field is PaperField.VISIBILITY), None)
    if change is None:
        return []
    visibility = Visibility(change.after)
    lines = [plain("Only its authors can see it now; you cannot any more." if hidden else SEEN[visibility])]
    if visibility is Visibility.COHORT:
        lines.append(say("Its whole timeline too, without private notes and reviews."))
    elif change.before == Visibility.COHORT.value:
        lines.append(say("That holds for what was, too. What people have read already I cannot take back."))
    if number != paper.number:
        lines.append(
            say(
                "Its number is now #{number}; you find it by #{before} too.",
                number=number,
                before=paper.number,
            )
        )
    return lines


def resubmitted(paper: Paper, venue: VenueEdition, tries: int) -> Text:
    which = "its first try" if tries == 1 else f"try {tries}"
    return say(
        "**#{number}** “{title}” is on its way to {venue}: {which}. Good luck!",
        number=paper.number,
        title=paper.title,
        venue=str(venue),
        which=which,
    )


_MOVED = "**#{number}** “{title}” moved from {before} to {stage}{at}."
_ON_ITS_WAY = "**#{number}** “{title}” is on its way{at}. Good luck!"


_FIELDS = {
    PaperField.TITLE: "title",
    PaperField.VISIBILITY: "who sees it",
    PaperField.COAUTHORS: "co-authors",
    PaperField.LINK: "link",
    PaperField.VENUE: "venue",
    PaperField.OWNER: "whose it is",
}


def change_words(change: FieldChange) -> Text:
    """A change that is no stage: "title: “A”, before “B”"."""
    values = {"field": _FIELDS[change.field], "before": change.before, "after": change.after}
    if not change.before:
        return say("{field}: “{after}”", field=values["field"], after=change.after)
    if not change.after:
        return say("{field}: none, before “{before}”", field=values["field"], before=change.before)
    return say("{field}: “{after}”, before “{before}”", **values)


def changed_line(row: Row) -> Text:
    """A row of `core.papers.history` in a line: who changed what."""
    change = field_change(row)
    if change is None:
        moved = "{before} → {after}"
        what = say(moved, before=stage(Stage(row["stage_before"])), after=stage(Stage(row["stage"])))
    else:
        what = change_words(change)
    return say("- {what}, by {name}", what=what, name=row["name"] or "somebody who left")
