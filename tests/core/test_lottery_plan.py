"""Tries until acceptance, experiments and explanations: what they say, and what they never say."""

import re

import pytest

from core.chat.model import Buttons, Form, Picture, Reply, Table
from core.commands.caches import LruCache
from core.commands.executors import Executors
from core.commands.stored_call import StoredCall
from core.features.lottery import explain
from core.features.lottery.plan import MOST_SHOWN, Plan, plan, stops
from tests.people import Actor, CohortFixture, all_of, all_said, button_of, buttons_of, text_of

NEVER = (
    "expected number",
    "on average",
    "mean number",
    "oral",
    "spotlight",
    "wrong",
    "mistaken",
    "error",
    "bad",
    "good paper",
    "better than other",
    "weak",
    "luck",
    "fail",
    "deserve",
)


async def everything(actor: Actor, reply: Reply | Form) -> str:
    """All words of an answer: its text, its table, its picture's, and what is behind [All numbers]."""
    assert isinstance(reply, Reply)
    behind = await numbers_of(actor, reply) if "All numbers" in labels_of(reply) else Reply("")
    parts = [text_of(reply), text_of(behind)]
    for block in (*reply.blocks, *behind.blocks):
        match block:
            case Table(columns=columns, rows=rows):
                parts += [*columns, *(cell for row in rows for cell in row)]
            case Picture(alt=alt):
                parts.append(alt)
    return "\n".join(parts)


def labels_of(reply: Reply) -> list[str]:
    """What stands on the buttons of an answer."""
    return [button.label for button in buttons_of(reply)]


async def numbers_of(actor: Actor, reply: Reply | Form) -> Reply:
    """What is behind [All numbers]."""
    found = await actor.click(reply, "All numbers")
    assert isinstance(found, Reply)
    return found


def picture_of(reply: Reply) -> Picture:
    """The one picture of an answer."""
    (found,) = (block for block in reply.blocks if isinstance(block, Picture))
    return found


def table_of(reply: Reply) -> Table:
    """The one table of an answer."""
    (found,) = (block for block in reply.blocks if isinstance(block, Table))
    return found


@pytest.fixture
def ada(sqlite_cohort: CohortFixture) -> Actor:
    """A member."""
    return sqlite_cohort.ada


async def test_plan_shows_median_chances_and_improvement_beside(ada: Actor) -> None:
    reply = await ada.ok("lottery plan", accept_rate="25%", tries="10")
    behind = await numbers_of(ada, reply)
    words = text_of(behind)
    assert "On the first try: about 25 in 100." in words
    assert "Within 2 tries: about 37 in 100 (36 to 39)." in words
    assert re.search(r"Within 3 tries: about 45 in 100 \(43 to 47\), model-dependent", words)
    assert "Within 10 tries: about 66 in 100" in words
    assert "Half of such papers are in by try 4 (4 to 5), model-dependent." in words
    assert "about 16 in 100 (15 to 18) unchanged, and about 28 in 100" in words
    assert "half a standard deviation better before the first try: about 38 in 100" in words
    assert "gives about 49 in 100 within 10" in words, "the other model levels off"
    rows = table_of(behind).rows
    assert [row[0] for row in rows] == [str(n) for n in range(1, 11)]
    assert rows[0][1:3] == ("25", "38 (37 to 39)")
    assert [row[3] == "model-dependent" for row in rows] == [False] * 2 + [True] * 8


async def test_tries_are_never_taken_as_independent(ada: Actor) -> None:
    words = await everything(ada, await ada.ok("lottery plan", accept_rate=".25", tries="10"))
    assert "66 (62 to 71) in 100" in words
    assert "94" not in words
    assert Plan(stops(None, ".25"), 10, 0.5).figures().by[-1].value == pytest.approx(0.6631, abs=1e-4)


async def test_two_tries_rest_on_what_was_measured_and_more_do_not(ada: Actor) -> None:
    two = await everything(ada, await ada.ok("lottery plan", accept_rate="40%", tries="2", improve="1"))
    assert "Within 2 tries" in two
    assert "Another model" not in two
    assert "one standard deviation better" in two
    one = await everything(ada, await ada.ok("lottery plan", accept_rate="60%", tries="1"))
    assert "model-dependent" not in one
    assert "within" not in one
    assert "in by try 1" in one


