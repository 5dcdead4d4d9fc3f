"""The settings of delivery that organizers can change."""

from core.clock import time_words
from core.commands.spec import Setting
from core.delivery import firing, retention
from core.delivery.calendar import read_quiet
from core.errors import BadInput


def _read_hours(typed: str) -> str:
    try:
        hours = float(typed.strip().removesuffix("hours").removesuffix("h"))
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= 72:
        raise BadInput("Please give a number of hours from 0 to 72.", field="value")
    return f"{hours:g}"


def _read_quiet(typed: str) -> str:
    hours = read_quiet(typed)
    return "-".join(map(time_words, hours)) if hours else "none"


CATCH_UP = Setting(
    firing.CATCH_UP,
    "Hours after which a post that was missed is no longer sent",
    firing.CATCH_UP_HOURS,
    _read_hours,
)
QUIET = Setting(
    firing.QUIET,
    "Local hours in which direct messages wait, such as 21:00-08:00",
    firing.QUIET_HOURS,
    _read_quiet,
)
KEEP_POSTS = retention.SENT
KEEP_UNSENT = retention.UNSENT
