"""The moment of a decision: what its authors read, what they may tell the cohort, and how that is taken back."""

from collections.abc import Mapping

import pytest

from core.chat.model import Reply
from core.delivery.service import Delivery
from core.errors import Refused
from core.lottery import figures
from core.lottery.shown import shown
from core.store.port import Conn
from tests.core.test_sharing import directs
from tests.outlets import KeepingOutlet, raising
from tests.people import (
    Actor,
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    number_of,
    refused,
    text_of,
)
from tests.redelivery import Redelivered, Step

SHARED: Step = ("olu", "submission share", {"paper": "2", "words": "Onward.", "sure": "yes"})

REDELIVERED: Mapping[str, Redelivered] = {
    "submission share": Redelivered({"paper": "2", "words": "Onward.", "sure": "yes"}),
    "submission unshare": Redelivered({"paper": "2"}, before=[SHARED]),
}


async def decided(cohort: CohortFixture, stage: str, **given: str) -> Reply:
    """Ada's paper at ICML 2026, decided."""
    added = await cohort.ada.ok("submission add", title="Onward", venue="ICML 2026", **given)
    return await cohort.ada.ok("submission update", paper=number_of(added), stage=stage)


def posts(outlet: KeepingOutlet) -> list[str]:
    """What channels were sent, word for word."""
    return [text_of(each.reply) for each in outlet.sent if not each.target.direct]


def edits(outlet: KeepingOutlet) -> list[str]:
    """What messages in channels were changed to."""
    return [text_of(each.reply) for _, each in outlet.edits if not each.target.direct]


async def words_of(cohort: CohortFixture) -> list[str]:
    """The words that are kept of what was told."""

    def read(conn: Conn) -> list[str]:
        return [row["words"] for row in conn.all("SELECT words FROM decision_told ORDER BY id")]

    return await cohort.core.store.read(read)


# --- what its authors read --------------------------------------------------------------------------------


async def test_rejection_is_private_and_kind_and_says_what_one_rejection_says(cohort: CohortFixture) -> None:
    answer = await decided(cohort, "rejected")
    assert answer.private
    odds = shown(figures.committees(0.266).accept_after_rejection).words
    assert text_of(answer).split("\n") == [
        "#1 “Onward” was not taken at ICML 2026. I am sorry. Take the time you need.",
        "One rejection says little: of the papers that one committee turns down, another would have accepted "
        f"{odds}. This takes the accept rate of ICML 2026, 26.6 in 100.",
    ]
    assert odds == "about 17 in 100 (16 to 19)"
    assert [each.label for each in buttons_of(answer)][:3] == [
        "Note its reviews",
        "Deadlines that fit",
        "Ask for feedback",
    ]


async def test_three_steps_lead_on(cohort: CohortFixture) -> None:
    answer = await decided(cohort, "rejected")
    assert (await cohort.ada.form("review add", paper="1")).command == "review add"
    assert button_of(answer, "Note its reviews").args == {"paper": "1"}
    due = await cohort.ada.click(answer, "Deadlines that fit")
    assert not answered(due).error
    form = await cohort.ada.click(answer, "Ask for feedback")
    asked = await cohort.ada.submit(form)
    assert "The next version of “Onward”" in text_of(asked)
    assert "reject" not in text_of(asked)


async def test_deadlines_that_fit_are_of_the_field(cohort: CohortFixture) -> None:
    def said(conn: Conn) -> None:
        conn.run("UPDATE venue_edition SET fields = 'machine learning'")

    await cohort.olu.ok("cohort-admin venue-add", name="ICML", year="2026", accept_rate="20%")
    await cohort.core.store.write(said)
    answer = await decided(cohort, "rejected")
    assert button_of(answer, "Deadlines that fit").args == {"within": "180", "field": "machine learning"}
    assert "the accept rate of ICML 2026, 20 in 100, as an organizer says" in text_of(answer)


