"""What organizers ask beside a check-in's own fields, and what was answered: plain SQL."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.chat import folding
from core.chat.model import Button, Choice
from core.chat.text import say
from core.cohorts.counting import StandingFigure
from core.cohorts.members import present_sql
from core.cohorts.model import Scope
from core.cohorts.settings import next_number
from core.commands import record_search
from core.commands.decorators import prune, record
from core.commands.record_search import number
from core.commands.spec import NothingThere
from core.errors import QuotaReached
from core.features.checkins.question_kinds import Answered, AnswerReaders, Question, QuestionKind, fewest
from core.store.port import Conn, Row

MOST = 20
"""Questions that a check-in can have beside its own fields."""
WINDOW = 5
"""Questions that one window asks, as many as both platforms show at once."""
KEEP = timedelta(days=30)
"""How long a removed question without answers is kept, so that it can be taken back."""

_COLUMNS = "q.id, q.number, q.words, q.kind, q.options, q.required, q.readers AS asked_readers, q.removed_at, q.replaced_by"
_ORDER = "ORDER BY q.place, q.number"
_NOTHING = NothingThere(
    say("Nothing is asked beside the check-in’s own fields."),
    Button("Add a question", "cohort-admin question-add"),
)


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question that is to be asked."""

    words: str
    kind: QuestionKind
    options: tuple[str, ...]
    required: bool
    readers: AnswerReaders


def as_new(question: Question) -> NewQuestion:
    """A question as it was asked for."""
    return NewQuestion(question.words, question.kind, question.options, question.required, question.readers)


def _of_row(row: Row) -> Question:
    return Question(
        row["id"],
        row["number"],
        row["words"],
        QuestionKind(row["kind"]),
        tuple(json.loads(row["options"])),
        bool(row["required"]),
        AnswerReaders(row["asked_readers"]),
        row["removed_at"] is not None,
        row["replaced_by"] is not None,
    )


def listed(conn: Conn, cohort_id: int) -> list[Question]:
    """What is asked now, in its order."""
    rows = conn.all(
        f"SELECT {_COLUMNS} FROM checkin_question q WHERE q.cohort_id = :cohort AND q.removed_at IS NULL {_ORDER}",
        cohort=cohort_id,
    )
    return [_of_row(row) for row in rows]


def by_number(conn: Conn, cohort_id: int, wanted: int) -> Question | None:
    """The question of that number, also one that was removed."""
    row = conn.one(
        f"SELECT {_COLUMNS} FROM checkin_question q WHERE q.cohort_id = :cohort AND q.number = :number",
        cohort=cohort_id,
        number=wanted,
    )
    return _of_row(row) if row else None


def of_numbers(conn: Conn, cohort_id: int, numbers: Sequence[int]) -> list[Question]:
    """The questions of these numbers, in their order, also those that were removed."""
    found = (by_number(conn, cohort_id, each) for each in numbers)
    return [each for each in found if each is not None]


def left(conn: Conn, checkin_id: int) -> list[Question]:
    """What the author of a check-in has not been asked yet. What was added after it is asked from the next one on."""
    rows = conn.all(
        f"SELECT {_COLUMNS} FROM checkin k JOIN checkin_question q ON q.cohort_id = k.cohort_id"
        " WHERE k.id = :id AND k.cohort_id = :cohort AND q.removed_at IS NULL AND q.created_at <= k.created_at AND NOT EXISTS"
        f" (SELECT 1 FROM checkin_answer a WHERE a.checkin_id = k.id AND a.question_id = q.id) {_ORDER}",
        id=checkin_id,
    )
    return [_of_row(row) for row in rows]


def require_room(conn: Conn, cohort_id: int) -> None:
    """Raises `QuotaReached` where as many questions are asked as a check-in can have."""
    if len(listed(conn, cohort_id)) >= MOST:
        raise QuotaReached(
            say(
                "A check-in can have {most} questions beside its own fields, and has them. Remove one with "
                "{/cohort-admin question-remove}, or change one in {/cohort-admin question-list}.",
                most=MOST,
            )
        )


def add(conn: Conn, scope: Scope, new: NewQuestion, replaces: Question | None = None) -> Question:
    """Ask a question from the next check-in on, in the place of another one or behind all others."""
    cohort_id = scope.cohort.id
    place = (
        conn.value(
            "SELECT place FROM checkin_question WHERE id = :id AND cohort_id = :cohort", id=replaces.id
        )
        if replaces
        else None
    )
    wanted = next_number(conn, cohort_id, "checkin-question")
    made = conn.insert(
        "INSERT INTO checkin_question (cohort_id, number, place, words, kind, options, required, readers, created_at)"
        " VALUES (:cohort, :number, :place, :words, :kind, :options, :required, :readers, :now)",
        cohort=cohort_id,
        number=wanted,
        place=wanted if place is None else place,
        words=new.words,
        kind=new.kind.value,
        options=json.dumps(new.options),
        required=new.required,
        readers=new.readers.value,
        now=scope.now,
    )
    if replaces is not None:
        conn.run(
            "UPDATE checkin_question SET removed_at = :now, replaced_by = :by WHERE id = :id AND cohort_id = :cohort",
            now=scope.now,
            by=made,
            id=replaces.id,
        )
    return Question(made, wanted, new.words, new.kind, new.options, new.required, new.readers)


def set_removed(conn: Conn, question_id: int, at: datetime | None) -> None:
    """Ask a question no more, or again."""
    conn.run(
        "UPDATE checkin_question SET removed_at = :at WHERE id = :id AND cohort_id = :cohort",
        at=at,
        id=question_id,
    )


