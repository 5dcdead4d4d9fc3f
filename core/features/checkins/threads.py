"""The threads of days: the day's call, or an opener made for it. Plain SQL over the outbox."""

from datetime import date

from core.clock import day_words
from core.cohorts.model import Scope
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.features.checkins.records import CALL, OPENER
from core.store.port import Conn


def name(day: date) -> str:
    """What a day's thread is called."""
    return f"Check-ins of {day_words(day)}"


def of_day(conn: Conn, scope: Scope, day: date, target: Target) -> int | None:
    """The post in whose thread a day's check-ins are: the day's call, or an opener made for it."""
    call = outbox.post_of_day(conn, scope.cohort.id, CALL, day, target)
    if call is not None:
        return call
    key = f"checkins:{scope.cohort.id}:{day.isoformat()}:{target.key}"
    opener = NewPost(scope.cohort.id, key, OPENER, {"day": day.isoformat()}, target, day=day)
    made = outbox.enqueue(conn, opener, scope.now)
    return made if made is not None else outbox.find(conn, key)
