"""What the cohort's set-up puts on an organizer's page."""

from core.chat.model import Button
from core.chat.text import say
from core.cohorts import places
from core.cohorts.model import Member, Scope
from core.commands.decorators import home_section
from core.commands.spec import HomePart
from core.delivery import schedules
from core.store.port import Conn


@home_section("organizing", order=90)
def home(conn: Conn, scope: Scope, member: Member) -> HomePart | None:
    """Channels that are closed to the bot, and a cohort for which nothing is scheduled."""
    if not member.organizer:
        return None
    closed = [each for each in places.purpose_channels(conn, scope.cohort.id) if each.closed]
    waits = [
        say("I cannot post in **{name}**: {why}", name=each.name, why=each.closed or "") for each in closed
    ]
    buttons = [Button("What was not sent", "cohort-admin delivery")] if closed else []
    if not schedules.listed(conn, scope.cohort.id):
        waits.append(say("Nothing is scheduled yet"))
        buttons.append(Button("Add a schedule", "cohort-admin schedule-add"))
    return HomePart(tuple(waits), buttons=(*buttons, Button("The cohort's set-up", "cohort-admin show")))
