"""What the sample cohort's people do from now on, week by week. Every person and paper is made up.

A week begins after a digest and ends with the next one. What is told of the first two is written out; from the third on
people check in, vote and read as a seed says.
"""

import random
from collections.abc import Sequence
from datetime import time

from bot.playground.sample_story import (
    CHECKINS,
    CONSISTENCY,
    FIRST_EXPERIMENT,
    HAMMING,
    HOME,
    PAPERS,
    READING,
    STATEMENTS,
    TITLES,
    PostMessage,
    RunCommand,
    StoryEvent,
)

SEED = 20141208
"""Of what happens from the third week on; the first day of the first consistency experiment's conference."""

DAYS = 5
"""Working days of a week."""


def week(number: int, year: int) -> list[StoryEvent]:
    """The events of a week, counted from 0. `days_ago` of an event is minus the working days since the digest before.
    `year` is that in which the sample was made."""
    if number == 0:
        return [*_decisions(year), *_stuck_and_helped(), *_first_reading(), *_first_checkins()]
    if number == 1:
        return [*_next_tries(year), *_second_reading(), *_second_checkins()]
    return _any_week(number)


def _on(day: int, hour: int, minute: int, who: str, command: str, place: str, **args: str) -> StoryEvent:
    return StoryEvent(-day, time(hour, minute), who, RunCommand(command, args, place))


def _say(day: int, hour: int, minute: int, who: str, text: str, channel: str = HOME) -> StoryEvent:
    return StoryEvent(-day, time(hour, minute), who, PostMessage(text, channel))


def _checkin(day: int, hour: int, minute: int, who: str, progress: str, mood: int, **args: str) -> StoryEvent:
    answers = {"progress": progress, "mood": str(mood), "share": "shared", **args}
    return _on(day, hour, minute, who, "checkin now", CHECKINS, **answers)


def _update(day: int, hour: int, minute: int, who: str, stage: str, note: str) -> StoryEvent:
    """A paper at a new stage, with a note that everybody reads."""
    args = {"paper": TITLES[who], "stage": stage, "note": note, "note_visibility": "cohort"}
    return _on(day, hour, minute, who, "submission update", PAPERS, **args)


# ---- the first week


def _decisions(year: int) -> Sequence[StoryEvent]:
    """Two acceptances, a rejection, a next try."""
    return [
        _on(
            2, 11, 30, "leila", "submission resubmit", PAPERS, paper=TITLES["leila"], venue=f"ACL {year + 1}"
        ),
        _say(
            2,
            11,
            40,
            "leila",
            "New title, new introduction, off to ACL. The appendix comes first now.",
            PAPERS,
        ),
        _on(
            3,
            9,
            45,
            "ingrid",
            "submission add",
            PAPERS,
            title="When the avalanche model says that it does not know",
        ),
        _update(4, 12, 5, "wanjiru", "accepted", "The third reviewer came round after the rebuttal"),
        _update(4, 12, 10, "minh", "rejected", "Half a point short. Two of three wanted a second data set"),
        _say(
            4,
            12,
            20,
            "minh",
            "Not this time. Congratulations, Wanjiru! Same hall, other side of the coin.",
            PAPERS,
        ),
        _say(
            4,
            12,
            35,
            "yuki",
            "Sorry, Minh. Ask /lottery paper what another committee would have said, and then let us have tea.",
            PAPERS,
        ),
        _say(
            4,
            12,
            50,
            "wanjiru",
            "Thank you all for reading that rebuttal. The next one is yours, Minh.",
            PAPERS,
        ),
        _on(4, 14, 40, "sofia", "submission update", PAPERS, paper=TITLES["sofia"], stage="drafting"),
        _update(5, 9, 55, "priya", "accepted", "After eleven months, with a negative result"),
        _say(5, 10, 5, "priya", "Accepted! A negative result, and reviewer two calls it useful.", PAPERS),
        _say(5, 10, 15, "chidi", "🎉🎉 That paper saved me two weeks already.", PAPERS),
    ]


