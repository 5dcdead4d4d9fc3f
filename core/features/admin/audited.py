"""Who changed what in a cohort: the command `cohort-admin audit`, and for how long that is kept."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated

from core.chat.files import csv_file, json_file
from core.chat.model import Button, Buttons, File, LabelledEnum, Record, Reply
from core.chat.text import Text, join, moment, say, shorten
from core.clock import day_words, local, to_instant
from core.cohorts import audit, settings
from core.cohorts.audit import AuditEntry, AuditFilter
from core.cohorts.model import Cohort
from core.commands.decorators import command, prune
from core.commands.dispatch import Call
from core.commands.forms import as_texts
from core.commands.paging import Page, PageArg, blocks
from core.commands.spec import Access, Arg
from core.features.admin.settings import KEEP_AUDIT, LEAST_AUDIT
from core.store.port import Conn

_COLUMNS = ("when", "who", "what", "about", "before", "after")
_ITSELF = "by itself"
"""Who changed what nobody changed: an account that is gone ends its membership."""


class AuditFormat(LabelledEnum):
    """What the audit is written as."""

    CSV = "csv", "CSV, for spreadsheets"
    JSON = "json", "JSON"


@command("cohort-admin audit", access=Access.ORGANIZER)
async def audit_(
    call: Call,
    who: Annotated[str | None, Arg("Only what somebody of this name changed", max_length=80)] = None,
    what: Annotated[str | None, Arg("Only entries with these words, such as mentor", max_length=80)] = None,
    since: Annotated[date | None, Arg("Only what was changed on this day and later")] = None,
    format: Annotated[  # noqa: A002 - the field's word
        AuditFormat | None, Arg("As a file: csv or json")
    ] = None,
    page: PageArg = 1,
) -> Reply:
    """Who changed what in this cohort, and when."""
    begins = to_instant(since, time.min, call.cohort.zone) if since else None
    wanted = AuditFilter(who or "", what or "", begins)
    if format is not None:
        found = await call.read(audit.entries, call.cohort.id, wanted)
        if not found:
            return Reply(_none(wanted, since))
        text = say("**{n}**, oldest first.", n=_counted(len(found)))
        return Reply(text, (_file(call.cohort, found, format),))
    shown, found = await call.read(_page, call.cohort.id, wanted, page)
    if not found:
        return Reply(_none(wanted, since))
    rows = (_record(each, call.cohort) for each in found)
    kept = await call.read(settings.setting, call.cohort.id, KEEP_AUDIT.key, KEEP_AUDIT.default)
    which = f"Changes {shown.words}" if shown.count > 1 else _counted(shown.total)
    head = say("**{which}** in {cohort}, newest first.", which=which, cohort=call.cohort.name)
    return Reply(
        join([head, say("{kept}.", kept=KEEP_AUDIT.says(kept))]), (*blocks(call, shown, rows), _files(call))
    )


def _page(conn: Conn, cohort_id: int, wanted: AuditFilter, number: int) -> tuple[Page, Sequence[AuditEntry]]:
    """A page of the entries, newest first. Where words are looked for, each entry is read; else those that are shown."""
    if wanted.who or wanted.what:
        found = [*reversed(audit.entries(conn, cohort_id, wanted))]
        shown = Page(number, len(found))
        return shown, found[shown.start : shown.start + shown.size]
    shown = Page(number, audit.count(conn, cohort_id, wanted))
    return shown, audit.newest(conn, cohort_id, wanted, shown.size, shown.start)


def _counted(count: int) -> str:
    return "1 change" if count == 1 else f"{count:,} changes"


def _none(wanted: AuditFilter, since: date | None) -> Text:
    if wanted == AuditFilter():
        return say("Nothing was changed in this cohort so far.")
    looked = [f"by “{wanted.who}”" if wanted.who else "", f"with “{wanted.what}”" if wanted.what else ""]
    days = f"since {day_words(since)}" if since else ""
    words = " ".join(each for each in (*looked, days) if each)
    return say("There is no change {words}. {/cohort-admin audit} shows them all.", words=words)


def _record(entry: AuditEntry, cohort: Cohort) -> Record:
    about: list[Text | str] = [each for each in (entry.about, _change(entry)) if each]
    details = (say("{at}", at=moment(entry.at, cohort.zone)), entry.actor or _ITSELF, *about)
    return Record(entry.action[:1].upper() + entry.action[1:], details)


def _change(entry: AuditEntry) -> str:
    before, after = shorten(entry.before, 100), shorten(entry.after, 100)
    return f"{before} → {after}" if before and after else after or before


def _files(call: Call) -> Buttons:
    args = {name: text for name, text in as_texts(call.request.args).items() if name != "page"}
    return Buttons(
        tuple(
            Button(f"As {each.value.upper()}", "cohort-admin audit", {**args, "format": each.value})
            for each in AuditFormat
        )
    )


def _file(cohort: Cohort, found: Sequence[AuditEntry], format_: AuditFormat) -> File:
    rows = [
        (
            local(each.at, cohort.zone).isoformat(timespec="seconds"),
            each.actor or _ITSELF,
            each.action,
            each.about,
            each.before,
            each.after,
        )
        for each in found
    ]
    write = csv_file if format_ is AuditFormat.CSV else json_file
    return write(f"audit.{format_.value}", _COLUMNS, rows)


@prune
def forget(conn: Conn, now: datetime, most: int) -> int:
    """Entries go that are older than their cohort keeps them."""
    gone = 0
    for cohort_id in audit.cohorts_before(conn, now - timedelta(days=LEAST_AUDIT)):
        days = int(settings.setting(conn, cohort_id, KEEP_AUDIT.key, KEEP_AUDIT.default))
        gone += audit.prune(conn, cohort_id, now, timedelta(days=days), most - gone)
        if gone >= most:
            break
    return gone
