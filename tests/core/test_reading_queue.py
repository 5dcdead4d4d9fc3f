"""The queue: votes that are taken back, corrections, tags, pins, what is removed and put back, and why what is next."""

from datetime import timedelta

import pytest

from core.chat.model import Reply
from core.clock import FixedClock
from core.delivery.housekeeping import Housekeeping
from core.store.port import Conn
from tests.core.test_reading import DAY, prompt
from tests.people import Actor, CohortFixture, answered, button_of, buttons_of, listed, refused, text_of


async def fill(cohort: CohortFixture, *titles: str) -> None:
    for title in titles:
        await cohort.ada.ok("reading add", reference=title)


async def counts(cohort: CohortFixture) -> dict[int, tuple[int, int]]:
    """By number: how many votes an item says it has, and how many there are."""

    def read(conn: Conn) -> dict[int, tuple[int, int]]:
        rows = conn.all(
            "SELECT i.number, i.votes, (SELECT count(*) FROM reading_vote v WHERE v.item_id = i.id) AS n"
            " FROM reading_item i"
        )
        return {row["number"]: (row["votes"], row["n"]) for row in rows}

    return await cohort.core.store.read(read)


async def test_vote_is_taken_back(cohort: CohortFixture) -> None:
    await fill(cohort, "Attention")
    voted = await cohort.ben.ok("reading vote", item="1")
    back = answered(await cohort.ben.click(voted, "Take it back"))
    assert text_of(back) == "Taken back: “Attention” has 0 votes now."
    assert await cohort.ben.again() == back
    assert "You have no vote for it: “Attention” has 0 votes now." in text_of(
        await cohort.ben.ok("reading unvote", item="1")
    )
    assert "has 1 vote now." in text_of(await cohort.ben.click(back, "Vote for it"))
    assert await counts(cohort) == {1: (1, 1)}


async def test_votes_of_who_left_decide_nothing(cohort: CohortFixture) -> None:
    await fill(cohort, "Attention", "Softmax")
    for who in (cohort.ben, cohort.mina):
        await who.ok("reading vote", item="2")
    await cohort.olu.ok("reading vote", item="1")
    assert "#2 “Softmax”" in text_of(await cohort.ada.ok("reading next"))
    for who in (cohort.ben, cohort.mina):
        await who.ok("cohort leave")
    assert "#1 “Attention”" in text_of(await cohort.ada.ok("reading next"))
    assert await counts(cohort) == {1: (1, 1), 2: (0, 0)}
    await cohort.ben.ok("cohort join")
    assert await counts(cohort) == {1: (1, 1), 2: (0, 0)}, "who comes back votes anew"


async def test_who_added_it_corrects_it_until_others_voted(cohort: CohortFixture) -> None:
    await fill(cohort, "Atention is al you need")
    await cohort.ada.ok("reading vote", item="1")
    shown = await cohort.ada.ok("reading show", item="1")
    form = await cohort.ada.click(shown, "Correct it")
    fields = {each.name: each.value for each in form.fields}  # type: ignore[union-attr]  # it is a form
    assert fields == {"item": "#1 Atention is al you need", "title": "Atention is al you need", "link": None,
                      "tags": None, "pin": "no"}  # fmt: skip
    changed = answered(
        await cohort.ada.submit(
            form,
            title="Attention is all you need",
            link="https://arxiv.org/abs/1706.03762",
            tags="NLP, #Sequence Models",
        )
    )
    assert text_of(changed) == "Changed. #1 Attention is all you need\nTags: #nlp #sequence-models"
    assert await cohort.ada.again() == changed
    assert "Attention is all you need" in listed(await cohort.ben.ok("reading list"))[0]
    assert "#1 Attention" in text_of(await cohort.ben.ok("reading show", item="attention all"))
    assert "stays as it was" in text_of(
        await cohort.ada.ok("reading edit", item="1", title="Attention is all you need")
    )
    await cohort.ben.ok("reading vote", item="1")
    late = await cohort.ada.fails("reading edit", item="1", title="Another")
    assert "Others have voted for #1" in text_of(late)
    assert "Correct it" not in [
        each.label for each in buttons_of(await cohort.ada.ok("reading show", item="1"))
    ]
    await cohort.ben.ok("reading unvote", item="1")
    await cohort.ada.ok("reading edit", item="1", title="Another", link="-", tags="-")
    assert listed(await cohort.ben.ok("reading list"))[0] == "#1 Another · 1 vote: Ada · from Ada"