async def test_other_model_claims_no_more_than_any(ada: Actor) -> None:
    usual = await everything(ada, await ada.ok("lottery plan", accept_rate=".25", tries="10"))
    assert "Another model that fits the same experiments gives about 49 in 100 within 10." in usual
    rare = await everything(ada, await ada.ok("lottery plan", accept_rate="1%", tries="3"))
    assert "Another model that fits the same experiments gives under 5 in 100 within 3." in rare
    often = await everything(ada, await ada.ok("lottery plan", accept_rate="99%", tries="3"))
    assert "Another model that fits the same experiments gives over 95 in 100 within 3." in often


async def test_venues_stand_one_after_other_with_their_own_rates(ada: Actor) -> None:
    reply = await ada.ok("lottery plan", venues="iclr, ICML 2025 then Our Workshop 40%; 1.5%")
    words = text_of(reply)
    assert (
        "at ICLR (27.4 in 100), then ICML 2025 (26.9 in 100), then Our Workshop (40 in 100), then a venue (1.5 in 100)"
        in words
    )
    assert len(table_of(await numbers_of(ada, reply)).rows) == 5
    again = button_of(reply, "One more try")
    assert again.args["tries"] == "6"
    assert "then Our Workshop (40 in 100), then a venue (1.5 in 100), and there again" in text_of(
        await ada.click(reply, "One more try")
    )
    unknown = await all_said(ada, "lottery plan", venues="Our Workshop, TMLR", accept_rate="33%")
    assert "Our Workshop (33 in 100), then TMLR (33 in 100)" in unknown
    assert "25 in 100, because I know none for Our Workshop" in await all_said(
        ada, "lottery plan", venues="Our Workshop {x} **y**"
    )


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"accept_rate": "0"}, "accept_rate"),
        ({"accept_rate": "1"}, "accept_rate"),
        ({"accept_rate": "150%"}, "accept_rate"),
        ({"tries": "0"}, "tries"),
        ({"tries": "21"}, "tries"),
        ({"improve": "-1"}, "improve"),
        ({"venues": "ICLR 150%"}, "venues"),
        ({"venues": "ICLR 0%"}, "venues"),
        ({"venues": ",".join(["A"] * 30)}, "venues"),
    ],
)
async def test_plans_that_cannot_be_are_refused(ada: Actor, args: dict[str, str], field: str) -> None:
    assert (await ada.fails("lottery plan", **args)).field == field


async def test_hopeless_rate_has_median_out_of_sight(ada: Actor) -> None:
    words = await all_said(ada, "lottery plan", accept_rate=".01%")
    assert "only after more than 10,000 tries, model-dependent" in words


async def test_one_more_try_ends_somewhere(ada: Actor) -> None:
    reply = await ada.ok("lottery plan", tries=str(MOST_SHOWN))
    assert "One more try" not in [button.label for button in buttons_of(reply)]


async def test_experiment_shows_published_model_and_rerun(ada: Actor) -> None:
    reply = await ada.ok("lottery experiment", year="2014", seed="1")
    behind = await numbers_of(ada, reply)
    words, rows = text_of(behind), table_of(behind).rows
    assert table_of(behind).columns[1:] == ("Published", "Model", "Rerun")
    assert [row[1] for row in rows] == ["22", "43", "101", "49"]
    assert "0.53 (0.29 to 0.71)" in words
    assert "seed 1" in words
    assert sum(int(row[3]) for row in rows[:3]) == 166
    assert "2109.09774" in words
    assert await everything(
        ada, await ada.ok("lottery experiment", year="2014", seed="1")
    ) == await everything(ada, reply)
    other = await ada.click(reply, "NeurIPS 2021")
    assert isinstance(other, Reply)
    assert "0.56 (0.46 to 0.65)" in await all_of(ada, other)
    assert [row[1] for row in table_of(await numbers_of(ada, other)).rows] == ["99", "203", "580", "51"]


async def test_another_seed_comes_from_call_itself(ada: Actor) -> None:
    first = await ada.ok("lottery experiment", year="2021")
    assert text_of(await ada.again()) == text_of(first), "delivered twice, one answer"
    assert await all_of(ada, await ada.click(first, "Another seed")) != await all_of(ada, first)


@pytest.mark.parametrize(
    "args", [{"year": "2016"}, {"year": "2014", "seed": "-1"}, {"year": "2014", "seed": "x"}]
)
async def test_experiments_that_were_not_made_are_refused(ada: Actor, args: dict[str, str]) -> None:
    assert (await ada.fails("lottery experiment", **args)).field in ("year", "seed")