def _stuck_and_helped() -> Sequence[StoryEvent]:
    """Who is stuck says so, and somebody who can help answers."""
    return [
        _say(
            1,
            15,
            40,
            "tomas",
            "Minh, your Lemma 2 needs no convexity, quasi-convex is enough. Tomorrow at three?",
            CHECKINS,
        ),
        _checkin(
            2,
            12,
            10,
            "ingrid",
            "Calibrated two winters, the third waits in the queue",
            2,
            blocker_kind="compute",
            blocker="Three days in the queue, and the job takes four hours",
        ),
        _say(
            2,
            13,
            5,
            "yuki",
            "Ingrid, our cluster is idle on Thursdays. You have an account since five minutes ago.",
            CHECKINS,
        ),
        _checkin(
            3,
            17,
            10,
            "minh",
            "Lemma 2 holds. Tomás saw it in ten minutes, with a pencil",
            5,
            learned="Ask after two days and not after two weeks",
            next="Write the proof down before it goes away",
        ),
        _checkin(
            4,
            10,
            20,
            "ingrid",
            "All three winters ran overnight on Yuki's cluster",
            5,
            next="Reliability plots",
        ),
    ]


def _first_reading() -> Sequence[StoryEvent]:
    return [
        _on(1, 15, 10, "sofia", "reading vote", READING, item=FIRST_EXPERIMENT),
        _on(2, 16, 15, "mateusz", "reading vote", READING, item=FIRST_EXPERIMENT),
        _on(3, 13, 30, "priya", "reading present", READING, item=FIRST_EXPERIMENT),
        _on(3, 15, 30, "priya", "reading swap", READING, person="@chidi", item=FIRST_EXPERIMENT),
        _on(3, 15, 50, "chidi", "reading take", READING, item=FIRST_EXPERIMENT),
        _on(4, 15, 20, "yuki", "reading vote", READING, item=STATEMENTS),
        _on(4, 15, 25, "leila", "reading vote", READING, item=STATEMENTS),
        _on(
            4,
            16,
            30,
            "chidi",
            "reading done",
            READING,
            item=FIRST_EXPERIMENT,
            takeaway="The coin was thrown in 2014 already, and it landed the same way.",
        ),
        _on(
            5,
            11,
            15,
            "sofia",
            "reading add",
            READING,
            reference="How to Read a Paper (Keshav, 2007)",
            why="Three passes. I stop after the first more often now, and gladly",
        ),
        _on(
            5,
            13,
            40,
            "wanjiru",
            "reading done",
            READING,
            item=FIRST_EXPERIMENT,
            takeaway="Being rejected once says little. I wish I had read it a year ago.",
        ),
    ]


def _first_checkins() -> Sequence[StoryEvent]:
    wasted = "Twice the neurons, the same score: the dead ones are not what holds it back"
    return [
        _checkin(
            1,
            14,
            30,
            "mateusz",
            "Threw the method out, kept the baseline",
            3,
            next="Count again, without hope",
        ),
        _checkin(1, 16, 50, "priya", "Sent the editor the last figure", 4),
        _checkin(2, 10, 25, "chidi", "Half of the camera-ready is ready", 4, next="The other half"),
        _checkin(2, 10, 50, "wanjiru", "Read the rebuttal a fifth time, changed a comma", 3),
        _checkin(3, 10, 15, "leila", "Wrote an introduction that I would read myself", 4),
        _checkin(
            3,
            11,
            20,
            "sofia",
            "Ten simulated nights. The simple rule loses only when the moon is up",
            4,
            next="Moonless nights",
        ),
        _checkin(4, 10, 40, "priya", "Waiting, which is also work", 3),
        _checkin(5, 10, 30, "mateusz", "Counted again", 4, learned=wasted, negative="yes"),
        _checkin(
            5, 11, 5, "minh", "Read the reviews with a cup of tea and Tomás", 3, next="A second data set"
        ),
        _checkin(5, 11, 30, "wanjiru", "Told my mother. She asked when the next one is due", 5),
    ]


# ---- the second week


