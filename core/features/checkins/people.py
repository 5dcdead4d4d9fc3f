"""Members as buttons about their check-ins name them."""

from core.chat.model import Person
from core.cohorts import directory, members
from core.cohorts.model import Scope
from core.store.port import Conn


def button_name(conn: Conn, scope: Scope, caller: Person, member_id: int) -> str | None:
    """How a button on the caller's platform names a member, None for who has left."""
    member = members.by_id(conn, scope.cohort.id, member_id)
    if member is None:
        return None
    return directory.account_of(conn, member.person_id, caller) or member.name