async def test_missing_year_or_topic_is_asked_for(ada: Actor) -> None:
    assert "2014" in text_of(await ada.submit(await ada.form("lottery experiment"), year="2014"))
    assert "not independent" in text_of(await ada.submit(await ada.form("lottery explain"), topic="tries"))


@pytest.mark.parametrize("topic", list(explain.Topic))
async def test_every_page_is_short_and_names_its_source(ada: Actor, topic: explain.Topic) -> None:
    reply = await ada.ok("lottery explain", topic=topic.value)
    assert "Sources:" in text_of(reply)
    assert len(text_of(reply)) < 1900
    assert not any(isinstance(block, Picture) for block in reply.blocks)


async def test_another_venue_asks_same_there(ada: Actor) -> None:
    for command, args, says in (
        ("lottery plan", {"tries": "4"}, "at CVPR (25 in 100) again and again"),
        ("lottery scores", {"scores": "6,6,6"}, "Scores 6, 6, 6 at CVPR"),
        ("lottery venue", {}, "Two committees, the same papers at CVPR"),
        (
            "lottery simulate",
            {"papers": "50", "accept_rate": "30%", "reviewers": "3"},
            "50 papers, 12 accepted",
        ),
    ):
        form = await ada.click(await ada.ok(command, **args), "Another venue")
        assert says in await all_of(ada, await ada.submit(form, venue="CVPR"))


async def test_no_answer_says_what_is_not_to_be_said_and_every_button_works(ada: Actor) -> None:
    asked = [
        ("plan", {"venues": "ICLR, ICML, NeurIPS", "tries": "12"}),
        ("plan", {"accept_rate": "5%"}),
        ("experiment", {"year": "2014"}),
        ("experiment", {"year": "2021"}),
        ("simulate", {"papers": "300", "accept_rate": "20%", "reviewers": "1"}),
        ("elsewhere", {"venue": "AAAI 2027"}),
        *(("explain", {"topic": topic.value}) for topic in explain.Topic),
    ]
    for verb, args in asked:
        reply = await ada.ok(f"lottery {verb}", **args)
        words = re.sub(r"standard error|is no mistake", "", (await everything(ada, reply)).casefold())
        assert not [each for each in NEVER if re.search(rf"\b{each}", words)], words
        labels = [button.label for button in buttons_of(reply)]
        assert len(labels) == len(set(labels)) <= 7
        assert all(len(block.items) <= 5 for block in reply.blocks if isinstance(block, Buttons)), "a row"
        assert verb == "explain" or "Explain this" in labels
        for button in buttons_of(reply):
            assert len(StoredCall.of_button(button, 10**9).pack()) <= 100
            result = await ada.click(button)
            assert not (isinstance(result, Reply) and result.error), text_of(result)


async def test_long_sequences_of_venues_still_fit_button(ada: Actor) -> None:
    names = "Ünïcödé Wörkshöp Öné, Ünïcödé Wörkshöp Twö 31%, ICLR 2026, ICML 2025, CVPR 2024"
    reply = await ada.ok("lottery plan", venues=names)
    button = button_of(reply, "One more try")
    assert button.args["venues"] == ".25,.31,.274,.269,.236"
    assert "(23.6 in 100)" in text_of(await ada.click(button))


async def test_same_question_is_answered_from_memory(sqlite_cohort: CohortFixture) -> None:
    core, ada = sqlite_cohort.core, sqlite_cohort.ada
    first = await ada.ok("lottery plan", accept_rate="25%")
    kept = len(core.singletons.get(LruCache))
    second = await sqlite_cohort.ben.ok("lottery plan", accept_rate=".25", tries="5", improve="0.5")
    assert len(core.singletons.get(LruCache)) == kept
    assert picture_of(second) is picture_of(first)


async def test_memory_is_bounded_and_lets_oldest_go() -> None:
    lately, made = LruCache(most=2), []

    def make(number: int) -> int:
        made.append(number)
        return number

    executors = Executors()
    for number in (1, 2, 1, 3, 1, 2):
        assert await lately.get_or_call(executors.draw, make, number) == number
    assert made == [1, 2, 3, 2]
    assert len(lately) == 2


def test_plan_can_be_drawn_for_any_name() -> None:
    for name in ("Ba$$in", "深層学習", "x" * 150, "a_b*c**`d`"):
        answer = plan(Plan(stops(f"{name} 30%", None), 3, 0.5))
        assert answer.picture.png.startswith(b"\x89PNG")