def _next_tries(year: int) -> Sequence[StoryEvent]:
    return [
        _on(1, 11, 10, "minh", "submission resubmit", PAPERS, paper=TITLES["minh"], venue=f"ICML {year + 1}"),
        _say(
            1, 11, 20, "minh", "Second data set is in. Off it goes again, with Lemma 2 on page three.", PAPERS
        ),
        _update(2, 9, 50, "chidi", "published", "With all twelve languages on the first page"),
        _say(2, 10, 0, "amina", "Chidi is in print! Cake at four, wherever you are.", PAPERS),
        _on(
            3,
            16,
            5,
            "sofia",
            "submission resubmit",
            PAPERS,
            paper=TITLES["sofia"],
            venue=f"UAI {year + 1}",
        ),
        _update(
            4, 10, 10, "leila", "in-review", "Three reviewers this time who know the language, I am told"
        ),
    ]


def _second_reading() -> Sequence[StoryEvent]:
    return [
        _on(1, 13, 15, "minh", "reading vote", READING, item=STATEMENTS),
        _on(2, 13, 20, "tomas", "reading vote", READING, item=STATEMENTS),
        _on(3, 14, 5, "leila", "reading present", READING, item=STATEMENTS),
        _on(
            5,
            12,
            10,
            "leila",
            "reading done",
            READING,
            item=STATEMENTS,
            takeaway="Who spoke, to whom and why: half of my appendix, on one page.",
        ),
        _on(5, 14, 0, "ingrid", "reading vote", READING, item=HAMMING),
    ]


def _second_checkins() -> Sequence[StoryEvent]:
    return [
        _checkin(1, 10, 20, "ingrid", "Reliability plots. They are almost straight", 4),
        _checkin(1, 12, 30, "mateusz", "Began to write the negative result up", 4, next="Find a kind venue"),
        _checkin(2, 11, 0, "priya", "Camera-ready sent, desk cleared", 5),
        _checkin(
            2,
            15,
            10,
            "wanjiru",
            "Asked for the travel grant",
            3,
            blocker_kind="other",
            blocker="The visa takes longer than the conference is away",
        ),
        _say(2, 15, 30, "amina", "Wanjiru, I know whom to write to. I have done this four times.", CHECKINS),
        _checkin(3, 10, 45, "minh", "Nothing, and that was right after last week", 4),
        _checkin(4, 11, 15, "sofia", "First draft is out of the house", 5, learned="The moon was the story"),
        _checkin(5, 10, 30, "wanjiru", "The embassy answered", 4),
        _checkin(5, 11, 45, "mateusz", "Three pages", 4),
    ]


# ---- any later week

_PROGRESS = (
    ("Read more than I wrote", 3),
    ("One figure, the third version of it", 4),
    ("Cleaned the code that nobody will read", 3),
    ("Found the bug. It was a sign", 4),
    ("Wrote the limitations first", 4),
    ("A long walk and half a proof", 4),
    ("Reran everything with five seeds", 3),
    ("Deleted a section, and nobody will miss it", 5),
    ("Talked it through; it is simpler than I thought", 5),
    ("Slow. The data need another week", 2),
)
_STUCK = (
    ("compute", "The queue again"),
    ("data", "Half of the labels are wrong"),
    ("writing", "The introduction, since Monday"),
    ("theory", "The bound is loose by a square root"),
)
_WRITERS = ("wanjiru", "priya", "leila", "mateusz", "minh", "chidi", "sofia", "ingrid")


def _any_week(number: int) -> list[StoryEvent]:
    """Check-ins, a vote and a takeaway, the same ones for the same number."""
    drawn = random.Random(SEED + number)  # noqa: S311 - a story, no secret
    events = []
    for day in range(1, DAYS + 1):
        for at, who in enumerate(drawn.sample(_WRITERS, drawn.choice((2, 3)))):
            progress, mood = drawn.choice(_PROGRESS)
            kind, words = drawn.choice(_STUCK)
            stuck = {"blocker_kind": kind, "blocker": words} if mood < 3 else {}
            events.append(_checkin(day, 10 + at, drawn.randrange(60), who, progress, mood, **stuck))
    voter, reader = drawn.sample(_WRITERS, 2)
    events.append(_on(2, 14, drawn.randrange(60), voter, "reading vote", READING, item=HAMMING))
    item = drawn.choice((CONSISTENCY, FIRST_EXPERIMENT, STATEMENTS))
    events.append(_on(4, 15, drawn.randrange(60), reader, "reading done", READING, item=item))
    return events
