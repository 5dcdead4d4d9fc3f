"""The commands about papers."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from core import clock
from core.chat.model import Button, Buttons, Reply
from core.chat.text import Sayable, Text, join, say, shorten
from core.cohorts import counting
from core.cohorts.model import Member
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import PageArg, blocks
from core.commands.spec import ANYTHING, Arg, LongText
from core.errors import BadInput
from core.features.submissions import changes, decisions, edits, forecast_texts, rebuttal, records, texts
from core.features.submissions.addresses import read_address
from core.features.submissions.edits import PaperEdit
from core.papers import authors, forecasts, hidden, venues
from core.papers.arguments import PaperArg, RecordedVenue
from core.papers.authors import LONGEST
from core.papers.model import UNDER_REVIEW, NoteVisibility, Paper, Stage, VenueEdition, Visibility
from core.papers.queries import PaperFilter
from core.papers.updates import NewPaper, StageChange

EARLIEST = date(2000, 1, 1)

_SURE = Annotated[bool, Arg("Yes, after I asked whether it is meant so", form_only=True, in_form=False)]
_SEEN = Annotated[
    int | None, Arg("The last event that was known when the form opened", form_only=True, in_form=False)
]
_CHANCE = Annotated[
    str | None, Arg("How likely you think it is accepted: 1 to 99 in 100, for you alone", max_length=20)
]
_CHANCE_ASKED_LATER = Annotated[
    str | None,
    Arg("How likely you think it is accepted: 1 to 99 in 100, for you alone", max_length=20, in_form=False),
]
_NOTHING = ("none", "-", "\u2013", "\u2014")
"""What people type for no link."""


@command("submission add", form="Add a paper", submit="Add it")
async def add(
    call: Call,
    title: Annotated[str, Arg("What the paper is called for now", max_length=250)],
    venue: Annotated[RecordedVenue | None, Arg("Where it goes, such as NeurIPS 2026", max_length=100)] = None,
    stage: Annotated[Stage | None, Arg("How far it has come; with a venue submitted, else drafting")] = None,
    visibility: Annotated[Visibility, Arg("Who learns of it")] = Visibility.COHORT,
    coauthors: Annotated[
        str | None, Arg("Who else writes it: mentions or names", max_length=LONGEST, in_form=False)
    ] = None,
    link: Annotated[str | None, Arg("Where it can be read, as a web address", max_length=500)] = None,
    chance: _CHANCE_ASKED_LATER = None,
) -> Reply:
    """Add a paper, wherever it stands."""
    stage = stage or (Stage.SUBMITTED if venue else Stage.DRAFTING)
    others = await call.read(authors.read, call.scope, coauthors, call.member.id) if coauthors else ()
    paper = NewPaper(title, venue, stage, visibility.value, tuple(others), _address(link))
    said = forecasts.read_chance(chance) if chance else None
    number = await call.write(changes.add, call.scope, call.member.id, paper, said)
    text = say(
        "Saved as **#{number}**: “{title}”, {stage}{at}. {seen}{told}",
        number=number,
        title=title,
        stage=texts.stage(stage),
        at=texts.place(stage, str(venue or "")),
        seen=texts.SEEN[visibility],
        told=texts.told(others),
    )
    asked = ("forecast",) if said is None and stage in UNDER_REVIEW else ()
    buttons = _buttons(number, ("show", "lottery", "update", *asked))
    if stage in _DRAFTS:
        buttons = (*buttons, _ask_button(number, title, hidden=visibility != Visibility.COHORT))
    return Reply(_with_chance(text, said), (Buttons(buttons),))


def _with_chance(text: Text, said: int | None) -> Text:
    """An answer, with that a forecast was kept."""
    return join([text, forecast_texts.kept(said)]) if said is not None else text


def _address(link: str | None) -> str | None:
    """A web address, with https:// where it was left out."""
    if not link:
        return None
    try:
        return read_address(link)
    except ValueError:
        words = "“{typed}” is no web address. It has to look like https://arxiv.org/abs/2306.03262."
        raise BadInput(say(words, typed=shorten(link.removeprefix("https://"), 60)), field="link") from None


