"""The settings of delivery that organizers can change."""

from core.clock import time_words
from core.commands.spec import Setting
from core.delivery import firing, quiet, retention
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


def _missed(hours: str) -> str:
    if float(hours) == 0:
        return "A post that was missed is not sent later"
    return f"A missed post is still sent for {hours} {'hour' if hours == '1' else 'hours'}"


def _silent(hours: str) -> str:
    if hours == "none":
        return "Direct messages are sent at any hour"
    begin, _, end = hours.partition("-")
    return f"Direct messages wait from {begin} to {end}, by their reader's clock"


CATCH_UP = Setting(
    firing.CATCH_UP,
    "Missed posts",
    "Hours after which a post that was missed is no longer sent",
    firing.CATCH_UP_HOURS,
    _read_hours,
    _missed,
    ("0", "1", "6", "24", "72"),
)
QUIET = Setting(
    quiet.QUIET,
    "Quiet hours",
    "Local hours in which direct messages wait, such as 21:00-08:00",
    quiet.QUIET_HOURS,
    _read_quiet,
    _silent,
    ("none", "21:00-08:00", "20:00-09:00", "18:00-09:00"),
)
KEEP_POSTS = retention.SENT
KEEP_UNSENT = retention.UNSENT
LEAST_AUDIT = 90
"""Days for which the audit is kept at least."""
KEEP_AUDIT = Setting(
    "keep-audit",
    "The audit",
    "Days for which it is kept who changed what in this cohort",
    "730",
    retention.ReadDays(LEAST_AUDIT, 3650),
    lambda days: f"Who changed what in this cohort is kept for {days} days",
    ("90", "365", "730", "3650"),
)
