"""What the digest says of check-ins: negative results in their authors' words, and numbers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from core.chat.model import Button
from core.clock import day_words
from core.cohorts.model import Cohort
from core.commands.decorators import section
from core.commands.news import MOST_LINES, NewsLine, SectionPart
from core.features.checkins import blockers, records, texts
from core.features.checkins.blockers import Blocker
from core.features.checkins.excerpts import excerpt
from core.features.checkins.records import ABOUT, SHARED, BlockerKind, Checkin
from core.store.port import Conn


def still(conn: Conn, cohort: Cohort, abouts: Sequence[str]) -> Collection[str]:
    """The check-ins that are shared yet."""
    return [f"{ABOUT}{each}" for each in records.still(conn, cohort.id, _ids(abouts))]


def still_stuck(conn: Conn, cohort: Cohort, abouts: Sequence[str]) -> Collection[str]:
    """The check-ins of which what is in the way is shared yet and waits, and whose authors are here."""
    return [f"{ABOUT}{each}" for each in records.still(conn, cohort.id, _ids(abouts), blockers.WAITS)]


def _ids(abouts: Sequence[str]) -> list[int]:
    return [int(each.removeprefix(ABOUT)) for each in abouts]


@section("negative results", order=20, heading="What did not work and what it taught", still=still)
def negative_results(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """Negative results that were shared, in their authors' words."""
    found = records.negatives_between(conn, cohort.id, since, until)
    lines = tuple(_negative(each) for each in found[:MOST_LINES])
    return SectionPart(lines, len(found) - len(lines), Button("All negative results", "checkin negatives"))


def _negative(found: Checkin) -> NewsLine:
    learned = " ".join(found.answers.learned.split())
    search = {"search": " ".join(learned.split()[:6])[:100]}
    opens = Button("Find it", "checkin negatives", search)
    return NewsLine(found.name, learned, f"{ABOUT}{found.id}", found.member_id, opens, SHARED)


@section("blockers", order=30, heading="Still in somebody’s way", still=still_stuck, quiet=True)
def waiting(conn: Conn, cohort: Cohort, _since: datetime, until: datetime) -> SectionPart | None:
    """What waits for help and was shared, the oldest first, with who said that they can."""
    found = blockers.shared(conn, cohort.id, until, MOST_LINES + 1)
    lines = tuple(_blocker(each) for each in found[:MOST_LINES])
    every = Button("All that waits", "checkin blockers")
    return SectionPart(lines, len(found) - len(lines), every) if lines else None


def _blocker(found: Blocker) -> NewsLine:
    helpers = f"; {texts.who_can_help(found.helpers)}" if found.helpers else ""
    text = f"{excerpt(found.text)}, since {day_words(found.checkin.day)}{helpers}"
    opens = Button("Open", "checkin blockers", {"blocker": found.value})
    about, needs = f"{ABOUT}{found.checkin.id}", "" if found.helpers else found.text
    return NewsLine(found.checkin.name, text, about, found.checkin.member_id, opens, SHARED, needs)


@section("check-ins in numbers", order=91, heading="In numbers", figures=(records.PRIVATE,))
def digest_numbers(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """How many check-ins were shared, the stored figure of those that were kept private, and what stood most often
    in the way of those who said so to everybody."""
    shared = records.shared_between(conn, cohort.id, since, until)
    private = records.PRIVATE.shown(conn, cohort.id, since, until)
    if not shared and not private:
        return None
    people = len({row["member_id"] for row in shared})
    lines = [NewsLine("Check-ins", texts.digest_counts(len(shared), people, private))]
    affected: dict[str, set[int]] = {}
    for row in shared:
        if row["blocker_kind"]:
            affected.setdefault(row["blocker_kind"], set()).add(row["member_id"])
    if affected:
        kind = max(affected, key=lambda each: len(affected[each]))
        lines.append(NewsLine("Most often in the way", BlockerKind(kind).label.casefold()))
    return SectionPart(tuple(lines))
