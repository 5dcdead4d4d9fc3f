"""Requests for feedback in the store: who may read one, how it is found, what changes it. Plain SQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.chat.model import Button, Choice
from core.chat.text import say
from core.cohorts import settings
from core.cohorts.members import name_sql
from core.cohorts.model import Scope
from core.commands import handled_calls, record_search
from core.commands.decorators import record
from core.commands.spec import NothingThere
from core.errors import BadInput
from core.features.feedback.model import FeedbackRequest, NewRequest, RequestState, RequestVisibility
from core.papers import queries
from core.papers.queries import PaperName
from core.store.port import Conn, Row
from core.store.words import Search, WordIndex

READS = (
    "(r.visibility = 'cohort' OR r.asker_id = :viewer OR r.helper_id = :viewer OR (:mentor = 1 AND"
    " (r.visibility = 'mentors' OR r.named_id IS NULL OR r.named_id = :viewer)))"
)
"""The condition under which a caller may see a request; its parameters are those of `viewer`. Of a private one mentors
see the topic, unless it is meant for one of them."""

COLUMNS = f"r.*, {name_sql('r.asker_id')} AS asker, {name_sql('r.helper_id')} AS helper, {name_sql('r.named_id')} AS named"
"""What `of_row` reads of the requests `r`."""

WORDS = WordIndex("feedback_word", "request_id")
"""Which requests have which words in their topics."""

_SEARCH = Search(WORDS, "feedback_request r", "r.id", "r.cohort_id", COLUMNS, READS)

_SELECT = f"SELECT {COLUMNS} FROM feedback_request r"
_NEWEST = f"{_SELECT} WHERE r.cohort_id = :cohort"
_ONES = f"{_SELECT} WHERE +r.cohort_id = :cohort AND"
"""The requests of a member or a paper, which are found by its index and not by that of the cohort."""


def viewer(scope: Scope) -> dict[str, object]:
    """The parameters of `READS`, with the cohort."""
    member = scope.member
    return {
        "cohort": scope.cohort.id,
        "viewer": member.id if member else -1,
        "mentor": int(member is not None and member.mentor),
    }


def of_row(row: Row) -> FeedbackRequest:
    """A row of all columns, with the names."""
    return FeedbackRequest(
        row["id"],
        row["number"],
        row["asker_id"],
        row["asker"] or "Somebody",
        row["topic"],
        row["details"],
        RequestVisibility(row["visibility"]),
        RequestState(row["state"]),
        row["created_at"],
        row["helper_id"],
        row["helper"] or "",
        row["named_id"],
        row["named"] or "",
        row["paper_id"],
        row["claimed_at"],
        row["closed_at"],
        row["word"],
        row["revision"],
        row["organizers_at"],
    )


def by_id(conn: Conn, request_id: int) -> FeedbackRequest | None:
    """A request, whoever looks; None where it was taken back."""
    row = conn.one(f"{_NEWEST} AND r.id = :id", id=request_id)
    return of_row(row) if row else None


_KIND = "feedback"
"""The numbers of the requests that the cohort may see."""


def _found(conn: Conn, sql: str, **values: object) -> list[FeedbackRequest]:
    """The requests that a statement finds, in its order."""
    return [of_row(row) for row in conn.all(sql, **values)]


def _by_number(conn: Conn, scope: Scope, number: int) -> Sequence[Row]:
    values = viewer(scope)
    return conn.all(f"{_NEWEST} AND r.number = :number AND {READS}", number=number, **values) or conn.all(
        f"{_NEWEST} AND r.earlier_number = :number AND {READS}", number=number, **values
    )


def _newest(conn: Conn, scope: Scope, most: int) -> list[Row]:
    """The newest requests that the caller sees, those that are not closed first."""
    found: list[Row] = []
    for state in RequestState:
        found += conn.all(
            f"{_NEWEST} AND r.state = :state AND {READS} ORDER BY r.created_at DESC, r.id DESC LIMIT :most",
            state=state.value,
            most=most - len(found),
            **viewer(scope),
        )
    return found


def _by_words(conn: Conn, scope: Scope, typed: str, most: int) -> list[Row]:
    found = _SEARCH.find(conn, scope.cohort.id, typed, most, **_reader(scope))
    # What waits comes before what is closed, each the newest first.
    return sorted(found, key=lambda each: list(RequestState).index(RequestState(each["state"])))


def _reader(scope: Scope) -> dict[str, object]:
    return {key: value for key, value in viewer(scope).items() if key != "cohort"}


def complete(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    """The requests that the caller sees, those that wait first."""
    found = record_search.offered(
        typed,
        25,
        by_number=lambda number: _by_number(conn, scope, number),
        by_words=lambda words, most: _by_words(conn, scope, words, most),
        newest=lambda most: _newest(conn, scope, most),
    )
    return [record_search.choice(row["number"], row["topic"]) for row in found]


_NOTHING = NothingThere(
    say("Nobody here has asked for feedback yet. What would you like some on?"),
    Button("Ask for feedback", "feedback ask"),
)


@record(FeedbackRequest, complete=complete, none=_NOTHING)
def resolve(conn: Conn, scope: Scope, typed: str) -> FeedbackRequest:
    """The request of a number, or with these words in its topic. One that the caller may not see is not there."""
    found = record_search.candidates(
        typed,
        record_search.SHOWN + 1,
        by_number=lambda number: _by_number(conn, scope, number),
        by_title=lambda title, most: _SEARCH.equal(conn, scope.cohort.id, title, most, **_reader(scope)),
        by_words=lambda words, most: _by_words(conn, scope, words, most),
    )
    row = record_search.pick_one(
        found,
        typed,
        number_of=lambda each: int(each["number"]),
        title_of=lambda each: str(each["topic"]),
        missing=say("{/feedback list} shows what was asked."),
    )
    return of_row(row)


def add(conn: Conn, scope: Scope, asker_id: int, new: NewRequest) -> FeedbackRequest:
    """Keep a new request, under a random number where the cohort does not see it."""
    made = conn.insert(
        "INSERT INTO feedback_request (cohort_id, number, asker_id, topic, details, paper_id, visibility, named_id,"
        " created_at) VALUES (:cohort, :number, :asker, :topic, :details, :paper, :visibility, :named, :now)",
        cohort=scope.cohort.id,
        number=_number(conn, scope, new.visibility),
        asker=asker_id,
        topic=new.topic,
        details=new.details,
        paper=new.paper_id,
        visibility=new.visibility.value,
        named=new.named_id,
        now=scope.now,
    )
    WORDS.add(conn, scope.cohort.id, made, new.topic)
    return existing(conn, made)


def existing(conn: Conn, request_id: int) -> FeedbackRequest:
    """A request that was written or read in this transaction."""
    found = by_id(conn, request_id)
    assert found is not None  # noqa: S101 - see above
    return found


def current(conn: Conn, request: FeedbackRequest) -> FeedbackRequest:
    """A request as it is in this transaction."""
    found = by_id(conn, request.id)
    if found is None:
        raise BadInput("This request was taken back meanwhile.", field="request")
    return found


def _number(conn: Conn, scope: Scope, visibility: RequestVisibility) -> int:
    if visibility is not RequestVisibility.COHORT:
        return _hidden_number(conn, scope.cohort.id)
    number = settings.next_number(conn, scope.cohort.id, _KIND)
    # A hidden request that stands in the way goes: skipping its number would tell of it.
    in_way = conn.value(
        "SELECT id FROM feedback_request WHERE cohort_id = :cohort AND number = :number", number=number
    )
    if in_way is not None:
        conn.run(
            "UPDATE feedback_request SET number = :number WHERE id = :id AND cohort_id = :cohort",
            number=_hidden_number(conn, scope.cohort.id),
            id=in_way,
        )
    return number


def _hidden_number(conn: Conn, cohort_id: int) -> int:
    last = settings.last_number(conn, cohort_id, _KIND)
    return settings.hidden_number_in(conn, cohort_id, "feedback_request", above=last)


def change(conn: Conn, scope: Scope, request: FeedbackRequest, new: NewRequest) -> FeedbackRequest:
    """Give a request other words or other readers. One that the cohort did not see takes a common number when it does,
    and the earlier one still finds it."""
    number, earlier = request.number, None
    if new.visibility is RequestVisibility.COHORT and number > settings.last_number(
        conn, scope.cohort.id, _KIND
    ):
        number, earlier = _number(conn, scope, new.visibility), request.number
    WORDS.replace(conn, scope.cohort.id, request.id, new.topic)
    return _update(
        conn,
        request,
        "number = :number, earlier_number = coalesce(:earlier, earlier_number), topic = :topic,"
        " details = :details, paper_id = :paper, visibility = :visibility, named_id = :named",
        number=number,
        earlier=earlier,
        topic=new.topic,
        details=new.details,
        paper=new.paper_id,
        visibility=new.visibility.value,
        named=new.named_id,
    )


def _update(conn: Conn, request: FeedbackRequest, assignments: str, **values: object) -> FeedbackRequest:
    """Change a request, which counts as a revision. Returns it as it is now."""
    conn.run(
        f"UPDATE feedback_request SET {assignments}, revision = revision + 1 WHERE id = :id AND cohort_id = :cohort",
        id=request.id,
        **values,
    )
    return existing(conn, request.id)


def close(conn: Conn, request: FeedbackRequest, word: str, now: datetime) -> FeedbackRequest:
    """End a request. Who helped stays written down."""
    ended = "state = 'closed', closed_at = :now, word = :word, due_at = NULL"
    return _update(conn, request, ended, now=now, word=word)


def reopen(conn: Conn, request: FeedbackRequest) -> FeedbackRequest:
    """Let a closed request go on where it was: with who helped, or waiting at its old place."""
    state = RequestState.OPEN if request.helper_id is None else RequestState.CLAIMED
    return _update(conn, request, "state = :state, closed_at = NULL, word = ''", state=state.value)


def claim(conn: Conn, request: FeedbackRequest, helper_id: int, now: datetime) -> FeedbackRequest:
    """Let a member have a request that is open."""
    taken = "state = 'claimed', helper_id = :helper, claimed_at = :now, due_at = NULL"
    return _update(conn, request, taken, helper=helper_id, now=now)


def release(conn: Conn, request: FeedbackRequest) -> FeedbackRequest:
    """Let a request wait again, at its old place."""
    return _update(conn, request, "state = 'open', helper_id = NULL, claimed_at = NULL")


def set_due(conn: Conn, request_id: int, at: datetime | None) -> None:
    """When a request that is open is to be looked at next."""
    conn.run(
        "UPDATE feedback_request SET due_at = :at WHERE id = :id AND cohort_id = :cohort",
        id=request_id,
        at=at,
    )


def due(conn: Conn, cohort_id: int, now: datetime, most: int) -> list[FeedbackRequest]:
    """The requests of a cohort that are to be looked at."""
    waiting = (
        f"{_SELECT} WHERE r.cohort_id = :cohort AND r.due_at <= :now ORDER BY r.due_at, r.id LIMIT :most"
    )
    return _found(conn, waiting, cohort=cohort_id, now=now, most=most)


def next_due(conn: Conn, cohort_id: int) -> datetime | None:
    """When the next request of a cohort is to be looked at."""
    row = conn.one(
        "SELECT due_at FROM feedback_request WHERE cohort_id = :cohort AND due_at IS NOT NULL"
        " ORDER BY due_at LIMIT 1",
        cohort=cohort_id,
    )
    return row["due_at"] if row else None


def free(conn: Conn, request: FeedbackRequest) -> FeedbackRequest:
    """Let a request that was meant for one mentor be for any of them."""
    return _update(conn, request, "named_id = NULL")


def note_organizers(conn: Conn, request_id: int, now: datetime) -> None:
    """Write down that the organizers were told that a request waits."""
    conn.run(
        "UPDATE feedback_request SET organizers_at = :now WHERE id = :id AND cohort_id = :cohort",
        id=request_id,
        now=now,
    )


def waits(conn: Conn, cohort_id: int, most: int) -> list[timedelta]:
    """How long the latest requests that the cohort reads waited until somebody took them."""
    rows = conn.all(
        "SELECT created_at, claimed_at FROM feedback_request WHERE cohort_id = :cohort AND claimed_at IS NOT NULL"
        " AND visibility = 'cohort' ORDER BY claimed_at DESC LIMIT :most",
        cohort=cohort_id,
        most=most,
    )
    return [row["claimed_at"] - row["created_at"] for row in rows]


def about_paper(conn: Conn, paper_id: int) -> list[FeedbackRequest]:
    """The requests about a paper whose helpers have not heard yet what became of it."""
    untold = f"{_ONES} r.paper_id = :paper AND r.helper_id IS NOT NULL AND r.ended_at IS NULL ORDER BY r.id"
    return _found(conn, untold, paper=paper_id)


def note_ended(conn: Conn, request_id: int, now: datetime) -> None:
    """Write down that who helped has heard what became of the paper."""
    conn.run(
        "UPDATE feedback_request SET ended_at = :now WHERE id = :id AND cohort_id = :cohort",
        id=request_id,
        now=now,
    )


def remove(conn: Conn, cohort_id: int, request: FeedbackRequest) -> None:
    """Delete a request with all that was said to it."""
    conn.run(
        "DELETE FROM feedback_request WHERE id = :id AND cohort_id = :cohort", id=request.id, cohort=cohort_id
    )
    handled_calls.erase_results(conn, cohort_id)


def open_of(conn: Conn, asker_id: int) -> list[FeedbackRequest]:
    """What a member has asked and is not closed, the oldest first."""
    asked = f"{_ONES} r.asker_id = :asker AND r.state IN ('open', 'claimed') ORDER BY r.created_at, r.id"
    return _found(conn, asked, asker=asker_id)


def renewed_of_paper(conn: Conn, paper_id: int) -> list[FeedbackRequest]:
    """The requests about a paper, each with a revision of its own from now on."""
    conn.run(
        "UPDATE feedback_request SET revision = revision + 1 WHERE +cohort_id = :cohort AND paper_id = :paper",
        paper=paper_id,
    )
    return _found(conn, f"{_ONES} r.paper_id = :paper ORDER BY r.id", paper=paper_id)


def claims_of(conn: Conn, helper_id: int) -> list[FeedbackRequest]:
    """What a member has taken and is not closed, the oldest first."""
    taken = f"{_ONES} r.helper_id = :helper AND r.state = 'claimed' ORDER BY r.created_at, r.id"
    return _found(conn, taken, helper=helper_id)


def offered_to(conn: Conn, member_id: int) -> list[FeedbackRequest]:
    """What a member was asked to take, and still waits, the oldest first."""
    rows = conn.all(
        f"SELECT {COLUMNS} FROM feedback_offer o JOIN feedback_request r ON r.id = o.request_id"
        " WHERE o.member_id = :member AND o.declined = 0 AND +r.cohort_id = :cohort AND r.state = 'open'"
        " ORDER BY r.created_at, r.id",
        member=member_id,
    )
    return [of_row(row) for row in rows]


def paper_shown(conn: Conn, request: FeedbackRequest) -> PaperName | None:
    """The paper that a request is about, where its readers may learn of it: one that the cohort does not see is named
    to those alone whom its asker chose."""
    found = queries.paper_name(conn, request.paper_id) if request.paper_id is not None else None
    return found if found is not None and (found.for_cohort or not request.is_public) else None
