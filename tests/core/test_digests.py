"""Digests: what fits a message, what is kept of the posted one, and what goes from it again."""

from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import Picture, Records, Reply
from core.chat.plain import whole_reply
from core.chat.text import Span, as_text
from core.clock import FixedClock
from core.commands.news import NewsLine, SectionPart
from core.delivery.housekeeping import Housekeeping
from core.delivery.service import Delivery
from core.features.digests.composing import ToldSection
from core.features.digests.fitting import ROOM, cut, fit, fits_whole, whole
from core.store.port import Conn
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, answered, buttons_of, listed, text_of, told_in

FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
"""Friday at 16:00 in Berlin."""
HOSTILE = "Ba$$in **bold** @everyone <!channel> <@U1> [x](http://evil.example) {title}\nand more"


async def post_digest(cohort: CohortFixture, clock: FixedClock, delivery: Delivery) -> None:
    """Let Friday's digest be posted."""
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="every friday 16:00")
    clock.move_to(FRIDAY)
    await delivery.flush()


def section(
    name: str, lines: int, more: int = 0, *, words: str = "did something", names_only: bool = False
) -> ToldSection:
    told = tuple(NewsLine(f"Person {n}", f"{words} {n}", f"x:{n}") for n in range(lines))
    return ToldSection(name, name, False, SectionPart(told, more, names_only=names_only))


def stored(conn: Conn) -> str:
    return "\n".join(row["content"] for row in conn.all("SELECT content FROM post_line"))


