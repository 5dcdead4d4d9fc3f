"""What others get as a file holds nothing that was kept private, for mentors, or without a name. Both engines."""

import io
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from core.chat.model import Block, File, PersonRef, Reply
from core.clock import FixedClock, local_date
from tests.people import CohortFixture, number_of

HIDDEN, SHARED = "Zebra", "Quagga"
"""Words that stand in what is hidden from the reader, and in what all may read."""
ADA = PersonRef("U-ada", "Ada")


async def live(cohort: CohortFixture) -> None:
    """Ada keeps a bit of everything for herself or for few, and shares a bit of everything."""
    ada, ben = cohort.ada, cohort.ben
    await ada.ok("submission add", title=f"{SHARED} paper", venue="NeurIPS 2026", stage="submitted")
    await ada.ok(
        "submission add", title=f"{HIDDEN} secret", visibility="private", link="https://zebra.example"
    )
    await ada.ok("submission add", title=f"{HIDDEN} nameless", visibility="anonymous", venue="ICML 2026")
    await ada.ok("review add", paper="1", score="6", summary=f"{HIDDEN} summary")
    await ada.ok("submission forecast", paper="1", chance="73")
    await ada.ok(
        "submission update", paper="1", stage="rebuttal", note=f"{HIDDEN} note", note_visibility="private"
    )
    await cohort.olu.ok("cohort-admin question-add", text="For mentors?", kind="text", visibility="mentors")
    await cohort.olu.ok("cohort-admin question-add", text="For me?", kind="text", visibility="private")
    await ada.ok(
        "checkin now", progress=f"{SHARED} progress", mood="2", blocker=f"{SHARED} blocker", share="shared"
    )
    form = await ada.form("checkin answer")
    await ada.submit(form, **{each.name: f"{HIDDEN} answer" for each in form.fields})
    await ben.ok("checkin now", progress=f"{HIDDEN} private progress", blocker=f"{HIDDEN} private blocker")
    await ada.ok("reading add", reference=f"{SHARED} work on reading")
    await ben.ok("reading done", item="1", takeaway=f"{HIDDEN} takeaway", visibility="private")
    await ada.ok("reading done", item="1", takeaway=f"{SHARED} takeaway", visibility="cohort")
    await ada.ok("feedback ask", topic=f"{HIDDEN} topic", details=f"{HIDDEN} details", visibility="mentors")
    await ada.ok("duty add", venue=f"{HIDDEN} workshop 2027", papers=3, due="2026-12-20")
    await ada.ok("profile away", until="2026-12-24", reason=f"{HIDDEN} reason")


def contents(blocks: tuple[Block, ...]) -> Iterator[tuple[str, bytes]]:
    """Every file of an answer, those within a zip each by itself."""
    for block in blocks:
        if isinstance(block, File) and zipfile.is_zipfile(io.BytesIO(block.content)):
            with zipfile.ZipFile(io.BytesIO(block.content)) as archive:
                yield from ((name, archive.read(name)) for name in archive.namelist())
        elif isinstance(block, File):
            yield block.name, block.content


def without_hidden(reply: Reply) -> bytes:
    """All that the files of an answer hold, after a look for what they must not."""
    found = list(contents(reply.blocks))
    assert found, "there is no file"
    for name, content in found:
        assert HIDDEN.encode() not in content, name
        assert b"zebra" not in content, name
    return b"".join(content for _, content in found)


@pytest.mark.case(37)
async def test_no_export_for_others_holds_what_is_private(cohort: CohortFixture) -> None:
    await live(cohort)
    for form in ("csv", "json"):
        whole = without_hidden(await cohort.olu.ok("cohort-admin export", format=form))
        for each in ("paper", "progress", "takeaway"):
            assert f"{SHARED} {each}".encode() in whole, "what all may read is in it"
    whole = without_hidden(await cohort.olu.ok("cohort-admin archive"))
    assert f"{SHARED} paper".encode() in whole
    for who in (cohort.ben, cohort.olu):
        for form in ("markdown", "csv", "json"):
            history = without_hidden(await who.ok("checkin history", who=ADA, format=form))
            assert f"{SHARED} progress".encode() in history
        for form in ("bibtex", "ris", "csv", "markdown"):
            assert f"{SHARED} work".encode() in without_hidden(await who.ok("reading export", format=form))
    audit = without_hidden(await cohort.olu.ok("cohort-admin audit", format="csv"))
    assert b"question" in audit.lower()


@dataclass
class Kept:
    """Something of Ada's: its number or day, and who may read it, as she chose it last."""

    name: str
    visibility: str
    readers: set[str] = field(default_factory=set)

    def reads(self, who: str) -> bool:
        """Whether somebody else may read it."""
        return self.visibility in ("cohort", "shared") or who in self.readers


