"""What a newcomer might try first, by whether a cohort exists and the person is in it."""

from bot.playground.payloads import Tree
from core.commands.registry import Registry

Suggestion = dict[str, str]

_WITHOUT_COHORT = (
    ("cohort-admin setup", "set up a cohort: its name, its time zone"),
    ("cohort help", "what I can do"),
)
_WITHOUT_MEMBERSHIP = (("cohort join", "become a member, it takes a click"), ("cohort help", "what I can do"))
_AS_MEMBER = (
    ("cohort help", "what I can do"),
    ("submission add", "put a paper on the board; a form asks for the rest"),
    ("lottery venue", "what the noise of review does, as a picture"),
    ("checkin now", "say how the work is going"),
    ("reading list", "what the cohort wants to read"),
)


def suggestions(registry: Registry, *, cohort: bool, member: bool) -> list[Suggestion]:
    """Command lines to try, each with a reason; only commands that the registry has."""
    lines = _WITHOUT_COHORT if not cohort else _AS_MEMBER if member else _WITHOUT_MEMBERSHIP
    return [{"text": f"/{name}", "why": why} for name, why in lines if name in registry.commands]


WEEK = 7 * 86_400
"""A week in seconds."""


def tries(registry: Registry, *, sample: bool, member: bool, year: int) -> list[Tree]:
    """What the first card offers in the sample cohort, each one click away: the lottery as a picture, a check-in (who is
    not in the cohort: to join it), a week that passes."""
    if not sample:
        return []
    second = (
        _try(
            "Check in",
            "What moved, what is in the way? A minute, and you choose who reads it.",
            "checkin now",
        )
        if member
        else _try("Join the cohort", "It takes a click, and another to leave.", "cohort join")
    )
    offered = [
        _try(
            "See the review lottery",
            "Two committees judge the same papers. How often do they disagree?",
            "lottery venue",
            f' venue:"NeurIPS {year}"',
        ),
        second,
        {
            "title": "Let a week pass",
            "why": "The sample's people check in, get stuck, help and are accepted; a digest tells of it.",
            "line": None,
            "forward": WEEK,
        },
    ]
    return [each for each in offered if each["line"] is None or each.pop("command") in registry.commands]


def _try(title: str, why: str, command: str, args: str = "") -> Tree:
    return {"title": title, "why": why, "command": command, "line": f"/{command}{args}", "forward": None}