async def test_posted_digest_is_shown_again_as_it_was(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Noise in review", stage="accepted", venue="ICML 2026")
    await post_digest(cohort, clock, delivery)
    posted = outlet.sent[-1].reply
    assert "Ada · “Noise in review”, accepted at ICML 2026 🎉" in told_in(posted)
    await cohort.core.store.write(lambda conn: conn.run("UPDATE submission SET title = 'Another title'"))
    await cohort.ben.ok("submission add", title="Later", stage="submitted", venue="ICLR 2027")
    clock.move_to(clock.now() + timedelta(days=3))
    shown = await cohort.ben.ok("digest show")
    assert told_in(shown) == told_in(posted)
    assert text_of(shown) == text_of(posted)


async def test_what_was_taken_back_is_gone_from_kept_digest(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    for who in (cohort.ada, cohort.ben):
        await who.ok(
            "checkin now",
            progress="x",
            learned=f"{who.person.name} saw it fail",
            negative="yes",
            share="shared",
        )
    await cohort.ada.ok("submission add", title="Hidden later", stage="submitted", venue="ICLR 2027")
    await post_digest(cohort, clock, delivery)
    assert "Ada · Ada saw it fail" in told_in(outlet.sent[-1].reply)
    await cohort.ada.ok("checkin unshare", day="2026-11-23")
    assert "Ada saw" not in await cohort.core.store.read(stored), "it goes with the sharing"
    lines = told_in(await cohort.mina.ok("digest show"))
    assert "Ben · Ben saw it fail" in lines
    assert not any("Ada saw" in line for line in lines)

    def hide(conn: Conn) -> None:
        conn.run("UPDATE submission SET visibility = 'private'")

    await cohort.core.store.write(hide)
    assert "Hidden later" in await cohort.core.store.read(stored)
    await Housekeeping(cohort.core).run()
    assert "Hidden later" not in await cohort.core.store.read(stored), (
        "housekeeping finds what nobody asks for"
    )
    assert "Decisions and submissions" not in told_in(await cohort.mina.ok("digest show"))


async def test_solved_blocker_leaves_what_else_its_check_in_told(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await cohort.ada.ok(
        "checkin now", progress="x", learned="It fails", negative="yes", blocker="No GPU", share="shared"
    )
    await post_digest(cohort, clock, delivery)
    assert "Still in somebody’s way" in told_in(await cohort.ben.ok("digest show"))
    await cohort.ada.ok("checkin solved", day="2026-11-23")
    for _ in range(2):
        lines = told_in(await cohort.ben.ok("digest show"))
        assert "Ada · It fails" in lines, "it is shared yet, however often it is asked for"
        assert "Still in somebody’s way" not in lines
    await Housekeeping(cohort.core).run()
    assert "Ada · It fails" in told_in(await cohort.ben.ok("digest show"))


async def test_nobody_is_asked_to_help_who_has_left(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    for who in (cohort.ada, cohort.ben):
        await who.ok("checkin now", progress="x", blocker="No GPU", share="shared")
    await post_digest(cohort, clock, delivery)
    await cohort.ada.ok("cohort leave")
    lines = told_in(await cohort.mina.ok("digest show"))
    assert [each for each in lines if "No GPU" in each] == [
        "Ben · No GPU, since Mon 23 Nov 2026; who could help?"
    ]


async def test_kept_digest_loses_what_its_reader_may_not_see(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await cohort.ada.ok("submission add", title="Hidden later", stage="submitted", venue="ICLR 2027")
    await cohort.ada.ok("reading add", reference=HOSTILE)
    await post_digest(cohort, clock, delivery)

    def hide(conn: Conn) -> None:
        conn.run("UPDATE submission SET visibility = 'anonymous'")

    await cohort.core.store.write(hide)
    shown = whole_reply(await cohort.ben.ok("digest show"))
    assert "Hidden later" not in shown
    assert "Hidden later" not in await cohort.core.store.read(stored), "who asked for it made it go"
    assert HOSTILE.replace("\n", " ") in shown


async def test_membership_that_is_deleted_takes_its_lines(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await cohort.ada.ok("submission add", title="Noise", stage="submitted", venue="ICLR 2027")
    await post_digest(cohort, clock, delivery)

    def delete(conn: Conn) -> None:
        conn.run("DELETE FROM member WHERE name = 'Ada'")

    await cohort.core.store.write(delete)
    assert "Noise" not in await cohort.core.store.read(stored)


async def test_digest_sums_up_what_does_not_fit_and_opens_all(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    for number in range(45):
        await cohort.ada.ok("submission add", title=f"Paper number {number} " + "x" * 60, stage="submitted")
    await cohort.ben.ok("reading add", reference="One item")
    await post_digest(cohort, clock, delivery)
    posted = outlet.sent[-1].reply
    lines = told_in(posted)
    told = [line for line in lines if line.startswith("Ada ·")]
    assert f"… and {45 - len(told)} more" in lines
    assert any("One item" in line for line in lines), "no section takes the room of all"
    assert len(whole_reply(posted)) < 2_000
    whole_one = answered(await cohort.mina.click(posted, "All of it"))
    assert len([line for line in told_in(whole_one) if line.startswith("Ada ·")]) == 20
    pages = [whole_one, answered(await cohort.mina.click(whole_one, "Next ›"))]
    pages.append(answered(await cohort.mina.click(pages[-1], "Next ›")))
    assert sum(line.startswith("Ada ·") for page in pages for line in told_in(page)) == 45


async def test_nothing_to_sum_up_has_no_button(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="One", stage="submitted")
    await post_digest(cohort, clock, delivery)
    assert [each.label for each in buttons_of(outlet.sent[-1].reply)] == ["Check in", "Reading list"]


async def test_quiet_week_is_one_sentence(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Old")
    clock.move_to(FRIDAY - timedelta(days=1))
    await post_digest(cohort, clock, delivery)
    clock.move_to(FRIDAY + timedelta(days=7))
    await delivery.flush()
    quiet = outlet.sent[-1].reply
    assert "quiet stretch" in text_of(quiet)
    assert not any(isinstance(block, Records) for block in quiet.blocks)
    assert text_of(await cohort.ada.ok("digest show")) == text_of(quiet)


async def test_lines_lead_to_messages_where_platform_has_addresses(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    def address(workspace: str, message: str, thread: str | None) -> str:
        return f"https://chat.example/{workspace}/{message}?in={thread}"

    cohort.core.addresses["test"] = address
    await cohort.ada.ok("checkin now", progress="x", learned="It failed", negative="yes", share="shared")
    await delivery.flush()
    await post_digest(cohort, clock, delivery)
    (records,) = [block for block in outlet.sent[-1].reply.blocks if isinstance(block, Records)]
    (line,) = [each for each in records.rows if each.heading.startswith("What did not work")]
    spans = [span for each in line.details for text in as_text(each).lines for span in text.spans]
    linked = [span.link for span in spans if isinstance(span, Span) and span.link]
    assert linked == [f"https://chat.example/{cohort.ada.place.workspace}/m2?in=m1"]


def pictures(reply: Reply) -> list[str]:
    return [block.alt for block in reply.blocks if isinstance(block, Picture)]


async def test_picture_shows_what_moved_and_is_kept(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    for number, stage in enumerate(("drafting", "drafting", "in-review", "rejected")):
        await cohort.ada.ok("submission add", title=f"Paper {number}", stage=stage)
    await cohort.ada.ok("submission add", title="Unseen", stage="accepted", visibility="anonymous")
    await post_digest(cohort, clock, delivery)
    assert pictures(outlet.sent[-1].reply)[0].startswith("In this period: 2 begun and 1 sent to review.")
    clock.move_to(FRIDAY + timedelta(hours=1))
    await cohort.ada.ok("submission update", paper="1", stage="submitted")
    await cohort.ada.ok("submission update", paper="3", stage="rejected")
    clock.move_to(FRIDAY + timedelta(days=7))
    await delivery.flush()
    posted = outlet.sent[-1].reply
    assert pictures(posted) == [
        "In this period: 1 sent to review. Papers by how far they have come: in the making 1, under review 1 (+1),"
        " not this time 2."
    ]
    await cohort.ada.ok("submission update", paper="2", stage="accepted")
    assert pictures(await cohort.ben.ok("digest show")) == pictures(posted)


async def test_picture_of_check_ins_needs_weeks_to_tell_of(cohort: CohortFixture, clock: FixedClock) -> None:
    start = clock.now()
    shown = []
    for week in range(4):
        clock.move_to(start + timedelta(weeks=week))
        for who in (cohort.ada, cohort.ben)[: 1 + week % 2]:
            await who.ok("checkin now", progress="x", share="shared")
        await cohort.mina.ok("checkin now", progress="x", share="private")
        shown.append(pictures(await cohort.olu.ok("digest preview")))
    assert shown[:2] == [[], []], "one or two bars are no story"
    assert shown[3][0].startswith("2 of 4 shared a check-in this week.")
    assert "23 Nov 1, 30 Nov 2, 7 Dec 1, 14 Dec 2." in shown[3][0]


async def test_quiet_digest_and_single_papers_have_no_picture(cohort: CohortFixture) -> None:
    assert pictures(await cohort.ada.ok("digest preview")) == []
    await cohort.ada.ok("submission add", title="One", stage="submitted")
    assert pictures(await cohort.ada.ok("digest preview")) == []


def test_lines_are_given_to_sections_in_turn() -> None:
    long = [section("Long", 50, more=7), section("Short", 3), section("Names", 40, names_only=True)]
    records = fit(long)
    by_heading = {
        name: [each for each in records if each.heading == name] for name in ("Long", "Short", "Names")
    }
    assert len(by_heading["Short"]) == 3
    shown = len(by_heading["Long"]) - 1
    assert by_heading["Long"][-1].name == f"… and {57 - shown} more"
    assert shown > 3
    assert len(by_heading["Names"]) == 1
    assert (
        sum(
            len(str(each.name)) + sum(len(as_text(part).plain()) for part in each.details) for each in records
        )
        < ROOM
    )
    assert not fits_whole(long, records)
    assert len([each for each in whole(long) if each.heading == "Long"]) == 51


def test_addresses_count_among_characters() -> None:
    told = [section("Linked", 40)]
    plain, linked = fit(told), fit(told, lambda _line: "https://discord.example/" + "1" * 60)
    assert len(linked) < len(plain) / 2


def test_menu_takes_each_call_once() -> None:
    lines = tuple(NewsLine(f"P{n}", "x", opens=None) for n in range(3))
    part = SectionPart(lines, 2, opens_all=None)
    assert [each.opens for each in fit([ToldSection("a", "a", False, part)])] == [None] * 4


@pytest.mark.parametrize("words", ["x" * 900, "wörter " * 200, "句子" * 400, "🎉" * 300])
def test_long_line_is_cut_honestly(words: str) -> None:
    short = cut(words).plain()
    assert len(short) < 300
    head, _, rest = short.partition("… and ")
    assert len(head) + int(rest.removesuffix(" more characters").replace(",", "")) == len(words)


async def test_what_was_shared_after_a_digest_is_told_by_the_next_one_and_once(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    """Check-ins, what is marked as a negative result later, takeaways, papers: by when the cohort came to see them."""
    for who, more in (
        (cohort.ada, {"negative": "yes"}),
        (cohort.ben, {"share": "shared"}),
        (cohort.mina, {"negative": "yes", "share": "shared"}),
    ):
        await who.ok("checkin now", progress="x", learned=f"{who.person.name} saw it fail", **more)
    await cohort.olu.ok("checkin now", progress="x", learned="y", blocker="No GPU")
    await cohort.ada.ok("submission add", title="Shown late", stage="in-review", visibility="private")
    await cohort.ada.ok("submission add", title="Open", stage="submitted", venue="ICLR 2027")
    await cohort.ben.ok("reading add", reference="On lotteries")
    await cohort.ben.ok("reading takeaway", item="1", takeaway="Read the appendix", visibility="private")
    await post_digest(cohort, clock, delivery)
    first = told_in(outlet.sent[-1].reply)
    assert "Mina · Mina saw it fail" in first
    assert any("“Open”" in line for line in first)
    late = ("Ada saw", "Ben saw", "No GPU", "Shown late", "appendix")
    assert not any(word in line for word in late for line in first)

    clock.move_to(FRIDAY + timedelta(days=2))
    await cohort.ada.ok("checkin share", day="2026-11-23")
    await cohort.ben.ok("checkin mark", day="2026-11-23", negative="yes")
    await cohort.olu.ok("checkin share", day="2026-11-23")
    number = next(line for line in listed(await cohort.ada.ok("submission list")) if "Shown late" in line)
    await cohort.ada.ok("submission edit", paper=number.split()[0], visibility="cohort")
    await cohort.ben.ok("reading takeaway", item="1", takeaway="Read the appendix", visibility="cohort")
    await cohort.mina.ok("checkin edit", day="2026-11-23", progress="x", learned="Mina saw it fail twice")
    clock.move_to(FRIDAY + timedelta(days=7))
    await delivery.flush()
    second = told_in(outlet.sent[-1].reply)
    for word in late:
        assert sum(word in line for line in second) == 1, word
    assert any("Shown late”, submitted" in line for line in second)
    assert not any("Mina saw" in line or "“Open”" in line for line in second), "told before"
    assert "Check-ins · 2 shared by 2 people" in second, "Ada's and Olu's; Ben's was counted before"

    clock.move_to(FRIDAY + timedelta(days=14))
    await delivery.flush()
    third = told_in(outlet.sent[-1].reply)
    assert not any(word in line for word in late if word != "No GPU" for line in third)


async def test_a_blocker_names_who_could_help(cohort: CohortFixture) -> None:
    """By their topics; never who wrote it, pauses, is away, has no room or has left; nobody where nobody fits."""
    for who, blocker in (
        (cohort.ada, "A proof in statistics does not close"),
        (cohort.ben, "No GPU"),
        (cohort.olu, "Kernels in statistics"),
    ):
        await who.ok("checkin now", progress="x", blocker=blocker, share="shared")
        await who.ok("profile topics", topics="statistics")

    async def said(name: str) -> str:
        return next(
            each for each in told_in(await cohort.mina.ok("digest preview")) if each.startswith(f"{name} ·")
        )

    assert (await said("Ada")).endswith("; Olu or Ben could help")
    assert (await said("Ben")).endswith("; who could help?")
    assert (await said("Olu")).endswith("; Ada or Ben could help")
    await cohort.ben.ok("profile topics", topics="statistics", paused="yes")
    assert (await said("Ada")).endswith("; Olu could help")
    await cohort.ben.ok("profile topics", topics="statistics", paused="no")
    await cohort.olu.ok("profile away", until="2026-12-24")
    assert (await said("Ada")).endswith("; Ben could help")
    await cohort.mina.ok("profile topics", topics="statistics", at_once="1")
    assert (await said("Ada")).endswith("; Mina or Ben could help"), "a mentor has asked nobody to wait"
    assert (await said("Olu")).endswith("; Ada or Ben could help"), (
        "nobody more often than they take requests"
    )
    await cohort.ben.ok("cohort leave")
    assert (await said("Ada")).endswith("; Mina could help")
    await cohort.mina.ok("checkin offer", blocker=f"{await _member(cohort)}@2026-11-23")
    assert (await said("Ada")).endswith("; Mina can help"), "who offered goes before who could"


async def _member(cohort: CohortFixture) -> int:
    def read(conn: Conn) -> int:
        found: int = conn.value("SELECT id FROM member WHERE name = 'Ada'")
        return found

    return await cohort.core.store.read(read)
