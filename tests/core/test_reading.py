"""The reading list: suggestions, votes, what was read, and what is posted."""

from collections.abc import Mapping
from datetime import date, timedelta

from core.chat.model import PersonRef, Place, Reply, Source
from core.chat.text import Span, as_text
from core.clock import FixedClock
from core.cohorts import directory
from core.commands.spec import Post
from core.features.reading.posts import compose_prompt, render_prompt
from core.store.port import Conn
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
    "reading add": Redelivered({"reference": "Something", "tags": "vision"}),
    "reading done": Redelivered({"item": "1", "takeaway": "A lot"}),
    "reading list": Redelivered(),
    "reading next": Redelivered(),
    "reading show": Redelivered({"item": "1"}),
    "reading present": Redelivered({"item": "2"}),
    "reading step-down": Redelivered(by="ben"),
    "reading swap": Redelivered({"person": PersonRef("U-mina", "Mina")}, by="ben"),
    "reading take": Redelivered({"item": "1"}),
    "reading takeaway": Redelivered({"item": "1", "takeaway": "Still a lot"}),
    "reading takeaways": Redelivered({"item": "1"}),
    "reading vote": Redelivered({"item": "1"}),
    "reading unvote": Redelivered({"item": "1"}, before=[("olu", "reading vote", {"item": "1"})]),
    "reading edit": Redelivered({"item": "1", "title": "You and Your Research (1986)", "pin": "yes"}),
    "reading remove": Redelivered({"item": "1"}),
    "reading skip": Redelivered(
        before=[
            ("olu", "cohort-admin schedule-add", {"kind": "reading", "when": "mondays 11:00"}),
            ("olu", "cohort-admin schedule-run", {"schedule": "3"}),
        ]
    ),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""

HOSTILE = 'Ba$$in **bold** "q" 🎉 @everyone <!channel> [x](http://evil.example) {reference}'
DAY = date(2026, 11, 23)


def links_of(reply: Reply) -> list[str]:
    spans = [each for line in as_text(reply.text).lines for each in line.spans]
    return [each.link for each in spans if isinstance(each, Span) and each.link]


async def prompt(cohort_fixture: CohortFixture, day: date = DAY, *, late: bool = False) -> Reply | None:
    """What the schedule posts on a day, from what it stored."""
    at = cohort_fixture.core.clock.now()

    def fire(conn: Conn) -> Post | None:
        cohort = directory.cohort(conn, cohort_fixture.id)
        assert cohort is not None
        data = compose_prompt(conn, cohort, day, at)
        return None if data is None else Post(1, cohort, "reading.prompt", data, at, late)

    post = await cohort_fixture.core.write(cohort_fixture.id, fire)
    return None if post is None else await render_prompt(cohort_fixture.core, post)


async def test_suggestion_is_public_and_can_be_voted_for(cohort: CohortFixture) -> None:
    form = await cohort.ada.form("reading add")
    assert [each.name for each in form.fields] == ["reference", "why", "tags"]
    reply = answered(await cohort.ada.submit(form, reference="Attention", why="It is short.\nAnd clear."))
    assert not reply.private
    assert text_of(reply) == "Ada put this on the reading list:\n#1 “Attention”\n> It is short.\n> And clear."
    voted = answered(await cohort.ben.click(reply, "Vote for it"))
    assert voted.private
    assert text_of(voted) == ("Counted: “Attention” has 1 vote now. Everybody here can see who voted: Ben.")


async def test_hostile_words_stay_plain_and_links_are_links(cohort: CohortFixture) -> None:
    plain = await cohort.ada.ok("reading add", reference=HOSTILE, why="**b** {why}")
    assert HOSTILE in text_of(plain)
    assert "> **b** {why}" in text_of(plain)
    assert links_of(plain) == []
    linked = await cohort.ada.ok("reading add", reference="https://arxiv.org/abs/2306.03262")
    assert links_of(linked) == ["https://arxiv.org/abs/2306.03262"]
    for reference in ("javascript:alert(1)", "one http://a.example/ and more"):
        assert links_of(await cohort.ada.ok("reading add", reference=reference)) == []
    assert (await cohort.ada.fails("reading add", reference="x" * 501)).field == "reference"
    assert (await cohort.ada.fails("reading add", reference="x", why="y" * 1001)).field == "why"


async def test_second_vote_changes_nothing_and_is_friendly(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="Attention")
    first = await cohort.ada.ok("reading vote", item="1")
    assert await cohort.ada.again() == first
    assert text_of(await cohort.ada.ok("reading vote", item="att")) == (
        "Your vote for it stands already: “Attention” has 1 vote now. Everybody here can see who voted: Ada."
    )
    assert "2 votes now. Everybody here can see who voted: Ada, Ben." in text_of(
        await cohort.ben.ok("reading vote", item="#1")
    )


