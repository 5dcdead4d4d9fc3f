"""What a feature tells in the digest: a section of lines, one for each thing that happened.

The types; `core.commands.decorators.section` marks what writes them. What the digest makes of them (how much fits,
what is kept, where a line leads) is for the feature that posts it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.charts.canvas import Chart
from core.chat.model import Button
from core.chat.text import Sayable
from core.cohorts.counting import Figure
from core.cohorts.model import Cohort
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One thing that happened, in words that name nobody and nothing that the whole cohort may not see.

    `name` is who or what it is about and stands in bold, `text` what is said of it, on one line. `about` is what the
    feature finds its record by, such as "checkin:12"; it is needed where the words are a member's own, so that they go
    when the record does. `member` is whose record it is. `opens` shows the record; `posted` is the kind of post, if
    any, in which the cohort read of it under the same `about`: then the line links to that message. `needs` are the words
    of what its member needs help with: whoever tells it adds who could help, see `HelpFinder`.
    """

    name: Sayable
    text: Sayable = ""
    about: str = ""
    member: int | None = None
    opens: Button | None = None
    posted: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class HelpNeeded:
    """What somebody in the cohort needs help with, in words that the whole cohort may read."""

    words: str
    member: int | None


@dataclass(frozen=True, slots=True)
class HelpFinder:
    """A feature that knows who helps with what: `find(conn, cohort, needed, at)` gives, for each that needs help, the names of
    members who said that they know about it and have time for it now, who have most time first; few, or none."""

    name: str
    find: Callable[[Conn, Cohort, Sequence[HelpNeeded], datetime], Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class SectionPart:
    """What a section says of a period, the most worth telling first. `more` is how many further lines there are that
    are not given, `opens_all` shows them all. Where `names_only`, the names stand behind each other on one line."""

    lines: tuple[NewsLine, ...]
    more: int = 0
    opens_all: Button | None = None
    names_only: bool = False


@dataclass(frozen=True, slots=True)
class NewsPicture:
    """A picture for the digest: `write(conn, cohort, since, until)` gives what it is drawn from (JSON values, numbers and
    words of the bot's own alone, because it is kept), or None where there is no story in it; `draw(data)` draws it, on a
    thread of its own. Of several the first that has something to tell is shown."""

    name: str
    order: int
    write: Callable[[Conn, Cohort, datetime, datetime], Mapping[str, Any] | None]
    draw: Callable[[Mapping[str, Any]], Chart]


MOST_LINES = 50
"""Lines that a section gives at most, so that a digest costs the same in a cohort of 2,000."""

WriteSection = Callable[[Conn, Cohort, datetime, datetime], SectionPart | None]
StillTold = Callable[[Conn, Cohort, Sequence[str]], Collection[str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the digest: `write(conn, cohort, since, until)` gives its lines, or None, of what happened after
    `since` and up to `until`. Parts of one `heading` stand together under it. `figures` are renewed before they are
    written.

    `still(conn, cohort, abouts)` gives those of some records that the whole cohort may see now: a digest that is shown
    again leaves out the lines of the others. A section whose lines are about records has one. `quiet` says that it
    tells nothing new, such as how many papers there are: a digest of such sections alone says that it was quiet.
    """

    name: str
    order: int
    heading: str
    write: WriteSection
    figures: tuple[Figure, ...] = ()
    still: StillTold | None = None
    quiet: bool = False
