"""Rows of a file as papers with their rounds, stages and reviews. Every row is read or refused with its number, the column,
the reason and what was typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from core.chat.text import shorten
from core.clock import date_words
from core.features.submissions import paper_fields
from core.features.submissions.addresses import read_address
from core.features.submissions.changes import DECISIONS
from core.features.submissions.orders import DECIDED
from core.features.submissions.paper_fields import Column, DateReader, NoValue
from core.lottery import reading
from core.papers import authors, reviews, venues
from core.papers.model import UNDER_REVIEW, NoteVisibility, Round, Stage, VenueEdition, Visibility
from core.papers.reviews import Constructiveness
from core.papers.whole import WholeEvent, WholePaper, WholeReview, WholeRound

T = TypeVar("T")

PAPER, ROUND, STAGE, REVIEW = KINDS = ("paper", "round", "stage", "review")
"""What a row is of."""

BEFORE, AFTER = "before", "after"
"""Whether a score is from before or after the discussion."""
_TITLE, _LINK, _NOTE, _SUMMARY = 250, 500, 1000, 2000
_TYPED = 40


@dataclass(frozen=True, slots=True)
class FlatRow:
    """A row, with where it stands: "Row 7"."""

    where: str
    cells: Mapping[Column, str]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a row. `column` is empty where it is the row as a whole."""

    where: str
    column: str
    reason: str
    typed: str = ""

    @property
    def words(self) -> str:
        """The problem in a line."""
        at = f"{self.where}, {self.column}" if self.column else self.where
        typed = f"“{shorten(' '.join(self.typed.split()), _TYPED)}”: " if self.typed.strip() else ""
        end = "" if self.reason.endswith(".") else "."
        return f"{at}: {typed}{self.reason}{end}"