async def test_way_so_far_is_told_from_the_second_round_on(cohort: CohortFixture) -> None:
    await decided(cohort, "rejected")
    for venue, stage in (("ICLR 2027", "desk reject"), ("AISTATS 2027", "rejected"), ("TMLR", "rejected")):
        await cohort.ada.ok("submission resubmit", paper="1", venue=venue)
        last = await cohort.ada.ok("submission update", paper="1", stage=stage)
    assert text_of(last).split("\n")[-1] == (
        "Its way so far, 4 tries: 1 earlier, then ICLR 2027 desk rejected, AISTATS 2027 rejected, TMLR rejected."
    )


@pytest.mark.parametrize(
    ("stage", "words", "first"),
    [
        ("accepted", "🎉 Congratulations! #1 “Onward” is accepted at ICML 2026.", "Tell the cohort"),
        ("published", "🎉 Congratulations! #1 “Onward” is out in the world at ICML 2026.", "Tell the cohort"),
        ("desk reject", "so it is no verdict, and the lottery does not count it", "Deadlines that fit"),
        ("revising", "neither yes nor no", "Note its reviews"),
        ("withdrawn", "waits here until you pick it up again", "Deadlines that fit"),
    ],
)
async def test_every_moment_has_words_of_its_own(
    cohort: CohortFixture, stage: str, words: str, first: str
) -> None:
    answer = await decided(cohort, stage)
    assert words in text_of(answer)
    assert buttons_of(answer)[0].label == first
    assert ("Share it" in {each.label for each in buttons_of(answer)}) is (
        stage in ("desk reject", "withdrawn")
    )
    assert "One rejection" not in text_of(answer), "these are no verdicts of reviewers"


