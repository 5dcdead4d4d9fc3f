"""What an organizer can set, in words: what each setting means, how it stands, what is usual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import clock
from core.chat.model import Button, Choice, Record
from core.chat.text import Text, say
from core.cohorts import settings
from core.cohorts.model import Scope
from core.commands.registry import Registry
from core.commands.spec import Offers, Setting
from core.delivery import schedules
from core.features.admin import presets
from core.store.port import Conn

DEFAULT = "the default"


@dataclass(frozen=True, slots=True)
class Preference:
    """One thing that can be set, as it stands. `sentence` says what that means, `usual` what it means by default, empty
    where it stands so or has no default."""

    key: str
    label: str
    value: str
    sentence: str
    usual: str = ""
    is_default: bool = False

    @property
    def note(self) -> str:
        """How it compares with the default."""
        return DEFAULT if self.is_default else f"by default: {self.usual}" if self.usual else ""


COHORT_LABELS = {
    "name": "Name",
    "timezone": "Time zone",
    "start": "First day",
    "end": "Last day",
    schedules.BREAKS: "Days off",
}


def keys(registry: Registry) -> Sequence[Choice]:
    """The keys with what they are about."""
    own = [Choice(key, label) for key, label in COHORT_LABELS.items()]
    way = Choice(presets.KEY, "Way of working: what to post when, in one click")
    brought = [Choice(each.key, f"{each.label}: {each.help}"[:75]) for each in registry.settings.values()]
    return [*own, way, *brought]


def offers(registry: Registry) -> Offers:
    """The usual values of each setting, in words."""
    ways = tuple(Choice(each.value, f"{each.label}: {way.about}"[:75]) for each, way in presets.WAYS.items())
    return {presets.KEY: ways} | {
        each.key: tuple(Choice(value, _labelled(each, value)) for value in each.choices)
        for each in registry.settings.values()
        if each.choices
    }


def _labelled(setting: Setting, value: str) -> str:
    sentence = setting.says(value)
    return (f"{sentence} ({DEFAULT})" if value == setting.default else sentence)[:75]


def stored(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the form: the present value of the setting that it is about."""
    key = given.get("key", "")
    if key in COHORT_LABELS:
        value = own_values(conn, scope).get(key, "")
    else:
        value = settings.setting(conn, scope.cohort.id, key, "")
    return {"value": value} if value else {}


def own_values(conn: Conn, scope: Scope) -> Mapping[str, str]:
    """What the cohort itself is, by keys, as it is typed."""
    cohort = scope.cohort
    return {
        "name": cohort.name,
        "timezone": cohort.zone,
        "start": str(cohort.starts_on or "none"),
        "end": str(cohort.ends_on or "none"),
        schedules.BREAKS: settings.setting(conn, cohort.id, schedules.BREAKS, "") or "none",
    }


def listed(conn: Conn, scope: Scope, registry: Registry) -> list[Preference]:
    """Everything that can be set."""
    own = own_values(conn, scope)
    found = [
        Preference(key, label, own[key], _own_sentence(scope, key, own[key]))
        for key, label in COHORT_LABELS.items()
    ]
    return [*found, *(preference(conn, scope.cohort.id, each) for each in registry.settings.values())]


def preference(conn: Conn, cohort_id: int, setting: Setting) -> Preference:
    """A setting of a feature as it stands in a cohort."""
    value = settings.setting(conn, cohort_id, setting.key, setting.default)
    usual = setting.says(setting.default)
    is_default = value == setting.default
    return Preference(
        setting.key, setting.label, value, setting.says(value), "" if is_default else usual, is_default
    )


def own_preference(conn: Conn, scope: Scope, key: str) -> Preference:
    """One of the cohort's own keys as it stands."""
    value = own_values(conn, scope)[key]
    return Preference(key, COHORT_LABELS[key], value, _own_sentence(scope, key, value))


def _own_sentence(scope: Scope, key: str, value: str) -> str:
    cohort = scope.cohort
    match key:
        case "name":
            return f"The cohort is called {value}"
        case "timezone":
            now = clock.time_words(clock.local(scope.now, cohort.zone))
            return f"Schedules run by the clocks of {value}, which show {now} now"
        case "start":
            day = cohort.starts_on
            return (
                f"Nothing is posted before {clock.day_words(day)}"
                if day
                else "It has no first day: posts come at any time"
            )
        case "end":
            day = cohort.ends_on
            return (
                f"Nothing is posted after {clock.day_words(day)}"
                if day
                else "It has no last day: posts go on"
            )
        case _:
            return "There are no days off" if value == "none" else f"Nothing is posted on {value}"


def record(found: Preference) -> Record:
    """A preference as a line that opens its form."""
    details = (found.sentence, *((found.note,) if found.note else ()))
    return Record(found.label, details, Button("Change", "cohort-admin set", {"key": found.key}))


def told(found: Preference) -> Text:
    """How a preference stands after it was changed."""
    # What organizers wrote stands at the end of some, with its own mark.
    sentence = found.sentence if found.sentence.endswith(("?", "!", ".", "？", "؟")) else f"{found.sentence}."
    if not found.note:
        return say("{sentence}", sentence=sentence)
    return say("**{sentence}** {note}.", sentence=sentence, note=found.note[:1].upper() + found.note[1:])
