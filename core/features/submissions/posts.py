"""The papers' part of the digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.chat.text import Text, join, say, shorten
from core.cohorts import counting
from core.cohorts.model import Cohort
from core.commands.decorators import section
from core.commands.spec import SectionPart
from core.features.submissions.texts import place, stage
from core.papers import queries
from core.papers.model import Stage, VenueEdition
from core.store.port import Conn

NEWS = (Stage.SUBMITTED, Stage.ACCEPTED, Stage.PUBLISHED)
"""What the digest tells by name. Rejections and withdrawals are their owners' to tell."""

SHOWN = 10


@section("papers", order=10)
def write(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """Counts by stage over the cohort's papers that are not private, and good news about its open ones."""
    counts = _counts(conn, cohort.id)
    news = _news(conn, cohort.id, since, until)
    if not counts and not news:
        return None
    lines: list[Text] = []
    if counts:
        words = ", ".join(f"{n} {label}" for label, n in counts)
        lines.append(say("Papers on their way: {counts}.", counts=words))
    lines += [_line(each) for each in news[:SHOWN]]
    if len(news) > SHOWN:
        lines.append(say("… and news about {n} more.", n=len(news) - SHOWN))
    return SectionPart(join(lines), tuple(counts))


def _counts(conn: Conn, cohort_id: int) -> list[tuple[str, int]]:
    """Papers by stage where enough people stand behind a number; the other stages are counted together, and
    left out where even so there are too few."""
    counted = counting.count_groups(queries.stage_counts(conn, cohort_id))
    counts = [(stage(each), counted.groups[each.value]) for each in Stage if each.value in counted.groups]
    if counted.others:
        counts.append(("papers elsewhere" if counts else "papers in all", counted.others))
    return counts


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
        title=shorten(news.title, 100),
        owner=news.owner,
        stage=stage(news.stage),
        at=place(news.stage, str(news.venue)),
    )