_LABELS = {
    "show": ("Show", "submission show"),
    "timeline": ("Timeline", "submission timeline"),
    "lottery": ("Run its lottery", "lottery paper"),
    "update": ("Update", "submission update"),
    "edit": ("Correct it", "submission edit"),
    "resubmit": ("Submit it again", "submission resubmit"),
    "forecast": ("Your forecast", "submission forecast"),
}


def _buttons(number: int, kinds: Iterable[str]) -> tuple[Button, ...]:
    args = {"paper": str(number)}
    return tuple(Button(*_LABELS[kind], args) for kind in kinds)


_DRAFTS = (Stage.IDEA, Stage.DRAFTING)


def _ask_button(number: int, title: str, *, hidden: bool) -> Button:
    """Asks for feedback on a draft. The request names no paper that the cohort does not see."""
    if hidden:
        return Button("Ask for feedback", "feedback ask", {"topic": "A draft of a paper"})
    asked = {"topic": f"A draft: “{shorten(title, 80)}”", "paper": str(number)}
    return Button("Ask for feedback", "feedback ask", asked)


@command("submission list")
async def list_(
    call: Call,
    who: Annotated[Member | None, Arg("Only this member's papers")] = None,
    stage: Annotated[Stage | None, Arg("Only papers at this stage")] = None,
    venue: Annotated[VenueEdition | None, Arg("Only papers at this venue", max_length=100)] = None,
    page: PageArg = 1,
) -> Reply:
    """See papers by stage, with the next date of each."""
    await counting.renew_due(call.core.store, (hidden.ANONYMOUS,), call.cohort.id, call.now)
    zone = call.member.zone or call.cohort.zone
    found = await call.read(records.papers, call.scope, PaperFilter(who, stage, venue), page, zone)
    if venue is not None and not found.counts:
        await call.read(venues.check_known, call.scope, venue)
    rows = blocks(call, found.page, (texts.listed(each, found.counts, call.now, zone) for each in found.rows))
    return Reply(texts.list_head(found), (*rows, Buttons((Button("Add a paper", "submission add"),))))


@command("submission show", form="Show a paper", submit="Show it")
async def show(call: Call, paper: PaperArg) -> Reply:
    """Show one paper: where it stands, where it was, who may see it."""
    details = await call.read(records.details, paper)
    kinds = ["timeline", "lottery"] + ["update", "edit"] * records.may_change(call.member, paper)
    said = await call.read(forecasts.of_paper, call.scope, paper.id)
    if records.is_author(call.member, paper) and paper.rounds and paper.rounds[-1].decision is None:
        kinds.append("forecast")
    added = clock.local_date(details.created_at, call.cohort.zone)
    head, more = texts.page_head(paper), list[tuple[str, Sayable]]()
    if (ahead := await call.read(rebuttal.ahead, call.scope, paper)) is not None:
        head = join([head, *rebuttal.countdown(ahead, call.scope, call.member.zone or call.cohort.zone)])
        more = rebuttal.facts(ahead, await call.core.executors.draw(rebuttal.step, ahead))
    facts = texts.fields(paper, details, added, more, said.chance if said is not None else None)
    buttons = _buttons(paper.number, kinds)
    if paper.stage in _DRAFTS and records.is_author(call.member, paper):
        buttons = (
            *buttons,
            _ask_button(paper.number, paper.title, hidden=details.visibility != Visibility.COHORT),
        )
    return Reply(head, (facts, Buttons(buttons)))


@command("submission update", form="Update a paper", submit="Update it", prefill=records.remember_seen)
async def update(
    call: Call,
    paper: PaperArg,
    stage: Annotated[Stage, Arg("How far it has come")],
    date: Annotated[date | None, Arg("When that happened; today if left out")] = None,
    note: Annotated[
        LongText | None,
        Arg("For its timeline; only you and who added it read it, if not said below", max_length=1000),
    ] = None,
    note_visibility: Annotated[
        NoteVisibility, Arg("Who reads the note", label="Who reads the note")
    ] = NoteVisibility.PRIVATE,
    chance: _CHANCE_ASKED_LATER = None,
    sure: _SURE = False,
    seen: _SEEN = None,
) -> Reply:
    """Say how far a paper has come."""
    records.check_may_change(call.member, paper)
    day = date or call.scope.today
    if day < EARLIEST:
        raise BadInput("This date has to be one of this century.", field="date")
    change = StageChange(stage, day, note or None, note_visibility)
    hooks = call.core.registry.paper_decided_hooks
    said = _chance_of(call.member, paper, chance)
    done = await call.write(
        changes.update,
        call.scope,
        call.member.id,
        paper,
        change,
        sure=sure,
        seen=seen,
        chance=said,
        hooks=hooks,
    )
    return await _updated(call, paper, change, done, said)


