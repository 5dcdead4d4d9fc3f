"""What is kept of somebody: shown, given to them, deleted."""

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.chat.model import PersonRef, Records, Reply
from core.cohorts.model import Cohort
from core.cohorts.privacy import DataSubject
from core.commands.dispatch import Core
from core.delivery.service import Delivery
from core.features.checkins.personal_data import CHECKINS
from core.features.privacy import archive, export, records
from core.features.privacy.records import KeptTable, KeptTopic
from tests.core.test_deferred import close_direct_messages
from tests.core.test_personal_data import files_of, unzipped
from tests.outlets import KeepingOutlet
from tests.people import Actor, CohortFixture, answered, buttons_of, listed, refused, text_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "privacy show": Redelivered(),
    "privacy export": Redelivered(),
    "privacy forget": Redelivered({"sure": "yes"}, by="ben"),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""


async def test_what_is_kept_is_shown_with_who_reads_it(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="A paper")
    await cohort.ada.ok("checkin now", progress="A little")
    shown = await cohort.ada.ok("privacy show")
    assert shown.private
    lines = listed(shown)
    assert any(line.startswith("Papers: 1, 23 Nov 2026 · titles") for line in lines), lines
    assert any(line.startswith("Check-ins: 1, 23 Nov 2026") and "you alone" in line for line in lines)
    assert not any(line.startswith("Feedback") for line in lines), "what there is none of is not listed"
    assert {"Take it along", "Have it deleted"} <= {each.label for each in buttons_of(shown)}


async def test_it_says_for_how_long_as_this_cohort_has_set(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin mentor", person=PersonRef("U-ada", "Ada"), add=True)

    async def kept(actor: Actor, topic: str) -> str:
        (line,) = [each for each in listed(await actor.ok("privacy show")) if each.startswith(topic)]
        return line.rpartition("kept ")[2]

    assert (await kept(cohort.olu, "What organizers do")).startswith("730 days")
    for key, days in (("keep-audit", "90"), ("keep-posts", "7"), ("keep-unsent", "31")):
        await cohort.olu.ok("cohort-admin set", key=key, value=days)
    assert (await kept(cohort.olu, "What organizers do")).startswith("90 days")
    words = "7 days after they were sent, those that were not sent 31, as set for your cohort"
    assert (await kept(cohort.ada, "Messages")).startswith(words)


def test_what_says_how_long_names_settings_that_there_are(core: Core) -> None:
    for topic, _ in records.topics(core.registry):
        filled = topic.kept.format_map({key: each.default for key, each in core.registry.settings.items()})
        assert "{" not in filled, topic.name


async def test_files_come_by_direct_message(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="A paper")
    told = await cohort.ada.ok("privacy export")
    assert "I am sending it to you as a direct message: one file" in text_of(told)
    assert not files_of(told), "in a channel it is on no screen but Ada's"
    await delivery.flush()
    (sent,) = outlet.sent
    assert sent.target.direct
    assert sent.target.channel == "U-ada"
    (file,) = files_of(sent.reply)
    assert file.name == "my-data-2026-11-23.zip"
    held = unzipped([file])
    assert json.loads(held["json/submission.json"])[0]["title"] == "A paper"
    assert held["csv/submission.csv"].split("\r\n")[1].split(",")[4] == "A paper"
    assert "Papers\n  What: titles" in held["read-me.txt"]
    assert "a paper" not in str((await cohort.olu.ok("cohort-admin delivery")).blocks).casefold()


async def test_files_come_with_the_answer_where_direct_messages_are_closed(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await close_direct_messages(cohort, cohort.ada)
    given = await cohort.ada.ok("privacy export")
    assert "Here is everything that I keep of you in Lab" in text_of(given)
    assert len(files_of(given)) == 1
    await delivery.flush()
    assert not outlet.sent


@pytest.mark.case(35)
async def test_a_cell_is_no_formula(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="=HYPERLINK(1)")
    held = unzipped(files_of(await cohort.ada.in_direct().ok("privacy export")))
    assert "'=HYPERLINK(1)" in held["csv/submission.csv"]
    assert '"=HYPERLINK(1)"' in held["json/submission.json"]


def test_parts_are_small_and_hold_everything() -> None:
    noise = random.Random(7)  # noqa: S311 - nothing secret is made
    words = [(n, noise.randbytes(3000).hex()) for n in range(2500)]
    kept = [KeptTopic(CHECKINS, [KeptTable("checkin", ("id", "progress"), tuple(words))])]
    of = DataSubject(Cohort(1, "Lab", "UTC"), 1, 1, "Ada", (), datetime(2026, 11, 23, tzinfo=UTC), True)
    most = 2 * 2**20
    files = archive.parts(kept, of, most)
    assert len(files) > 3
    assert all(len(each.content) <= most for each in files)
    assert files[0].name == f"my-data-2026-11-23-1-of-{len(files)}.zip"
    held = unzipped(files)
    rows = [row for name, content in held.items() if name.startswith("json/") for row in json.loads(content)]
    assert [(row["id"], row["progress"]) for row in sorted(rows, key=lambda row: row["id"])] == words
    assert archive.parts(kept, of, most)[1].content == files[1].content, "a second attempt sends the same"


async def test_long_work_says_that_it_goes_on(
    sqlite_cohort: CohortFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_PATIENCE", 0.0)
    shown: list[str] = []

    async def show(reply: Reply) -> None:
        shown.append(text_of(reply))

    await sqlite_cohort.ada.ok("privacy show")
    asked = sqlite_cohort.ada.last
    assert asked is not None
    answer = await sqlite_cohort.core.run(replace(asked, id="long", command="privacy export"), show)
    assert shown == ["I am putting together everything that I keep of you."]
    assert "direct message" in text_of(answer)


async def test_ended_cohort_gives_what_is_kept(cohort: CohortFixture) -> None:
    await cohort.ada.ok("checkin now", progress="Quagga moved")
    await cohort.olu.click(await cohort.olu.ok("cohort-admin archive"), "Archive it")
    direct = cohort.ada.in_direct()
    await direct.fails("checkin history")
    shown = await direct.ok("privacy show")
    assert any(line.startswith("Check-ins: 1") for line in listed(shown))
    opens = [row.opens for block in shown.blocks if isinstance(block, Records) for row in block.rows]
    assert [each.command for each in opens if each is not None] == ["profile show"], "nothing else goes on"
    held = unzipped(files_of(await direct.ok("privacy export")))
    assert "Quagga moved" in held["json/checkin.json"]
    asked = await direct.ok("privacy forget")
    told = answered(await direct.click(asked, "Delete everything"))
    assert "is deleted" in text_of(told)
    assert not told.blocks, "nobody joins what was archived"
    assert "I keep nothing of you" in text_of(await direct.fails("privacy show"))


async def test_nobody_gets_at_what_is_kept_of_others(cohort: CohortFixture) -> None:
    await cohort.ada.ok("checkin now", progress="Quagga moved")
    zoe = cohort.somebody("Zoe")
    assert "I keep nothing of you in this cohort." in text_of(await zoe.ok("privacy show"))
    forged = refused(await zoe.in_direct().send("privacy export", {}, cohort=cohort.id))
    assert "Lab" not in text_of(forged), "not even what it is called"
    refused(await zoe.in_direct().send("privacy forget", {"sure": "yes"}, cohort=cohort.id))
    given = unzipped(files_of(await cohort.ben.in_direct().ok("privacy export")))
    assert "Quagga" not in "".join(given.values())
