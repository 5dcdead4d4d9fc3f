"""How the events of the sample's weeks are written: on which working day of the week, when, by whom."""

from datetime import time

from bot.playground.sample_story import (
    CHECKINS,
    HOME,
    PAPERS,
    TITLES,
    PostMessage,
    PressButton,
    RunCommand,
    StoryEvent,
)


def on(day: int, hour: int, minute: int, who: str, command: str, place: str, **args: str) -> StoryEvent:
    """A command that somebody calls in a channel."""
    return StoryEvent(-day, time(hour, minute), who, RunCommand(command, args, place))


def say(day: int, hour: int, minute: int, who: str, text: str, channel: str = HOME) -> StoryEvent:
    """Something that somebody says in a channel."""
    return StoryEvent(-day, time(hour, minute), who, PostMessage(text, channel))


def press(
    day: int, hour: int, minute: int, who: str, shown: tuple[str, dict[str, str]], presses: str, place: str
) -> StoryEvent:
    """A button that somebody presses in the answer to a command, which is `shown` with its arguments."""
    command, args = shown
    return StoryEvent(-day, time(hour, minute), who, PressButton(command, presses, args, place))


def checkin(day: int, hour: int, minute: int, who: str, progress: str, mood: int, **args: str) -> StoryEvent:
    """A check-in that is shared."""
    answers = {"progress": progress, "mood": str(mood), "share": "shared", **args}
    return on(day, hour, minute, who, "checkin now", CHECKINS, **answers)


def update(day: int, hour: int, minute: int, who: str, stage: str, note: str) -> StoryEvent:
    """A paper at a new stage, with a note that everybody reads."""
    args = {"paper": TITLES[who], "stage": stage, "note": note, "note_visibility": "cohort"}
    return on(day, hour, minute, who, "submission update", PAPERS, **args)