async def _updated(
    call: Call, paper: Paper, change: StageChange, done: Mapping[str, Any], said: int | None
) -> Reply:
    """The answer to an update, from what the transaction gave back: at a decision its own words for an author."""
    is_author = records.is_author(call.member, paper)
    moment = None
    if done["changed"] and is_author:
        moment = await call.read(decisions.moment, call.scope, paper, change.stage)
    if moment is None:
        text = _with_chance(texts.updated(paper, change, done, call.member.id), said)
        asked = ("forecast",) if is_author and said is None and change.stage is Stage.SUBMITTED else ()
        return Reply(text, (Buttons(_buttons(paper.number, ("show", "timeline", *asked))),))
    note = texts.noted(paper, change, call.member.id) if done["noted"] else ()
    return Reply(join([decisions.words(moment), *note]), decisions.buttons(moment, call.member))


@command(
    "submission edit", form="Correct a paper", submit="Keep the change", prefill=edits.prefill, asks=ANYTHING
)
async def edit(
    call: Call,
    paper: Annotated[Paper, Arg("Its number or the beginning of its title", max_length=250, in_form=False)],
    title: Annotated[str | None, Arg("What it is called", max_length=250)] = None,
    visibility: Annotated[Visibility | None, Arg("Who learns of it, from now on and in what was")] = None,
    coauthors: Annotated[
        str | None,
        Arg("Mentions or names; members see and change it too", label="Co-authors", max_length=LONGEST),
    ] = None,
    link: Annotated[str | None, Arg("Where it can be read; none takes it away", max_length=500)] = None,
    venue: Annotated[
        RecordedVenue | None, Arg("Where it is, or was last, such as NeurIPS 2026", max_length=100)
    ] = None,
    sure: _SURE = False,
    seen: _SEEN = None,
) -> Reply:
    """Correct a paper: its title, who sees it, its co-authors, its link, its venue."""
    records.check_may_change(call.member, paper)
    # A form shows all fields: what is empty there was emptied.
    address = "" if _is_cleared(link, seen) else _address(link)
    others = "" if _is_cleared(coauthors, seen) else coauthors
    wanted = PaperEdit(title, visibility, others, address, venue, seen, sure)
    hooks = call.core.registry.paper_changed_hooks
    done = await call.write(edits.edit, call.scope, call.member, paper, wanted, hooks)
    text = texts.edited(paper, done, call.member.id)
    if texts.hidden_from(paper, done, call.member.id):
        return Reply(text)
    return Reply(text, (Buttons(_buttons(done["number"], ("show", "timeline", "edit"))),))


def _is_cleared(typed: str | None, seen: int | None) -> bool:
    """Whether a field was emptied: in a form, or with a word for nothing."""
    return seen is not None if typed is None else typed.casefold() in _NOTHING


@command(
    "submission resubmit",
    form="Submit to another venue",
    submit="Submit it",
    prefill=records.require_changeable,
)
async def resubmit(
    call: Call,
    paper: PaperArg,
    venue: Annotated[RecordedVenue, Arg("Where it goes next, such as ICLR 2027", max_length=100)],
    chance: _CHANCE = None,
) -> Reply:
    """Send a paper to its next venue; its history stays with it."""
    records.check_may_change(call.member, paper)
    to = venues.next_edition(paper, venue)
    said = _chance_of(call.member, paper, chance)
    tries = await call.write(changes.resubmit, call.scope, call.member.id, paper, to, said)
    asked = ("forecast",) if said is None and records.is_author(call.member, paper) else ()
    buttons = _buttons(paper.number, ("lottery", "show", "timeline", *asked))
    return Reply(_with_chance(texts.resubmitted(paper, to, tries), said), (Buttons(buttons),))


def _chance_of(member: Member, paper: Paper, typed: str | None) -> int | None:
    """An author's forecast for the round that a paper is in then, None where they give none."""
    if not typed:
        return None
    records.check_author(member, paper, "chance")
    return forecasts.read_chance(typed)
