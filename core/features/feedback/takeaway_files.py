"""Thanks in the file that a member takes along."""

from collections.abc import Sequence

from core.chat.files import markdown
from core.clock import day_words, local_date
from core.cohorts.model import Member, Scope
from core.commands.decorators import member_record
from core.features.feedback import thanks
from core.store.port import Conn


@member_record("Thanks", order=40)
def said(conn: Conn, scope: Scope, member: Member) -> Sequence[str]:
    """What others thanked a member for, and what they thanked others for."""
    return [
        f"- {day_words(local_date(each.at, scope.cohort.zone))}, "
        + markdown(f"{each.by} to {each.to}: {' '.join(each.words.split())}")
        for each in thanks.of_member(conn, member.id)
    ]
