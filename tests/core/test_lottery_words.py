"""Every answer of the lottery is a picture and two sentences, in one unit; its numbers are a press away."""

import re
from itertools import product

import pytest

from core.chat.model import Picture, Reply
from core.commands.stored_call import StoredCall
from tests.people import Actor, CohortFixture, buttons_of, text_of

LONG = "On the Unreasonable Length of Titles: " + "a Study of What Authors Write " * 8
VENUES = ("ICLR", "ICLR 2026", "NeurIPS 2026", "Our Workshop {x} **y**")
GRID: list[tuple[str, dict[str, str]]] = [
    *(
        ("scores", {"scores": given, "venue": venue})
        for given, venue in (
            ("5,6,6", "ICLR"),
            ("6 6", "ICLR 2026"),
            ("3", "NeurIPS 2026"),
            ("10,10,10", ""),
            ("1 1 1", "Nowhere"),
            (",".join(["8"] * 20), "ICLR 2024"),
        )
    ),
    *(("venue", {"venue": venue}) for venue in VENUES),
    *(
        ("venue", {"accept_rate": rate, "agreement": rho})
        for rate, rho in product(("1%", "50%", "99%"), (".2", ".9"))
    ),
    *(
        ("plan", {"accept_rate": rate, "tries": tries})
        for rate, tries in product((".01%", "25%", "99%"), ("1", "2", "20"))
    ),
    ("plan", {"venues": ", ".join(f"A Workshop of Many Words {n} 3{n}%" for n in range(6)), "improve": "3"}),
    ("experiment", {"year": "2014"}),
    ("experiment", {"year": "2021", "seed": "999999999999"}),
    *(
        ("simulate", {"papers": papers, "accept_rate": rate, "reviewers": "1"})
        for papers, rate in (("10", "20%"), ("166", "24.7%"), ("100000000", "99%"))
    ),
]


def check(reply: Reply, most: int = 900) -> None:
    """An answer's words and those of its picture."""
    words = text_of(reply)
    assert len(words) < most, len(words)
    (picture,) = [block for block in reply.blocks if isinstance(block, Picture)]
    assert len(picture.alt) > 20
    for said in (words, picture.alt):
        assert "%" not in said
        assert not re.search(r"\babout 1 in (?!100)", said)
    assert "in 100" in "\n".join(words.split("\n")[:2]), "the first two lines carry the answer"
    assert not re.search(r"about \d+\.\d+ in 100", words), "a chance has no decimals"


@pytest.fixture
def ada(sqlite_cohort: CohortFixture) -> Actor:
    """A member."""
    return sqlite_cohort.ada


@pytest.mark.parametrize(("verb", "args"), GRID, ids=lambda each: str(each)[:40])
async def test_answer_is_short_and_numbers_are_behind_it(ada: Actor, verb: str, args: dict[str, str]) -> None:
    reply = await ada.ok(f"lottery {verb}", **args)
    check(reply)
    labels = [button.label for button in buttons_of(reply)]
    assert labels[:2] == ["All numbers", "Explain this"]
    behind = await ada.click(reply, "All numbers")
    assert isinstance(behind, Reply)
    assert "Assumed" in text_of(behind)
    assert "%" not in text_of(behind)
    assert not [block for block in behind.blocks if isinstance(block, Picture)]
    again = await ada.click(behind, "The picture")
    assert text_of(again) == text_of(reply), "there and back it is the same, also what was drawn"
    assert "Sources:" in text_of(await ada.click(reply, "Explain this"))


@pytest.mark.parametrize("when", ["before", "after", ""])
@pytest.mark.parametrize("stage", ["in-review", "rejected", "accepted"])
async def test_papers_answer_is_short(ada: Actor, when: str, stage: str) -> None:
    await ada.ok("submission add", title=LONG[:200], venue="ICLR 2025", stage="in-review")
    if when:
        for score in (5, 6, 6):
            await ada.ok("review add", paper="1", score=score, when=when)
    if stage != "in-review":
        await ada.ok("submission update", paper="1", stage=stage)
    reply = await ada.ok("lottery paper", paper="1")
    check(reply)
    assert "Assumed" in text_of(await ada.click(reply, "All numbers"))


async def test_numbers_survive_restart(sqlite_cohort: CohortFixture, ada: Actor) -> None:
    """The button is the call itself, so nothing has to be remembered."""
    for verb, args in GRID:
        reply = await ada.ok(f"lottery {verb}", **args)
        button = next(each for each in buttons_of(reply) if each.label == "All numbers")
        assert button.args["numbers"] == "yes"
        assert StoredCall.unpack(StoredCall.of_button(button, 1).pack()).args == button.args
