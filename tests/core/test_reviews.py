"""Reviews: noted once, on the venue's scale, and for their paper's owner alone."""

import re
from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pytest

from core.chat.model import Button, Form, Picture, Reply
from core.clock import FixedClock
from core.delivery.housekeeping import Housekeeping
from core.errors import BadInput
from core.features.lottery import answers, scored
from core.lottery.ahead import accepted_ahead
from core.lottery.scores import ScoreModel
from core.lottery.spread import reviewer_sd, usual_range
from core.papers import score_models
from core.papers.model import Paper, Round, Stage, VenueEdition
from core.store.port import Conn
from tests.people import (
    CohortFixture,
    all_of,
    all_said,
    answered,
    button_of,
    buttons_of,
    listed,
    number_of,
    refused,
    text_of,
)
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "review add": Redelivered({"paper": "1", "score": "5", "summary": "Short"}),
    "review list": Redelivered({"paper": "1"}),
    "review edit": Redelivered({"review": "1", "score": "5"}),
    "review remove": Redelivered({"review": "1", "sure": "yes"}),
    "review restore": Redelivered(
        {"review": "1"}, before=[("olu", "review remove", {"review": "1", "sure": "yes"})]
    ),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""

VENUE = "ICLR 2025"
NEVER = ("wrong", "bad", "weak", "fail", "luck", "expected number")


def alt_of(reply: Reply) -> str:
    """The words of the one picture."""
    (found,) = [block for block in reply.blocks if isinstance(block, Picture)]
    assert found.png.startswith(b"\x89PNG")
    return found.alt


async def rows(cohort_fixture: CohortFixture) -> int:
    """How many reviews there are in all."""

    def count(conn: Conn) -> int:
        row = conn.one("SELECT count(*) AS n FROM review WHERE removed_at IS NULL")
        assert row is not None
        return int(row["n"])

    return await cohort_fixture.core.store.read(count)


async def test_review_is_noted_shown_and_removed(cohort: CohortFixture) -> None:
    ada = cohort.ada
    await ada.ok("submission add", title="Ba$$in {x} **y** 🎉", venue=VENUE, stage="in-review")
    summary = "> Section 3 is *clear*\n@everyone {score} `x`"
    reply = await ada.ok(
        "review add", paper="1", score="6", confidence="4", constructive="mixed", summary=summary
    )
    words, number = text_of(reply), number_of(reply)
    assert reply.private
    assert int(number) >= 1000
    assert (
        f"Noted as review #{number} of #1 “Ba$$in {{x}} **y** 🎉” at ICLR 2025: score 6, confidence 4, mixed"
        in words
        in words
    )
    assert "I took that from the round, which is open" in words
    assert "when:after" in words
    assert "Only you can see it; /lottery ours may count it, without a name" in words
    shown = await ada.ok("review list", paper="1")
    (row,) = listed(shown)
    assert row.startswith(
        f"#{number} score 6, confidence 4, mixed, from before the discussion · round 1 at ICLR 2025"
    )
    assert row.endswith(" · “> Section 3 is *clear* @everyone {score} `x`”")
    asked = await ada.ok("review remove", review=f"#{number}")
    assert f"Shall I remove review #{number}, score 6, of “" in text_of(asked)
    gone = await ada.click(asked, "Remove it")
    assert text_of(gone) == f"Review #{number} of paper #1 is removed. For a day you can have it back."
    assert "No review" in text_of(await ada.ok("review list", paper="1"))
    assert await rows(cohort) == 0
    assert f"no review #{number}" in text_of(await ada.fails("review remove", review=number))
    other = number_of(await ada.ok("review add", paper="1", score="8"))
    assert listed(await ada.ok("review list", paper="1"))[0].startswith(f"#{other} ")


async def test_delivered_twice_it_counts_once_and_says_same(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="T", venue=VENUE)
    first = await cohort.ada.ok("review add", paper="1", score="6")
    assert text_of(await cohort.ada.again()) == text_of(first)
    assert await rows(cohort) == 1
    removed = await cohort.ada.ok("review remove", review=number_of(first), sure="yes")
    assert text_of(await cohort.ada.again()) == text_of(removed)
    assert await rows(cohort) == 0


