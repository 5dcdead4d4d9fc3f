"""Digests as they were posted: their sections and lines, kept beside the post, without what was taken back since."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter

from core.cohorts.model import Cohort
from core.commands.news import NewsLine, Section
from core.delivery import post_lines
from core.delivery.post_lines import PostLine
from core.features.digests.composing import Told, ToldSection
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A line as it is stored: the head of a digest, a section without its lines, or a line of the section before it."""

    section: ToldSection | None = None
    line: NewsLine | None = None
    picture: str = ""
    drawn_from: dict[str, Any] = field(default_factory=dict)


_CONTENT = TypeAdapter(KeptPart)


def keep(conn: Conn, cohort_id: int, post_id: int, told: Told) -> None:
    """Keep what a digest tells, unless another attempt to send it did so before."""
    head = KeptPart(picture=told.picture, drawn_from=dict(told.drawn_from))
    post_lines.keep(conn, cohort_id, post_id, [PostLine(_stored(head)), *_lines(told.sections)])


def _lines(told: Sequence[ToldSection]) -> list[PostLine]:
    found = []
    for section in told:
        empty = replace(section, part=replace(section.part, lines=()))
        found.append(PostLine(_stored(KeptPart(section=empty))))
        found += [
            PostLine(_stored(KeptPart(line=line)), section.name, line.about, line.member)
            for line in section.part.lines
        ]
    return found


def _stored(part: KeptPart) -> str:
    return _CONTENT.dump_json(part, exclude_defaults=True).decode()


def load(
    conn: Conn, sections: Sequence[Section], cohort: Cohort, post_id: int
) -> tuple[Told, list[str]] | None:
    """What a posted digest told, and the records of which it told and that the cohort sees no more; None where nothing
    is kept of it."""
    lines = post_lines.of_post(conn, cohort.id, post_id)
    if not lines:
        return None
    by_name = {each.name: each for each in sections}
    told: list[ToldSection] = []
    visible: set[str] = set()
    for section, found in _by_section(lines):
        abouts = list(dict.fromkeys(each.about for each in found if each.about))
        still = by_name[section.name].still if section.name in by_name else None
        seen = set(still(conn, cohort, abouts)) if still and abouts else set()
        visible |= seen
        left = tuple(each for each in found if not each.about or each.about in seen)
        if left or section.part.more:
            told.append(replace(section, part=replace(section.part, lines=left)))
    head = _CONTENT.validate_json(lines[0].content)
    # What one section tells no more, such as a blocker that is solved, another may tell of the same record.
    gone = dict.fromkeys(each.about for each in lines if each.about and each.about not in visible)
    return Told(tuple(told), head.picture, head.drawn_from), list(gone)


def _by_section(lines: Sequence[PostLine]) -> list[tuple[ToldSection, list[NewsLine]]]:
    found: list[tuple[ToldSection, list[NewsLine]]] = []
    for line in lines:
        part = _CONTENT.validate_json(line.content)
        if part.section is not None:
            found.append((part.section, []))
        elif part.line is not None and found:
            found[-1][1].append(part.line)
    return found


def forget(conn: Conn, cohort_id: int, abouts: Sequence[str]) -> None:
    """What the cohort sees no more is kept no more."""
    for about in abouts:
        post_lines.forget(conn, cohort_id, about)
