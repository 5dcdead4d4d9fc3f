"""`cohort-admin venue-add`: an organizer says what is known of one edition of a venue."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Annotated

from core import clock
from core.chat.model import Button, Buttons, Reply
from core.chat.text import join, safe_link, say, shorten
from core.clock import AOE
from core.cohorts import zones
from core.cohorts.model import Scope
from core.commands.arguments import read_date
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.hooks import DatesChangedHook
from core.commands.record_search import normalize_name
from core.commands.spec import Access, Arg, Once
from core.errors import Ambiguous, BadInput, at_field
from core.features.deadlines import doubts, moved, texts, written
from core.features.deadlines.meaning import Row
from core.features.deadlines.written import NoDate
from core.lottery import reading
from core.papers import edition_changes, edition_updates, editions, venues
from core.papers.edition_updates import SaidDate, SaidEdition
from core.papers.editions import DateKind
from core.papers.model import VenueEdition
from core.store.port import Conn

_FIELDS = {
    "abstract": DateKind.ABSTRACT,
    "paper": DateKind.PAPER,
    "rebuttal": DateKind.REBUTTAL_END,
    "decision": DateKind.DECISION,
}
"""The parameters that are dates, and of what."""

_OVER = re.compile(r"\s*\(over\)\Z")
_TIME = re.compile(r"[ ,]+(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?\Z", re.ASCII)
_MOST_SCORES = 20
_LONGEST_AGAIN = 40


@command(
    "cohort-admin venue-add",
    access=Access.ORGANIZER,
    once=Once.REPEATS,
    form="Enter a venue’s dates",
    submit="Keep them",
)
async def venue_add(
    call: Call,
    name: Annotated[str, Arg("The venue, such as ICML", max_length=80)],
    year: Annotated[int, Arg("The year of the edition", minimum=1990, maximum=2100)],
    paper: Annotated[str | None, Arg("When papers are due, like 2027-01-28 23:59", max_length=60)] = None,
    decision: Annotated[str | None, Arg("When decisions come, like 2027-05-01", max_length=60)] = None,
    abstract: Annotated[str | None, Arg("When abstracts are due, if before", max_length=60)] = None,
    rebuttal: Annotated[str | None, Arg("When the rebuttal ends", max_length=60)] = None,
    accept_rate: Annotated[str | None, Arg("Like 25%", max_length=20)] = None,
    scale: Annotated[
        str | None, Arg("The scores reviewers give, like 1-10 or 1 3 5 6 8", max_length=60)
    ] = None,
    link: Annotated[str | None, Arg("The venue's own page with the dates", max_length=500)] = None,
    timezone: Annotated[str | None, Arg("Of these dates; AoE if left out", max_length=60)] = None,
) -> Reply:
    """Enter the dates of a venue, or change them."""
    with at_field("timezone"):
        zone = zones.read_one(timezone, call.now) if timezone else AOE
    given = {"abstract": abstract, "paper": paper, "rebuttal": rebuttal, "decision": decision}
    dates = [_date(_FIELDS[field], field, typed, zone, call.scope) for field, typed in given.items() if typed]
    said = SaidEdition(
        _edition(name, year),
        tuple(dates),
        link=_address(link),
        accept_rate=_rate(accept_rate),
        scale=_scale(scale),
    )
    if not (said.dates or said.accept_rate or said.scale or said.link):
        raise BadInput(
            say("What is known of {venue}? Please give a date at least.", venue=str(said.edition)),
            field="paper",
        )
    kept = await call.write(_keep, call.scope, said, call.core.registry.dates_changed_hooks)
    known = await call.read(editions.by_number, call.cohort.id, kept.number)
    assert known is not None  # noqa: S101 - it was kept just now
    head = "{name} is entered as {number}." if kept.new else "{name} ({number}) is changed."
    if not kept.changed:
        head = "{name} ({number}) stood so already."
    zone_here = call.member.zone or call.cohort.zone
    lines = [say(head, name=known.edition, number=f"#{kept.number}"), texts.page(known, call.now, zone_here)]
    if kept.new or kept.changed:
        lines.append(
            say("Who follows it, or has a paper on its way there, is reminded 30, 7, 2 and 1 days ahead.")
        )
    args = {"venue": f"#{kept.number}"}
    buttons = [Button("Follow it", "deadline follow", args), Button("All deadlines", "deadline list")]
    if kept.change:
        buttons.append(Button("Take it back", "deadline take-back", {"change": str(kept.change)}))
    return Reply(join(lines), (Buttons(tuple(buttons)),))


@dataclass(frozen=True, slots=True)
class _Kept:
    """The number of an edition, whether it is new, whether anything was changed, and the number of that change, 0 for
    none."""

    number: int
    new: bool
    changed: bool
    change: int


def _keep(conn: Conn, scope: Scope, said: SaidEdition, hooks: Sequence[DatesChangedHook]) -> _Kept:
    """Keep what an organizer says of an edition, beside what they said before."""
    row = edition_updates.same_edition(conn, scope.cohort.id, said)
    before = edition_updates.by_hand(conn, row["id"]) if row is not None else []
    new = {each.kind for each in said.dates}
    dates = sorted(
        (*(each for each in before if each.kind not in new), *said.dates),
        key=lambda each: list(DateKind).index(each.kind),
    )
    _check_order(dates, said.edition.year or 0, new)
    done, change = moved.record(conn, scope, replace(said, dates=tuple(dates)))
    for hook in hooks:
        hook.run(conn, scope.cohort, scope.now)
    kept = 0
    if change is not None:
        kept = edition_changes.begin(conn, scope, f"{said.edition}, {'entered' if done.new else 'changed'}")
        edition_changes.add_part(conn, scope, kept, [change])
    return _Kept(done.number, done.new, done.changed, kept)


def _check_order(dates: Sequence[SaidDate], year: int, new: set[DateKind]) -> None:
    """Raise `BadInput` at the first date that cannot be beside the others."""
    marked = [row.said for row in doubts.mark([Row(replace(each, doubt="")) for each in dates], year)]
    for field, kind in _FIELDS.items():
        wrong = next((each for each in marked if each.kind is kind and each.doubt and kind in new), None)
        if wrong is not None:
            raise BadInput(
                say("The date for {what} cannot be right. {why}", what=kind.label, why=wrong.doubt),
                field=field,
            )


def _edition(name: str, year: int) -> VenueEdition:
    if not normalize_name(name):
        raise BadInput(
            say("“{name}” names no venue. Please give its letters, such as ICML.", name=name[:40]),
            field="name",
        )
    named = venues.read_edition(name)
    if named.year not in (None, year) and str(named.year) in name:
        text = say(
            "“{name}” says {other}, and the year is {year}. Which one is it?",
            name=name,
            other=named.year,
            year=year,
        )
        raise Ambiguous(text, [(str(each), str(each)) for each in (named.year, year)], field="year")
    return VenueEdition(named.name if named.year in (None, year) else name, year)


def _date(kind: DateKind, field: str, typed: str, zone: str, scope: Scope) -> SaidDate:
    """A date as it was typed. One that is over is asked about, because a slip in the year is common."""
    plain = _OVER.sub("", typed)
    try:
        found = written.read(plain, zone)
    except NoDate:
        found = _in_words(plain, zone, field, scope)
    if found.at is not None and found.at < scope.now and plain == typed:
        later = _stamp(found.at, zone, years=1)
        # A zone with a long name would not fit into the field.
        again = plain if len(plain) <= _LONGEST_AGAIN else _stamp(found.at, zone)
        text = say(
            "{when} is over. Is that meant for {what}?", when=clock.words(found.at, zone), what=kind.label
        )
        raise Ambiguous(
            text,
            [
                (later, f"No, {later}"),
                (f"{again} (over)", "Yes, it is over"),
            ],
            field=field,
        )
    whole = found.day if kind is DateKind.DECISION else None
    return SaidDate(kind, kind.label.capitalize(), found.at, found.zone, whole)


def _stamp(at: datetime, zone: str, years: int = 0) -> str:
    """An instant by the clocks of a zone, or the same some years later, as it can be typed."""
    there = clock.local(at, zone)
    day = there.date()
    if years:
        day = day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)
    return f"{day.isoformat()} {clock.time_words(there)}"


def _in_words(typed: str, zone: str, field: str, scope: Scope) -> written.Written:
    """A date with its month in words, and perhaps a time behind it."""
    match = _TIME.search(typed)
    with at_field(field):
        day = read_date(typed[: match.start()] if match else typed, scope.today)
    wall = time(int(match[1]), int(match[2])) if match and int(match[1]) < 24 and int(match[2]) < 60 else None
    stamp = f"{day.isoformat()} {clock.time_words(wall)}" if wall else day.isoformat()
    return written.read(stamp, zone)


def _address(link: str | None) -> str:
    if not link:
        return ""
    address = link if "://" in link else f"https://{link}"
    if not safe_link(address) or "." not in address:
        words = "“{typed}” is no web address. It has to look like https://icml.cc/Conferences/2027."
        raise BadInput(say(words, typed=shorten(link, 60)), field="link")
    return address


def _rate(typed: str | None) -> float | None:
    try:
        return reading.accept_rate(typed) if typed else None
    except ValueError as error:
        raise BadInput(str(error), field="accept_rate") from None


def _scale(typed: str | None) -> tuple[float, ...]:
    """The scores in "1-10" or "1 3 5 6 8 10", from the lowest up."""
    if not typed:
        return ()
    wrong = BadInput(
        say(
            "I cannot read the scale “{typed}”. Please write it like 1-10, or its scores like 1 3 5 6 8 10.",
            typed=typed[:40],
        ),
        field="scale",
    )
    if match := re.fullmatch(r"(\d{1,3}) *(?:-|–|to) *(\d{1,3})", typed.strip(), re.ASCII):
        low, high = int(match[1]), int(match[2])
        if not 0 < high - low < _MOST_SCORES:
            raise wrong
        return tuple(map(float, range(low, high + 1)))
    parts = re.split(r"[\s,;]+", typed.strip())
    if not 2 <= len(parts) <= _MOST_SCORES or not all(
        re.fullmatch(r"-?\d{1,3}(\.\d{1,2})?", each, re.ASCII) for each in parts
    ):
        raise wrong
    found = sorted({float(each) for each in parts})
    if len(found) < 2:
        raise wrong
    return tuple(found)
