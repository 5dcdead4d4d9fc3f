"""Which edition is meant by what somebody typed, and what is said where there is none."""

from collections.abc import Sequence

from core.chat.text import say, shorten
from core.cohorts.model import Scope
from core.commands import record_search
from core.commands.record_search import normalize_name
from core.errors import Ambiguous, NotFound
from core.features.deadlines.texts import handle, name_of
from core.lottery import venues
from core.papers import editions
from core.papers.editions import KnownEdition
from core.papers.model import VenueEdition
from core.papers.venues import close_to
from core.store.port import Conn

_FIELD = "venue"


def choose(conn: Conn, scope: Scope, edition: VenueEdition, *, built_in: bool = True) -> KnownEdition:
    """The edition that is meant, of those that the cohort has dates of and, unless `built_in` is False, those of the
    built-in table. Raises `Ambiguous` for several, with close ones where there is none of that name, and `NotFound`."""
    typed = str(edition)
    number = record_search.number(typed) if typed.startswith("#") else None
    if number is not None:
        found = editions.by_number(conn, scope.cohort.id, number)
        if found is None:
            raise NotFound(
                say("There is no venue {typed} here. {/deadline list} shows those there are.", typed=typed),
                field=_FIELD,
            )
        return found
    known = editions.find(conn, scope.cohort.id, edition) or _by_full_name(conn, scope, edition)
    if not known:
        raise _unknown(conn, scope, edition, venues.names() if built_in else ())
    if not built_in and known[0].number is None:
        text = "What I know of {name} is built in, and nothing of it was entered here."
        raise NotFound(say(text, name=name_of(known[0])), field=_FIELD)
    if edition.year is None:
        known = _of_year(scope, known)
    if len(known) == 1:
        return known[0]
    words = [
        (handle(each), ": ".join(filter(None, (str(each.edition), each.full_name)))[:75])
        for each in known[:5]
    ]
    raise Ambiguous(say("Which one do you mean by “{typed}”?", typed=shorten(typed, 60)), words, field=_FIELD)


def _of_year(scope: Scope, known: list[KnownEdition]) -> list[KnownEdition]:
    """The next edition of a venue that was named without its year, if the cohort has it. Raises `Ambiguous` where nothing
    says which year is meant."""
    coming = [
        each for each in known if each.edition.year is not None and each.edition.year >= scope.today.year
    ]
    if coming:
        year = min(each.edition.year or 0 for each in coming)
        return [each for each in coming if each.edition.year == year]
    if known[0].edition.year is not None:
        return [each for each in known if each.edition.year == known[0].edition.year]
    name = known[0].edition.name
    years = [VenueEdition(name, scope.today.year + ahead) for ahead in (0, 1)]
    question = say("Which year of {name} do you mean?", name=name)
    raise Ambiguous(question, [(str(each), str(each)) for each in years], field=_FIELD)


def _by_full_name(conn: Conn, scope: Scope, edition: VenueEdition) -> list[KnownEdition]:
    key = normalize_name(edition.name)
    rows = [
        row
        for row in editions.names(conn, scope.cohort.id)
        if len(key) > 3 and key in normalize_name(row["full_name"]) and edition.year in (None, row["year"])
    ]
    found = (editions.by_number(conn, scope.cohort.id, row["number"]) for row in rows[:5])
    return [each for each in found if each is not None]


def _unknown(
    conn: Conn, scope: Scope, edition: VenueEdition, built_in: Sequence[str]
) -> NotFound | Ambiguous:
    """What to say of a venue that nobody knows: the names that are close to it, of the cohort's list and of those that are
    built in, else how to enter it."""
    listed: dict[str, list[VenueEdition]] = {}
    for row in editions.names(conn, scope.cohort.id):
        listed.setdefault(row["venue_key"], []).append(VenueEdition(row["name"], row["year"]))
    names = {normalize_name(each): each for each in built_in} | {
        key: at[0].name for key, at in listed.items()
    }
    key, typed = normalize_name(edition.name), shorten(str(edition), 60)
    near = [
        each
        for one in ([edition] if key in listed else close_to(edition, names, scope.today))
        for each in _of_year_named(listed.get(normalize_name(one.name), ()), one.year)
        or [VenueEdition(one.name, one.year or scope.today.year + 1)]
    ]
    if near:
        question = say("I know no dates of “{typed}”. Did you mean one of these?", typed=typed)
        words = list(dict.fromkeys(map(str, near)))[:5]
        return Ambiguous(question, [(each, each) for each in words], field=_FIELD)
    return NotFound(
        say(
            "I know no dates of “{typed}”. An organizer enters them with {/cohort-admin venue-add}; {/deadline list} shows"
            " those there are.",
            typed=typed,
        ),
        field=_FIELD,
    )


def _of_year_named(there: Sequence[VenueEdition], year: int | None) -> Sequence[VenueEdition]:
    """Editions of one venue: the one of a year, else all."""
    return [each for each in there if each.year == year] or there
