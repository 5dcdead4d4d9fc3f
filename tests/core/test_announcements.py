"""What is said to the whole cohort stands in its own channel, wherever the command was typed."""

from core.chat.model import Place
from core.commands.registry import Registry
from core.delivery.service import Delivery
from core.errors import Refused
from tests.outlets import KeepingOutlet, raising
from tests.people import CohortFixture, text_of

ELSEWHERE = Place("test", "W", "C-random", name="random")


async def test_typed_in_own_channel_answer_stands_there(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    reply = await cohort.ada.ok("reading add", reference="On lotteries")
    assert not reply.private
    await delivery.flush()
    assert outlet.sent == []


async def test_typed_elsewhere_cohort_reads_it_in_its_channel(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    for place, title in ((cohort.ada.in_direct(), "On lotteries"), (cohort.ada.at(ELSEWHERE), "On chance")):
        before = len(outlet.sent)
        reply = await place.ok("reading add", reference=title)
        assert reply.private
        assert "I am posting it in lab, and tell you if that fails." in text_of(reply)
        await delivery.flush()
        (post,) = outlet.sent[before:]
        assert post.target.channel == "C1"
        assert text_of(post.reply).startswith("Ada put this on the reading list:")


async def test_turn_taken_elsewhere_is_told_in_channel(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("reading add", reference="On lotteries")
    await cohort.ada.ok("reading present", item="1")
    asked = await cohort.ada.in_direct().ok("reading swap", person="U-ben")
    assert asked.private
    taken = await cohort.ben.in_direct().ok("reading take", item="1")
    assert taken.private
    await delivery.flush()
    told = [text_of(each.reply) for each in outlet.sent if each.target.channel == "C1"]
    assert [each.splitlines()[0] for each in told] == [
        "Ada asks Ben: would you present #1 “On lotteries” instead? If you have a turn of your own, Ada takes that "
        "one in return.",
        "Ben presents #1 “On lotteries”.",
    ]


async def test_announcement_that_failed_is_told(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    outlet.before.append(raising(Refused("The channel takes no posts.")))
    ada = cohort.ada.in_direct()
    await ada.ok("reading add", reference="On lotteries")
    await delivery.flush()

    rows = await cohort.core.store.read(lambda conn: conn.all("SELECT kind, direct FROM outbox ORDER BY id"))
    assert [(row["kind"], row["direct"]) for row in rows] == [("reading.added", 0), ("delivery.unsent", 1)]


def test_public_answers_have_a_cohort(registry: Registry) -> None:
    public = {each.name for each in registry.commands.values() if not each.private}
    assert public == {"reading add", "reading swap", "reading take"}
    assert all(registry.commands[name].needs_cohort for name in public)
