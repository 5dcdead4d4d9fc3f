"""Papers are corrected; who changed what is known; orders that cannot be are asked about; two who edit at once."""

import pytest

from core.delivery.service import Delivery
from tests.core.test_submissions import paper_of, rounds_of
from tests.outlets import KeepingOutlet
from tests.people import Actor, CohortFixture, answered, button_of, buttons_of, listed, refused, text_of


async def told(delivery: Delivery, outlet: KeepingOutlet, who: str) -> list[str]:
    """The direct messages to somebody."""
    await delivery.flush()
    return [
        text_of(each.reply)
        for each in outlet.sent
        if each.target.direct and each.target.channel == f"U-{who}"
    ]


async def test_edit_corrects_what_it_names_and_says_what_was(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Atention", venue="ICML 2026", link="x.org/a")
    done = await cohort.ada.ok("submission edit", paper="1", title="Attention", venue="ICLR 2027")
    assert text_of(done) == (
        "#1 “Attention” is corrected.\n• title: “Attention”, before “Atention”\n• venue: “ICLR 2027”, before “ICML 2026”"
    )
    assert (await paper_of(cohort.ben, "attention")).number == 1
    await cohort.ben.fails("submission show", paper="atention")
    assert await rounds_of(cohort.ada, "1") == [("ICLR 2027", None)]
    same = await cohort.ada.ok("submission edit", paper="1", title="Attention")
    assert "is like that already" in text_of(same)
    story = text_of(await cohort.ben.ok("submission timeline", paper="1"))
    assert "title: “Attention”, before “Atention”, by Ada" in story


async def test_link_is_taken_away(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Linked", link="https://x.org/a")
    gone = await cohort.ada.ok("submission edit", paper="1", link="none")
    assert "link: none, before “https://x.org/a”" in text_of(gone)
    wrong = await cohort.ada.fails("submission edit", paper="1", link="nowhere")
    assert wrong.field == "link"


async def test_edit_alone_opens_its_form_with_what_stands(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Mine", venue="ICLR 2027", link="https://x.org/a")
    shown = await cohort.ada.ok("submission show", paper="1")
    form = await cohort.ada.click(shown, "Correct it")
    assert not hasattr(form, "text")
    standing = {each.name: each.value for each in form.fields}
    assert standing == {
        "title": "Mine",
        "visibility": "cohort",
        "coauthors": None,
        "link": "https://x.org/a",
        "venue": "ICLR 2027",
    }
    done = answered(await cohort.ada.submit(form, title="Ours", link=""))
    assert "title: “Ours”" in text_of(done)
    assert "link: none" in text_of(done)
    refused(await cohort.ben("submission edit", paper="1"))
    refused(await cohort.ben("submission edit", paper="1", title="Theirs"))


async def test_long_title_is_refused_at_its_field(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Short")
    long = await cohort.ada.fails("submission edit", paper="1", title="x" * 10_000)
    assert (long.field, "10,000 characters" in text_of(long)) == ("title", True)


@pytest.mark.case(65)
async def test_hidden_paper_takes_hidden_number_and_has_its_own_again(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="One")
    await cohort.ada.ok("submission add", title="Two")
    hidden = await cohort.ada.ok("submission edit", paper="1", visibility="private")
    number = (await paper_of(cohort.ada, "One")).number
    assert number >= 1000
    assert f"Its number is now #{number}; you find it by #1 too." in text_of(hidden)
    missing = text_of(await cohort.ben.fails("submission show", paper="77"))
    for typed in ("1", "#1", str(number), "One"):
        assert text_of(await cohort.ben.fails("submission show", paper=typed)).replace(typed, "77") == missing
    assert (await paper_of(cohort.ada, "1")).number == number
    assert listed(await cohort.ben.ok("submission list")) == ["#2 Two · Ada"]
    await cohort.ada.ok("submission edit", paper=str(number), visibility="cohort")
    assert (await paper_of(cohort.ben, "#1")).title == "One"
    assert (await paper_of(cohort.ada, str(number))).number == 1, "the hidden number finds it too"


async def test_what_was_said_while_hidden_stays_private(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Secret method", visibility="private")
    await cohort.ada.ok("submission edit", paper="secret", title="A method")
    seen = await cohort.ada.ok("submission edit", paper="a method", visibility="cohort")
    assert "Its whole timeline too, without private notes and reviews." in text_of(seen)
    theirs = text_of(await cohort.ben.ok("submission timeline", paper="1"))
    assert "Secret" not in theirs
    assert "who sees it" not in theirs
    assert "Secret method" in text_of(await cohort.ada.ok("submission timeline", paper="1"))


async def test_only_owner_lets_more_see_it(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Mine")
    await cohort.olu.ok("submission edit", paper="1", visibility="anonymous")
    await cohort.olu.fails("submission edit", paper="1", visibility="cohort")
    await cohort.ada.ok("submission edit", paper="1", visibility="cohort")


async def test_organizer_who_hides_a_paper_is_told_that_they_see_it_no_more(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Mine")
    hidden = await cohort.olu.ok("submission edit", paper="1", visibility="private")
    number = (await paper_of(cohort.ada, "Mine")).number
    assert "#1 “Mine” is corrected." in text_of(hidden)
    assert "Only its authors can see it now; you cannot any more." in text_of(hidden)
    assert (str(number) in text_of(hidden), buttons_of(hidden)) == (False, [])
    refused(await cohort.olu("submission show", paper="1"))


async def test_organizers_change_is_told_to_owner(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Mine", venue="ICLR 2027")
    await cohort.ada.ok("submission update", paper="1", stage="in-review")
    await cohort.olu.ok("submission update", paper="1", stage="rebuttal")
    await cohort.olu.ok("submission edit", paper="1", title="Hers", venue="ICML 2027")
    messages = await told(delivery, outlet, "ada")
    assert messages == [
        "Your paper #1 “Hers” was changed:\n• in review → rebuttal, by Olu",
        "Your paper #1 “Hers” was changed:\n• title: “Hers”, before “Mine”, by Olu\n"
        "• venue: “ICML 2027”, before “ICLR 2027”, by Olu",
    ]
    assert await told(delivery, outlet, "olu") == []


async def confirmed(who: Actor, command: str, **args: str) -> str:
    """What is asked about a call, which is then meant so."""
    asked = await who.fails(command, **args)
    yes = buttons_of(asked)[0]
    assert yes.args["sure"] == "yes"
    answered(await who.click(yes))
    return text_of(asked)


@pytest.mark.parametrize(
    ("stages", "last", "question"),
    [
        (["rejected"], {"stage": "published"}, "It was rejected at ICML 2026"),
        (["desk-rejected"], {"stage": "published"}, "It was desk rejected at ICML 2026"),
        (["accepted", "submitted"], {"stage": "accepted"}, "It was accepted at ICML 2026 already."),
        (["accepted", "published"], {"stage": "accepted"}, "It is published already"),
        (["accepted"], {"stage": "rejected"}, "It is accepted at ICML 2026."),
        ([], {"stage": "accepted", "date": "2026-01-05"}, "It was submitted on"),
        ([], {"stage": "rejected", "date": "2026-12-24"}, "Thu 24 Dec 2026 is still to come."),
    ],
)
async def test_order_that_cannot_be_is_asked_about(
    cohort: CohortFixture, stages: list[str], last: dict[str, str], question: str
) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2026")
    for stage in stages:
        await cohort.ada.ok("submission update", paper="1", stage=stage)
    before = (await paper_of(cohort.ada, "1")).stage
    await cohort.ada.fails("submission update", paper="1", **last)
    assert (await paper_of(cohort.ada, "1")).stage is before, "nothing is taken before it is confirmed"
    assert question in await confirmed(cohort.ada, "submission update", paper="1", **last)
    assert (await paper_of(cohort.ada, "1")).stage.value == last["stage"]


async def test_decision_before_told_submission_is_asked_about(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2026", stage="drafting")
    await cohort.ada.ok("submission update", paper="1", stage="submitted", date="2026-10-10")
    asked = await confirmed(cohort.ada, "submission update", paper="1", stage="rejected", date="2026-10-09")
    assert "It was submitted on Sat 10 Oct 2026, which is later." in asked


async def test_two_who_edit_at_once_overwrite_nothing_silently(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="First", venue="ICML 2026", link="https://x.org/a")
    ada = await cohort.ada.form("submission edit", paper="1")
    olu = await cohort.olu.form("submission edit", paper="1")
    answered(await cohort.ada.submit(ada, title="Second"))
    other = answered(await cohort.olu.submit(olu, venue="ICLR 2027"))
    assert "title" not in text_of(other), "what was left as it was stays as it is now"
    assert (await paper_of(cohort.ada, "1")).title == "Second"
    assert await rounds_of(cohort.ada, "1") == [("ICLR 2027", None)]
    asked = refused(await cohort.olu.submit(olu, title="Third"))
    assert "title: “Second”, before “First”, by Ada" in text_of(asked)
    assert (await paper_of(cohort.ada, "1")).title == "Second"
    taken = answered(await cohort.olu.click(asked, "Yes, take mine"))
    assert "title: “Third”, before “Second”" in text_of(taken)


async def test_stage_that_changed_meanwhile_is_told(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2026")
    form = await cohort.olu.form("submission update", paper="1")
    await cohort.ada.ok("submission update", paper="1", stage="rebuttal")
    asked = refused(await cohort.olu.submit(form, stage="in-review"))
    assert "Meanwhile it changed:\n• submitted → rebuttal, by Ada" in text_of(asked)
    answered(await cohort.olu.click(button_of(asked, buttons_of(asked)[0].label)))
    assert (await paper_of(cohort.ada, "1")).stage.value == "in-review"