async def test_reviews_are_their_papers_owners_alone(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Open", venue=VENUE)
    await cohort.ada.ok("submission add", title="Hidden", venue=VENUE, visibility="private")
    await cohort.ada.ok("review add", paper="1", score="8", summary="mine")
    number = number_of(await cohort.ada.ok("review add", paper="1", score="8"))
    for other in (cohort.olu, cohort.mina, cohort.ben):
        assert "for the eyes of the member who added" in text_of(await other.fails("review list", paper="1"))
        assert "for the eyes of" in text_of(await other.fails("review add", paper="1", score="1"))
        missing = text_of(await other.fails("review remove", review=number))
        assert text_of(await other.fails("review remove", review=number, sure="yes")) == missing
        assert f"no review #{number} of a paper of yours" in missing
        assert "nothing for" in text_of(await other.fails("review list", paper="2"))
        plain = await all_said(other, "lottery paper", paper="1")
        assert "mean 8" not in plain
        assert "Scores" not in plain
    refused(await cohort.somebody("Eve")("review list", paper="1"))
    assert await rows(cohort) == 2


async def test_only_ones_own_reviews_are_offered(sqlite_cohort: CohortFixture) -> None:
    ada, ben = sqlite_cohort.ada, sqlite_cohort.ben
    await ada.ok("submission add", title="Deep *lotteries*", venue=VENUE)
    number = number_of(await ada.ok("review add", paper="1", score="6"))
    for actor, offered in ((ada, [f"#{number}"]), (ben, [])):
        await actor("review remove", review="nothing")
        assert actor.last is not None
        for typed in ("", number, "lot", "#"):
            found = await sqlite_cohort.core.complete(actor.last, "review", typed)
            assert [each.value for each in found] == offered
    refused(await ada("review remove", review="the first one"))


@pytest.mark.parametrize(
    ("venue", "score", "says"),
    [
        ("ICLR 2025", "7", "1 3 5 6 8 10"),
        ("ICLR 2026", "5", "0 2 4 6 8 10"),
        ("ICLR 2025", "5.5", "1 3 5 6 8 10"),
        ("NeurIPS 2025", "7", "1 2 3 4 5 6"),
        ("NeurIPS", "8.5", "1 2 3 4 5 6"),
        ("A Workshop", "11", "from 0 to 10"),
        ("A Workshop", "-1", "from 0 to 10"),
    ],
)
async def test_score_off_scale_is_asked_about_with_scale(
    sqlite_cohort: CohortFixture, venue: str, score: str, says: str
) -> None:
    await sqlite_cohort.ada.ok("submission add", title="T", venue=venue)
    reply = await sqlite_cohort.ada.fails("review add", paper="1", score=score)
    assert says in text_of(reply)
    assert await rows(sqlite_cohort) == 0
    noted = await sqlite_cohort.ada.click(reply, f"Yes, note {score}")
    assert f"score {score}" in text_of(noted)
    await sqlite_cohort.ada.ok("lottery paper", paper="1")


@pytest.mark.parametrize("score", ["six", "nan", "10000"])
async def test_what_is_no_score_is_refused(sqlite_cohort: CohortFixture, score: str) -> None:
    await sqlite_cohort.ada.ok("submission add", title="T", venue="A Workshop")
    assert (await sqlite_cohort.ada.fails("review add", paper="1", score=score)).field == "score"


async def test_cohorts_own_scale_counts(sqlite_cohort: CohortFixture) -> None:
    added = {"name": "Workshop on Noise", "year": "2026", "paper": "2026-12-01", "scale": "-2 -1 0 1 2"}
    await sqlite_cohort.olu.ok("cohort-admin venue-add", **added)
    await sqlite_cohort.ada.ok("submission add", title="T", venue="Workshop on Noise 2026")
    await sqlite_cohort.ada.ok("review add", paper="1", score="-1: weak reject")
    off = await sqlite_cohort.ada.fails("review add", paper="1", score="3")
    assert "3 is not on the scale of Workshop on Noise 2026, which is -2 -1 0 1 2." in text_of(off)


async def test_review_is_corrected(cohort: CohortFixture) -> None:
    ada = cohort.ada
    await ada.ok("submission add", title="T", venue=VENUE)
    noted = await ada.ok("review add", paper="1", score="6", confidence="4", summary="Fine")
    number = number_of(noted)
    form = await ada.click(noted, "Correct it")
    assert isinstance(form, Form)
    assert {each.name: each.value for each in form.fields} == {
        "score": "6",
        "confidence": "4",
        "constructive": None,
        "summary": "Fine",
        "when": "before",
    }
    done = answered(await ada.submit(form, score="8: accept", constructive="mixed", summary="", when="after"))
    assert text_of(done) == (
        f"Review #{number} is corrected: score 8, confidence 4, mixed, from after the discussion."
    )
    assert await ada.again() == done
    assert "Fine" not in str(listed(await ada.ok("review list", paper="1")))
    typed = await ada.ok("review edit", review=number, confidence="2")
    assert "score 8, confidence 2, mixed" in text_of(typed)
    asked = await ada.fails("review edit", review=number, score="7")
    assert "score 7" in text_of(await ada.click(asked, "Yes, note 7"))
    for other in (cohort.ben, cohort.olu):
        assert "no review" in text_of(await other.fails("review edit", review=number, score="1"))
        assert "no removed review" in text_of(await other.fails("review restore", review=number))


async def test_removed_review_is_had_back_for_a_day(cohort: CohortFixture, clock: FixedClock) -> None:
    ada = cohort.ada
    await ada.ok("submission add", title="T", venue=VENUE)
    number = number_of(await ada.ok("review add", paper="1", score="6", summary="Zymurgy"))
    gone = await ada.ok("review remove", review=number, sure="yes")
    assert listed(await ada.ok("review list", paper="1")) == []
    assert "mean 6" not in await all_said(ada, "lottery paper", paper="1")
    assert (await ada.form("review restore")).fields[0].name == "review"
    assert text_of(await ada.click(gone, "Undo")) == f"Review #{number} is back, as it was."
    assert len(listed(await ada.ok("review list", paper="1"))) == 1
    await ada.ok("review remove", review=number, sure="yes")
    clock.at += timedelta(hours=25)
    await ada.fails("review restore", review=number)
    await Housekeeping(cohort.core).run()
    left = await cohort.core.store.read(lambda conn: conn.value("SELECT count(*) FROM review"))
    assert left == 0


async def test_kind_words_stand_beside_reviews(sqlite_cohort: CohortFixture) -> None:
    ada = sqlite_cohort.ada
    await ada.ok("submission add", title="T", venue=VENUE)
    for score, mark in ((8, "constructive"), (6, "mixed"), (3, "little")):
        await ada.ok("review add", paper="1", score=score, constructive=mark, when="after")
    words = text_of(await ada.ok("review list", paper="1"))
    assert "Its 3 scores lie 5 points apart, more than is usual" in words
    assert "about 2.3 points is, among 3 reviewers of one paper" in words
    assert "28 to 32 times in 100" in words
    assert "A harsh review without substance says little about your paper." in words
    await ada.ok("submission add", title="Alone", venue="A Workshop")
    await ada.ok("review add", paper="2", score="4")
    assert len(text_of(await ada.ok("review list", paper="2")).splitlines()) == 1


def test_usual_distance_is_that_of_normal_scores() -> None:
    rng = np.random.default_rng(1)
    for reviews in (2, 3, 4):
        drawn = rng.normal(size=(200_000, reviews)) * reviewer_sd(9, discussed=True)
        assert usual_range(reviews, 9, discussed=True) == pytest.approx(
            float((drawn.max(1) - drawn.min(1)).mean()), abs=0.01
        )
    assert reviewer_sd(9, discussed=True) ** 2 == pytest.approx(1.84, abs=0.06), "Vw at ICLR after discussion"
    with pytest.raises(ValueError, match="One score"):
        usual_range(1, 9, discussed=True)


@pytest.mark.parametrize(
    ("venue", "scores"),
    [
        ("A Workshop 2026", "0 3.5 10"),
        ("ICML 2026", "2 4"),
        ("ICLR", "4 6"),
        ("NeurIPS", "9 4"),
        ("ACL 2023", "2.5"),
    ],
)
async def test_scores_on_one_scale_are_taken(sqlite_cohort: CohortFixture, venue: str, scores: str) -> None:
    await sqlite_cohort.ada.ok("submission add", title="T", venue=venue)
    for score in scores.split():
        await sqlite_cohort.ada.ok("review add", paper="1", score=score)
    await sqlite_cohort.ada.ok("lottery paper", paper="1")


async def test_scores_of_two_scales_do_not_stand_in_one_round(sqlite_cohort: CohortFixture) -> None:
    await sqlite_cohort.ada.ok("submission add", title="T", venue="ICLR")
    await sqlite_cohort.ada.ok("review add", paper="1", score="5")
    assert "not on the scale" in text_of(await sqlite_cohort.ada.fails("review add", paper="1", score="0"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("confidence", "0"), ("confidence", "6"), ("constructive", "stupid"), ("when", "during")],
)
async def test_what_else_cannot_be_is_refused(sqlite_cohort: CohortFixture, name: str, value: str) -> None:
    await sqlite_cohort.ada.ok("submission add", title="T", venue=VENUE)
    reply = await sqlite_cohort.ada.fails("review add", paper="1", score="6", **{name: value})
    assert reply.field == name


async def test_paper_that_was_sent_nowhere_has_no_review_yet(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="T")
    assert "sent nowhere yet" in text_of(await cohort.ada.fails("review add", paper="1", score="6"))
    plain = await cohort.ada.ok("lottery paper", paper="1")
    assert "review add" not in [button.command for button in buttons_of(plain)]


async def test_round_has_room_for_so_many_reviews(sqlite_cohort: CohortFixture) -> None:
    await sqlite_cohort.ada.ok("submission add", title="T", venue=VENUE)
    for _ in range(20):
        await sqlite_cohort.ada.ok("review add", paper="1", score="6")
    assert "no more fit" in text_of(await sqlite_cohort.ada.fails("review add", paper="1", score="6"))
    assert "mean 6.00" in await all_said(sqlite_cohort.ada, "lottery paper", paper="1")


async def test_form_asks_on_one_page_and_shames_nobody(sqlite_cohort: CohortFixture) -> None:
    await sqlite_cohort.ada.ok("submission add", title="T", venue=VENUE)
    form = await sqlite_cohort.ada.form("review add", paper="1")
    assert [each.name for each in form.fields] == ["paper", "score", "confidence", "constructive", "summary"]
    reply = await sqlite_cohort.ada.submit(form, score="3", constructive="little")
    assert "little to work with" in text_of(reply)
    assert await sqlite_cohort.ada.click(reply, "Note a review") == await sqlite_cohort.ada.form(
        "review add", paper="1"
    )
    assert "Reviews of #1" in text_of(await sqlite_cohort.ada.click(reply, "All its reviews"))
    assert "The lottery of #1" in text_of(await sqlite_cohort.ada.click(reply, "Run its lottery"))


async def test_reviews_belong_to_round_in_which_they_came(cohort: CohortFixture) -> None:
    ada = cohort.ada
    await ada.ok("submission add", title="T", venue=VENUE)
    await ada.ok("review add", paper="1", score="5")
    await ada.ok("submission update", paper="1", stage="rejected")
    late = text_of(await ada.ok("review add", paper="1", score="3"))
    assert "I took that from the round, which is decided" in late
    assert "5 from before the discussion and 3 from after it" in late
    await ada.ok("submission update", paper="1", stage="submitted")
    await ada.ok("review add", paper="1", score="8", when="after")
    assert [row.partition(" ")[2] for row in listed(await ada.ok("review list", paper="1"))] == [
        "score 5, from before the discussion · round 1 at ICLR 2025",
        "score 3, from after the discussion · round 1 at ICLR 2025",
        "score 8, from after the discussion · round 2 at ICLR",
    ]
    words = await all_said(ada, "lottery paper", paper="1")
    assert "Scores 8 at ICLR, mean 8.00, as you noted them from after the discussion." in words
    assert "One score says little" in words


# --- the lottery of one's own scores ----------------------------------------------------------------------


async def noted(cohort_fixture: CohortFixture, *scores: float, when: str, venue: str = "ICLR 2024") -> None:
    """Ada's first paper with these scores."""
    await cohort_fixture.ada.ok("submission add", title="Onward", venue=venue, stage="in-review")
    for score in scores:
        await cohort_fixture.ada.ok("review add", paper="1", score=score, when=when)


async def test_open_round_is_read_by_its_scores(cohort: CohortFixture) -> None:
    await noted(cohort, 5, 6, 6, when="after")
    reply = await cohort.ada.ok("lottery paper", paper="1")
    words = await all_of(cohort.ada, reply)
    assert "Scores 5, 6, 6 at ICLR 2024, mean 5.67, as you noted them from after the discussion." in words
    assert re.search(r"Accepted in this round: about 40 in 100 \(\d+ to \d+\)", words)
    assert re.search(
        r"If not, by a new committee there, the paper unchanged: about 45 in 100 \(\d+ to \d+\)\.",
        words,
    )
    assert re.search(
        r"In this round or within two tries more: about \d+ in 100 \(\d+ to \d+\), model-dependent",
        words,
    )
    assert "ICLR's scores as measured" in words
    assert "not with another committee" in words
    assert "0.55" in words
    assert "5, 6, 6" in alt_of(reply)
    assert "even at a mean of" in alt_of(reply)
    assert not any(each in words.casefold() for each in NEVER)


async def test_scores_from_before_discussion_say_less(cohort: CohortFixture) -> None:
    await noted(cohort, 3, 3, 5, when="before")
    words = await all_said(cohort.ada, "lottery paper", paper="1")
    assert "from before the discussion" in words
    assert "less reliable before the discussion" in words
    assert "Scores often still move" in words
    early = score_models.for_scores((3, 3, 5), VenueEdition("ICLR", 2024), discussed=False).model
    late = score_models.for_scores((3, 3, 5), VenueEdition("ICLR", 2024)).model
    assert early.mu == pytest.approx(late.mu)
    assert early.vb + early.vw == pytest.approx(late.vb + late.vw)
    assert early.next((3, 3, 5)) > late.next((3, 3, 5)) + 0.03


async def test_rejected_round_looks_ahead_from_its_scores(cohort: CohortFixture) -> None:
    await noted(cohort, 5, 6, 6, when="after")
    await cohort.ada.ok("submission update", paper="1", stage="rejected")
    reply = await cohort.ada.ok("lottery paper", paper="1")
    words = await all_of(cohort.ada, reply)
    assert "this round" not in words.partition("Assumed")[0].casefold()
    assert (
        "The next try there, after one rejection, if nothing but the committee changes: about 45 in 100"
        in words
    )
    assert re.search(r"Within 2 tries from here: about \d+ in 100 \(\d+ to \d+\), model-dependent", words)
    assert "counted from here, 1: 45 (35 to 50) in 100" in alt_of(reply)
    assert "scores 5, 6, 6" in alt_of(reply)


async def test_later_scores_are_read_where_both_are_noted(sqlite_cohort: CohortFixture) -> None:
    await noted(sqlite_cohort, 3, 3, when="before")
    for score in (6, 8):
        await sqlite_cohort.ada.ok("review add", paper="1", score=score, when="after")
    words = await all_said(sqlite_cohort.ada, "lottery paper", paper="1")
    assert "Scores 6, 8 at ICLR 2024" in words
    assert "Of your scores from before and after the discussion I read the later ones." in words


async def test_unmeasured_venue_is_rough_unknown_scale_left_out(
    sqlite_cohort: CohortFixture,
) -> None:
    await noted(sqlite_cohort, 3, 4, when="after", venue="NeurIPS 2026")
    assert "take these as rough" in await all_said(sqlite_cohort.ada, "lottery paper", paper="1")
    await sqlite_cohort.ada.ok("submission add", title="Other", venue="A Workshop")
    await sqlite_cohort.ada.ok("review add", paper="2", score="0")
    words = await all_said(sqlite_cohort.ada, "lottery paper", paper="2")
    assert "on a scale that I do not know, so they are left out" in words
    assert "This try at A Workshop" in words


async def test_lottery_offers_to_note_review_to_owner_alone(sqlite_cohort: CohortFixture) -> None:
    await sqlite_cohort.ada.ok("submission add", title="T", venue=VENUE)
    own = await sqlite_cohort.ada.ok("lottery paper", paper="1")
    assert isinstance(button_of(own, "Note a review"), Button)
    other = await sqlite_cohort.ben.ok("lottery paper", paper="1")
    assert "Note a review" not in [button.label for button in buttons_of(other)]


def test_earlier_rejections_count_beside_scores() -> None:
    model, given = ScoreModel(5.48, 1.18, 1.84, 3.9, 0.409), (5.0, 6.0, 6.0)
    first, second = accepted_ahead(model, given, (), (0.25, 0.409))
    assert first == pytest.approx(model.next(given, 0.25), abs=1e-6)
    assert accepted_ahead(model, given, (), (0.409,))[0] == pytest.approx(0.4273, abs=1e-4)
    assert 1 > second > first
    assert second < 1 - (1 - first) * (1 - model.next(given)), "tries of one paper are not independent"
    after = accepted_ahead(model, given, (0.25,), (0.409,))[0]
    assert after < model.next(given)
    # Bayes: the second of two tries, given that the first rejected.
    assert after == pytest.approx((second - first) / (1 - first), abs=1e-9)
    with pytest.raises(ValueError, match="at least"):
        accepted_ahead(model, given, (), ())
    with pytest.raises(ValueError, match="score"):
        accepted_ahead(model, (), (), (0.25,))


def test_round_reads_rejections_before_it() -> None:
    rounds = (
        Round(VenueEdition("AAAI", 2022), Stage.REJECTED),
        Round(VenueEdition("ICLR", 2024), Stage.REJECTED, before=(5.0, 6.0), after=(6.0, 6.0)),
    )
    stand = answers.paper_state(Paper(1, 1, "T", 1, Stage.REJECTED, rounds))
    assert stand.scored is not None
    assert (stand.scored.earlier, stand.scored.lost, stand.scored.rejections) == ((0.15,), True, 2)
    assert stand.scored.round.scores == (6.0, 6.0)
    chances = scored.chances(stand.scored, 3).later
    assert all(each.low <= each.value <= each.high for each in chances)
    assert chances[0].value < chances[1].value < chances[2].value


def test_edition_without_year_is_read_on_scale_that_fits() -> None:
    assert score_models.for_scores((8.0,), VenueEdition("NeurIPS")).scale.high == 10
    assert score_models.for_scores((4.0,), VenueEdition("NeurIPS")).scale.high == 6
    with pytest.raises(BadInput):
        score_models.for_scores((5.0, 4.0, 2.5), VenueEdition("ICLR"))


def test_summaries_are_text_and_never_markup() -> None:
    from core.features.reviews import records, texts

    review = records.Review(1, 1, "V", 6.0, None, None, False, "**bold** {x}")
    assert texts.listed(review).details == ("round 1 at V", "“**bold** {x}”")
    assert "T {y}" in text_of(texts.list_head(Paper(1, 1, "T {y}", 1, Stage.SUBMITTED), [review]))
