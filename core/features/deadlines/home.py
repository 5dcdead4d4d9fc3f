"""What deadlines put on a member's page, and into the digest."""

from datetime import datetime, timedelta

from core.chat.model import Button
from core.chat.text import say
from core.clock import local_date
from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import home_section, section
from core.commands.news import MOST_LINES, NewsLine, SectionPart
from core.commands.spec import HomePart
from core.features.deadlines import follows, texts
from core.papers import date_words
from core.papers.editions import DateKind
from core.store.port import Conn

_MOST = 3
_AHEAD = timedelta(days=60)
_DIGEST_AHEAD = timedelta(days=21)
"""How far ahead a digest looks."""
_OF_COHORT = (DateKind.ABSTRACT, DateKind.PAPER, DateKind.DECISION)


@home_section("deadlines", order=25)
def home(conn: Conn, scope: Scope, member: Member) -> HomePart:
    """The next dates of the venues that the member follows."""
    found = follows.followed(conn, scope.cohort, member.id, scope.today)
    due = follows.coming(found, follows.NAMED, scope.now, scope.now + _AHEAD)
    zone = member.zone or scope.cohort.zone
    lines = tuple(
        say(
            "{name}: {what} {left}, {when}",
            name=texts.name_of(each.known),
            what=texts.what(each.date),
            left=date_words.left(each.date, scope.now, zone),
            when=date_words.when(each.date, zone),
        )
        for each in due[:_MOST]
    )
    return HomePart(own=lines, buttons=(Button("What is due", "deadline mine"),) if found else ())


@section("deadlines", order=50, heading="What is due")
def write(conn: Conn, cohort: Cohort, _since: datetime, until: datetime) -> SectionPart | None:
    """The next three weeks' dates of the venues that are of interest to the cohort; nobody is named by them."""
    found = follows.of_cohort(conn, cohort, local_date(until, cohort.zone))
    due = [
        each
        for each in follows.coming(found, _OF_COHORT, until, until + _DIGEST_AHEAD)
        if not each.date.doubt
    ]
    if not due:
        return None
    lines = [
        NewsLine(
            texts.name_of(each.known),
            say(
                "{what} {left}, {when}",
                what=texts.what(each.date),
                left=date_words.left(each.date, until, cohort.zone),
                when=date_words.when(each.date, cohort.zone),
            ),
            opens=Button("Open", "deadline show", {"venue": texts.handle(each.known)}),
        )
        for each in due[:MOST_LINES]
    ]
    return SectionPart(tuple(lines), len(due) - len(lines), Button("All deadlines", "deadline list"))