@dataclass(frozen=True, slots=True)
class ReadPapers:
    """What the rows of a file are: papers, each with where it stands, and what is refused. Every row is one of the rows of
    the papers, or in `refused`, by where it stands."""

    rows: int
    papers: tuple[tuple[str, WholePaper], ...]
    problems: tuple[RowProblem, ...]
    doubts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Columns that nobody knows, which are left out."""

    @property
    def refused(self) -> int:
        """How many rows are refused; those of the others are read."""
        return len({each.where for each in self.problems})


@dataclass
class _Draft:
    """A paper whose rows are being put together. Reviews stand with the number of their round, 0 for the last one."""

    where: str
    paper: WholePaper
    rounds: list[tuple[int, FlatRow | None, WholeRound]] = field(default_factory=list)
    events: list[WholeEvent] = field(default_factory=list)
    taken: list[tuple[int, FlatRow, WholeReview]] = field(default_factory=list)


class _Cells:
    """The cells of a row, which are read one after the other; what cannot be is noted."""

    def __init__(self, row: FlatRow) -> None:
        self.row = row
        self.problems: list[RowProblem] = []

    def typed(self, column: Column) -> str:
        return self.row.cells.get(column, "")

    def read(self, column: Column, read: Callable[[str], T], default: T) -> T:
        """The value of a cell, `default` where it is empty."""
        typed = self.typed(column)
        if not typed.strip():
            return default
        try:
            return read(typed)
        except NoValue as error:
            self.problems.append(RowProblem(self.row.where, column.value, str(error), typed))
            return default

    def refuse(self, column: str, reason: str, typed: str = "") -> None:
        self.problems.append(RowProblem(self.row.where, column, reason, typed))


class RowReader:
    """Puts the rows of one file together. `today` is the cohort's date, `seen` who sees papers that do not say."""

    def __init__(self, rows: Sequence[FlatRow], today: date, seen: Visibility) -> None:
        self._rows, self._today, self._seen = rows, today, seen
        self._dates = DateReader((row.cells.get(Column.DATE, "") for row in rows), today)
        self._drafts: dict[str, _Draft] = {}
        self._problems: list[RowProblem] = []
        self._doubts: list[str] = []

    def read(self, unknown: Sequence[str] = ()) -> ReadPapers:
        """What the rows are."""
        sorted_rows = self._by_kind()
        for key, row in sorted_rows[PAPER]:
            self._paper(key, row)
        for kind, add in ((ROUND, self._round), (STAGE, self._stage), (REVIEW, self._review)):
            for key, row in sorted_rows[kind]:
                draft = self._drafts.get(key)
                if draft is None:
                    self._refuse(row, Column.PAPER, "no paper of the file that can be read has this", key)
                else:
                    add(draft, row)
        papers = tuple((draft.where, self._finished(draft)) for draft in self._drafts.values())
        order = {row.where: at for at, row in enumerate(self._rows)}
        problems = sorted(self._problems, key=lambda each: order[each.where])
        return ReadPapers(len(self._rows), papers, tuple(problems), tuple(self._doubts), tuple(unknown))

    def _by_kind(self) -> Mapping[str, list[tuple[str, FlatRow]]]:
        """The rows by what they are of, each with what its paper is called; without a name of its own it is that of the
        paper above."""
        found: dict[str, list[tuple[str, FlatRow]]] = {kind: [] for kind in KINDS}
        above = ""
        for at, row in enumerate(self._rows):
            kind = row.cells.get(Column.ROW, "").strip().casefold() or PAPER
            if kind not in found:
                self._refuse(row, Column.ROW, f"it has to be one of {', '.join(KINDS)}", kind)
                continue
            key = row.cells.get(Column.PAPER, "").strip() or (f"at {at}" if kind == PAPER else above)
            if kind == PAPER:
                above = key
            found[kind].append((key, row))
        return found

    def _refuse(self, row: FlatRow, column: Column, reason: str, typed: str = "") -> None:
        self._problems.append(RowProblem(row.where, column.value, reason, typed))

    def _paper(self, key: str, row: FlatRow) -> None:
        cells = _Cells(row)
        title = cells.read(Column.TITLE, lambda typed: paper_fields.text(typed, _TITLE), "")
        if not title and not cells.problems:
            cells.refuse(Column.TITLE.value, "a paper needs a title")
        if key in self._drafts:
            cells.refuse(Column.PAPER.value, "two papers of the file have this", key)
        venue = cells.read(Column.VENUE, self._venue(cells), None)
        stage = cells.read(
            Column.STAGE, paper_fields.reader_of(Stage), Stage.SUBMITTED if venue else Stage.DRAFTING
        )
        day = cells.read(Column.DATE, self._dates.read, self._today)
        paper = WholePaper(
            title,
            stage,
            cells.read(Column.FIRST_STAGE, paper_fields.reader_of(Stage), stage),
            cells.read(Column.VISIBILITY, paper_fields.reader_of(Visibility), self._seen),
            cells.read(Column.COAUTHORS, _names, ()),
            cells.read(Column.LINK, _link, None),
            day,
        )
        note = cells.read(Column.NOTE, lambda typed: paper_fields.text(typed, _NOTE, multiline=True), "")
        draft = _Draft(row.where, paper)
        noted = self._scores(cells, day, stage)
        if venue is not None or noted:
            decision = DECISIONS.get(stage)
            round_ = WholeRound(venue or VenueEdition(""), decision, day if decision else None, noted)
            draft.rounds.append((0, None, round_))
        if note:
            seen = cells.read(
                Column.NOTE_VISIBILITY, paper_fields.reader_of(NoteVisibility), NoteVisibility.PRIVATE
            )
            draft.events.append(WholeEvent(day, stage, stage, note, seen, str(venue or "")))
        self._problems += cells.problems
        if not cells.problems:
            self._drafts[key] = draft

    def _venue(self, cells: _Cells) -> Callable[[str], VenueEdition | None]:
        return lambda typed: paper_fields.venue(typed, cells.typed(Column.YEAR), self._today)

    def _scores(self, cells: _Cells, day: date, stage: Stage) -> tuple[WholeReview, ...]:
        """The scores of a list that has them in the row of the paper: "6, 5, 6"."""

        def read(typed: str) -> tuple[float, ...]:
            try:
                found = reading.scores(typed, reviews.MOST, negative=True)
            except ValueError as error:
                raise NoValue(str(error)) from None
            for each in found:
                paper_fields.check_score(each)
            return found

        none: tuple[float, ...] = ()
        found = cells.read(Column.SCORE, read, none)
        return tuple(WholeReview(each, None, None, stage in DECIDED, None, day) for each in found)

    def _round(self, draft: _Draft, row: FlatRow) -> None:
        cells = _Cells(row)
        decision = cells.read(Column.DECISION, paper_fields.reader_of(Stage), None)
        if decision not in (None, *DECIDED, Stage.WITHDRAWN):
            cells.refuse(
                Column.DECISION.value,
                "it has to be accepted, rejected, desk-rejected or withdrawn",
                cells.typed(Column.DECISION),
            )
        venue = cells.read(Column.VENUE, self._venue(cells), None) or VenueEdition("")
        decided_on = cells.read(Column.DATE, self._dates.read, None)
        number = cells.read(
            Column.ROUND, lambda typed: paper_fields.whole(typed, 1, 500), len(draft.rounds) + 1
        )
        if any(number == other for other, _, _ in draft.rounds):
            cells.refuse(Column.ROUND.value, "two rounds of the paper have this", str(number))
        self._problems += cells.problems
        if not cells.problems:
            draft.rounds.append((number, row, WholeRound(venue, decision, decided_on if decision else None)))

    def _stage(self, draft: _Draft, row: FlatRow) -> None:
        cells = _Cells(row)
        stage = cells.read(Column.STAGE, paper_fields.reader_of(Stage), draft.paper.stage)
        note = cells.read(Column.NOTE, lambda typed: paper_fields.text(typed, _NOTE, multiline=True), "")
        before = draft.events[-1].stage if draft.events else draft.paper.first_stage
        event = WholeEvent(
            cells.read(Column.DATE, self._dates.read, self._today),
            cells.read(Column.STAGE_BEFORE, paper_fields.reader_of(Stage), before),
            stage,
            note or None,
            cells.read(
                Column.NOTE_VISIBILITY, paper_fields.reader_of(NoteVisibility), NoteVisibility.PRIVATE
            ),
            cells.read(Column.VENUE, lambda typed: paper_fields.text(typed, 120), ""),
        )
        self._problems += cells.problems
        if not cells.problems:
            draft.events.append(event)

    def _review(self, draft: _Draft, row: FlatRow) -> None:
        cells = _Cells(row)
        if not cells.typed(Column.SCORE).strip():
            cells.refuse(Column.SCORE.value, "a review needs a score")
        numbers = [number for number, _, _ in draft.rounds]
        number = cells.read(
            Column.ROUND, lambda typed: paper_fields.whole(typed, 1, 500), max(numbers, default=0)
        )
        if number not in numbers:
            cells.refuse(
                Column.ROUND.value, "the paper has no such round that can be read", cells.typed(Column.ROUND)
            )
        summary = cells.read(
            Column.SUMMARY, lambda typed: paper_fields.text(typed, _SUMMARY, multiline=True), ""
        )
        review = WholeReview(
            cells.read(Column.SCORE, paper_fields.score, 0.0),
            cells.read(Column.CONFIDENCE, lambda typed: paper_fields.whole(typed, 1, 5), None),
            cells.read(Column.CONSTRUCTIVE, paper_fields.reader_of(Constructiveness), None),
            cells.read(Column.WHEN, _is_after, False),
            summary or None,
            cells.read(Column.DATE, self._dates.read, self._today),
        )
        if sum(each == number for each, _, _ in draft.taken) >= reviews.MOST:
            cells.refuse("", f"a round can have {reviews.MOST} reviews, and this would be one more")
        self._problems += cells.problems
        if not cells.problems:
            draft.taken.append((number, row, review))

    def _finished(self, draft: _Draft) -> WholePaper:
        """A paper with its rounds in their order, but for those in which it would come back to where it was decided."""
        rounds: list[WholeRound] = []
        for number, row, each in sorted(draft.rounds, key=lambda each: each[0]):
            noted = [(at, review) for of, at, review in draft.taken if of == number]
            before = [Round(other.venue, other.decision) for other in rounds]
            decided = venues.decided_before(before, each.venue)
            if decided is not None and row is not None:
                again = (
                    f"{decided} has decided on this paper in an earlier round, so it cannot go there again"
                )
                self._refuse(row, Column.VENUE, again, str(each.venue))
                for at, _ in noted:
                    self._refuse(at, Column.ROUND, "its round is refused", str(number))
                continue
            rounds.append(replace(each, reviews=(*each.reviews, *(review for _, review in noted))))
        paper = draft.paper
        if not rounds and paper.stage in (*UNDER_REVIEW, *DECIDED):
            decision = DECISIONS.get(paper.stage)
            rounds.append(WholeRound(VenueEdition(""), decision, paper.added_on if decision else None))
        whole = replace(paper, rounds=tuple(rounds), events=tuple(draft.events))
        self._doubts += [f"{draft.where}, “{shorten(paper.title, 60)}”: {why}" for why in doubts_of(whole)]
        return whole


