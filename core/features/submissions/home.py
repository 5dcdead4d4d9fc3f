"""What papers put on a member's page."""

from core.chat.model import Button
from core.chat.text import say
from core.cohorts.model import Member, Scope
from core.commands.decorators import home_section
from core.commands.spec import HomePart
from core.features.submissions import texts
from core.papers import queries
from core.papers.model import Stage, VenueEdition
from core.papers.queries import PaperFilter
from core.store.port import Conn

_MOST = 5


@home_section("papers", order=20)
def home(conn: Conn, scope: Scope, member: Member) -> HomePart:
    """The member's newest papers, and where each one stands."""
    own = PaperFilter(owner=member)
    rows = queries.page_visible(conn, scope, own, 0, _MOST)
    lines = [
        say(
            "**#{number}** {title}: {stage}{at}",
            number=row["number"],
            title=row["title"],
            stage=texts.stage(Stage(row["stage"])),
            at=texts.place(Stage(row["stage"]), str(VenueEdition(row["venue"] or "", row["year"]))),
        )
        for row in rows
    ]
    more = queries.count_visible(conn, scope, own) - len(rows) if len(rows) == _MOST else 0
    if more:
        lines.append(say("and {more} more {noun}", more=more, noun="paper" if more == 1 else "papers"))
    return HomePart(
        own=tuple(lines),
        buttons=(
            Button("Add a paper", "submission add"),
            *([Button("Papers", "submission list")] * bool(rows)),
        ),
    )
