"""How something gets on the list: once for each work. Each function is a transaction."""

from dataclasses import dataclass, field

from core.chat.model import Button, Buttons
from core.chat.text import say
from core.cohorts.model import Scope
from core.delivery import announcements
from core.errors import BadInput
from core.features.reading import lookups, records, same_work, tags, voting
from core.features.reading.records import ADDED, NewItem, ReadingItem
from core.features.reading.voting import Votes
from core.store.port import Conn
from core.works import identifiers


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a suggestion: its item's number, and the posts that tell the cohort of it. Where the work was on the
    list before, `votes` are how it stands with the caller's vote."""

    number: int
    posts: list[int] = field(default_factory=list)
    votes: Votes | None = None


def add(
    conn: Conn,
    scope: Scope,
    by: int,
    reference: str,
    why: str | None,
    typed_tags: str | None,
    *,
    anyway: bool,
    announced: bool,
) -> Added:
    """Put something on the list. A work that is there already gets a vote; one whose title is nearly that of another is
    asked about, unless it is meant `anyway`."""
    given = tags.parse(typed_tags)
    new = ReadingItem(-1, 0, reference)
    identifier = new.identifier
    if identifier is not None:
        there = records.with_key(conn, scope.cohort.id, [identifier.key])
        if there is not None:
            return Added(there.number, votes=voting.vote(conn, scope, by, there))
    if not anyway and (identifier is None or identifiers.rest_of(reference)):
        near = same_work.like(conn, scope.cohort.id, new.name)
        if near is not None:
            raise _is_it(near, reference, why, typed_tags)
    number = records.add(conn, scope, by, NewItem(reference, why, given))
    item = records.by_number(conn, scope.cohort.id, number)
    assert item is not None  # noqa: S101 - it was written just now
    if identifier is not None:
        same_work.keep(conn, scope.cohort.id, item.id, [identifier])
        lookups.enqueue(conn, item.id, identifier, scope.now)
    if not announced:
        return Added(number)
    key, data = f"added:{scope.cohort.id}:{number}", {"number": number}
    return Added(number, announcements.announce(conn, scope, ADDED, "reading", key, data))


def _is_it(near: ReadingItem, reference: str, why: str | None, typed_tags: str | None) -> BadInput:
    """The question whether a title is that of an item on the list."""
    again = {"reference": reference, "why": why or "", "tags": typed_tags or "", "anyway": "yes"}
    buttons = (
        Button(f"It is #{near.number}: vote for it", "reading vote", {"item": str(near.number)}),
        Button("It is another work: add it", "reading add", {k: v for k, v in again.items() if v}),
    )
    text = say(
        "Is this what is on the list as #{number} “{name}”? A work stands there once. If it is, I count your vote "
        "for it; if it is another one, I add it.",
        number=near.number,
        name=near.name,
    )
    return BadInput(text, field="reference", blocks=(Buttons(buttons),))
