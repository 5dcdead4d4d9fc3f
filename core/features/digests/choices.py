"""What organizers choose of the digest: which sections it leaves out, and with which it begins."""

from collections.abc import Sequence
from functools import partial

from core.chat import folding
from core.chat.text import enumerated
from core.cohorts import settings
from core.commands.news import Section
from core.commands.registry import Registry
from core.commands.spec import Setting
from core.errors import BadInput
from core.store.port import Conn

NOTHING, USUAL = "nothing", "usual"
_UNSET = {"none", "no", NOTHING, USUAL, "default", "the usual order"}
"""Words that name no section, for either setting."""


def _parts(typed: str) -> list[str]:
    """What was typed as headings, one behind the other."""
    parts = typed.replace(";", ",").replace("\n", ",").split(",")
    return [" ".join(part.split()) for part in parts if part.strip()]


def _read(unset: str, typed: str) -> str:
    return unset if typed.strip().casefold() in _UNSET else ", ".join(_parts(typed)) or unset


def _among(registry: Registry, typed: str) -> str:
    """Headings as the digest has them. Raises `BadInput` for one that it has not, or that means several."""
    known = headings(registry.sections)
    if typed in (NOTHING, USUAL):
        return typed
    return ", ".join(dict.fromkeys(_heading(known, part) for part in _parts(typed)))


def _heading(known: Sequence[str], typed: str) -> str:
    equal = [each for each in known if folding.same(each, typed)]
    found = equal or [each for each in known if folding.fits(typed, each)]
    if len(found) == 1:
        return found[0]
    offered = ", ".join(found or known)
    wrong = f"“{typed[:40]}” can mean several" if found else f"The digest has no section “{typed[:40]}”"
    raise BadInput(f"{wrong}. Please name one of these: {offered}.", field="value")


def headings(sections: Sequence[Section]) -> list[str]:
    """The headings of the digest, each once, in their usual order."""
    return list(dict.fromkeys(each.heading for each in sections))


def _says_left_out(value: str) -> str:
    if value == NOTHING:
        return "The digest leaves nothing out"
    return f"The digest leaves out {enumerated(value.split(', '))}"


def _says_first(value: str) -> str:
    if value == USUAL:
        return "The sections of the digest stand in their usual order"
    return f"The digest begins with {enumerated(value.split(', '))}"


LEAVES_OUT = Setting(
    "digest-leaves-out",
    "Left out of the digest",
    "Sections that the digest leaves out, such as Who joined, In numbers",
    NOTHING,
    partial(_read, NOTHING),
    _says_left_out,
    (NOTHING, "Who joined", "In numbers"),
    among=_among,
)
FIRST = Setting(
    "digest-first",
    "First in the digest",
    "Sections with which the digest begins, such as Thanks, Takeaways",
    USUAL,
    partial(_read, USUAL),
    _says_first,
    (USUAL, "Takeaways", "Thanks"),
    among=_among,
)


def chosen(conn: Conn, cohort_id: int, sections: Sequence[Section]) -> list[Section]:
    """The sections of a cohort's digest, in its order."""
    left_out = settings.setting(conn, cohort_id, LEAVES_OUT.key, NOTHING).split(", ")
    first = settings.setting(conn, cohort_id, FIRST.key, USUAL).split(", ")
    shown = [each for each in sections if each.heading not in left_out]
    return sorted(shown, key=lambda each: first.index(each.heading) if each.heading in first else len(first))
