"""The commands `profile ...`: what a person tells the bot about themselves."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from core import clock
from core.chat.model import Button, Buttons, Fields, Person, Reply, button_rows
from core.chat.text import Sayable, say
from core.clock import Zone, day_words
from core.cohorts import directory, people
from core.cohorts.model import Member, Scope
from core.cohorts.people import Wishes
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg, Once, ProfileFact
from core.delivery import quiet, schedules
from core.errors import BadInput
from core.features.cohort import reminders
from core.store.port import Conn


@command("profile show", access=Access.ANYONE, needs_cohort=False)
async def show(call: Call) -> Reply:
    """What I know about you."""
    member = call.optional_scope.member if call.optional_scope else None
    name = member.name if member else call.request.person.name
    facts: dict[str, Sayable] = {"Name": name, **await call.read(_facts, call.request.person, _today(call))}
    buttons = [*_BUTTONS]
    if member is not None:
        found = call.core.registry.profile_facts
        facts |= await call.read(_of_features, found, call.scope, member)
        buttons += [button for each in found for button in each.buttons]
    notices = call.core.registry.notices
    chosen = await call.read(_chosen, call.request.person)
    cohort = call.optional_scope.cohort if call.optional_scope else None
    hours = await call.read(quiet.hours, cohort, chosen.quiet) if cohort else None
    facts |= reminders.facts(chosen, notices, hours)
    buttons += reminders.toggles(chosen, notices)
    return Reply(
        "What I know about you, for your eyes only.",
        (Fields(tuple(facts.items())), *button_rows(buttons)),
    )


def _of_features(
    conn: Conn, found: Sequence[ProfileFact], scope: Scope, member: Member
) -> dict[str, Sayable]:
    said = {each.label: each.read(conn, scope, member) for each in found}
    return {label: words for label, words in said.items() if words is not None}


_BUTTONS = (
    Button("Set my time zone", "profile timezone"),
    Button("I will be away", "profile away"),
    Button("Quiet hours", "profile reminders"),
)


def _chosen(conn: Conn, person: Person) -> Wishes:
    person_id = directory.person_of(conn, person)
    return people.wishes(conn, -1 if person_id is None else person_id)


def _today(call: Call) -> date:
    return call.optional_scope.today if call.optional_scope else call.now.date()


def _facts(conn: Conn, person: Person, today: date) -> dict[str, str]:
    person_id = directory.person_of(conn, person)
    known = people.profile(conn, person_id) if person_id is not None else None
    if known is None:
        return {"Time zone": "as the cohort", "Away": "no"}
    away = "no"
    if known.away_until and known.away_until >= today:
        reason = f" ({known.away_reason})" if known.away_reason else ""
        away = f"{_away_words(known.away_from, known.away_until, today)}{reason}"
    return {
        "Time zone": known.zone or "as the cohort",
        "Away": away,
    }


def _away_words(first: date | None, until: date, today: date) -> str:
    """ "until Thu 31 Dec 2026", and from when where that is to come."""
    last = f"until {day_words(until)}"
    return f"from {day_words(first)} {last}" if first is not None and first > today else last


@command(
    "profile timezone", access=Access.ANYONE, needs_cohort=False, form="Set your time zone", submit="Set it"
)
async def timezone(
    call: Call,
    zone: Annotated[Zone, Arg("Your city or zone, such as Europe/Berlin, or AoE", label="Time zone")],
) -> Reply:
    """Tell me the time zone you live in."""
    await call.write(_set_zone, call.request.person, str(zone), call.now)
    there = clock.local(call.now, zone)
    return Reply(
        say("Your time zone is **{zone}**; it is {time} there now.", zone=zone, time=clock.time_words(there))
    )


def _set_zone(conn: Conn, person: Person, zone: str, now: datetime) -> None:
    person_id = directory.ensure_person(conn, person, now)
    people.set_zone(conn, person_id, zone)
    schedules.advance_for(conn, person_id, now)


@command(
    "profile away", access=Access.ANYONE, needs_cohort=False, form="Say that you are away", submit="Save"
)
async def away(
    call: Call,
    until: Annotated[date, Arg("Your last day away, such as 2026-12-31", label="Away until")],
    from_: Annotated[date | None, Arg("Your first day away; today if left out", label="Away from")] = None,
    reason: Annotated[str | None, Arg("Why, if you like; only you will see it", max_length=200)] = None,
) -> Reply:
    """Tell me when you are away; nothing is asked of you meanwhile."""
    today = _today(call)
    if until < today:
        raise BadInput("That day is over already. Please give your last day away.", field="until")
    if from_ is not None and from_ > until:
        raise BadInput("Your first day away is after the last one.", field="from")
    await call.write(_set_away, call.request.person, from_, until, reason, call.now)
    when = _away_words(from_, until, today)
    text = say("Noted: you are away {when}, and nothing will be asked of you then. Enjoy it.", when=when)
    return Reply(text, (Buttons((_back_button(until, ahead=from_ is not None and from_ > today),)),))


def _back_button(until: date, *, ahead: bool = False) -> Button:
    """The button that ends one time away, and no later one. `ahead` says that it has not begun."""
    return Button("I stay here" if ahead else "I am back", "profile back", {"until": until.isoformat()})


@command("profile back", access=Access.ANYONE, needs_cohort=False, once=Once.REPEATS)
async def back(
    call: Call,
    until: Annotated[date | None, Arg("The last day of the time away that ends", in_form=False)] = None,
) -> Reply:
    """Tell me that you are back."""
    later = await call.write(_end_away, call.request.person, until, call.now)
    if later is None:
        return Reply("Welcome back.")
    text = say(
        "That was about a time away that is over. You are away until {day} now; shall that end?",
        day=day_words(later),
    )
    return Reply(text, (Buttons((_back_button(later),)),))


def _end_away(conn: Conn, person: Person, until: date | None, now: datetime) -> date | None:
    """End the time away. Where another one is meant than the present one, nothing is changed and the last day of the
    present one is returned."""
    person_id = directory.ensure_person(conn, person, now)
    profile = people.profile(conn, person_id)
    present = profile.away_until if profile else None
    if until is not None and present is not None and present != until:
        return present
    people.set_away(conn, person_id, None, None, None)
    return None


def _set_away(
    conn: Conn, person: Person, first: date | None, until: date, reason: str | None, now: datetime
) -> None:
    person_id = directory.ensure_person(conn, person, now)
    people.set_away(conn, person_id, first, until, reason)
