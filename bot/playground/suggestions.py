"""What a newcomer might try first, by how far the cohort and the person are."""

from core.commands.registry import Registry

Suggestion = dict[str, str]

_BEFORE = (
    ("cohort-admin setup", "set up a cohort: its name, its time zone"),
    ("cohort help", "what I can do"),
)
_OUTSIDE = (("cohort join", "become a member, it takes a click"), ("cohort help", "what I can do"))
_INSIDE = (
    ("cohort help", "what I can do"),
    ("submission add", "put a paper on the board; a form asks for the rest"),
    ("lottery venue", "what the noise of review does, as a picture"),
    ("checkin now", "say how the work is going"),
    ("reading list", "what the cohort wants to read"),
)


def suggestions(registry: Registry, *, cohort: bool, inside: bool) -> list[Suggestion]:
    """Lines to try, with a word on each; only of commands that there are."""
    lines = _BEFORE if not cohort else _INSIDE if inside else _OUTSIDE
    return [{"text": f"/{name}", "why": why} for name, why in lines if name in registry.commands]
