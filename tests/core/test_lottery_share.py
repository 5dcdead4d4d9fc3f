"""A picture of the lottery in the cohort's channel: seen before, with nothing private, once a press, and taken back."""

import pytest

from core.chat.model import Picture, Reply
from core.delivery.service import Delivery
from core.errors import Refused
from tests.outlets import KeepingOutlet, raising
from tests.people import Actor, CohortFixture, button_of, text_of

SECRET = "Zebrafish of the unpublished kind"


def shown_in_channel(outlet: KeepingOutlet) -> list[Reply]:
    """What was posted in the home channel."""
    return [each.reply for each in outlet.sent if each.target.channel == "C1"]


def all_words(reply: Reply) -> str:
    """The words of a post and of its picture."""
    alts = [block.alt for block in reply.blocks if isinstance(block, Picture)]
    return "\n".join([text_of(reply), *alts])


async def press(actor: Actor, reply: Reply, label: str, *, message: str | None = None) -> Reply:
    """Press a button that is expected to answer."""
    found = await actor.click(reply, label, message=message)
    assert isinstance(found, Reply)
    assert not found.error, text_of(found)
    return found


@pytest.mark.parametrize(
    ("verb", "args"),
    [
        ("venue", {"venue": "NeurIPS 2026"}),
        ("venue", {"accept_rate": "12%", "agreement": "0.4"}),
        ("plan", {"venues": "ICLR, A/B=C & D 40%", "tries": "4"}),
        ("experiment", {"year": "2014", "seed": "7"}),
        ("simulate", {"papers": "166", "accept_rate": "25%", "reviewers": "4", "seed": "3"}),
    ],
)
async def test_picture_that_was_shown_is_seen_posted_once_and_taken_back(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, verb: str, args: dict[str, str]
) -> None:
    ada = cohort.ada
    asked = await ada.ok(f"lottery {verb}", **args)
    preview = await press(ada, asked, "Share")
    assert preview.private
    assert "would stand in lab" in text_of(preview)
    await delivery.flush()
    assert outlet.sent == [], "nothing is posted before it was seen"
    done = await press(ada, preview, "Post it", message="m-1")
    assert "posted" not in text_of(done), "it is on its way"
    await ada.click(preview, "Post it", message="m-1")
    await delivery.flush()
    (posted,) = shown_in_channel(outlet)
    pictures = [
        [block.alt for block in each.blocks if isinstance(block, Picture)] for each in (asked, posted)
    ]
    assert pictures[0] == pictures[1], "the picture that one was shown"
    assert "Ada" not in all_words(posted)
    assert text_of(asked).splitlines()[0] in text_of(posted)
    back = await press(ada, done, "Take it back")
    assert "still taking it back" in text_of(back)
    await delivery.flush()
    assert not [block for block in outlet.edits[-1][1].reply.blocks if isinstance(block, Picture)]
    assert "taken back" in text_of(await press(ada, done, "Take it back"))


@pytest.mark.parametrize("visibility", ["private", "anonymous", "cohort"])
@pytest.mark.parametrize("stage", ["in-review", "rejected"])
async def test_nothing_of_paper_or_its_scores_is_shared(
    sqlite_cohort: CohortFixture, visibility: str, stage: str
) -> None:
    ada = sqlite_cohort.ada
    added = await ada.ok(
        "submission add", title=SECRET, venue="ICLR 2024", stage=stage, visibility=visibility
    )
    number = text_of(added).partition("#")[2].split()[0].strip(".:,")
    for score in (3, 8, 10):
        await ada.ok("review add", paper=number, score=score, when="after")
    for asked in (
        await ada.ok("lottery paper", paper=number),
        await ada.ok("lottery scores", scores="3,8,10"),
    ):
        preview = await press(ada, asked, "Share")
        assert "nothing of your papers or scores" in text_of(preview)
        said = all_words(preview)
        for private in (SECRET, f"#{number}", "3, 8, 10", "Ada", "rejection of", "mean 7"):
            assert private not in said
        assert "3,8" not in str(button_of(preview, "Post it").args)


async def test_only_who_shared_takes_back_and_failure_is_told(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    ada, ben = cohort.ada, cohort.ben
    preview = await press(ada, await ada.ok("lottery venue"), "Share")
    done = await press(ada, preview, "Post it")
    other = await ben.click(button_of(done, "Take it back"))
    assert isinstance(other, Reply)
    assert other.error
    outlet.before.append(raising(Refused("The channel takes no posts.")))
    await delivery.flush()
    assert shown_in_channel(outlet) == []


async def test_forged_picture_is_refused(sqlite_cohort: CohortFixture) -> None:
    for of in (
        "",
        "paper/paper=1",
        "plan/tries=x",
        "experiment/year=1999/seed=1",
        "simulate/papers=10",
        "venue/agreement=7",
        "simulate/papers=999999999999/reviewers=4/accept_rate=25%25/seed=1",
    ):
        await sqlite_cohort.ada.fails("lottery share", of=of or "x")