def _names(typed: str) -> tuple[str, ...]:
    found = tuple(paper_fields.names(typed))
    if len(found) > authors.MOST:
        raise NoValue(f"a paper can have {authors.MOST} co-authors here; these are {len(found)}")
    for each in found:
        paper_fields.text(each, 100)
    if sum(map(len, found)) > authors.LONGEST:
        raise NoValue(f"together they have more than {authors.LONGEST:,} characters")
    return found


def _link(typed: str) -> str | None:
    try:
        return read_address(paper_fields.text(typed, _LINK))
    except ValueError:
        raise NoValue("it is no web address, like https://arxiv.org/abs/2306.03262") from None


def _is_after(typed: str) -> bool:
    words = typed.strip().casefold().partition(" ")[0]
    if words not in (BEFORE, AFTER, "yes", "no"):
        raise NoValue(f"it has to be {BEFORE} or {AFTER}")
    return words in (AFTER, "yes")


def doubts_of(paper: WholePaper) -> list[str]:
    """What can hardly be about the order of what happened to a paper. It is taken in as it stands."""
    found: list[str] = []
    submitted, accepted = None, paper.first_stage in (Stage.ACCEPTED, Stage.PUBLISHED)
    for event in paper.events:
        if event.stage is event.before:
            continue
        if event.stage is Stage.SUBMITTED:
            submitted = event.day
        if event.stage in DECIDED and submitted is not None and event.day < submitted:
            found.append(
                f"{event.stage.label} on {date_words(event.day)}, before it was submitted on {date_words(submitted)}."
            )
        if event.stage is Stage.ACCEPTED:
            found += ["accepted a second time."] if accepted else []
            accepted = True
        if event.stage is Stage.PUBLISHED and not accepted:
            found.append("published, and nowhere accepted before.")
    moved = [event.stage for event in paper.events if event.stage is not event.before]
    if moved and moved[-1] is not paper.stage:
        found.append(f"it stands at {paper.stage.value}, and its last stage is {moved[-1].value}.")
    return found
