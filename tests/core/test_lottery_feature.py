"""The lottery in the chat: what it says, what it assumes, what it refuses."""

import re

import pytest

from core.chat.model import Picture, PlaceKind, Reply
from core.commands.spec import Access
from core.features.lottery import answers
from core.features.lottery.reading import accept_rate
from core.lottery.decisions import RHO_HIGH, RHO_LOW, accept_after_rejection
from core.papers.model import Paper, Round, Stage, VenueEdition
from tests.people import CohortFixture, all_of, all_said, buttons_of, refused, text_of

NEVER = ("wrong", "bad", "good paper", "weak", "fail", "expected number", "luck")


def picture_of(reply: Reply) -> Picture:
    """The one picture of an answer, which must be a PNG with words."""
    found = [block for block in reply.blocks if isinstance(block, Picture)]
    assert len(found) == 1
    assert found[0].png.startswith(b"\x89PNG")
    assert len(found[0].alt) > 20
    return found[0]


async def test_first_try_says_its_odds_and_what_was_assumed(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Ba$$in {x} **y** 🎉 @everyone", venue="NeurIPS 2026")
    reply = await cohort.ada.ok("lottery paper", paper="1")
    words = await all_of(cohort.ada, reply)
    assert reply.private
    assert "Ba$$in {x} **y** 🎉 @everyone" in words
    assert "This try at NeurIPS 2026: about 24 in 100" in words
    assert "NeurIPS 2025, 24.5 in 100, the nearest year I know to 2026" in words
    assert re.search(r"Within 3 tries from here: about 44 in 100 \(42 to 47\), model-dependent", words)
    assert "Within 2 tries from here: about 37 in 100 (35 to 38)." in words
    assert "depends on the model" in picture_of(reply).alt
    assert not any(each in words.casefold() for each in NEVER)


async def test_after_rejections_odds_fall_and_say_what_rests_on_model(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", stage="rejected", venue="A Workshop")
    once = await all_said(cohort.ada, "lottery paper", paper="1")
    assert "after one rejection" in once
    assert "about 16 in 100 (15 to 18)." in once
    assert "25 in 100, because I know none for A Workshop" in once
    await cohort.ada.ok("submission update", paper="1", stage="submitted")
    assert "This try at A Workshop, after one rejection" in await all_said(
        cohort.ada, "lottery paper", paper="1"
    )
    await cohort.ada.ok("submission update", paper="1", stage="rejected")
    reply = await cohort.ada.ok("lottery paper", paper="1")
    assert "after 2 rejections" in text_of(reply)
    assert "about 12 in 100 (11 to 14), model-dependent" in text_of(reply)
    assert "after 2 rejections" in picture_of(reply).alt


async def test_accepted_paper_is_congratulated(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="In", stage="accepted", venue="ICML 2026")
    reply = await cohort.ada.ok("lottery paper", paper="1")
    assert "congratulations" in text_of(reply)
    assert "26.6 in 100" in text_of(reply)
    picture_of(reply)


async def test_paper_that_is_not_callers_to_see_has_no_lottery(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Mine", visibility="private")
    assert "nothing for" in text_of(await cohort.ben.fails("lottery paper", paper="1"))
    refused(await cohort.somebody("Eve")("lottery paper", paper="1"))


def test_withdrawn_rounds_do_not_count_and_rates_differ_by_round() -> None:
    rounds = (
        Round(VenueEdition("AAAI", 2022), Stage.REJECTED),
        Round(VenueEdition("ICML", 2026), Stage.WITHDRAWN),
        Round(VenueEdition("", None)),
    )
    stand = answers.paper_state(Paper(1, 1, "T", 1, Stage.SUBMITTED, rounds))
    assert stand.rejected == (0.15,)
    assert (stand.open, stand.accepted, stand.assumed.rate) == (True, False, 0.25)
    same = answers.PaperState((0.25,), None, stand.assumed, True, False)
    here = answers.from_here(same, 1)[0]
    ends = [accept_after_rejection(0.25, rho) for rho in (RHO_LOW, RHO_HIGH)]
    assert here.value == pytest.approx(accept_after_rejection(0.25), abs=1e-4)
    assert (here.low, here.high) == pytest.approx((min(ends), max(ends)), abs=1e-4)


async def test_scores_are_read_on_iclrs_scale_unless_another_is_named(sqlite_cohort: CohortFixture) -> None:
    ada = sqlite_cohort.ada
    reply = await ada.ok("lottery scores", scores="5,6,6")
    words = await all_of(ada, reply)
    assert "about 40 in 100" in words
    assert "about 45 in 100 (35 to 50)" in words
    assert "By one at a venue that accepts 25 in 100: about" in words
    assert "because no venue was named" in words
    assert "after the discussion" in words
    assert not any(each in words.casefold() for each in NEVER)
    assert "5, 6, 6" in picture_of(reply).alt
    assert "about 65 in 100" in await all_said(ada, "lottery scores", scores="6 6 6", venue="iclr")
    assert "take these as rough" in await all_said(ada, "lottery scores", scores="3;4", venue="NeurIPS 2026")
    assert "take these as rough" in await all_said(ada, "lottery scores", scores="7", venue="Unknown {x}")


@pytest.mark.parametrize(
    ("scores", "venue", "says"),
    [
        ("cats", "", "no score"),
        (" , ", "", "at least one score"),
        ("7,7", "", "1 3 5 6 8 10"),
        ("5,6", "ICLR 2026", "0 2 4 6 8 10"),
        ("7", "NeurIPS 2025", "1 2 3 4 5 6"),
        ("0,5", "Unknown", "1 to 10"),
        ("5,nan", "", "no score"),
        ("-5", "", "no score"),
        (",".join(["5"] * 30), "", "more than 20"),
        ("5", "ICLR 2001", "later year"),
    ],
)
async def test_scores_that_cannot_be_are_refused(
    sqlite_cohort: CohortFixture, scores: str, venue: str, says: str
) -> None:
    reply = await sqlite_cohort.ada.fails("lottery scores", scores=scores, venue=venue)
    assert says in text_of(reply)
    assert reply.field in ("scores", "venue")


async def test_missing_scores_open_form(sqlite_cohort: CohortFixture) -> None:
    form = await sqlite_cohort.ada.form("lottery scores")
    reply = await sqlite_cohort.ada.submit(form, scores="5,6,6", venue="ICLR 2024")
    assert "ICLR 2024" in text_of(reply)


async def test_two_committees_by_venue_by_rate_and_by_agreement(sqlite_cohort: CohortFixture) -> None:
    ada = sqlite_cohort.ada
    default = await ada.ok("lottery venue")
    words = await all_of(ada, default)
    assert "turns down about 49 in 100 (44 to 54)" in words
    assert "about 25 in 100 (22 to 27) of all papers" in words
    assert (
        "first try is 25 in 100; after one rejection, unchanged, the next is about 16 in 100 (15 to 18)"
        in words
    )
    assert "because no venue was named" in words
    assert "49 (44 to 54) in 100" in picture_of(default).alt
    assert "ICML 2026, 26.6 in 100" in await all_said(ada, "lottery venue", venue="icml 26")
    assert "the newest year I know" in await all_said(ada, "lottery venue", venue="NIPS")
    assert "38.9" in await all_said(ada, "lottery venue", venue="ICLR 2026")
    assert "I know none for TMLR" in await all_said(ada, "lottery venue", venue="TMLR")
    own = await all_said(ada, "lottery venue", accept_rate="50 %", agreement="0.5")
    assert "differently on about 33 in 100 of all papers" in own
    assert "your agreement of 0.5" in own
    assert "(0.55, 0.46 to 0.63)" in own


@pytest.mark.parametrize(
    ("typed", "rate"),
    [("25%", 0.25), ("25", 0.25), (".25", 0.25), ("0,25", 0.25), (" 24.5 % ", 0.245), ("1%", 0.01)],
)
def test_accept_rates_are_read(typed: str, rate: float) -> None:
    assert accept_rate(typed) == pytest.approx(rate)


@pytest.mark.parametrize(
    "typed", ["0", "0%", "1", "1.0", "100%", "100", "150%", "150", "-5", "abc", "nan", "1e-3"]
)
async def test_accept_rates_that_no_venue_has_are_refused(sqlite_cohort: CohortFixture, typed: str) -> None:
    reply = await sqlite_cohort.ada.fails("lottery venue", accept_rate=typed)
    assert reply.field == "accept_rate"
    assert "25%" in text_of(reply)


@pytest.mark.parametrize("typed", ["0", "1", "1.5", "-1", "much"])
async def test_agreements_outside_0_and_1_are_refused(sqlite_cohort: CohortFixture, typed: str) -> None:
    assert (await sqlite_cohort.ada.fails("lottery venue", agreement=typed)).field == "agreement"


async def test_venue_and_scores_work_without_cohort(sqlite_cohort: CohortFixture) -> None:
    eve = sqlite_cohort.somebody("Eve").in_direct()
    assert eve.place.kind is PlaceKind.DIRECT
    await eve.ok("lottery venue", venue="CVPR 2026")
    await eve.ok("lottery scores", scores="5,6,6")
    guest = sqlite_cohort.somebody("Gil", guest=True)
    refused(await guest("lottery venue"))
    commands = sqlite_cohort.core.registry.commands
    assert all(commands[f"lottery {verb}"].private for verb in ("paper", "scores", "venue"))
    assert commands["lottery paper"].access is Access.MEMBER


async def test_every_button_leads_somewhere(sqlite_cohort: CohortFixture) -> None:
    ada = sqlite_cohort.ada
    await ada.ok("submission add", title="T", venue="ICLR 2027")
    for reply in (
        await ada.ok("lottery paper", paper="1"),
        await ada.ok("lottery scores", scores="5,6,6"),
        await ada.ok("lottery venue", venue="ICLR"),
    ):
        assert buttons_of(reply)
        for button in buttons_of(reply):
            result = await ada.click(button)
            assert not (isinstance(result, Reply) and result.error), text_of(result)


async def test_a_venue_that_nobody_knows_and_that_may_be_a_slip_is_asked_about_beside_the_answer(
    cohort: CohortFixture,
) -> None:
    asked = "I know no accept rate of “NeurPS 2026”. Did you mean NeurIPS?"
    for command, more in (
        ("lottery venue", {"venue": "NeurPS 2026"}),
        ("lottery scores", {"scores": "6 6 6", "venue": "NeurPS 2026"}),
        ("lottery plan", {"venues": "ICLR, NeurPS 2026"}),
        ("lottery elsewhere", {"venue": "NeurPS 2026"}),
    ):
        assert text_of(await cohort.ada.ok(command, **more)).splitlines()[-1] == asked
    for command, more in (
        ("lottery venue", {"venue": "NeurPS 2026", "accept_rate": "30%"}),
        ("lottery venue", {"venue": "Our Workshop"}),
        ("lottery venue", {"venue": "TMLR"}),
        ("lottery plan", {"venues": "NeurPS 30%"}),
    ):
        assert "Did you mean" not in text_of(await cohort.ada.ok(command, **more))
    await cohort.olu.ok("cohort-admin venue-add", name="NeurPS", year="2026", accept_rate="30%")
    assert "Did you mean" not in text_of(await cohort.ada.ok("lottery venue", venue="NeurPS 2026"))