async def test_note_stands_behind_the_words(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2026")
    answer = await cohort.ada.ok("submission update", paper="1", stage="rejected", note="R2 was kind")
    assert text_of(answer).endswith("Your note is in its timeline, for you alone.")


async def test_who_is_no_author_is_answered_plainly(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2026")
    answer = await cohort.olu.ok("submission update", paper="1", stage="rejected")
    assert (
        text_of(answer) == "#1 “Onward” moved from submitted to rejected at ICML 2026.\nIts authors are told."
    )
    assert [each.label for each in buttons_of(answer)] == ["Show", "Timeline"]
    await delivery.flush()
    [told] = directs(outlet)
    assert told.startswith("#1 “Onward” was not taken at ICML 2026, as Olu recorded. I am sorry.")
    assert "One rejection says little" in told


async def test_coauthors_hear_it_as_kindly(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Ours", venue="ICML 2026", coauthors="Ben, Mina")
    await delivery.flush()
    outlet.sent.clear()
    await cohort.ben.ok("submission update", paper="1", stage="accepted")
    await delivery.flush()
    assert sorted(each.target.channel for each in outlet.sent) == ["U-ada", "U-mina"]
    assert set(directs(outlet)) == {
        "🎉 Congratulations! #1 “Ours” is accepted at ICML 2026, as Ben recorded."
    }
    mina = next(each.reply for each in outlet.sent if each.target.channel == "U-mina")
    assert "Tell the cohort" in {each.label for each in buttons_of(mina)}


async def test_word_of_a_decision_that_was_corrected_meanwhile_says_so(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Ours", venue="ICML 2026", coauthors="Ben")
    await delivery.flush()
    await cohort.ada.ok("submission update", paper="1", stage="accepted")
    await delivery.flush()
    await cohort.ada.ok("submission update", paper="1", stage="rejected", sure="yes")
    await cohort.ada.ok("submission edit", paper="1", title="Ours, again")
    await delivery.flush()
    edited = [text_of(each.reply) for _, each in outlet.edits]
    assert "#1 “Ours, again” was accepted at ICML 2026, by Ada. That has changed since." in edited


# --- told in the channel ----------------------------------------------------------------------------------


async def tell(who: Actor, reply: Reply, label: str, words: str | None) -> Reply:
    """Press a button that asks for words, and write some."""
    form = await who.click(reply, label)
    return answered(await who.submit(form, **({"words": words} if words else {})))


async def test_good_news_is_posted_with_its_authors_words(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Ours", venue="ICML 2026", coauthors="Ben, Chen Li")
    await cohort.ada.ok("submission update", paper="1", stage="accepted")
    answer = await cohort.ada.ok("submission update", paper="1", stage="published")
    posted = await tell(cohort.ada, answer, "Tell the cohort", "Four years.\nThank you all.")
    assert text_of(posted) == "I am posting it in lab, and tell you if that fails."
    await delivery.flush()
    assert posts(outlet) == [
        "🎉 Ada, with Ben and Chen Li: “Ours” is published at ICML 2026!\n> Four years.\n> Thank you all."
    ]
    assert any("Ada told Lab of the decision on #1 “Ours”" in each for each in directs(outlet))


async def test_words_are_changed_and_taken_back(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    answer = await decided(cohort, "accepted")
    posted = await tell(cohort.ada, answer, "Tell the cohort", "Hooray")
    await delivery.flush()
    again = await tell(cohort.ada, posted, "Change the words", "Hooray, and thanks")
    await delivery.flush()
    assert len(posts(outlet)) == 1, "once"
    assert edits(outlet) == ["🎉 Ada: “Onward” is accepted at ICML 2026!\n> Hooray, and thanks"]
    taken = answered(await cohort.ada.click(again, "Take it back"))
    assert "It still stands in lab" in text_of(taken), "nothing is called taken back before it is"
    await delivery.flush()
    assert edits(outlet)[-1] == "Word of a decision was here; it is told no more."
    assert await words_of(cohort) == [""], "its words are gone"
    over = answered(await cohort.ada.click(taken, "Try again"))
    await delivery.flush()
    assert "It still stands" in text_of(over) or "taken back" in text_of(over)


async def test_taken_back_before_it_left_is_never_posted(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    posted = await tell(cohort.ada, await decided(cohort, "accepted"), "Tell the cohort", None)
    taken = answered(await cohort.ada.click(posted, "Take it back"))
    assert text_of(taken) == "It is taken back: your words are deleted, and nothing of it was posted."
    await delivery.flush()
    assert posts(outlet) == []


async def test_take_back_that_was_refused_is_tried_again(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    posted = await tell(cohort.ada, await decided(cohort, "accepted"), "Tell the cohort", "Hooray")
    await delivery.flush()
    outlet.before.append(raising(Refused("The message is archived.")))
    taken = answered(await cohort.ada.click(posted, "Take it back"))
    await delivery.flush()
    assert edits(outlet) == []
    answered(await cohort.ada.click(taken, "Try again"))
    await delivery.flush()
    assert edits(outlet) == ["Word of a decision was here; it is told no more."]


async def test_rejection_is_seen_before_it_is_posted(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    preview = await tell(cohort.ada, await decided(cohort, "rejected"), "Share it", "On to the next.")
    assert text_of(preview).split("\n") == [
        "This is what would stand in lab, where everybody in the cohort reads it:",
        "Ada: “Onward” was not taken at ICML 2026.",
        "> On to the next.",
    ]
    await delivery.flush()
    assert posts(outlet) == []
    other = await cohort.ada.click(preview, "Other words")
    assert {each.name: each.value for each in other.fields}["words"] == "On to the next."  # type: ignore[union-attr]
    preview = answered(await cohort.ada.submit(other, words="On we go."))
    answered(await cohort.ada.click(preview, "Post it"))
    await delivery.flush()
    assert posts(outlet) == ["Ada: “Onward” was not taken at ICML 2026.\n> On we go."]


async def test_preview_of_good_news_is_what_is_posted(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await decided(cohort, "accepted", coauthors="Ben, Zoe Extern")
    preview = await cohort.ben.ok("submission share", paper="Onward", words="Hooray")
    answered(await cohort.ben.click(preview, "Post it"))
    await delivery.flush()
    assert posts(outlet) == [text_of(preview).partition("\n")[2]]
    assert posts(outlet)[0].startswith("🎉 Ben, with Ada and Zoe Extern: “Onward” is accepted")


async def test_rejection_is_posted_without_a_word(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    preview = await tell(cohort.ada, await decided(cohort, "rejected", coauthors="Ben"), "Share it", None)
    answered(await cohort.ada.click(preview, "Post it"))
    await delivery.flush()
    assert posts(outlet) == ["Ada: “Onward” was not taken at ICML 2026."], "nobody else is named"


async def test_nobody_is_put_there_by_somebody_else(cohort: CohortFixture) -> None:
    await decided(cohort, "rejected")
    for who in (cohort.olu, cohort.ben):
        said = await who.fails("submission share", paper="1", words="Look", sure="yes")
        assert "nobody is ever put there by somebody else" in text_of(said)
        assert refused(await who.send("submission unshare", {"paper": "1"}))
    assert await words_of(cohort) == []


async def test_hidden_paper_is_told_by_its_owner_alone_who_is_told_what_that_shows(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    added = await cohort.ada.ok(
        "submission add", title="Ours", venue="ICML 2026", visibility="anonymous", coauthors="Ben"
    )
    paper = number_of(added)
    answer = await cohort.ada.ok("submission update", paper=paper, stage="accepted")
    said = await cohort.ben.fails("submission share", paper=paper, words="x", sure="yes", hidden="yes")
    assert "only the member whose paper it is" in text_of(said)
    preview = await tell(cohort.ada, answer, "Tell the cohort", "Hooray")
    assert "This shows all of them its title, the decision and that it is yours" in text_of(preview)
    answered(await cohort.ada.click(preview, "Post it"))
    await delivery.flush()
    assert posts(outlet) == ["🎉 Ada: “Ours” is accepted at ICML 2026!\n> Hooray"], (
        "its co-authors stay hidden"
    )
    assert paper not in str([buttons_of(each.reply) for each in outlet.sent if not each.target.direct])


async def test_paper_that_was_hidden_meanwhile_is_asked_about(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    answer = await decided(cohort, "accepted")
    await cohort.ada.ok("submission edit", paper="1", visibility="private")
    preview = await tell(cohort.ada, answer, "Tell the cohort", "Hooray")
    assert "The cohort does not see this paper." in text_of(preview)
    await delivery.flush()
    assert posts(outlet) == []


async def test_what_is_told_follows_the_paper(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    gone = "Word of a decision was here; it is told no more."
    await tell(cohort.ada, await decided(cohort, "accepted"), "Tell the cohort", "Hooray")
    await delivery.flush()
    steps: list[tuple[str, dict[str, str], str]] = [
        ("edit", {"title": "Upward"}, "🎉 Ada: “Upward” is accepted at ICML 2026!\n> Hooray"),
        ("edit", {"venue": "ICML 2025"}, "🎉 Ada: “Upward” is accepted at ICML 2025!\n> Hooray"),
        ("edit", {"visibility": "private"}, gone),
        ("edit", {"visibility": "cohort"}, "🎉 Ada: “Upward” is accepted at ICML 2025!\n> Hooray"),
        ("delete", {"sure": "yes"}, gone),
        ("restore", {}, "🎉 Ada: “Upward” is accepted at ICML 2025!\n> Hooray"),
        ("update", {"stage": "rejected", "sure": "yes"}, gone),
    ]
    for verb, args, now in steps:
        await cohort.ada.ok(
            f"submission {verb}",
            paper="1" if verb == "restore" else "Upward" if "title" not in args else "1",
            **args,
        )
        await delivery.flush()
        assert edits(outlet)[-1] == now, (verb, args)
    assert len(posts(outlet)) == 1


async def test_without_a_decision_there_is_nothing_to_tell(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2026")
    assert "There is no decision on “Onward” to tell of yet." in text_of(
        await cohort.ada.fails("submission share", paper="1")
    )
    await cohort.ada.ok("submission update", paper="1", stage="rejected")
    await cohort.ada.ok("submission resubmit", paper="1", venue="ICLR 2027")
    preview = await cohort.ada.ok("submission share", paper="1")
    assert "“Onward” was not taken at ICML 2026." in text_of(preview), "the last decision"
