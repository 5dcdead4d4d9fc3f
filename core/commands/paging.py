"""Long lists in pages: which rows are shown, how many there are, and the buttons that turn the pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from core.chat.model import OPEN, Block, Button, Buttons, Record, Records
from core.chat.text import Text, say
from core.commands.dispatch import Call
from core.commands.forms import as_texts
from core.commands.spec import Arg

PAGE_SIZE = 20
"""Records on a page: what is read in one go, and fewer than the 25 that Discord's menus take."""

PageArg = Annotated[int, Arg("Which page of the list", minimum=1, maximum=1_000_000, in_form=False)]
"""The parameter `page` of a command that lists."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list of `total` records, the last one where there are not so many pages as was asked for."""

    wanted: int
    total: int
    size: int = PAGE_SIZE

    @property
    def count(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-self.total // self.size))

    @property
    def number(self) -> int:
        """Which page it is, from 1 on."""
        return min(max(self.wanted, 1), self.count)

    @property
    def start(self) -> int:
        """How many records stand on the pages before it."""
        return (self.number - 1) * self.size

    @property
    def words(self) -> str:
        """Which records are shown: "21 to 40 of 1,960"; "12" where those are all."""
        if self.count == 1:
            return f"{self.total:,}"
        return f"{self.start + 1:,} to {min(self.start + self.size, self.total):,} of {self.total:,}"


def blocks(call: Call, page: Page, rows: Iterable[Record], menu: str = OPEN) -> tuple[Block, ...]:
    """The records of a page, and the buttons to the other pages, which carry the call as it was made. For `menu` see
    `Records`."""
    found = tuple(rows)
    return (Records(found, menu), *turns(call, page)) if found else ()


def turns(call: Call, page: Page) -> tuple[Buttons, ...]:
    """The buttons to the other pages of a list; none where there is one page."""
    request, last = call.request, page.count
    wanted = (
        ("« First", 1, page.number > 2),
        ("‹ Back", page.number - 1, page.number > 1),
        ("Next ›", page.number + 1, page.number < last),
        ("Last »", last, page.number < last - 1),
    )
    args = as_texts(request.args)
    found = tuple(
        Button(label, request.command, {**args, "page": str(at)})
        for label, at, is_there in wanted
        if is_there
    )
    return (Buttons(found),) if found else ()


def people_of(page: Page, cohort: str) -> Text:
    """The head of a list of members."""
    if page.total == 1:
        return say("1 person is in **{cohort}**.", cohort=cohort)
    if page.count == 1:
        return say("{count} people are in **{cohort}**.", count=page.words, cohort=cohort)
    return say("Members {range} in **{cohort}**, by name:", range=page.words, cohort=cohort)
