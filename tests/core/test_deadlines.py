"""Deadlines: entered, imported, listed, followed, reminded of."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import Button, File, PersonRef, Reply, Upload
from core.clock import FixedClock
from core.cohorts import directory, members
from core.delivery.service import Delivery
from core.features.deadlines import follows
from core.papers import editions
from core.store.port import Conn
from tests.conftest import NOW
from tests.core.test_venue_files import CONFS, DEMO
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, answered, button_of, buttons_of, listed, text_of, told_in
from tests.redelivery import Redelivered, Step

ICML: Mapping[str, str | int] = {
    "name": "ICML",
    "year": 2027,
    "paper": "2027-01-28 23:59:59",
    "decision": "2027-05-01",
    "link": "icml.cc/2027",
}
ADDED: Step = ("olu", "cohort-admin venue-add", ICML)
LIST = Upload("a.yml", DEMO.encode(), "text/yaml")

REDELIVERED: Mapping[str, Redelivered] = {
    "cohort-admin venue-add": Redelivered(ICML),
    "cohort-admin venue-import": Redelivered({"file": LIST}),
    "deadline list": Redelivered({"within": "1 year"}, "ada", [ADDED]),
    "deadline mine": Redelivered({}, "ada", [ADDED]),
    "deadline show": Redelivered({"venue": "ICML 2027"}, "ada", [ADDED]),
    "deadline follow": Redelivered({"venue": "ICML 2027"}, "ada", [ADDED]),
    "deadline unfollow": Redelivered(
        {"venue": "ICML 2027"}, "ada", [ADDED, ("ada", "deadline follow", {"venue": "ICML 2027"})]
    ),
}


async def enter(cohort: CohortFixture, **given: str | int) -> Reply:
    return await cohort.olu.ok("cohort-admin venue-add", **{**ICML, **given})


async def import_(cohort: CohortFixture, text: str, name: str = "a.yml") -> tuple[Reply, Reply | None]:
    """The preview, and what taking it in says."""
    shown = await cohort.olu.ok("cohort-admin venue-import", file=Upload(name, text.encode()))
    take = [each for each in buttons_of(shown) if each.label.startswith("Take in")]
    done = await cohort.olu.click(take[0]) if take else None
    assert done is None or isinstance(done, Reply)
    return shown, done


def words(reply: Reply) -> str:
    """An answer with the lines of its lists."""
    return "\n".join([text_of(reply), *listed(reply)])


def lines_of(reply: Reply) -> list[str]:
    return text_of(reply).split("\n")


# Entered by hand


async def test_an_entered_deadline_is_shown_by_both_clocks_with_its_source(cohort: CohortFixture) -> None:
    await enter(cohort)
    shown = words(await cohort.ada.ok("deadline list"))
    assert "1 deadline in the next 90 days" in shown
    assert "ICML 2027: papers" in shown
    assert "Fri 29 Jan, 12:59 (Europe/Berlin), which is Thu 28 Jan, 23:59 AoE" in shown
    assert "in 67 days" in shown
    assert "said by an organizer, 23 Nov 2026, official page" in shown
    await cohort.ada.ok("profile timezone", zone="Auckland")
    assert "Sat 30 Jan, 00:59 (Pacific/Auckland)" in words(await cohort.ada.ok("deadline list"))


async def test_what_is_entered_again_changes_that_alone(cohort: CohortFixture) -> None:
    await enter(cohort)
    assert "stood so already" in text_of(await enter(cohort))
    changed = text_of(await enter(cohort, paper="30 January 2027 23:59", accept_rate="25%", scale="1-6"))
    assert "ICML 2027 (#1) is changed." in changed
    assert "decisions · Sat 1 May 2027" in changed, "what was not named stays"
    assert "papers · Sun 31 Jan, 12:59 (Europe/Berlin), which is Sat 30 Jan, 23:59 AoE" in changed
    assert "Accepted: 25 in 100 of the valid submissions (an organizer, 23 Nov 2026)." in changed
    assert "Scores: 1, 2, 3, 4, 5 and 6." in changed


@pytest.mark.parametrize(
    "name", ["icml", "ICML 2027", "ICML '27", "International Conference on Machine Learning"]
)
async def test_one_edition_however_it_is_written(cohort: CohortFixture, name: str) -> None:
    await enter(cohort)
    assert "(#1)" in text_of(await enter(cohort, name=name))


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"paper": "soon"}, "paper", "cannot read “soon” as a date"),
        ({"paper": "2027-02-30"}, "paper", "as a date"),
        ({"abstract": "2027-02-03"}, "abstract", "comes after the date for papers"),
        ({"decision": "2027-01-02"}, "paper", "comes after the date for decisions"),
        ({"timezone": "EST"}, "timezone", "Which one is meant"),
        ({"accept_rate": "many"}, "accept_rate", "cannot read the accept rate"),
        ({"scale": "high"}, "scale", "cannot read the scale"),
        ({"link": "my page"}, "link", "no web address"),
        ({"name": "ICML 2026"}, "year", "Which one is it?"),
        ({"name": "???"}, "name", "“???” names no venue."),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(
    cohort: CohortFixture, given: dict[str, str], field: str, words: str
) -> None:
    refused = await cohort.olu.fails("cohort-admin venue-add", **{**ICML, **given})
    assert refused.field == field
    assert words in text_of(refused)


async def test_a_date_in_the_past_is_asked_about(cohort: CohortFixture) -> None:
    refused = await cohort.olu.fails("cohort-admin venue-add", **{**ICML, "paper": "2026-01-28 23:59"})
    assert "is over. Is that meant for papers?" in text_of(refused)
    assert refused.field == "paper"
    done = await cohort.olu.click(refused, "No, 2027-01-28 23:59")
    assert isinstance(done, Reply)
    assert "Fri 29 Jan" in text_of(done)
    old = await cohort.olu.fails("cohort-admin venue-add", name="ICML", year=2026, paper="2026-01-28 23:59")
    kept = await cohort.olu.click(old, "Yes, it is over")
    assert isinstance(kept, Reply)
    assert "· over ·" in text_of(kept)


async def test_a_date_in_the_past_in_a_zone_with_a_long_name_is_kept_too(cohort: CohortFixture) -> None:
    typed = "2026-01-28 23:59 America/Argentina/Buenos_Aires"
    old = await cohort.olu.fails("cohort-admin venue-add", name="ICML", year=2026, paper=typed)
    kept = await cohort.olu.click(old, "Yes, it is over")
    assert isinstance(kept, Reply)
    assert "which is Wed 28 Jan, 14:59 AoE · over ·" in text_of(kept)


async def test_members_enter_nothing(cohort: CohortFixture) -> None:
    await cohort.ada.fails("cohort-admin venue-add", **ICML)
    await cohort.ada.fails("cohort-admin venue-import", file=LIST)


# Imported


async def test_an_import_is_shown_before_it_is_taken_in(cohort: CohortFixture) -> None:
    shown = await cohort.olu.ok("cohort-admin venue-import", file=LIST)
    assert lines_of(shown)[:4] == [
        "a.yml has 1 entry. Nothing is taken in yet.",
        "1 new.",
        "New",
        "• DEMOCONF 2027",
    ]
    assert "DEMOCONF 2027: of 3 dates for papers I take “Papers”." in text_of(shown)
    assert "There are no dates" in words(await cohort.ada.ok("deadline list"))
    done = await cohort.olu.click(button_of(shown, "Take in 1"))
    assert isinstance(done, Reply)
    assert "a.yml is taken in: 1 new, 0 changed, 0 as they were." in text_of(done)
    found = words(await cohort.ada.ok("deadline list"))
    assert "DEMOCONF 2027: papers" in found
    assert "Tutorial" not in found
    assert "said by a.yml, 23 Nov 2026" in found
    page = text_of(await cohort.ada.ok("deadline show", venue="democonf 2027"))
    assert "papers (Tutorial proposals)" in page, "every row keeps its label"
    assert "another track or phase" in page
    later = Upload("b.yml", (DEMO.replace("2027-01-22", "2027-01-29") + CONFS).encode(), "text/yaml")
    shown = await cohort.olu.ok("cohort-admin venue-import", file=later)
    assert lines_of(shown)[1:6] == [
        "1 new, 1 known with other dates.",
        "New",
        "• TESTS 2027",
        "Known with other dates",
        "• DEMOCONF 2027",
    ]


async def test_importing_again_changes_nothing(cohort: CohortFixture, clock: FixedClock) -> None:
    await import_(cohort, DEMO + CONFS)
    before = text_of(await cohort.ada.ok("deadline show", venue="DEMOCONF 2027"))
    clock.move_to(NOW + timedelta(hours=30))
    shown, done = await import_(cohort, DEMO + CONFS)
    assert "2 known as they are." in text_of(shown)
    assert done is None, "there is nothing to take in"
    after = text_of(await cohort.ada.ok("deadline show", venue="DEMOCONF 2027"))
    assert after.replace("in 59 days", "in 60 days").count("23 Nov 2026") == before.count("23 Nov 2026")


async def test_sources_that_disagree_are_both_shown(cohort: CohortFixture) -> None:
    await import_(cohort, DEMO)
    await import_(cohort, DEMO.replace("2027-01-22 22:00", "2027-01-25 22:00"), "b.yml")
    found = words(await cohort.ada.ok("deadline list"))
    assert "Fri 22 Jan, 23:00" in found
    assert "but b.yml, 23 Nov 2026 says Mon 25 Jan, 23:00" in found


async def test_what_is_doubtful_is_marked_and_linked(cohort: CohortFixture) -> None:
    text = "- {title: SWAP, year: 2027, link: 'https://swap.example.org', timezone: AoE, deadline: '2027-01-05 23:59', abstract_deadline: '2027-01-15 23:59'}"
    shown, _ = await import_(cohort, text)
    assert "SWAP 2027, Papers: It comes before the date for abstracts (16 Jan 2027)." in text_of(shown)
    found = words(await cohort.ada.ok("deadline list"))
    assert "doubtful: It comes before the date for abstracts" in found
    assert "official page" in found


async def test_unreadable_entries_are_listed_and_the_rest_is_taken_in(cohort: CohortFixture) -> None:
    shown, done = await import_(
        cohort, DEMO + "- title: 'Broken\n  year: 2027\n" + "- {title: NOYEAR}\n" + CONFS
    )
    assert "2 that I cannot read" in text_of(shown)
    assert "• NOYEAR: it has no year." in text_of(shown)
    assert done is not None
    assert "2 new" in text_of(done)
    assert "2 could not be read and were left out:" in text_of(done)


async def test_a_long_preview_comes_as_a_file_too(cohort: CohortFixture) -> None:
    shown, _ = await import_(cohort, "".join(f"- {{title: A{n}}}\n" for n in range(40)) + DEMO)
    assert "• … and 32 more" in text_of(shown)
    [report] = [each for each in shown.blocks if isinstance(each, File)]
    assert report.content.decode().count("it has no year.") == 40


@pytest.mark.parametrize("content", [b"", b"a: b", b"\x00" * 50, b"x" * (2**20 + 1), b"{" * 9000])
async def test_what_is_no_list_is_refused(cohort: CohortFixture, content: bytes) -> None:
    refused = await cohort.olu.fails("cohort-admin venue-import", file=Upload("x.bin", content))
    assert refused.field == "file"


async def test_a_kept_file_is_its_givers_and_goes(cohort: CohortFixture, clock: FixedClock) -> None:
    shown = await cohort.olu.ok("cohort-admin venue-import", file=LIST)
    take = button_of(shown, "Take in 1")
    await cohort.olu.ok("cohort-admin organizer", person=PersonRef("U-ada", "Ada"), add="yes")
    stolen = await cohort.ada.click(take)
    assert isinstance(stolen, Reply)
    assert stolen.error
    assert "give it again" in text_of(stolen)


async def test_two_conferences_of_one_name_are_asked_about(cohort: CohortFixture) -> None:
    other = CONFS.replace("Conference on Tests", "Symposium on Astronomy").replace(
        "tests.example.org", "stars.example.com"
    )
    await import_(cohort, CONFS)
    await import_(cohort, other.replace("tests27", "astro27"), "b.yml")
    asked = await cohort.ada.fails("deadline follow", venue="TESTS 2027")
    assert [each.label for each in buttons_of(asked)] == [
        "TESTS 2027: Conference on Tests",
        "TESTS 2027: Symposium on Astronomy",
    ]
    await cohort.ada.click(buttons_of(asked)[1])
    mine = words(await cohort.ada.ok("deadline mine"))
    assert mine.count("TESTS 2027: papers") == 1


# Listed


async def test_a_list_is_narrowed_by_field_and_span(cohort: CohortFixture) -> None:
    await import_(cohort, DEMO + CONFS)
    assert "TESTS" in words(await cohort.ada.ok("deadline list", field="artificial intell"))
    assert "TESTS" in words(await cohort.ada.ok("deadline list", field="AI"))
    assert "DEMOCONF" not in words(await cohort.ada.ok("deadline list", field="AI"))
    none = await cohort.ada.ok("deadline list", field="biology")
    assert "No deadline in the next 90 days for “biology” is known here." in text_of(none)
    assert "DEMOCONF" not in words(await cohort.ada.ok("deadline list", within="8 weeks"))
    assert "DEMOCONF" in words(await cohort.ada.ok("deadline list", within="9 weeks"))
    wrong = await cohort.ada.fails("deadline list", within="soon")
    assert wrong.field == "within"


async def test_a_list_is_narrowed_to_what_was_meant_by_a_slip(cohort: CohortFixture) -> None:
    await import_(cohort, DEMO + CONFS)
    for typed, meant in (
        ("TSETS", "TESTS"),
        ("tsets 2027", "TESTS 2027"),
        ("artificial inteligence", "artificial intelligence"),
    ):
        asked = await cohort.ada.fails("deadline list", field=typed)
        assert (asked.field, asked.is_question) == ("field", True)
        assert [each.label for each in buttons_of(asked)] == [meant]
        found = answered(await cohort.ada.click(asked, meant))
        assert "TESTS" in words(found)
        assert "DEMOCONF" not in words(found)
    assert "No deadline" in text_of(await cohort.ada.ok("deadline list", field="💥"))
    soon = await cohort.ada.ok("deadline list", field="TESTS", within="1")
    assert "No deadline in the next day for “TESTS” is known here." in text_of(soon)


async def test_long_lists_go_in_pages(cohort: CohortFixture) -> None:
    many = "".join(
        DEMO.replace("DEMOCONF", f"C{chr(65 + n)}X").replace("democonf27", f"c{n}") for n in range(23)
    )
    await import_(cohort, many)
    first = await cohort.ada.ok("deadline list")
    assert "1 to 20 of 23 deadlines" in text_of(first)
    second = await cohort.ada.click(button_of(first, "Next ›"))
    assert isinstance(second, Reply)
    assert "21 to 23 of 23" in text_of(second)


# Followed


async def test_an_unknown_venue_offers_close_ones(cohort: CohortFixture) -> None:
    await enter(cohort)
    asked = await cohort.ada.fails("deadline follow", venue="ICLM 2027")
    assert "ICML 2027" in [each.label for each in buttons_of(asked)]
    assert asked.field == "venue"
    done = await cohort.ada.click(asked, "ICML 2027")
    assert isinstance(done, Reply)
    assert "You follow ICML 2027 now." in text_of(done)
    unknown = await cohort.ada.fails("deadline follow", venue="Zebra Days 2027")
    assert "An organizer enters them with /cohort-admin venue-add" in text_of(unknown)


async def test_following_and_not_any_more(cohort: CohortFixture) -> None:
    await enter(cohort)
    assert "You follow no venue" in words(await cohort.ada.ok("deadline mine"))
    followed = await cohort.ada.ok("deadline follow", venue="icml 27")
    assert "papers: Fri 29 Jan, 12:59" in text_of(followed)
    assert "already" in text_of(await cohort.ada.ok("deadline follow", venue="#1"))
    mine = words(await cohort.ada.ok("deadline mine"))
    assert "2 dates ahead of you" in mine
    assert "ICML 2027: decisions" in mine
    gone = await cohort.ada.ok("deadline unfollow", venue="ICML 2027")
    assert "You follow ICML 2027 no more" in text_of(gone)
    assert "You follow no venue" in words(await cohort.ada.ok("deadline mine"))
    assert "do not follow" in text_of(await cohort.ada.ok("deadline unfollow", venue="ICML 2027"))


async def test_a_paper_follows_its_venue(cohort: CohortFixture) -> None:
    await enter(cohort)
    await cohort.ada.ok(
        "submission add", title="Secret", venue="ICML 2027", stage="drafting", visibility="private"
    )
    mine = words(await cohort.ada.ok("deadline mine"))
    assert "ICML 2027: papers" in mine
    assert "for #" in mine
    assert "You follow no venue" in words(await cohort.ben.ok("deadline mine"))
    await cohort.ada.ok("deadline unfollow", venue="ICML 2027")
    assert "You follow no venue" not in mine
    assert "ICML" not in words(await cohort.ada.ok("deadline mine"))


async def test_a_venue_without_dates_can_be_followed(cohort: CohortFixture) -> None:
    followed = await cohort.ada.ok("deadline follow", venue="NeurIPS 2027")
    assert "No dates of it are known yet" in text_of(followed)
    assert "NeurIPS 2027, because you said so: no dates ahead are known." in words(
        await cohort.ada.ok("deadline mine")
    )
    await enter(cohort, name="NeurIPS")
    assert "NeurIPS 2027: papers" in words(await cohort.ada.ok("deadline mine"))


async def test_who_follows_a_venue_is_who_has_it_among_theirs(cohort: CohortFixture) -> None:
    other = CONFS.replace("Conference on Tests", "Symposium on Astronomy").replace("tests27", "astro27")
    await import_(cohort, DEMO + CONFS + DEMO.replace("2027", "2028"))
    await import_(cohort, other.replace("tests.example.org", "stars.example.com"), "b.yml")
    await cohort.ada.ok("deadline follow", venue="DEMOCONF 2027")
    asked = await cohort.ada.fails("deadline follow", venue="TESTS 2027")
    await cohort.ada.click(buttons_of(asked)[1])
    await cohort.ben.ok("submission add", title="No year", venue="DEMOCONF", stage="drafting")
    await cohort.ben.ok("submission add", title="Both", venue="TESTS 2027", stage="in-review")
    await cohort.ben.ok("submission add", title="Later", venue="DEMOCONF 2028", stage="drafting")
    await cohort.mina.ok(
        "submission add", title="Ours", venue="DEMOCONF 2027", stage="drafting", coauthors="Olu"
    )
    await cohort.mina.ok("deadline unfollow", venue="DEMOCONF 2027")
    await cohort.mina.ok("deadline follow", venue="DEMOCONF 2028")

    def read(conn: Conn) -> tuple[dict[int, dict[str, object]], dict[int, dict[str, object]]]:
        here = directory.cohort(conn, cohort.id)
        assert here is not None
        known = [found for n in (1, 2, 3, 4) if (found := editions.by_number(conn, cohort.id, n))]
        of_venue: dict[int, dict[str, object]] = {}
        of_member: dict[int, dict[str, object]] = {}
        for each in known:
            for member, own in follows.followers(conn, here, each, NOW.date()).items():
                of_venue.setdefault(member, {})[f"#{each.number}"] = own
        for one in members.members(conn, cohort.id):
            for own in follows.followed(conn, here, one.id, NOW.date()):
                of_member.setdefault(one.id, {})[f"#{own.known.number}"] = own
        return of_venue, of_member

    by_venue, by_member = await cohort.core.read(cohort.id, read)
    assert by_venue == by_member
    assert sorted(sorted(each) for each in by_venue.values()) == [
        ["#1"],
        ["#1", "#2", "#3", "#4"],
        ["#1", "#4"],
        ["#3"],
    ]


# On the page and in the digest


async def test_what_is_due_stands_on_ones_page(cohort: CohortFixture, clock: FixedClock) -> None:
    await enter(cohort)
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    clock.move_to(DUE - timedelta(days=10))
    home = text_of(await cohort.ada.ok("cohort home"))
    assert "ICML 2027: papers in 10 days, Fri 29 Jan, 12:59" in home
    assert "ICML" not in text_of(await cohort.ben.ok("cohort home"))


async def test_the_digest_says_what_is_due_and_names_nobody(cohort: CohortFixture, clock: FixedClock) -> None:
    await import_(cohort, DEMO + CONFS)
    await cohort.ada.ok("deadline follow", venue="DEMOCONF 2027")
    await cohort.ben.ok(
        "submission add", title="X", venue="TESTS 2027", stage="drafting", visibility="private"
    )
    clock.move_to(datetime(2027, 1, 15, 12, tzinfo=UTC))
    digest = "\n".join(told_in(await cohort.mina.ok("digest show")))
    assert "What is due" in digest
    assert "DEMOCONF 2027" in digest
    assert "papers in 7 days, Fri 22 Jan, 23:00" in digest
    assert "TESTS" not in digest, "a hidden paper puts nothing there"
    assert "Ada" not in digest


# Reminded


DUE = datetime(2027, 1, 29, 11, 59, 59, tzinfo=UTC)


async def sent_at(delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock, at: datetime) -> list[str]:
    outlet.sent.clear()
    clock.move_to(at)
    await delivery.flush()
    return [text_of(each.reply).split("\n")[0] for each in outlet.sent]


async def test_reminders_come_30_7_2_and_1_days_ahead(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await enter(cohort)
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    for days, words in ((30, "about 30 days"), (7, "about 7 days"), (2, "about 2 days"), (1, "about a day")):
        before, at = DUE - timedelta(days=days, seconds=1), DUE - timedelta(days=days)
        assert await sent_at(delivery, outlet, clock, before) == []
        assert await sent_at(delivery, outlet, clock, at) == [f"⏳ ICML 2027: papers in {words}"]
        assert [each.target.channel for each in outlet.sent] == ["U-ada"]
        assert await sent_at(delivery, outlet, clock, at + timedelta(hours=1)) == [], "once"
    assert await sent_at(delivery, outlet, clock, DUE + timedelta(days=1)) == []


async def test_after_an_absence_there_is_one_reminder(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await enter(cohort)
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    assert await sent_at(delivery, outlet, clock, DUE - timedelta(days=1, hours=4)) == [
        "⏳ ICML 2027: papers in about a day"
    ]
    await enter(cohort, paper="2027-03-01 23:59")
    await delivery.flush()
    later = datetime(2027, 3, 2, 11, 59, tzinfo=UTC)
    assert await sent_at(delivery, outlet, clock, later - timedelta(days=7)) == [
        "⏳ ICML 2027: papers in about 7 days"
    ]


async def test_nobody_is_reminded_who_need_not_be(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await enter(cohort)
    for who in (cohort.ada, cohort.ben, cohort.mina):
        await who.ok("deadline follow", venue="ICML 2027")
    await cohort.ada.ok("profile reminders", on="no")
    await cohort.ben.ok("deadline unfollow", venue="ICML 2027")
    await cohort.mina.ok("submission add", title="It is there", venue="ICML 2027", stage="in-review")
    assert await sent_at(delivery, outlet, clock, DUE - timedelta(days=7)) == []


async def test_a_doubtful_date_reminds_nobody(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await import_(
        cohort,
        "- {title: SWAP, year: 2027, timezone: PST, deadline: '2026-12-15 23:59', abstract_deadline: '2026-12-20 23:59'}",
    )
    await cohort.ada.ok("deadline follow", venue="SWAP 2027")
    for day in range(1, 30):
        assert await sent_at(delivery, outlet, clock, NOW + timedelta(days=day)) == []


async def test_a_papers_next_date_is_what_is_said(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await enter(cohort, rebuttal="2027-03-20 23:59")
    await cohort.ada.ok(
        "submission add", title="Under review", venue="ICML 2027", stage="in-review", visibility="private"
    )
    at = datetime(2027, 3, 21, 11, 59, tzinfo=UTC) - timedelta(days=2)
    assert await sent_at(delivery, outlet, clock, at) == ["⏳ ICML 2027: rebuttal ends in about 2 days"]
    [post] = outlet.sent
    assert "Under review" in text_of(post.reply), "to its owner alone"


async def test_a_deadline_that_moves_is_told_to_who_has_to_keep_it(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await enter(cohort)
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    await cohort.ben.ok("submission add", title="Sent", venue="ICML 2027", stage="in-review")
    await enter(cohort, paper="2027-02-02 23:59")
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent] == ["U-ada"]
    said = text_of(outlet.sent[0].reply)
    assert "ICML 2027: papers moved" in said
    assert "now Wed 3 Feb, 12:59 (Europe/Berlin), which is Tue 2 Feb, 23:59 AoE" in said
    assert "before Fri 29 Jan, 12:59" in said
    await enter(cohort, paper="2027-02-02 23:59")
    await delivery.flush()
    assert len(outlet.sent) == 1, "said once"
    moved_at = datetime(2027, 2, 3, 11, 59, tzinfo=UTC)
    assert await sent_at(delivery, outlet, clock, moved_at - timedelta(days=7)) == [
        "⏳ ICML 2027: papers in about 7 days"
    ]


async def test_quiet_hours_hold_a_reminder_back(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await enter(cohort, paper="2027-01-28 13:00")  # 02:00 in Berlin
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    due = datetime(2027, 1, 29, 1, 0, tzinfo=UTC)
    assert await sent_at(delivery, outlet, clock, due - timedelta(days=2)) == []
    assert len(await sent_at(delivery, outlet, clock, due - timedelta(days=2) + timedelta(hours=6))) == 1


async def test_who_left_is_reminded_of_nothing(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await enter(cohort)
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    await cohort.ada.ok("cohort leave")
    assert await sent_at(delivery, outlet, clock, DUE - timedelta(days=7)) == []


async def test_buttons_of_a_reminder_work(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await enter(cohort)
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    await sent_at(delivery, outlet, clock, DUE - timedelta(days=7))
    [post] = outlet.sent
    button: Button = button_of(post.reply, "Unfollow")
    done = await cohort.ada.click(button)
    assert isinstance(done, Reply)
    assert "no more" in text_of(done)
