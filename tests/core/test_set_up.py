"""Set-up: ways of working in one click, and what comes next until a cohort is at work."""

from dataclasses import replace

import pytest

from core.chat.model import ChannelRef, Form
from core.commands.dispatch import Core
from core.delivery import phrases
from core.features.admin import presets
from core.features.admin.presets import Preset
from tests.channels import KnownChannels
from tests.core.test_cohort_feature import newcomer
from tests.people import HOME, CohortFixture, answered, buttons_of, listed, text_of

LAB = replace(HOME, id="C0LAB07")
"""A channel with an id as platforms have them, which a button can name."""
SETUP = {"name": "Lab", "timezone": "Europe/Berlin"}


@pytest.mark.parametrize("preset", list(Preset))
async def test_way_of_working_is_one_click(core: Core, preset: Preset) -> None:
    zoe, way = newcomer(core), presets.WAYS[preset]
    founded = await zoe.ok("cohort-admin setup", **SETUP)
    chosen = answered(await zoe.click(founded, preset.label))
    lines = [line for line in text_of(chosen).splitlines() if line.startswith("•")]
    assert len(lines) == len(way.schedules)
    assert all(" in lab, first " in line for line in lines)
    rows = listed(await zoe.ok("cohort-admin schedule-list"))
    said = [phrases.read(words, zoe.core.clock.now().date()).words for words in way.schedules.values()]
    assert [row.split(" · ")[1] for row in rows] == said
    shown = listed(await zoe.ok("cohort-admin show"))
    assert f"still sent for {way.settings['catch-up']} hours" in next(row for row in shown if "Missed" in row)


async def test_preset_can_be_given_with_set_up(core: Core) -> None:
    founded = await newcomer(core).ok(
        "cohort-admin setup", **SETUP, preset="bootcamp", start="2026-11-30", end="2027-01-29"
    )
    told = text_of(founded)
    assert "It runs from Mon 30 Nov 2026 to Fri 29 Jan 2027." in told
    assert "weekdays at 09:30, in lab, first Mon 30 Nov, 09:30" in told
    assert "Next: where shall check-ins go?" in told


async def test_last_day_is_after_the_first(core: Core) -> None:
    zoe = newcomer(core)
    refusal = await zoe.fails("cohort-admin setup", **SETUP, start="2027-01-29", end="2026-11-30")
    assert refusal.field == "end"
    assert "Mon 30 Nov 2026" in text_of(refusal)
    await zoe.fails("cohort-admin show")


async def test_preset_leaves_what_is_there(cohort: CohortFixture) -> None:
    olu = cohort.olu
    await olu.ok("cohort-admin schedule-add", kind="digest", when="every monday 8:00")
    await olu.ok("cohort-admin channel", purpose="reading", channel=ChannelRef("C5", "papers"))
    chosen = text_of(await olu.ok("cohort-admin set", key="preset", value="Weekly lab"))
    assert "a digest, every Monday at 08:00, in lab" in chosen
    assert "stays as it is" in chosen
    assert "every Wednesday at 15:00, in papers" in chosen
    again = text_of(await olu.ok("cohort-admin set", key="preset", value="weekly-lab"))
    assert again.count("stays as it is") == 3
    assert len(listed(await olu.ok("cohort-admin schedule-list"))) == 3
    refusal = await olu.fails("cohort-admin set", key="preset", value="monastery")
    assert refusal.field == "value"
    assert "weekly-lab" in text_of(refusal)


async def test_what_comes_next_ends(core: Core) -> None:
    zoe = newcomer(core, place=LAB)
    chosen = await zoe.click(await zoe.ok("cohort-admin setup", **SETUP), "Weekly lab")
    asked = await zoe.click(chosen, "Choose a channel")
    assert isinstance(asked, Form)
    assert next(each.value for each in asked.fields if each.name == "purpose") == "checkins"
    kept = answered(await zoe.click(chosen, "Keep them in lab"))
    assert "Next: people. Nobody but you has joined so far" in text_of(kept)
    await newcomer(core, manager=False, place=LAB, name="Yan").ok("cohort join")
    shown = await zoe.ok("cohort-admin show")
    assert "Next" not in text_of(shown)
    assert [each.label for each in buttons_of(shown)] == []


async def test_reading_group_needs_no_channel_for_checkins(core: Core) -> None:
    zoe = newcomer(core)
    chosen = answered(await zoe.click(await zoe.ok("cohort-admin setup", **SETUP), "Reading group"))
    assert "Next: people" in text_of(chosen)


async def test_who_has_not_joined_is_named(cohort: CohortFixture, channels: KnownChannels) -> None:
    channels.people = {"U-olu": "Olu", "U-ada": "Ada", "U-kim": "Kim <!channel>", "U-lou": "Lou"}
    for command in ("cohort-admin members", "cohort-admin show"):
        told = text_of(await cohort.olu.ok(command))
        assert "In lab, but not joined yet: Kim <!channel> and Lou." in told
    channels.people |= {f"U-{number}": f"Somebody {number}" for number in range(40)}
    told = text_of(await cohort.olu.ok("cohort-admin members"))
    assert "Kim <!channel>, Lou, Somebody 0, " in told
    assert "Somebody 7 and up to 32 more." in told
    channels.people = {"U-ada": "Ada"}
    assert "Everybody in lab has joined." in text_of(await cohort.olu.ok("cohort-admin members"))
    assert "joined" not in text_of(await cohort.olu.ok("cohort-admin show"))


async def test_who_has_left_is_not_called_late(cohort: CohortFixture, channels: KnownChannels) -> None:
    channels.people = {"U-ben": "Ben"}
    await cohort.ben.ok("cohort leave")
    assert "Everybody in lab has joined." in text_of(await cohort.olu.ok("cohort-admin members"))


async def test_where_nobody_is_told_of_people_are_invited(core: Core, channels: KnownChannels) -> None:
    channels.untold = "This platform does not tell me who is in a channel."
    zoe = newcomer(core, place=LAB)
    told = text_of(await zoe.ok("cohort-admin setup", **SETUP, preset="reading-group"))
    assert "This platform does not tell me who is in a channel. Point people to Join below" in told
    assert told.count("does not tell") == 1


async def test_platform_without_an_answer_is_not_asked(core: Core) -> None:
    zoe = newcomer(core)
    await zoe.ok("cohort-admin setup", **SETUP, preset="reading-group")
    core.inspectors.clear()
    shown = text_of(await zoe.ok("cohort-admin show"))
    assert "Next: people" in shown
    assert "joined yet" not in shown