async def test_call_delivered_twice_leaves_one_item(cohort: CohortFixture) -> None:
    first = await cohort.ada.ok("reading add", reference="Once")
    assert await cohort.ada.again() == first
    assert len(listed(await cohort.ada.ok("reading list"))) == 1
    done = await cohort.ada.ok("reading done", item="1", takeaway="Yes")
    assert await cohort.ada.again() == done


async def test_list_goes_by_votes_and_has_buttons_for_five(cohort: CohortFixture) -> None:
    empty = await cohort.ada.ok("reading list")
    assert button_of(empty).label == "Add something"
    for number in range(1, 8):
        await cohort.ada.ok("reading add", reference=f"Text {number}")
    for who in (cohort.ada, cohort.ben):
        await who.ok("reading vote", item="7")
    await cohort.ben.ok("reading vote", item="3")
    reply = await cohort.ada.ok("reading list")
    assert reply.private
    rows = listed(reply)
    assert [row.partition(" ")[0] for row in rows] == ["#7", "#3", "#1", "#2", "#4", "#5", "#6"]
    assert rows[:3] == [
        "#7 Text 7 · 2 votes: Ada, Ben · you voted for it · from Ada",
        "#3 Text 3 · 1 vote: Ben · from Ada",
        "#1 Text 1 · 0 votes · from Ada",
    ]
    labels = [each.label for each in buttons_of(reply)]
    assert labels == ["Take back #7", "Vote #3", "Vote #1", "Vote #2", "Vote #4", "Add something"]
    clicked = answered(await cohort.ada.click(reply, "Vote #3"))
    assert "has 2 votes now." in text_of(clicked)


async def test_what_was_read_keeps_takeaway(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="Attention")
    done = await cohort.ada.ok("reading done", item="1")
    assert text_of(done) == "Well read! “Attention”"
    form = await cohort.ada.click(done, "Write a takeaway")
    kept = answered(await cohort.ada.submit(form, takeaway="Softmax\neverywhere"))
    assert text_of(kept) == (
        "Your takeaway from “Attention” is kept. The cohort reads it under the item.\n> Softmax\n> everywhere"
    )
    again = await cohort.ada.ok("reading done", item="1")
    assert text_of(again).startswith("You had read it before")
    assert "you read it" in listed(await cohort.ada.ok("reading list"))[0]
    assert "read it" not in listed(await cohort.ben.ok("reading list"))[0], (
        "who has read it is theirs to tell"
    )

    def takeaways(conn: Conn) -> list[str]:
        return [row["takeaway"] for row in conn.all("SELECT takeaway FROM reading_takeaway")]

    assert await cohort.core.store.read(takeaways) == ["Softmax\neverywhere"]
    assert (await cohort.ada.fails("reading done", item="1", takeaway="x" * 2001)).field == "takeaway"


async def test_strangers_and_forged_ids_are_refused(cohort: CohortFixture) -> None:
    away = Place("test", "W2", "C9", name="other")
    other = await found_cohort(cohort.core, "Other", place=away)
    eve = Actor(other.core, other.ada.person, away)
    await eve.ok("reading add", reference="Elsewhere")
    for command, args in (
        ("reading vote", {"item": "1"}),
        ("reading done", {"item": "Elsewhere"}),
        ("reading takeaway", {"item": "1", "takeaway": "t"}),
    ):
        refused(await cohort.ben.send(command, args))
        refused(await cohort.ben.send(command, args, cohort=other.id, source=Source.BUTTON))
    assert " · 0 votes · from " in listed(await eve.ok("reading list"))[0]
    refused(await cohort.somebody("Eve")("reading add", reference="No"))


async def test_prompts_go_through_list_one_by_one(cohort: CohortFixture) -> None:
    assert await prompt(cohort) is None
    await cohort.ada.ok("reading add", reference="First", why="Because")
    await cohort.ada.ok("reading add", reference="Second")
    await cohort.ben.ok("reading vote", item="2")
    up = await cohort.ada.ok("reading next")
    assert text_of(up) == "Up next, because it is the most wanted: 1 vote: Ben:\n#2 “Second”"
    sent = await prompt(cohort)
    assert sent is not None
    assert "#2 “Second”" in text_of(sent)
    assert "Suggested by Ada. Chosen because it was the most wanted, with 1 vote." in text_of(sent)
    assert [each.label for each in buttons_of(sent)] == [
        "I read it",
        "My takeaway",
        "I can present",
        "Not this week",
        "The list",
    ]
    assert "Next time: #1 “First”." in text_of(sent)
    assert await prompt(cohort) == sent
    following = await cohort.ada.ok("reading next")
    assert text_of(following) == (
        "Being read since Mon 23 Nov 2026:\n#2 “Second”\n"
        "Up next, chosen as what had waited longest:\n#1 “First”\n> Because"
    )
    week = DAY + timedelta(days=7)
    second = await prompt(cohort, week, late=True)
    assert second is not None
    assert "#1 “First”\n> Because" in text_of(second)
    assert "Next time" not in text_of(second), "nothing waits"
    assert "I was not running then" in text_of(second)
    third = await prompt(cohort, week + timedelta(days=7))
    assert third is not None
    assert "#2 “Second”" in text_of(third)


