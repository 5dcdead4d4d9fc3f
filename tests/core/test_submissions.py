"""Papers: what is recorded, who sees it, what the rounds and the digest make of it."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from core.chat.model import Button, Fields, Form, Place, Request, Source
from core.chat.text import Span, Text, as_text
from core.clock import FixedClock
from core.cohorts import directory
from core.cohorts.model import Scope
from core.errors import NotFound
from core.features.submissions import records
from core.papers.model import Paper, Stage, VenueEdition
from core.store.port import Conn
from core.store.scoped import within
from tests.people import (
    EARLY,
    Actor,
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    found_cohort,
    listed,
    refused,
    text_of,
    told_by_digest,
)
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "submission add": Redelivered({"title": "Another paper", "venue": "ICLR 2027"}),
    "submission edit": Redelivered({"paper": "1", "title": "A better title"}),
    "submission list": Redelivered(),
    "submission resubmit": Redelivered({"paper": "2", "venue": "ICLR 2027"}),
    "submission show": Redelivered({"paper": "1"}),
    "submission timeline": Redelivered({"paper": "1"}),
    "submission update": Redelivered({"paper": "1", "stage": "rejected", "note": "Two of three liked it"}),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""

HOSTILE = 'Ba$$in **bold** "quote" 🎉 @everyone <!channel> <@U1> [x](http://evil.example) {title}'


async def paper_of(who: Actor, typed: str) -> Paper:
    """The paper as its resolver gives it to somebody."""

    def find(conn: Conn) -> Paper:
        cohort = directory.cohort_of_place(conn, who.place)
        person = directory.person_of(conn, who.person)
        assert cohort is not None
        assert person is not None
        now = who.core.clock.now()
        scope = Scope(cohort, directory.member_of(conn, cohort.id, person), now, now.date())
        return records.resolve(within(conn, cohort.id), scope, typed)

    return await who.core.store.read(find)


async def join_more(cohort_fixture: CohortFixture, count: int) -> list[Actor]:
    """More members of the cohort."""
    people = [cohort_fixture.somebody(f"Member{n}") for n in range(count)]

    def enrol(conn: Conn) -> None:
        for each in people:
            person = directory.ensure_person(conn, each.person, EARLY)
            directory.add_member(conn, cohort_fixture.id, person, EARLY)

    await cohort_fixture.core.store.write(enrol)
    return people


def spans_of(text: Text) -> list[Span]:
    return [each for line in text.lines for each in line.spans if isinstance(each, Span)]


async def test_paper_with_venue_is_submitted_and_opens_round(cohort: CohortFixture) -> None:
    reply = await cohort.ada.ok("submission add", title="Noise in review", venue="nips 26")
    assert reply.private
    assert text_of(reply).startswith("Saved as #1: “Noise in review”, submitted to NeurIPS 2026.")
    assert [each.label for each in buttons_of(reply)] == [
        "Show",
        "Run its lottery",
        "Update",
        "Your forecast",
    ]
    paper = await paper_of(cohort.ada, "#1")
    assert paper.stage is Stage.SUBMITTED
    assert [each.venue for each in paper.rounds] == [VenueEdition("NeurIPS", 2026)]
    assert paper.rounds[0].decision is None


async def test_paper_without_venue_is_draft_without_round(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Later")
    paper = await paper_of(cohort.ada, "1")
    assert (paper.stage, paper.rounds) == (Stage.DRAFTING, ())


async def test_form_asks_for_five_fields_and_its_submission_is_kept(cohort: CohortFixture) -> None:
    form = await cohort.ada.form("submission add")
    assert [each.name for each in form.fields] == ["title", "venue", "stage", "visibility", "link"]
    reply = answered(
        await cohort.ada.submit(form, title="From a form", stage="in-review", visibility="cohort")
    )
    assert "#1" in text_of(reply)
    assert (await paper_of(cohort.ben, "from a")).stage is Stage.IN_REVIEW


async def test_hostile_words_stay_plain(cohort: CohortFixture) -> None:
    reply = await cohort.ada.ok("submission add", title=HOSTILE, venue="Our {venue} **Workshop** 2027")
    assert HOSTILE in text_of(reply)
    assert not any(each.link for each in spans_of(as_text(reply.text)))
    assert not any("bold" in each.text and each.bold for each in spans_of(as_text(reply.text)))
    shown = await cohort.ben.ok("submission show", paper="#1")
    assert HOSTILE in text_of(shown)
    assert "Our {venue} **Workshop** 2027" in text_of(shown)


async def test_call_delivered_twice_leaves_one_paper_and_gives_same_answer(
    cohort: CohortFixture,
) -> None:
    first = await cohort.ada.ok("submission add", title="Once")
    assert await cohort.ada.again() == first
    assert len(listed(await cohort.ada.ok("submission list"))) == 1
    moved = await cohort.ada.ok("submission update", paper="1", stage="submitted")
    assert await cohort.ada.again() == moved
    assert text_of(await cohort.ada.ok("submission timeline", paper="1")).count("→") == 1


@pytest.mark.parametrize("visibility", ["private", "anonymous"])
async def test_private_and_anonymous_papers_look_missing_to_others(
    cohort: CohortFixture, visibility: str
) -> None:
    await cohort.ada.ok("submission add", title="Hidden gem", visibility=visibility, venue="ICML 2027")
    for other in (cohort.ben, cohort.olu):
        missing = text_of(await other.fails("submission show", paper="2"))
        for typed in ("1", "#1", "Hidden gem", "hidd"):
            reply = await other.fails("submission show", paper=typed)
            assert text_of(reply).replace(typed, "2") == missing
        assert "Hidden" not in text_of(await other.ok("submission list"))
        assert listed(await other.ok("submission list", venue="ICML")) == []
        await other.fails("submission update", paper="1", stage="accepted")
        offered = await cohort.core.complete(_asking(other), "paper", "")
        assert offered == []
        venues = await cohort.core.complete(_asking(other, "submission list"), "venue", "ICML")
        assert [each.value for each in venues] == ["ICML 2026", "ICML 2027"]
    assert "Hidden gem" in text_of(await cohort.ada.ok("submission show", paper="hidd"))


def _asking(who: Actor, command: str = "submission show") -> Request:
    return Request("completion", command, who.person, who.place)


@pytest.mark.case(36)
async def test_anonymous_papers_are_counted_from_five_people_on(cohort: CohortFixture) -> None:
    people = await join_more(cohort, 6)
    for each in people[:4]:
        await each.ok("submission add", title=f"By {each.person.name}", visibility="anonymous")
    assert "without names" not in text_of(await cohort.ada.ok("submission list"))
    await people[4].ok("submission add", title="The fifth", visibility="anonymous")
    counted = "Anonymous papers, counted without names: 5 in the making."
    for each in (cohort.ada, people[0], people[5]):
        assert counted in text_of(await each.ok("submission list")), "the figure is the same for all"
    for filters in ({"who": "Member4"}, {"stage": "drafting"}, {"venue": "ICLR 2027"}):
        assert "without names" not in text_of(await cohort.ada.ok("submission list", **filters))


async def test_only_owner_and_organizers_update(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Mine", venue="ICLR 2027")
    reply = await cohort.ben.fails("submission update", paper="1", stage="accepted")
    assert "organizer" in text_of(reply)
    assert "Update" not in [
        each.label for each in buttons_of(await cohort.ben.ok("submission show", paper="1"))
    ]
    await cohort.olu.ok("submission update", paper="1", stage="in-review")
    assert (await paper_of(cohort.ada, "1")).stage is Stage.IN_REVIEW
    stranger = cohort.somebody("Eve")
    refused(await stranger("submission list"))
    refused(await stranger("submission add", title="No"))


async def test_update_button_opens_its_form(cohort: CohortFixture) -> None:
    added = await cohort.ada.ok("submission add", title="Mine", venue="ICLR 2027")
    form = await cohort.ada.click(added, "Update")
    reply = answered(await cohort.ada.submit(form, stage="accepted", note="Spotlight!"))
    assert text_of(reply).startswith("🎉 Congratulations!")
    story = text_of(await cohort.ada.ok("submission timeline", paper="1"))
    assert "submitted → accepted at ICLR 2027, by Ada" in story
    assert "> Spotlight!" in story


async def test_rejection_is_met_kindly_and_with_lottery(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Bold", venue="NeurIPS 2026")
    reply = await cohort.ada.ok("submission update", paper="1", stage="rejected")
    words = text_of(reply).casefold()
    assert not any(bad in words for bad in ("fail", "unfortunately", "wrong", "bad"))
    assert button_of(reply, "Odds of the next try") == Button(
        "Odds of the next try", "lottery paper", {"paper": "1"}
    )
    assert (await paper_of(cohort.ada, "1")).rounds[-1].decision is Stage.REJECTED


@pytest.mark.parametrize(
    ("stages", "rounds"),
    [
        (["rejected", "drafting", "submitted"], [("NeurIPS 2026", "rejected"), ("NeurIPS", None)]),
        (["withdrawn", "submitted"], [("NeurIPS 2026", "withdrawn"), ("NeurIPS 2026", None)]),
        (["rejected", "accepted"], [("NeurIPS 2026", "accepted")]),
        (["rejected", "in-review"], [("NeurIPS 2026", None)]),
        (["rejected", "withdrawn"], [("NeurIPS 2026", "rejected")]),
        (["accepted", "published"], [("NeurIPS 2026", "accepted")]),
        (["published"], [("NeurIPS 2026", "accepted")]),
        (["in-review", "rebuttal", "rejected"], [("NeurIPS 2026", "rejected")]),
    ],
)
async def test_rounds_follow_stages(
    cohort: CohortFixture, stages: list[str], rounds: list[tuple[str, str | None]]
) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="NeurIPS 2026")
    for stage in stages:
        await cohort.ada.ok("submission update", paper="1", stage=stage)
    paper = await paper_of(cohort.ada, "1")
    assert [(str(each.venue), each.decision and each.decision.value) for each in paper.rounds] == rounds
    assert paper.stage.value == stages[-1]


async def rounds_of(who: Actor, paper: str) -> list[tuple[str, str | None]]:
    found = await paper_of(who, paper)
    return [(str(each.venue), each.decision and each.decision.value) for each in found.rounds]


async def test_paper_goes_on_to_its_next_venue(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="NeurIPS 2026")
    still = await cohort.ada.fails("submission resubmit", paper="1", venue="ICLR 2027")
    assert "still under review at NeurIPS 2026" in text_of(still)
    rejected = await cohort.ada.ok("submission update", paper="1", stage="rejected")
    form = await cohort.ada.click(rejected, "Submit it again")
    sent = answered(await cohort.ada.submit(form, venue="iclr 27"))
    assert "on its way to ICLR 2027: try 2" in text_of(sent)
    assert text_of(await cohort.ada.again()) == text_of(sent), "delivered again: the same answer"
    assert await rounds_of(cohort.ada, "1") == [("NeurIPS 2026", "rejected"), ("ICLR 2027", None)]
    story = text_of(await cohort.ada.ok("submission timeline", paper="1"))
    assert "submitted → rejected at NeurIPS 2026" in story
    assert "rejected → submitted to ICLR 2027" in story
    await cohort.ada.ok("submission update", paper="1", stage="withdrawn")
    await cohort.ada.ok("submission resubmit", paper="1", venue="Our Workshop 2027")
    await cohort.ada.ok("submission update", paper="1", stage="accepted")
    done = await cohort.ada.fails("submission resubmit", paper="1", venue="ICML 2027")
    assert "accepted at Our Workshop 2027, so it needs no other venue" in text_of(done)
    assert [each[1] for each in await rounds_of(cohort.ada, "1")] == ["rejected", "withdrawn", "accepted"]


async def test_draft_is_submitted_to_venue_that_is_named_last(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Planned", venue="ACL 2027", stage="drafting")
    assert "its first try" in text_of(
        await cohort.ada.ok("submission resubmit", paper="1", venue="EMNLP 2027")
    )
    assert await rounds_of(cohort.ada, "1") == [("EMNLP 2027", None)]
    await cohort.ada.ok("submission add", title="Without a plan")
    await cohort.ada.ok("submission resubmit", paper="2", venue="TMLR")
    assert await rounds_of(cohort.ada, "2") == [("TMLR", None)]


async def test_only_owner_and_organizers_resubmit(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Mine", venue="NeurIPS 2026", stage="rejected")
    refusal = await cohort.ben.fails("submission resubmit", paper="1", venue="ICLR 2027")
    assert "Only the member who added" in text_of(refusal)
    await cohort.olu.ok("submission resubmit", paper="1", venue="ICLR 2027")


async def test_verdict_without_venue_is_round_too(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Somewhere")
    await cohort.ada.ok("submission update", paper="1", stage="rejected")
    paper = await paper_of(cohort.ada, "1")
    assert [(each.venue, each.decision) for each in paper.rounds] == [(VenueEdition(""), Stage.REJECTED)]
    shown = await cohort.ada.ok("submission show", paper="1")
    fields = next(block for block in shown.blocks if isinstance(block, Fields))
    assert ("Round 1", "a venue that was not named: rejected") in fields.items


async def test_same_stage_again_writes_nothing_but_note(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Still", venue="ICML 2027")
    reply = await cohort.ada.ok("submission update", paper="1", stage="submitted")
    assert "stands at submitted already" in text_of(reply)
    assert text_of(await cohort.ada.ok("submission timeline", paper="1")).count("•") == 1
    await cohort.ada.ok("submission update", paper="1", stage="submitted", note="Fingers crossed")
    assert "> Fingers crossed" in text_of(await cohort.ada.ok("submission timeline", paper="1"))


async def test_date_that_cannot_be_is_refused(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="When")
    for day in ("1999-12-31", "soon"):
        reply = await cohort.ada.fails("submission update", paper="1", stage="submitted", date=day)
        assert reply.field == "date"
    await cohort.ada.ok("submission update", paper="1", stage="submitted", date="2026-11-20")
    assert "Fri 20 Nov 2026" in text_of(await cohort.ada.ok("submission timeline", paper="1"))


async def test_titles_find_papers(cohort: CohortFixture) -> None:
    for title in ("Großes Modell", "Graph A", "Graph B", "Graph", "2048 tricks", "100% sure", "#hash"):
        await cohort.ada.ok("submission add", title=title)
    for typed, number in (
        ("GROSSES", 1),
        ("graph a", 2),
        ("graph", 4),
        ("2048", 5),
        ("5", 5),
        ("100%", 6),
        ("#hash", 7),
        ("#2 Graph A", 2),
    ):
        assert (await paper_of(cohort.ben, typed)).number == number, typed
    ambiguous = text_of(await cohort.ben.fails("submission show", paper="gra"))
    assert "#2 Graph A" in ambiguous
    assert "#3 Graph B" in ambiguous
    for typed in ("#99", "99", "%", "_", "nothing", "9" * 40, "#999999999999999999999"):
        with pytest.raises(NotFound):
            await paper_of(cohort.ben, typed)


async def test_completion_offers_titles_and_venues(cohort: CohortFixture) -> None:
    await cohort.ben.ok("submission add", title="Graphs of Ben")
    await cohort.ada.ok("submission add", title="About graphs", venue="MIDL 2027")
    offered = await cohort.core.complete(_asking(cohort.ben), "paper", "GRAPH")
    assert [each.label for each in offered] == ["#1 Graphs of Ben", "#2 About graphs"]
    venues = await cohort.core.complete(_asking(cohort.ben, "submission add"), "venue", "nips")
    assert [each.value for each in venues] == ["NeurIPS 2026", "NeurIPS 2027"]
    own = await cohort.core.complete(_asking(cohort.ben, "submission add"), "venue", "mid")
    assert [each.value for each in own] == ["MIDL 2027"]
    assert await cohort.core.complete(_asking(cohort.somebody("Eve")), "paper", "") == ()


async def test_lists_are_narrowed_and_capped(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="A", venue="ICLR 2027")
    await cohort.ben.ok("submission add", title="B", venue="iclr 2026", stage="rejected")
    assert [row.split()[1] for row in listed(await cohort.ben.ok("submission list"))] == ["A", "B"]
    assert [row.split()[1] for row in listed(await cohort.ben.ok("submission list", venue="ICLR"))] == [
        "A",
        "B",
    ]
    assert [row.split()[1] for row in listed(await cohort.ben.ok("submission list", venue="ICLR 2027"))] == [
        "A"
    ]
    assert [row.split()[1] for row in listed(await cohort.ben.ok("submission list", stage="rejected"))] == [
        "B"
    ]
    assert [row.split()[1] for row in listed(await cohort.ben.ok("submission list", who="ada"))] == ["A"]
    assert "fits this" in text_of(await cohort.ben.ok("submission list", stage="idea"))


async def test_list_pages_with_total_that_its_reader_may_see(cohort: CohortFixture) -> None:
    for number in range(45):
        hidden = "private" if number % 15 == 0 else "cohort"
        await cohort.ada.ok("submission add", title=f"P{number}", visibility=hidden, stage="idea")
    assert "1 to 20 of 45 papers" in text_of(await cohort.ada.ok("submission list"))
    first = await cohort.ben.ok("submission list", stage="idea")
    assert text_of(first) == "1 to 20 of 42 papers, by stage"
    assert [row.split()[1] for row in listed(first)][:2] == ["P44", "P43"]
    turn = button_of(first, "Next ›")
    assert turn.args == {"stage": "idea", "page": "2"}
    second = answered(await cohort.ben.click(first, "Next ›"))
    assert text_of(second).startswith("21 to 40 of 42 papers")
    last = answered(await cohort.ben.click(second, "Next ›"))
    assert [row.split()[1] for row in listed(last)] == ["P2", "P1"]
    beyond = await cohort.ben.ok("submission list", stage="idea", page="99")
    assert listed(beyond) == listed(last), "the last page stands for all that are not there"
    assert "before a page" not in text_of(await cohort.ben.fails("submission list", page="0"))


async def test_lengths_and_links_are_checked(cohort: CohortFixture) -> None:
    long = await cohort.ada.fails("submission add", title="x" * 10_000)
    assert "10,000 characters" in text_of(long)
    for link in ("javascript:alert(1)", "file:///etc/passwd", "nonsense", "https://x y.example"):
        assert (await cohort.ada.fails("submission add", title="T", link=link)).field == "link"
    await cohort.ada.ok("submission add", title="T" * 250, link="arxiv.org/abs/2306.03262")
    shown = await cohort.ada.ok("submission show", paper="1")
    fields = next(block for block in shown.blocks if isinstance(block, Fields))
    link_text = as_text(dict(fields.items)["Link"])
    assert spans_of(link_text)[0].link == "https://arxiv.org/abs/2306.03262"


async def test_another_cohorts_paper_is_out_of_reach(cohort: CohortFixture) -> None:
    away = Place("test", "W2", "C9", name="other")
    other = await found_cohort(cohort.core, "Other", place=away)
    eve = other.ada.at(away)
    await eve.ok("submission add", title="Elsewhere")
    refused(await cohort.ben("submission show", paper="1"))
    forged = await cohort.ben.send("submission show", {"paper": "1"}, cohort=other.id, source=Source.BUTTON)
    assert "Elsewhere" not in text_of(refused(forged))
    forged = await cohort.ben.send(
        "submission update", {"paper": "1", "stage": "accepted"}, cohort=other.id, source=Source.FORM
    )
    refused(forged)
    assert (await paper_of(eve, "1")).stage is Stage.DRAFTING


async def test_digest_tells_good_news_and_keeps_rest(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.ada.ok("submission add", title="Old news", stage="accepted", venue="ICML 2026")
    clock.move_to(clock.now() + timedelta(days=10))
    assert await told_by_digest(cohort.ada) == [], "nothing happened in this week"
    await cohort.ada.ok("submission add", title="Fresh", stage="accepted", venue="ICLR 2027")
    await cohort.ben.ok("submission add", title="Quietly", stage="rejected", venue="ICLR 2027")
    await cohort.ben.ok("submission add", title="Nobody's", stage="accepted", visibility="anonymous")
    await cohort.ben.ok("submission add", title="Own", stage="accepted", visibility="private")
    assert await told_by_digest(cohort.ada) == [
        "Decisions and submissions",
        "Ada · “Fresh”, accepted at ICLR 2027 🎉",
        "In numbers",
        "Papers · 2 accepted, 1 rejected",
    ]


async def test_digest_tells_what_happened_and_not_where_it_stands(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await cohort.ada.ok("submission add", title="Moves on")
    await cohort.ben.ok("submission add", title="By mistake")
    await cohort.mina.ok("submission add", title="Hidden by now")
    clock.move_to(clock.now() + timedelta(days=10))
    await cohort.ada.ok("submission update", paper="Moves on", stage="submitted")
    await cohort.ada.ok("submission update", paper="Moves on", stage="in-review")
    await cohort.ben.ok("submission update", paper="By mistake", stage="accepted")
    await cohort.ben.ok("submission update", paper="By mistake", stage="drafting")
    await cohort.mina.ok("submission update", paper="Hidden by now", stage="submitted")
    await cohort.mina.ok("submission update", paper="Hidden by now", stage="rejected")
    assert (await told_by_digest(cohort.ada))[:2] == [
        "Decisions and submissions",
        "Ada · “Moves on”, submitted",
    ]
    assert (await told_by_digest(cohort.ada))[2] == "In numbers"


@pytest.mark.case(36)
async def test_digest_counts_only_behind_five_people(cohort: CohortFixture) -> None:
    people = await join_more(cohort, 8)
    for number, each in enumerate(people[:5]):
        await each.ok("submission add", title=f"Anonymous {number}", visibility="anonymous")
    await people[5].ok("submission add", title="Alone", stage="rebuttal", visibility="anonymous")
    await cohort.ada.ok("submission add", title="Secret", visibility="private")
    await cohort.ben.ok("submission add", title="Open", stage="submitted")
    lines = await told_by_digest(cohort.ada)
    assert lines == [
        "Decisions and submissions",
        "Ben · “Open”, submitted",
        "In numbers",
        "Papers · 1 submitted",
        "Anonymous papers, counted without names · 5 in the making",
    ]
    await people[0].ok("submission update", paper="Anonymous 0", stage="rejected")
    for number in range(3):
        await people[6].ok("submission add", title=f"More {number}", visibility="anonymous")
    assert await told_by_digest(cohort.ada) == lines, "neither two people nor one with many papers move it"


async def test_feedback_on_a_draft_is_one_click_away(cohort: CohortFixture) -> None:
    added = await cohort.ada.ok("submission add", title="On priors")
    form = await cohort.ada.click(added, "Ask for feedback")
    assert isinstance(form, Form)
    standing = {each.name: each.value for each in form.fields}
    assert standing["topic"] == "A draft: “On priors”"
    shown = await cohort.ada.ok("submission show", paper="1")
    assert "Ask for feedback" in [each.label for each in buttons_of(shown)]
    assert "Ask for feedback" not in [
        each.label for each in buttons_of(await cohort.ben.ok("submission show", paper="1"))
    ]
    hidden = await cohort.ada.ok("submission add", title="A secret", visibility="private")
    form = await cohort.ada.click(hidden, "Ask for feedback")
    assert isinstance(form, Form)
    assert "secret" not in str(form), "a request is read by others"
    sent = await cohort.ada.ok("submission add", title="Sent", venue="ICML 2027")
    assert "Ask for feedback" not in [each.label for each in buttons_of(sent)]
