"""What the sample cohort's people do from now on, week by week. Every person and paper is made up.

A week begins after a digest and ends with the next one. What is told of the first two is written out; from the third on
people check in, vote and read as a seed says.
"""

import random
from collections.abc import Sequence

from bot.playground import sample_help
from bot.playground.sample_events import checkin, on, say, update
from bot.playground.sample_story import (
    CONSISTENCY_ITEM,
    FIRST_EXPERIMENT_ITEM,
    HAMMING,
    PAPERS,
    READING,
    STATEMENTS,
    TITLES,
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
        return [*_decisions(year), *sample_help.first_week(), *_first_reading(), *_first_checkins()]
    if number == 1:
        return [*_next_tries(year), *sample_help.second_week(), *_second_reading(), *_second_checkins()]
    return _any_week(number)


# ---- the first week


def _decisions(year: int) -> Sequence[StoryEvent]:
    """Two acceptances, a rejection, a next try."""
    return [
        on(2, 11, 30, "leila", "submission resubmit", PAPERS, paper=TITLES["leila"], venue=f"ACL {year + 1}"),
        say(
            2,
            11,
            40,
            "leila",
            "New title, new introduction, off to ACL. The appendix comes first now.",
            PAPERS,
        ),
        on(
            3,
            9,
            45,
            "ingrid",
            "submission add",
            PAPERS,
            title="When the avalanche model says that it does not know",
        ),
        update(4, 12, 5, "wanjiru", "accepted", "The third reviewer came round after the rebuttal"),
        update(4, 12, 10, "minh", "rejected", "Half a point short. Two of three wanted a second data set"),
        say(
            4,
            12,
            20,
            "minh",
            "Not this time. Congratulations, Wanjiru! Same hall, other side of the coin.",
            PAPERS,
        ),
        say(
            4,
            12,
            35,
            "yuki",
            "Sorry, Minh. Ask /lottery paper what another committee would have said, and then let us have tea.",
            PAPERS,
        ),
        say(
            4,
            12,
            50,
            "wanjiru",
            "Thank you all for reading that rebuttal. The next one is yours, Minh.",
            PAPERS,
        ),
        on(4, 14, 40, "sofia", "submission update", PAPERS, paper=TITLES["sofia"], stage="drafting"),
        update(5, 9, 55, "priya", "accepted", "After eleven months, with a negative result"),
        say(5, 10, 5, "priya", "Accepted! A negative result, and reviewer two calls it useful.", PAPERS),
        say(5, 10, 15, "chidi", "🎉🎉 That paper saved me two weeks already.", PAPERS),
    ]


def _first_reading() -> Sequence[StoryEvent]:
    return [
        on(1, 15, 10, "sofia", "reading vote", READING, item=HAMMING),
        on(2, 16, 15, "mateusz", "reading vote", READING, item=HAMMING),
        on(3, 13, 30, "priya", "reading present", READING, item=HAMMING),
        on(3, 15, 30, "priya", "reading swap", READING, person="@chidi", item=HAMMING),
        on(3, 15, 50, "chidi", "reading take", READING, item=HAMMING),
        on(4, 15, 20, "yuki", "reading vote", READING, item=STATEMENTS),
        on(4, 15, 25, "leila", "reading vote", READING, item=STATEMENTS),
        on(
            4,
            16,
            30,
            "chidi",
            "reading done",
            READING,
            item=HAMMING,
            takeaway="Keep the door open. Mine is a curtain; it counts.",
        ),
        on(
            5,
            11,
            15,
            "sofia",
            "reading add",
            READING,
            reference="How to Read a Paper (Keshav, 2007)",
            why="Three passes. I stop after the first more often now, and gladly",
        ),
        on(
            5,
            13,
            40,
            "wanjiru",
            "reading done",
            READING,
            item=HAMMING,
            takeaway="Friday afternoons are for great thoughts. I had mine on a Thursday.",
        ),
    ]


def _first_checkins() -> Sequence[StoryEvent]:
    wasted = "Twice the neurons, the same score: the dead ones are not what holds it back"
    return [
        checkin(
            1,
            14,
            30,
            "mateusz",
            "Threw the method out, kept the baseline",
            3,
            next="Count again, without hope",
        ),
        checkin(1, 16, 50, "priya", "Sent the editor the last figure", 4),
        checkin(2, 10, 25, "chidi", "Half of the camera-ready is ready", 4, next="The other half"),
        checkin(2, 10, 50, "wanjiru", "Read the rebuttal a fifth time, changed a comma", 3),
        checkin(3, 10, 15, "leila", "Wrote an introduction that I would read myself", 4),
        checkin(
            3,
            11,
            20,
            "sofia",
            "Ten simulated nights. The simple rule loses only when the moon is up",
            4,
            next="Moonless nights",
        ),
        checkin(4, 10, 40, "priya", "Waiting, which is also work", 3),
        checkin(5, 10, 30, "mateusz", "Counted again", 4, learned=wasted, negative="yes"),
        checkin(
            5, 11, 5, "minh", "Read the reviews with a cup of tea and Tomás", 3, next="A second data set"
        ),
        checkin(5, 11, 30, "wanjiru", "Told my mother. She asked when the next one is due", 5),
    ]


# ---- the second week


def _next_tries(year: int) -> Sequence[StoryEvent]:
    return [
        on(1, 11, 10, "minh", "submission resubmit", PAPERS, paper=TITLES["minh"], venue=f"ICML {year + 1}"),
        say(
            1, 11, 20, "minh", "Second data set is in. Off it goes again, with Lemma 2 on page three.", PAPERS
        ),
        update(2, 9, 50, "chidi", "published", "With all twelve languages on the first page"),
        say(2, 10, 0, "amina", "Chidi is in print! Cake at four, wherever you are.", PAPERS),
        on(
            3,
            16,
            5,
            "sofia",
            "submission resubmit",
            PAPERS,
            paper=TITLES["sofia"],
            venue=f"UAI {year + 1}",
        ),
        update(4, 10, 10, "leila", "in-review", "Three reviewers this time who know the language, I am told"),
    ]


def _second_reading() -> Sequence[StoryEvent]:
    return [
        on(1, 13, 15, "minh", "reading vote", READING, item=STATEMENTS),
        on(2, 13, 20, "tomas", "reading vote", READING, item=STATEMENTS),
        on(3, 14, 5, "leila", "reading present", READING, item=STATEMENTS),
        on(
            5,
            12,
            10,
            "leila",
            "reading done",
            READING,
            item=STATEMENTS,
            takeaway="Who spoke, to whom and why: half of my appendix, on one page.",
        ),
        on(5, 14, 0, "ingrid", "reading vote", READING, item=HAMMING),
    ]


def _second_checkins() -> Sequence[StoryEvent]:
    return [
        checkin(1, 10, 20, "ingrid", "Reliability plots. They are almost straight", 4),
        checkin(1, 12, 30, "mateusz", "Began to write the negative result up", 4, next="Find a kind venue"),
        checkin(2, 11, 0, "priya", "Camera-ready sent, desk cleared", 5),
        checkin(3, 10, 45, "minh", "Nothing, and that was right after last week", 4),
        checkin(4, 11, 15, "sofia", "First draft is out of the house", 5, learned="The moon was the story"),
        checkin(5, 11, 45, "mateusz", "Three pages", 4),
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
    """Check-ins, who helps, a vote and a takeaway, the same ones for the same number."""
    drawn = random.Random(SEED + number)  # noqa: S311 - a story, no secret
    events: list[StoryEvent] = []
    for day in range(1, DAYS + 1):
        for at, who in enumerate(drawn.sample(_WRITERS, drawn.choice((2, 3)))):
            progress, mood = drawn.choice(_PROGRESS)
            kind, words = drawn.choice(_STUCK)
            is_stuck = mood < 3 and day < DAYS
            blocker = {"blocker_kind": kind, "blocker": words} if is_stuck else {}
            events.append(checkin(day, 10 + at, drawn.randrange(60), who, progress, mood, **blocker))
            if is_stuck:
                events += sample_help.any_help(day, who, words)
    voter, reader = drawn.sample(_WRITERS, 2)
    events.append(on(2, 14, drawn.randrange(60), voter, "reading vote", READING, item=HAMMING))
    item = drawn.choice((CONSISTENCY_ITEM, FIRST_EXPERIMENT_ITEM, STATEMENTS))
    events.append(on(4, 15, drawn.randrange(60), reader, "reading done", READING, item=item))
    return events
