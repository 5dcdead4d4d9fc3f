"""Commands that a newcomer might try first, by whether a cohort exists and the person is in it."""

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
