"""What a digest tells of a period: every feature's section, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.cohorts import counting
from core.cohorts.model import Cohort
from core.commands.dispatch import Core
from core.commands.news import Section, SectionPart
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class ToldSection:
    """A section with what it tells of a period."""

    name: str
    heading: str
    quiet: bool
    part: SectionPart


async def compose(core: Core, cohort: Cohort, since: datetime, until: datetime) -> list[ToldSection]:
    """What the sections tell of a period, as the cohort may read it now; those that tell nothing are not there."""
    figures = [figure for section in core.registry.sections for figure in section.figures]
    await counting.renew_due(core.store, figures, cohort.id, until)
    return await core.store.read(written, core.registry.sections, cohort, since, until)


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
