"""Simulated conferences in the chat: seeds, limits, any size at once."""

import re
from dataclasses import replace

import pytest

from core.chat.model import Picture
from core.commands.caches import Singletons
from core.features.lottery import simulation
from core.features.lottery.simulation import SimulationRequest
from core.lottery.decisions import RHO, flip
from core.papers import score_models
from tests.people import Actor, CohortFixture, all_of, all_said, text_of


@pytest.fixture
def ada(sqlite_cohort: CohortFixture) -> Actor:
    """A member."""
    return sqlite_cohort.ada


async def test_conference_shows_its_seed_and_draws_same_again(ada: Actor) -> None:
    asked = {"papers": "1000", "accept_rate": "25%", "reviewers": "4"}
    first = await ada.ok("lottery simulate", **asked)
    found = re.search(r"seed (\d+)", text_of(first))
    assert found
    elsewhere = Actor(replace(ada.core, singletons=Singletons()), ada.person)  # which remembers nothing
    again = await elsewhere.ok("lottery simulate", **asked, seed=found[1])
    assert text_of(again) == text_of(first)
    pictures = [block for reply in (first, again) for block in reply.blocks if isinstance(block, Picture)]
    assert pictures[0].alt == pictures[1].alt
    assert "yours" in pictures[0].alt
    other = await ada.click(first, "Another seed")
    assert f"seed {found[1]}." not in text_of(other)
    assert "1,000 papers, 250 accepted" in await all_of(ada, other)


def test_quotas_are_exact_and_draw_agrees_with_closed_form() -> None:
    asked = SimulationRequest(20_000, 0.25, 4, 3)
    drawn = simulation.draw(asked)
    assert (drawn.accepted, len(drawn.both)) == (5000, 200)
    assert drawn.mean == pytest.approx(flip(0.25, score_models.agreement_of(4)), abs=0.002)


def test_more_reviews_agree_more() -> None:
    by = [score_models.agreement_of(count) for count in (1, 3, 4, 20)]
    assert by == sorted(by)
    assert by[1] < RHO < by[2] + 0.005
    assert by[0] == pytest.approx(0.322, abs=0.001)
    assert by[3] == pytest.approx(0.685, abs=0.001)


async def test_one_reviewer_is_allowed_with_caveat(ada: Actor) -> None:
    words = await all_said(ada, "lottery simulate", papers="166", accept_rate="25", reviewers="1")
    assert "With one review a paper nothing weighs against it" in words
    assert "model alone" in words
    assert "rests on the model" in await all_said(
        ada, "lottery simulate", papers="166", accept_rate="25", reviewers="20"
    )


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"papers": "9"}, "papers"),
        ({"papers": "1000000000"}, "papers"),
        ({"papers": "many"}, "papers"),
        ({"accept_rate": "0"}, "accept_rate"),
        ({"accept_rate": "1"}, "accept_rate"),
        ({"accept_rate": "100%"}, "accept_rate"),
        ({"accept_rate": "150%"}, "accept_rate"),
        ({"accept_rate": "1%", "papers": "10"}, "accept_rate"),
        ({"accept_rate": "99.9%", "papers": "10"}, "accept_rate"),
        ({"reviewers": "0"}, "reviewers"),
        ({"reviewers": "21"}, "reviewers"),
        ({"seed": "-1"}, "seed"),
    ],
)
async def test_what_cannot_be_simulated_is_refused(ada: Actor, args: dict[str, str], field: str) -> None:
    given = {"papers": "100", "accept_rate": "25%", "reviewers": "3", **args}
    reply = await ada.fails("lottery simulate", **given)
    assert reply.field == field
    assert text_of(reply).endswith(".")


async def test_missing_number_opens_form(ada: Actor) -> None:
    form = await ada.form("lottery simulate", papers="50")
    reply = await ada.submit(form, accept_rate="30%", reviewers="3")
    assert "50 papers, 15 accepted" in await all_of(ada, reply)


async def test_largest_is_answered_like_any_other(ada: Actor) -> None:
    said = await all_said(
        ada, "lottery simulate", papers="100000000", accept_rate=".25", reviewers="4", seed="1"
    )
    assert "100,000,000 papers, 25,000,000 accepted" in said
    assert "hardly differ: in 95 of 100 by less than 0.031 points in 100" in said


async def test_range_is_that_of_all_conferences(ada: Actor) -> None:
    """Not that of the two hundred that are shown: another seed moves the dots and not the range."""
    asked = {"papers": "166", "accept_rate": "24.7%", "reviewers": "4"}
    for seed in ("1", "2"):
        reply = await ada.ok("lottery simulate", **asked, seed=seed)
        assert "95 in 100 lie between 37 and 61 in 100" in text_of(reply)
        picture = next(block for block in reply.blocks if isinstance(block, Picture))
        assert "37 to 61 in 100 in 95 of 100 like them" in picture.alt
