"""What comes next until a cohort is set up: schedules, a channel for check-ins, members."""

from dataclasses import dataclass

from core.chat.model import Block, Button, Buttons, Reply
from core.chat.text import Text, join, say
from core.cohorts import members, places
from core.commands.dispatch import Call
from core.commands.registry import Registry
from core.delivery import schedules
from core.features.admin import not_joined
from core.features.admin.presets import ASKED, KEY, WAYS, Preset
from core.store.port import Conn
from core.store.scoped import across, within


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next, and the buttons that do it. `people` says that it is for people to join."""

    text: Text
    buttons: tuple[Button, ...]
    people: bool = False


def next_step(conn: Conn, cohort_id: int, registry: Registry) -> Step | None:
    """The first thing that a cohort lacks; None where it is set up."""
    conn = within(across(conn), cohort_id)  # it may have been set up in a channel of another one
    planned = schedules.listed(conn, cohort_id)
    if not planned:
        return _ways()
    homes = places.channels_for(conn, cohort_id, "home")
    chosen = {each.purpose for each in places.purpose_channels(conn, cohort_id)}
    asked = any(
        kind.purpose == ASKED for each in planned if (kind := registry.schedules.get(each.kind)) is not None
    )
    if asked and ASKED not in chosen and homes:
        return _checkin_channel(homes[0].name, homes[0].place.id)
    joined = members.members(conn, cohort_id)
    if len(joined) < 2:
        where = homes[0].name if homes else "its channel"
        text = "**Next**: people. Nobody but you has joined so far; everybody can with the button in **{where}**."
        return Step(say(text, where=where), (Button("Who has joined", "cohort-admin members"),), people=True)
    return None


def _ways() -> Step:
    lines = [say("- **{label}**: {about}", label=each.label, about=WAYS[each].about) for each in Preset]
    buttons = tuple(
        Button(each.label, "cohort-admin set", {"key": KEY, "value": each.value}) for each in Preset
    )
    own = Button("My own schedule", "cohort-admin schedule-add")
    head = say("**Next**: how do you work together? One click sets this up, and all of it can be changed.")
    return Step(join([head, *lines]), (*buttons, own))


def _checkin_channel(home: str, home_id: str) -> Step:
    text = say(
        "**Next**: where shall check-ins go? In a channel of their own they leave **{home}** for talk.",
        home=home,
    )
    purpose = {"purpose": ASKED}
    choose = Button("Choose a channel", "cohort-admin channel", purpose)
    stay = Button(f"Keep them in {home}"[:75], "cohort-admin channel", {**purpose, "channel": home_id})
    return Step(text, (choose, stay))


async def with_next(
    call: Call, text: Text, *blocks: Block, cohort: int | None = None, people: bool = False
) -> Reply:
    """An answer, followed by what comes next, and by who has not joined where that is for people to do, or `people`
    asks for it. `cohort` is the one that the answer is about, by default the call's."""
    cohort_id = cohort if cohort is not None else call.cohort.id
    step = await call.read(next_step, cohort_id, call.core.registry)
    parts = [text] if step is None else [text, step.text]
    if people or (step is not None and step.people):
        missing = await not_joined.find(call, cohort_id)
        parts += [missing.text] if missing is not None and missing.is_news else []
    buttons = () if step is None else (Buttons(step.buttons),)
    return Reply(join(parts), (*blocks, *buttons), cohort=cohort)
