"""Items completed in the background: rows that survive, sources that do not answer, and what people corrected."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from core.chat.model import File
from core.clock import FixedClock
from core.delivery.background import Background
from core.features.reading.lookups import PAUSES, claim, look_up
from core.store.port import Conn
from core.works.identifiers import Identifier, of_doi
from core.works.model import LookupFailed, NotKnown, Work
from tests.people import CohortFixture, listed, text_of

WORK = Work(
    "Attention Is All You Need",
    ("Ashish Vaswani", "Noam Shazeer", "Niki Parmar", "Jakob Uszkoreit"),
    2017,
    "NeurIPS",
    "The dominant models are complex.",
)


@dataclass
class KnownWorks:
    """A source that knows some works, by their keys, and fails where it is told to."""

    works: dict[str, Work] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: bool = False

    async def look_up(self, identifier: Identifier) -> Work:
        self.asked.append(identifier.key)
        if self.down:
            raise LookupFailed("no connection", 5)
        if identifier.key not in self.works:
            raise NotKnown("It is not there.")
        return self.works[identifier.key]


async def waiting(cohort: CohortFixture) -> list[int]:
    def read(conn: Conn) -> list[int]:
        return [row["attempts"] for row in conn.all("SELECT attempts FROM reading_lookup")]

    return await cohort.core.store.read(read)


async def test_item_is_completed_when_its_work_is_known(cohort: CohortFixture) -> None:
    source = KnownWorks({"arxiv:1706.03762": WORK})
    added = await cohort.ada.ok("reading add", reference="https://arxiv.org/pdf/1706.03762v7")
    assert "arXiv:1706.03762" in text_of(added)
    assert await waiting(cohort) == [0]
    await look_up(cohort.core)
    assert await waiting(cohort) == [0], "where nobody can be asked it waits"
    await look_up(replace(cohort.core, works=source))
    assert await waiting(cohort) == []
    shown = text_of(await cohort.ben.ok("reading show", item="attention is all"))
    assert shown.splitlines()[:2] == [
        "#1 Attention Is All You Need",
        "Ashish Vaswani, Noam Shazeer and 2 others, NeurIPS, 2017",
    ]
    assert shown.endswith("The dominant models are complex.")
    await look_up(replace(cohort.core, works=source))
    assert source.asked == ["arxiv:1706.03762"]


async def test_source_that_does_not_answer_is_asked_later_and_later(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    source = KnownWorks({"arxiv:1706.03762": WORK}, down=True)
    core = replace(cohort.core, works=source)
    await cohort.ada.ok("reading add", reference="1706.03762")
    for tries, pause in enumerate(PAUSES[:3], 1):
        await look_up(core)
        await look_up(core)
        assert len(source.asked) == tries
        assert await waiting(cohort) == [tries]
        clock.move_to(clock.now() + pause)
    assert listed(await cohort.ben.ok("reading list"))[0].startswith("#1 arXiv:1706.03762")
    source.down = False
    await look_up(core)
    assert "Attention Is All You Need" in listed(await cohort.ben.ok("reading list"))[0]


async def test_look_up_that_was_begun_and_lost_is_begun_again(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await cohort.ada.ok("reading add", reference="1706.03762")
    source = KnownWorks({"arxiv:1706.03762": WORK})

    def take(conn: Conn) -> None:
        assert len(claim(conn, cohort.core.clock.now())) == 1

    await cohort.core.store.write(take)
    await look_up(replace(cohort.core, works=source))
    assert source.asked == [], "somebody else is at it"
    clock.move_to(clock.now() + timedelta(minutes=3))
    await look_up(replace(cohort.core, works=source))
    assert source.asked == ["arxiv:1706.03762"]


async def test_in_the_end_nobody_is_asked_any_more(cohort: CohortFixture, clock: FixedClock) -> None:
    source = KnownWorks(down=True)
    core = replace(cohort.core, works=source)
    await cohort.ada.ok("reading add", reference="1706.03762")
    await cohort.ada.ok("reading add", reference="10.5555/unknown")
    for _ in range(len(PAUSES) + 1):
        await look_up(core)
        clock.move_to(clock.now() + timedelta(days=2))
    assert await waiting(cohort) == []
    assert len(listed(await cohort.ada.ok("reading list"))) == 2


async def test_answer_is_kept_for_the_next_who_asks(cohort: CohortFixture) -> None:
    source = KnownWorks({"arxiv:1706.03762": WORK})
    await cohort.ada.ok("reading add", reference="1706.03762")
    await look_up(replace(cohort.core, works=source))
    await cohort.ada.ok("reading remove", item="1")
    again = await cohort.ben.ok("reading add", reference="arxiv.org/abs/1706.03762")
    assert "Attention Is All You Need" in text_of(again)
    assert len(source.asked) == 1


async def test_what_a_member_corrected_stays(cohort: CohortFixture) -> None:
    source = KnownWorks({"arxiv:1706.03762": WORK})
    await cohort.ada.ok("reading add", reference="1706.03762")
    await cohort.ada.ok("reading edit", item="1", title="The transformer paper")
    await look_up(replace(cohort.core, works=source))
    shown = text_of(await cohort.ben.ok("reading show", item="1"))
    assert "#1 The transformer paper\nAshish Vaswani" in shown


async def test_corrected_identifier_brings_what_its_own_work_is_called(cohort: CohortFixture) -> None:
    source = KnownWorks({"arxiv:1706.03763": replace(WORK, title="Another one"), "arxiv:1706.03762": WORK})
    await cohort.ada.ok("reading add", reference="1706.03763")
    await look_up(replace(cohort.core, works=source))
    assert "#1 Another one" in text_of(await cohort.ada.ok("reading show", item="1"))
    await cohort.ada.ok("reading edit", item="1", link="https://arxiv.org/abs/1706.03762")
    await look_up(replace(cohort.core, works=source))
    assert "#1 Attention Is All You Need" in text_of(await cohort.ben.ok("reading show", item="1"))
    written = await cohort.ben.ok("reading export", format="bibtex")
    (file,) = (each for each in written.blocks if isinstance(each, File))
    assert "eprint = {1706.03762}" in file.content.decode()
    await cohort.ada.ok("reading edit", item="1", link="https://example.org/where-it-is-read")
    source.works["link:example.org/where-it-is-read"] = Work("A page")
    await look_up(replace(cohort.core, works=source))
    assert "#1 Attention Is All You Need" in text_of(await cohort.ben.ok("reading show", item="1"))


async def test_link_that_is_taken_away_is_gone(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="1706.03762")
    assert "arxiv.org" in repr((await cohort.ada.ok("reading show", item="1")).text)
    await cohort.ada.ok("reading edit", item="1", link="-")
    assert "arxiv.org" not in repr((await cohort.ada.ok("reading show", item="1")).text)
    assert "stays as it was" in text_of(await cohort.ada.ok("reading edit", item="1", link="-"))


async def test_two_identifiers_of_one_work_are_told_and_not_merged(cohort: CohortFixture) -> None:
    same = replace(WORK, same=(of_doi("10.5555/3295222"),))
    source = KnownWorks(
        {"arxiv:1706.03762": same, "doi:10.5555/other": replace(WORK, title="Something else")}
    )
    await cohort.ada.ok("reading add", reference="10.5555/3295222")
    await cohort.ada.ok("reading add", reference="1706.03762")
    await cohort.ada.ok("reading add", reference="10.5555/other")
    await look_up(replace(cohort.core, works=source))
    rows = listed(await cohort.ben.ok("reading list"))
    assert "may be the same as #1" in rows[1]
    assert "may be" not in rows[2]
    assert len(rows) == 3


async def test_jobs_run_in_the_background_one_at_a_time(cohort: CohortFixture) -> None:
    source = KnownWorks({"arxiv:1706.03762": WORK})
    await cohort.ada.ok("reading add", reference="1706.03762")
    background = Background(replace(cohort.core, works=source))
    await background.begin()
    await background.begin()
    await background.settled()
    assert source.asked == ["arxiv:1706.03762"]
    await background.stop()
