"""Who is stuck in the sample cohort, who helps, what is asked and answered, and who says thank you."""

from collections.abc import Sequence

from bot.playground import workspace
from bot.playground.sample_events import checkin, on, press, say
from bot.playground.sample_story import CHECKINS, PAPERS, TITLES, StoryEvent

_LEMMA = "Lemma 2 needs convexity"
_QUEUE = "Three days in the queue, and the job takes four hours"
_VISA = "The visa takes longer than the conference is away"
_LICENCE = "Licence of the second corpus"
_ASKED = "What to try first, half a point short"
"""Words by which people find what they help with."""


def first_week() -> Sequence[StoryEvent]:
    """Who is stuck says so, and somebody who can help answers."""
    return [*_lemma(), *_queue(), *_feedback()]


def _offer(day: int, hour: int, minute: int, who: str, words: str) -> StoryEvent:
    return on(day, hour, minute, who, "checkin offer", CHECKINS, blocker=words)


def _solved(day: int, hour: int, minute: int, who: str, words: str) -> StoryEvent:
    shown = ("checkin blockers", {"blocker": words})
    return press(day, hour, minute, who, shown, "checkin solved", CHECKINS)


def _thank(day: int, hour: int, minute: int, who: str, person: str, words: str) -> StoryEvent:
    return on(day, hour, minute, who, "feedback thank", CHECKINS, person=f"@{person}", words=words)


def _lemma() -> Sequence[StoryEvent]:
    """Minh's lemma, from before this week, and who sees what it needs."""
    return [
        _offer(1, 15, 38, "tomas", _LEMMA),
        say(
            1,
            15,
            40,
            "tomas",
            "Minh, your Lemma 2 needs no convexity, quasi-convex is enough. Tomorrow at three?",
            CHECKINS,
        ),
        checkin(
            3,
            17,
            10,
            "minh",
            "Lemma 2 holds. Tomás saw it in ten minutes, with a pencil",
            5,
            learned="Ask after two days and not after two weeks",
            next="Write the proof down before it goes away",
        ),
        _solved(3, 17, 14, "minh", _LEMMA),
        _thank(3, 17, 20, "minh", "tomas", "ten minutes and a pencil, and Lemma 2 holds"),
    ]


def _queue() -> Sequence[StoryEvent]:
    """Ingrid waits for a computer, and gets one."""
    progress = "Calibrated two winters, the third waits in the queue"
    return [
        checkin(2, 12, 10, "ingrid", progress, 2, blocker_kind="compute", blocker=_QUEUE),
        _offer(2, 13, 0, "yuki", _QUEUE),
        say(
            2,
            13,
            5,
            "yuki",
            "Ingrid, our cluster is idle on Thursdays. You have an account since five minutes ago.",
            CHECKINS,
        ),
        checkin(
            4,
            10,
            20,
            "ingrid",
            "All three winters ran overnight on Yuki's cluster",
            5,
            next="Reliability plots",
        ),
        _solved(4, 10, 24, "ingrid", _QUEUE),
        _thank(4, 10, 30, "ingrid", "yuki", "her cluster ran three winters in one night"),
    ]


def _feedback() -> Sequence[StoryEvent]:
    """After a rejection Minh asks what to do first; a mentor takes it, and answers."""
    return [
        on(
            4,
            13,
            10,
            "minh",
            "feedback ask",
            PAPERS,
            topic=_ASKED,
            details="Two of three reviewers wanted a second data set. Is it worth a month?",
            paper=TITLES["minh"],
            visibility="cohort",
        ),
        on(4, 15, 5, "yuki", "feedback claim", PAPERS, request=_ASKED),
        on(
            5,
            10,
            40,
            "yuki",
            "feedback answer",
            PAPERS,
            request=_ASKED,
            text="It is, and a small one will do: the one of your appendix. Put Lemma 2 on page three.",
        ),
        on(5, 12, 20, "minh", "feedback close", PAPERS, request=_ASKED),
    ]


def second_week() -> Sequence[StoryEvent]:
    """A visa and a licence."""
    return [
        _offer(1, 14, 30, "leila", _LICENCE),
        checkin(
            2,
            15,
            10,
            "wanjiru",
            "Asked for the travel grant",
            3,
            blocker_kind="other",
            blocker=_VISA,
        ),
        _offer(2, 15, 28, "amina", _VISA),
        say(2, 15, 30, "amina", "Wanjiru, I know whom to write to. I have done this four times.", CHECKINS),
        _solved(3, 11, 30, "chidi", _LICENCE),
        _thank(3, 11, 40, "chidi", "leila", "the one sentence of that licence that matters"),
        checkin(5, 10, 30, "wanjiru", "The embassy answered", 4),
        _solved(5, 10, 34, "wanjiru", _VISA),
        _thank(5, 10, 40, "wanjiru", "amina", "four letters, one visa"),
    ]


def any_help(day: int, who: str, words: str) -> Sequence[StoryEvent]:
    """A mentor offers help on the same day, and it is solved on the next morning."""
    persona = workspace.persona(who)
    whose = f"{persona.name if persona else who} {words}"
    return [_offer(day, 16, 10, "tomas", whose), _solved(day + 1, 9, 40, who, words)]