async def test_a_long_title_stays_whole_where_something_else_is_corrected(cohort: CohortFixture) -> None:
    title = ("A title that goes on and on, " * 18)[:499].strip(" ,")
    await fill(cohort, title)
    form = await cohort.ada.form("reading edit", item="1")
    assert {each.name: each.value for each in form.fields}["title"] == title
    assert "stays as it was" in text_of(answered(await cohort.ada.submit(form)))
    longer = f"{title} and {title}"
    set_title = "UPDATE reading_item SET title = :title"
    await cohort.core.store.write(lambda conn: conn.run(set_title, title=longer))
    form = await cohort.ada.form("reading edit", item="1")
    changed = answered(await cohort.ada.submit(form, tags="long"))
    assert text_of(changed) == f"Changed. #1 “{longer}”\nTags: #long"


async def test_others_correct_nothing_and_organizers_all(cohort: CohortFixture) -> None:
    await fill(cohort, "Attention")
    for args in ({"title": "Mine"}, {"tags": "x"}):
        assert "Who put #1 on the list" in text_of(await cohort.ben.fails("reading edit", item="1", **args))
    assert "Who put #1 on the list" in text_of(await cohort.ben.fails("reading remove", item="1"))
    refused(await cohort.ben.send("reading edit", {"item": "1"}))
    pinned = await cohort.ada.fails("reading edit", item="1", pin="yes")
    assert (pinned.field, "Only organizers can pin" in text_of(pinned)) == ("pin", True)
    await cohort.ben.ok("reading vote", item="1")
    assert "It is pinned" in text_of(await cohort.olu.ok("reading edit", item="1", pin="yes", title="Better"))
    assert (await cohort.olu.fails("reading edit", item="1", link="nowhere")).field == "link"
    assert (await cohort.olu.fails("reading edit", item="1", tags="x" * 31)).field == "tags"


async def test_pin_comes_before_votes_and_next_says_why(cohort: CohortFixture) -> None:
    await fill(cohort, "First", "Second", "Third")
    assert "because nobody has voted, and it has waited longest:\n#1" in text_of(
        await cohort.ben.ok("reading next")
    )
    await cohort.ben.ok("reading vote", item="2")
    assert "because it is the most wanted: 1 vote: Ben:\n#2" in text_of(await cohort.ben.ok("reading next"))
    await cohort.olu.ok("reading edit", item="3", pin="yes")
    assert "because an organizer pinned it:\n#3" in text_of(await cohort.ben.ok("reading next"))
    assert [row[:2] for row in listed(await cohort.ben.ok("reading list"))] == ["#3", "#2", "#1"]
    sent = await prompt(cohort)
    assert sent is not None
    assert "An organizer pinned it." in text_of(sent)
    assert "Next time: #2 “Second”." in text_of(sent)
    assert "chosen as the most wanted then, with 1 vote:\n#2" in text_of(await cohort.ben.ok("reading next"))
    for who in (cohort.ben, cohort.ada):
        await who.ok("reading vote", item="1")
    assert "#2 “Second”" in text_of(await cohort.ben.ok("reading next")), (
        "what was chosen ahead is being read by now"
    )
    await cohort.olu.ok("reading edit", item="1", pin="yes")
    assert "an organizer had pinned it:\n#1" in text_of(await cohort.ben.ok("reading next"))


