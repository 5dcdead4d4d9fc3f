"""What a digest tells of a period: every feature's section, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.chat.model import Picture
from core.chat.text import say
from core.cohorts import counting
from core.cohorts.model import Cohort
from core.commands.dispatch import Core
from core.commands.news import HelpNeeded, NewsLine, NewsPicture, Section, SectionPart
from core.commands.registry import Registry
from core.features.digests import choices
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class ToldSection:
    """A section with what it tells of a period."""

    name: str
    heading: str
    quiet: bool
    part: SectionPart


@dataclass(frozen=True, slots=True)
class Told:
    """What a digest tells: its sections, and what its picture is drawn from, by the picture's name."""

    sections: tuple[ToldSection, ...] = ()
    picture: str = ""
    drawn_from: Mapping[str, Any] = field(default_factory=dict)

    @property
    def quiet(self) -> bool:
        """Whether nothing new is in it."""
        return all(each.quiet for each in self.sections)


async def compose(core: Core, cohort: Cohort, since: datetime, until: datetime) -> Told:
    """What the sections tell of a period, as the cohort may read it now; those that tell nothing are not there."""
    figures = [figure for section in core.registry.sections for figure in section.figures]
    await counting.renew_due(core.store, figures, cohort.id, until)
    return await core.read(cohort.id, _composed, core.registry, cohort, since, until)


def _composed(conn: Conn, registry: Registry, cohort: Cohort, since: datetime, until: datetime) -> Told:
    sections = choices.chosen(conn, cohort.id, registry.sections)
    told = Told(
        tuple(_with_help(conn, registry, cohort, written(conn, sections, cohort, since, until), until))
    )
    for picture in registry.pictures if not told.quiet else ():
        data = picture.write(conn, cohort, since, until)
        if data is not None:
            return Told(told.sections, picture.name, data)
    return told


def _with_help(
    conn: Conn, registry: Registry, cohort: Cohort, sections: Sequence[ToldSection], at: datetime
) -> list[ToldSection]:
    """The same, with who could help in each line that needs it, and else the question."""
    needed = [
        HelpNeeded(line.needs, line.member) for each in sections for line in each.part.lines if line.needs
    ]
    found = [finder.find(conn, cohort, needed, at) for finder in registry.help_finders if needed]
    names = iter([[name for of in each for name in of] for each in zip(*found, strict=True)])

    def told(line: NewsLine) -> NewsLine:
        if not line.needs:
            return line
        could = next(names, [])
        words = f"{' or '.join(could)} could help" if could else "who could help?"
        return replace(line, text=say("{text}; {words}", text=line.text, words=words), needs="")

    return [
        replace(each, part=replace(each.part, lines=tuple(map(told, each.part.lines)))) for each in sections
    ]


async def picture(core: Core, told: Told) -> Picture | None:
    """The digest's picture, drawn on a thread of its own; None where there is none."""
    for each in core.registry.pictures:
        if each.name == told.picture:
            return await core.executors.draw(_drawn, each, told.drawn_from)
    return None


def _drawn(picture: NewsPicture, data: Mapping[str, Any]) -> Picture:
    return picture.draw(data).picture("digest.png")


def written(
    conn: Conn, sections: Sequence[Section], cohort: Cohort, since: datetime, until: datetime
) -> list[ToldSection]:
    """The same, from the figures as they are stored."""
    parts = [(section, section.write(conn, cohort, since, until)) for section in sections]
    return [
        ToldSection(section.name, section.heading, section.quiet, part)
        for section, part in parts
        if part is not None and part.lines
    ]