class History:
    """What Ada does, by chance. Each of her texts has a word of its own; `words` says who may read it by now."""

    def __init__(self, cohort: CohortFixture, clock: FixedClock, seed: int) -> None:
        self.ada, self.clock = cohort.ada, clock
        self.random = random.Random(seed)  # noqa: S311 - the steps of a test
        self.papers, self.checkins, self.works = list[Kept](), list[Kept](), list[Kept]()
        self.words: dict[str, Callable[[str], bool]] = {}
        self.titles: dict[str, Kept] = {}

    def word(self, reads: Callable[[str], bool]) -> str:
        """A word that stands nowhere else."""
        word = f"quagga{len(self.words):03}x"
        self.words[word] = reads
        return word

    async def live(self, steps: int) -> None:
        """So many steps."""
        always = (self.add_paper, self.add_work, self.check_in, self.ask)
        papers = (
            self.turn_paper,
            self.turn_paper,
            self.note,
            self.review,
            self.share_paper,
            self.delete_paper,
        )
        for _ in range(steps):
            choices = [*always, *(papers * bool(self.papers))]
            choices += [self.turn_checkin, self.turn_checkin] * bool(self.checkins)
            choices += [self.take_away, self.take_away] * bool(self.works)
            await self.random.choice(choices)()

    async def add_paper(self) -> None:
        paper = Kept("", self.random.choice(("cohort", "private", "anonymous")))
        title = self.word(paper.reads)
        paper.name = number_of(
            await self.ada.ok(
                "submission add",
                title=title,
                visibility=paper.visibility,
                venue="NeurIPS 2026",
                stage="submitted",
            )
        )
        self.titles[title] = paper
        self.papers.append(paper)

    async def turn_paper(self) -> None:
        paper, visibility = (
            self.random.choice(self.papers),
            self.random.choice(("cohort", "private", "anonymous")),
        )
        if visibility != paper.visibility:
            done = await self.ada.ok("submission edit", paper=paper.name, visibility=visibility)
            paper.name, paper.visibility = number_of(done), visibility

    async def share_paper(self) -> None:
        paper = self.random.choice(self.papers)
        await self.ada.ok("submission edit", paper=paper.name, coauthors="Ben")
        paper.readers = {"ben"}

    async def delete_paper(self) -> None:
        paper = self.random.choice(self.papers)
        await self.ada.ok("submission delete", paper=paper.name, sure=True)
        self.papers.remove(paper)
        paper.visibility, paper.readers = "deleted", set()

    async def note(self) -> None:
        paper, visibility = self.random.choice(self.papers), self.random.choice(("cohort", "private"))
        word = self.word(lambda who: paper.reads(who) and (visibility == "cohort" or who in paper.readers))
        stage = self.random.choice(("in-review", "rebuttal"))
        await self.ada.ok(
            "submission update",
            paper=paper.name,
            stage=stage,
            note=word,
            note_visibility=visibility,
            sure=True,
        )

    async def review(self) -> None:
        paper = self.random.choice(self.papers)
        word = self.word(lambda _: False)
        await self.ada.ok("review add", paper=paper.name, score="6", summary=word, sure=True)

    async def check_in(self) -> None:
        self.clock.move_to(self.clock.now() + timedelta(days=1))
        checkin = Kept(
            local_date(self.clock.now(), "Europe/Berlin").isoformat(),
            self.random.choice(("shared", "private")),
        )
        word = self.word(checkin.reads)
        await self.ada.ok("checkin now", progress=word, blocker=word, share=checkin.visibility)
        self.checkins.append(checkin)

    async def turn_checkin(self) -> None:
        checkin = self.random.choice(self.checkins)
        verb, checkin.visibility = self.random.choice((("share", "shared"), ("unshare", "private")))
        await self.ada.send(f"checkin {verb}", {"day": checkin.name})

    async def add_work(self) -> None:
        added = await self.ada.ok("reading add", reference=f"Work {len(self.works)}")
        self.works.append(Kept(number_of(added), "private"))

    async def take_away(self) -> None:
        visibility = self.random.choice(("cohort", "private"))
        word = self.word(Kept("", visibility).reads)
        work = self.random.choice(self.works)
        await self.ada.ok("reading done", item=work.name, takeaway=word, visibility=visibility)

    async def ask(self) -> None:
        visibility = self.random.choice(("cohort", "mentors", "private"))
        await self.ada.ok(
            "feedback ask", topic=self.word(Kept("", visibility).reads), visibility=visibility, again=True
        )


@pytest.mark.case(37)
@pytest.mark.parametrize("seed", range(int(os.environ.get("COHORT_EXPORT_SEEDS", "6"))))
async def test_whatever_came_before_no_export_holds_what_is_private(
    seed: int, sqlite_cohort: CohortFixture, clock: FixedClock
) -> None:
    cohort, history = sqlite_cohort, History(sqlite_cohort, clock, seed)
    await cohort.ben.ok("submission add", title="Of Ben")
    await history.live(30)
    for who, command, formats, args in (
        ("olu", "cohort-admin export", ("csv", "json"), {}),
        ("olu", "cohort-admin audit", ("csv", "json"), {}),
        ("olu", "cohort-admin archive", ("",), {}),
        ("olu", "reading export", ("bibtex", "ris", "csv", "markdown"), {}),
        ("ben", "reading export", ("markdown",), {}),
        ("ben", "submission export", ("csv", "json", "bibtex"), {}),
        ("ben", "checkin history", ("markdown", "csv", "json"), {"who": ADA}),
        ("ben", "profile record", ("",), {}),
        ("ben", "privacy export", ("",), {}),
    ):
        for form in formats:
            actor = getattr(cohort, who)
            got = await (actor.in_direct() if command == "privacy export" else actor).send(
                command, {**args, **({"format": form} if form else {})}
            )
            assert isinstance(got, Reply)
            whole = b"".join(content for _, content in contents(got.blocks)).decode()
            read = [word for word, reads in history.words.items() if word in whole and not reads(who)]
            assert not read, (command, form, read)
            if command == "cohort-admin export":
                seen = {word for word, paper in history.titles.items() if paper.reads(who)}
                assert seen <= {word for word in history.words if word in whole}
