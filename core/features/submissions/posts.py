"""The papers' part of the digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.chat.text import Text, join, say
from core.cohorts.model import Cohort
from core.commands.decorators import section
from core.commands.spec import SectionPart
from core.features.submissions.texts import counted_without_names, place, stage
from core.papers import hidden, queries
from core.papers.model import Stage, VenueEdition
from core.store.port import Conn

NEWS = (Stage.SUBMITTED, Stage.ACCEPTED, Stage.PUBLISHED)
"""What the digest tells by name. Rejections and withdrawals are their owners' to tell."""

SHOWN = 10


@section("papers", order=10, figures=(hidden.ANONYMOUS,))
def write(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """Counts by stage over the papers that the cohort sees, the stored figure of anonymous ones, and good news."""
    counts = _counts(conn, cohort.id)
    anonymous = hidden.anonymous_counts(conn, cohort.id)
    news = _news(conn, cohort.id, since, until)
    if not counts and not anonymous and not news:
        return None
    lines: list[Text] = []
    if counts:
        words = ", ".join(f"{n} {label}" for label, n in counts)
        lines.append(say("Papers on their way: {counts}.", counts=words))
    if anonymous:
        lines.append(counted_without_names(anonymous))
    lines += [_line(each) for each in news[:SHOWN]]
    if len(news) > SHOWN:
        lines.append(say("… and news about {n} more.", n=len(news) - SHOWN))
    pictured = [*counts, *((f"anonymous, {cell}", n) for cell, n in anonymous)]
    return SectionPart(join(lines), tuple(pictured))


def _counts(conn: Conn, cohort_id: int) -> list[tuple[str, int]]:
    """The papers that the whole cohort sees, by stage."""
    counted = queries.stage_counts(conn, cohort_id)
    return [(stage(each), counted[each.value]) for each in Stage if each.value in counted]


@dataclass(frozen=True, slots=True)
class News:
    """The latest good news about one open paper."""

    title: str
    owner: str
    stage: Stage
    venue: VenueEdition


def _news(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> Sequence[News]:
    """Papers that reached a stage worth telling in the period, published ones first."""
    found = [
        News(row["title"], row["owner"], Stage(row["stage"]), VenueEdition(row["venue"] or "", row["year"]))
        for row in queries.moved_between(conn, cohort_id, since, until)
    ]
    worth_telling = [news for news in found if news.stage in NEWS]
    return sorted(worth_telling, key=lambda news: NEWS.index(news.stage), reverse=True)


def _line(news: News) -> Text:
    return say(
        "- {mark}“{title}” by {owner}: {stage}{at}",
        mark="🎉 " if news.stage in (Stage.ACCEPTED, Stage.PUBLISHED) else "",
        title=news.title,
        owner=news.owner,
        stage=stage(news.stage),
        at=place(news.stage, str(news.venue)),
    )