async def test_notice_can_be_switched_off(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin set", key="reading-notice", value="none")
    await fill(cohort, "First", "Second", "Third")
    sent = await prompt(cohort)
    assert sent is not None
    assert "Next time" not in text_of(sent)
    await cohort.ben.ok("reading vote", item="3")
    assert "most wanted: 1 vote: Ben:\n#3" in text_of(await cohort.ben.ok("reading next"))
    assert (await cohort.olu.fails("cohort-admin set", key="reading-notice", value="often")).field == "value"


async def test_sections_and_tags_narrow_the_list(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="First", tags="vision, Compute light")
    await cohort.ada.ok("reading add", reference="Second", tags="#vision")
    await fill(cohort, "Third")
    await prompt(cohort)
    await prompt(cohort, DAY + timedelta(days=7))
    shown = await cohort.ben.ok("reading list")
    assert text_of(shown).splitlines()[:2] == ["The reading list", "Now: #2 “Second”"]
    assert [row[:2] for row in listed(shown)] == ["#3"]
    read = answered(await cohort.ben.click(shown, "What was read (1)"))
    assert [row[:2] for row in listed(read)] == ["#1"]
    assert [row[:2] for row in listed(await cohort.ben.ok("reading list", section="now"))] == ["#2"]
    tagged = await cohort.ben.ok("reading list", tag="VISION")
    assert [row[:2] for row in listed(tagged)] == ["#1", "#2"]
    assert "#compute-light #vision" in listed(tagged)[0]
    assert listed(await cohort.ben.ok("reading list", tag="vision", section="read")) == listed(read)
    unknown = await cohort.ben.fails("reading list", tag="zebra")
    assert (unknown.field, "compute-light, vision" in text_of(unknown)) == ("tag", True)


async def test_what_is_removed_can_be_put_back_for_a_day(cohort: CohortFixture, clock: FixedClock) -> None:
    await fill(cohort, "First", "Second")
    await cohort.ada.ok("reading takeaway", item="1", takeaway="Much")
    gone = await cohort.ada.ok("reading remove", item="1")
    assert await cohort.ada.again() == gone
    assert "Until this time tomorrow" in text_of(gone)
    assert [row[:2] for row in listed(await cohort.ben.ok("reading list"))] == ["#2"]
    for verb in ("vote", "show", "done", "present", "edit"):
        refused(await cohort.ben.send(f"reading {verb}", {"item": "1"}))
    assert "off the list already" in text_of(await cohort.ada.fails("reading remove", item="1"))
    refused(await cohort.ben.send("reading remove", {"item": "#1", "undo": "yes"}))
    assert "no takeaways" in text_of(await cohort.ben.ok("reading takeaways"))
    back = answered(await cohort.ada.click(gone, "Put it back"))
    assert "is on the list again" in text_of(back)
    assert "Much" in text_of(await cohort.ben.ok("reading show", item="1"))
    await cohort.ada.ok("reading remove", item="1")
    clock.move_to(clock.now() + timedelta(hours=24, minutes=1))
    await Housekeeping(cohort.core).run()

    def left(conn: Conn) -> list[int]:
        tables = ("reading_item", "reading_takeaway", "reading_takeaway_word", "reading_done")
        return [conn.value(f"SELECT count(*) FROM {table}") for table in tables]

    assert await cohort.core.store.read(left) == [1, 0, 0, 0]
    refused(await cohort.ada.click(gone, "Put it back"))


async def test_prompt_leaves_out_what_was_removed(cohort: CohortFixture) -> None:
    await fill(cohort, "First", "Second", "Third")
    await prompt(cohort)
    await cohort.olu.ok("reading remove", item="2")
    sent = await prompt(cohort, DAY + timedelta(days=7))
    assert sent is not None
    assert "#3 “Third”" in text_of(sent), "the second one was chosen ahead, and is gone"
    await cohort.olu.ok("reading remove", item="3")
    again = await prompt(cohort, DAY + timedelta(days=7))
    assert again is not None
    assert "#1 “First”" in text_of(again)


@pytest.mark.parametrize(
    "typed",
    [
        "https://arxiv.org/abs/2306.03262v2",
        "arXiv:2306.03262",
        "https://arxiv.org/pdf/2306.03262.pdf",
        "https://huggingface.co/papers/2306.03262",
        "10.48550/arXiv.2306.03262",
    ],
)
async def test_one_work_is_one_item_and_a_second_time_is_a_vote(cohort: CohortFixture, typed: str) -> None:
    first = await cohort.ada.ok("reading add", reference="https://arxiv.org/html/2306.03262v2#S3")
    assert "#1 arXiv:2306.03262" in text_of(first), "a title, or what it is called, and never a bare address"
    second = await cohort.ben.ok("reading add", reference=typed)
    assert text_of(second) == (
        "This is on the list already: #1 arXiv:2306.03262.\n"
        "I counted your vote for it; it has 1 vote now. Everybody here can see who voted: Ben."
    )
    assert await cohort.ben.again() == second
    assert len(listed(await cohort.ada.ok("reading list"))) == 1


async def test_like_title_is_asked_about_and_never_merged(cohort: CohortFixture) -> None:
    await fill(cohort, "On the Opportunities and Risks of Foundation Models")
    typed = "on the opportunities & risks of foundation models"
    asked = await cohort.ben.fails(
        "reading add", reference="On the oportunities and risks of foundation models"
    )
    assert (asked.field, "#1 “On the Opportunities" in text_of(asked)) == ("reference", True)
    assert "1 vote" in text_of(await cohort.ben.click(asked, "It is #1: vote for it"))
    refused(await cohort.mina.send("reading add", {"reference": typed}))
    other = await cohort.ben.fails(
        "reading add", reference="On the Opportunities and Risks of Foundation Models", tags="x"
    )
    added = answered(await cohort.ben.click(other, "It is another work: add it"))
    assert "#2 “On the Opportunities" in text_of(added)
    await cohort.ben.ok("reading add", reference="Deep Learning, Part 1")
    await cohort.ben.ok("reading add", reference="Deep Learning, Part 2")
    assert len(listed(await cohort.ada.ok("reading list"))) == 4


async def test_removed_work_can_be_added_again(cohort: CohortFixture) -> None:
    await fill(cohort, "https://arxiv.org/abs/2306.03262")
    gone = await cohort.ada.ok("reading remove", item="1")
    again = await cohort.ben.ok("reading add", reference="2306.03262")
    assert "#2 arXiv:2306.03262" in text_of(again)
    await cohort.ada.click(gone, "Put it back")
    third = await cohort.mina.ok("reading add", reference="2306.03262")
    assert "on the list already: #2" in text_of(third)


async def test_corrected_link_is_that_of_another_work(cohort: CohortFixture) -> None:
    await fill(cohort, "https://example.org/a-wrong-page", "arXiv:1706.03762")
    same = await cohort.ada.fails("reading edit", item="1", link="https://arxiv.org/abs/1706.03762")
    assert (same.field, "on the list already" in text_of(same)) == ("link", True)
    await cohort.ada.ok("reading edit", item="1", link="https://arxiv.org/abs/2306.03262")
    assert "on the list already: #1" in text_of(await cohort.ben.ok("reading add", reference="2306.03262"))
    assert "#3" in text_of(await cohort.ben.ok("reading add", reference="https://example.org/a-wrong-page"))


def labels(reply: Reply) -> list[str]:
    return [each.label for each in buttons_of(reply)]


async def test_who_cannot_be_anybody_sees_no_way_to_correct(cohort: CohortFixture) -> None:
    await fill(cohort, "First")
    for who, may in ((cohort.ada, True), (cohort.olu, True), (cohort.ben, False)):
        assert ("Remove it" in labels(await who.ok("reading show", item="1"))) is may
    somebody: Actor = cohort.somebody("Eve")
    refused(await somebody("reading unvote", item="1"))
    assert button_of(await cohort.ben.ok("reading show", item="1"), "Vote #1")