def equal(conn: Conn, cohort_id: int, words: str) -> Question | None:
    """The question that asks this already."""
    wanted = folding.fold(words)
    return next((each for each in listed(conn, cohort_id) if folding.fold(each.words) == wanted), None)


# Answers


def readers_now(conn: Conn, question: Question) -> AnswerReaders:
    """Who reads an answer that is given to a question now. One that is not asked any more is answered for its author
    alone; where another stands in its place, for no more people than that one."""
    sql = (
        "SELECT readers, removed_at, replaced_by FROM checkin_question WHERE id = :id AND cohort_id = :cohort"
    )
    found, row = [question.readers], conn.one(sql, id=question.id)
    while row is not None and row["removed_at"] is not None:
        row = conn.one(sql, id=-1 if row["replaced_by"] is None else row["replaced_by"])
        found.append(AnswerReaders.PRIVATE if row is None else AnswerReaders(row["readers"]))
    return fewest(found)


def answers_of(conn: Conn, checkin_id: int, *, left_out: bool = False) -> list[Answered]:
    """What was answered with a check-in; also what its author left out, as empty answers."""
    rows = conn.all(
        f"SELECT a.answer, a.readers, {_COLUMNS} FROM checkin_answer a JOIN checkin_question q ON q.id = a.question_id"
        f" WHERE a.checkin_id = :id AND +a.cohort_id = :cohort {_ORDER}",
        id=checkin_id,
    )
    return [_answered(row) for row in rows if row["answer"] or left_out]


def answers_of_member(
    conn: Conn, member_id: int, first: date = date.min, last: date = date.max
) -> Mapping[int, list[Answered]]:
    """All that somebody answered from one day to another, by the ids of the check-ins."""
    rows = conn.all(
        f"SELECT a.checkin_id, a.answer, a.readers, {_COLUMNS} FROM checkin k"
        " JOIN checkin_answer a ON a.checkin_id = k.id JOIN checkin_question q ON q.id = a.question_id"
        " WHERE k.cohort_id = :cohort AND k.member_id = :member AND k.day >= :first AND k.day <= :last"
        f" AND a.answer <> '' {_ORDER}",
        member=member_id,
        first=first,
        last=last,
    )
    found: dict[int, list[Answered]] = {}
    for row in rows:
        found.setdefault(row["checkin_id"], []).append(_answered(row))
    return found


def _answered(row: Row) -> Answered:
    return Answered(_of_row(row), row["answer"], AnswerReaders(row["readers"]))


def keep(
    conn: Conn, cohort_id: int, checkin_id: int, question: Question, answer: str, readers: AnswerReaders
) -> None:
    """Keep an answer in place of an earlier one."""
    conn.run(
        "INSERT INTO checkin_answer (checkin_id, question_id, cohort_id, answer, readers)"
        " VALUES (:checkin, :question, :cohort, :answer, :readers)"
        " ON CONFLICT (checkin_id, question_id) DO UPDATE SET answer = excluded.answer, readers = excluded.readers",
        checkin=checkin_id,
        question=question.id,
        cohort=cohort_id,
        answer=answer,
        readers=readers.value,
    )


def figure(question: Question) -> StandingFigure:
    """How many answers a question has. Most are hidden from most people, so that all of them are counted as hidden."""

    def parts(conn: Conn, cohort_id: int) -> dict[str, dict[int, int]]:
        return {"answers": _answerers(conn, cohort_id, question.id)}

    return StandingFigure(f"checkins.question.{question.id}", parts)


def _answerers(conn: Conn, cohort_id: int, question_id: int) -> dict[int, int]:
    """How often each member who is in the cohort answered a question."""
    rows = conn.all(
        "SELECT k.member_id, count(*) AS answers FROM checkin_answer a JOIN checkin k ON k.id = a.checkin_id"
        " WHERE a.question_id = :question AND +a.cohort_id = :cohort AND a.answer <> ''"
        f" AND {present_sql('k.member_id')} GROUP BY k.member_id",
        question=question_id,
        cohort=cohort_id,
    )
    return {row["member_id"]: row["answers"] for row in rows}


@prune
def forget(conn: Conn, now: datetime, most: int) -> int:
    """Forget what was asked once and never answered."""
    return conn.run(
        "DELETE FROM checkin_question WHERE id IN (SELECT q.id FROM checkin_question q WHERE q.removed_at < :before"
        " AND NOT EXISTS (SELECT 1 FROM checkin_answer a WHERE a.question_id = q.id) LIMIT :most)",
        before=now - KEEP,
        most=most,
    )


# A question by what was typed


def complete(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    """What is asked now, by any words of it."""
    fitting = [
        each for each in listed(conn, scope.cohort.id) if folding.fits(typed, f"{each.number} {each.words}")
    ]
    return [record_search.choice(each.number, each.words) for each in fitting[:25]]


@record(Question, complete=complete, none=_NOTHING)
def resolve(conn: Conn, scope: Scope, typed: str) -> Question:
    """The question of that number, also one that was removed, or the one that has the words."""
    wanted = number(typed)
    found = by_number(conn, scope.cohort.id, wanted) if wanted is not None else None
    if found is not None:
        return found
    fitting = [each for each in listed(conn, scope.cohort.id) if folding.fits(typed, each.words)]
    return record_search.pick_one(
        fitting,
        typed,
        number_of=lambda each: each.number,
        title_of=lambda each: each.words,
        missing=say("{/cohort-admin question-list} lists what is asked; a number like #3 is enough."),
    )