async def test_prompts_buttons_work(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="First")
    sent = await prompt(cohort)
    assert sent is not None
    assert text_of(await cohort.ben.click(sent, "I read it")).startswith("Well read!")
    form = await cohort.mina.click(sent, "My takeaway")
    assert "Your takeaway from “First” is kept" in text_of(await cohort.mina.submit(form, takeaway="Short"))
    assert "you sit #1 “First” out" in text_of(await cohort.olu.click(sent, "Not this week"))
    assert "You present #1 “First”, which is being read now." in text_of(
        await cohort.ada.click(sent, "I can present")
    )
    await cohort.mina.click(sent, "The list")
    row = listed(await cohort.mina.ok("reading list", section="now"))[0]
    assert "you read it" in row


async def test_a_list_of_which_nothing_was_read_is_not_called_empty(cohort: CohortFixture) -> None:
    assert "The reading list is empty" in text_of(await cohort.ada.ok("reading list"))
    await cohort.ada.ok("reading add", reference="First")
    read = await cohort.ada.ok("reading list", section="read")
    assert text_of(read) == "The reading list\nNothing was read together yet."
    assert "#1" in listed(await cohort.ada.click(read, "Up next"))[0]
    now = await cohort.ada.ok("reading list", section="now")
    assert text_of(now) == "The reading list\nNothing is read just now."


async def test_digest_tells_what_is_new_and_counts_behind_five(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await cohort.ada.ok("reading add", reference="First")
    await cohort.ada.ok("reading vote", item="1")
    await cohort.ben.ok("reading present", item="1")
    for who in (cohort.ada, cohort.ben, cohort.mina, cohort.olu):
        await who.ok("reading done", item="1")
    news = ["New on the reading list", "Ada · #1 “First”"]
    presents = ["Who presents next", "Ben · #1 “First”, when it comes up"]
    wanted = "Most wanted · #1 “First”, 1 vote"
    assert await told_by_digest(cohort.ada) == [*news, *presents, "In numbers", wanted]
    others = [cohort.somebody(f"Member{n}") for n in range(6)]

    def enrol(conn: Conn) -> None:
        for each in others:
            person = directory.ensure_person(conn, each.person, EARLY)
            directory.add_member(conn, cohort.id, person, EARLY)

    await cohort.core.store.write(enrol)
    assert await told_by_digest(cohort.ada) == [*news, *presents, "In numbers", wanted], "four are too few"
    await others[0].ok("reading done", item="1")
    counted = [*news, *presents, "In numbers", "Readings finished together · 5", wanted]
    assert await told_by_digest(cohort.ada) == counted
    await others[1].ok("reading done", item="1")
    assert await told_by_digest(cohort.ada) == counted, "the sixth waits for four more"
    clock.move_to(clock.now() + timedelta(days=30))
    assert await told_by_digest(cohort.ada) == [*presents, "In numbers", wanted]


async def test_completion_finds_items(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="Attention")
    await cohort.ada.ok("reading add", reference="On attention")
    assert cohort.ben.last is None
    await cohort.ben.ok("reading list")
    assert cohort.ben.last is not None
    request = cohort.ben.last
    asking = type(request)("c", "reading vote", request.person, request.place)
    offered = await cohort.core.complete(asking, "item", "ATT")
    assert [each.label for each in offered] == ["#2 On attention", "#1 Attention"]
    ambiguous = text_of(await cohort.ben.fails("reading vote", item="zzz"))
    assert "reading list" in ambiguous


async def test_votes_from_before_names_count_and_stay_unnamed(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="First")
    for who in (cohort.ada, cohort.ben):
        await who.ok("reading vote", item="1")

    def unname(conn: Conn) -> None:
        conn.run("UPDATE reading_vote SET named = 0")

    await cohort.core.store.write(unname)
    assert " · 2 votes · " in listed(await cohort.ada.ok("reading list"))[0]
    await cohort.ben.ok("cohort leave")
    assert " · 2 votes · " in listed(await cohort.ada.ok("reading list"))[0], (
        "whose vote it was is not told by leaving"
    )
    again = await cohort.ada.ok("reading vote", item="1")
    assert "stands already: “First” has 2 votes now. Everybody here can see who voted: Ada." in text_of(again)


async def test_vote_by_name_goes_with_its_member(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="First")
    for who in (cohort.ada, cohort.ben):
        await who.ok("reading vote", item="1")
    await cohort.ben.ok("cohort leave")
    assert " · 1 vote: Ada · " in listed(await cohort.ada.ok("reading list"))[0]
