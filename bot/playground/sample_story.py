"""The events of the sample cohort's three weeks. Every person and paper is made up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

NAME = "Open Science Fellows (sample)"
ZONE = "Europe/Lisbon"

HOME = "general"
CHECKINS = "check-ins"
READING = "reading"
PAPERS = "papers"


@dataclass(frozen=True, slots=True)
class PostMessage:
    """A message in a channel; the bot does not read it."""

    text: str
    channel: str = HOME


@dataclass(frozen=True, slots=True)
class RunCommand:
    """A command with its arguments, as they would be typed."""

    command: str
    args: Mapping[str, str] = field(default_factory=dict)
    channel: str = HOME


@dataclass(frozen=True, slots=True)
class PressButton:
    """The button of a command's answer that carries another command, `presses`."""

    command: str
    presses: str
    args: Mapping[str, str] = field(default_factory=dict)
    channel: str = HOME


@dataclass(frozen=True, slots=True)
class AppointMentor:
    """This person is made a mentor."""


Action = PostMessage | RunCommand | PressButton | AppointMentor


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """Something that a persona did, so many working days ago and at a local time in the cohort's zone."""

    days_ago: int
    at: time
    who: str
    action: Action


MEMBERS = ("tomas", "yuki", "wanjiru", "priya", "leila", "mateusz", "minh", "chidi", "sofia", "ingrid")
"""Who joins. The other personas stay outside, so that somebody is left to join by hand."""

FIRST_DAY = 13
"""How many working days ago the cohort began."""


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
"""Weekdays as a schedule takes them, by their number from Monday on."""


TITLES = {
    "wanjiru": "Sparse probes for low-resource Swahili translation",
    "priya": "Does curriculum order matter? A negative result at small scale",
    "leila": "Evaluating Arabic summaries without references (تقييم الملخصات)",
    "mateusz": "Counting the neurons that never fire",
    "minh": "Ba$$in hopping: reading a loss surface on a laptop",
    "chidi": "Speech recognition for twelve Nigerian languages on one GPU",
    "sofia": "Telescope time is money: active learning for transits",
    "ingrid": "Calibrated avalanche forecasts",
}
"""The papers of the story, by who writes them."""

CONSISTENCY = (
    "Has the Machine Learning Review Process Become More Arbitrary as the Field Has Grown?"
    " The NeurIPS 2021 Consistency Experiment, arXiv:2306.03262"
)
FIRST_EXPERIMENT = (
    "Inconsistency in Conference Peer Review: Revisiting the 2014 NeurIPS Experiment, arXiv:2109.09774"
)
CONSISTENCY_ITEM = "2306.03262"
FIRST_EXPERIMENT_ITEM = "2109.09774"
"""By what people find them on the reading list."""
STATEMENTS = "Bender and Friedman, Data Statements for NLP"
HAMMING = "You and Your Research (Hamming, 1986)"


def events(year: int, digests: str) -> list[StoryEvent]:
    """All events, for a present in `year` and digests on one of `WEEKDAYS`."""
    return [*_setup(digests), *_papers(year), *_reading(), *_checkins(), *_conversation()]


def _at(days_ago: int, hour: int, minute: int, who: str, action: Action) -> StoryEvent:
    return StoryEvent(days_ago, time(hour, minute), who, action)


def _setup(digests: str) -> list[StoryEvent]:
    admin = "cohort-admin"
    commands = [
        RunCommand(f"{admin} setup", {"name": NAME, "timezone": ZONE, "channel": HOME}),
        RunCommand(f"{admin} channel", {"purpose": "checkins", "channel": CHECKINS}),
        RunCommand(f"{admin} channel", {"purpose": "reading", "channel": READING}),
        RunCommand(f"{admin} channel", {"purpose": "feedback", "channel": PAPERS}),
        RunCommand(f"{admin} schedule-add", {"kind": "checkin", "when": "weekdays 09:30"}),
        RunCommand(f"{admin} schedule-add", {"kind": "reading", "when": "every wednesday 15:00"}),
        RunCommand(f"{admin} schedule-add", {"kind": "digest", "when": f"every {digests} 16:00"}),
    ]
    setup = [_at(FIRST_DAY, 8, 0, "amina", command) for command in commands]
    joined = [_at(FIRST_DAY, 8, 5, who, RunCommand("cohort join")) for who in MEMBERS]
    mentors = [_at(FIRST_DAY, 8, 10, who, AppointMentor()) for who in ("tomas", "yuki")]
    zones = [
        _at(FIRST_DAY, 8, 20, who, RunCommand("profile timezone", {"zone": zone}))
        for who, zone in (("yuki", "Asia/Tokyo"), ("wanjiru", "Nairobi"), ("sofia", "America/Santiago"))
    ]
    topics = [
        _at(FIRST_DAY, 8, 25, who, RunCommand("profile topics", {"topics": words}))
        for who, words in (("tomas", "proofs, theory"), ("yuki", "compute, reviews, rebuttals"))
    ]
    return [*setup, *joined, *mentors, *zones, *topics]


def _paper(days_ago: int, hour: int, who: str, title: str, **args: str) -> StoryEvent:
    return _at(days_ago, hour, 15, who, RunCommand("submission add", {"title": title, **args}, PAPERS))


def _update(days_ago: int, hour: int, who: str, paper: str, stage: str, note: str) -> StoryEvent:
    args = {"paper": paper, "stage": stage, "note": note}
    return _at(days_ago, hour, 40, who, RunCommand("submission update", args, PAPERS))


def _review(days_ago: int, who: str, score: str, summary: str) -> StoryEvent:
    args = {"paper": TITLES[who], "score": score, "summary": summary}
    return _at(days_ago, 12, 50, who, RunCommand("review add", args, PAPERS))


def _papers(year: int) -> list[StoryEvent]:
    following = year + 1
    swahili_reviews = (
        ("6", "Likes the probes, asks for a second language pair"),
        ("6", "Wants to know why the tokeniser was not retrained"),
        ("4", "Thinks that the baseline is weak"),
    )
    return [
        _paper(12, 10, "wanjiru", TITLES["wanjiru"], venue=f"ICLR {following}", stage="in-review"),
        _paper(12, 11, "priya", TITLES["priya"], venue="TMLR", stage="submitted"),
        _paper(11, 9, "leila", TITLES["leila"], venue=f"EMNLP {year}", stage="rebuttal"),
        _paper(11, 14, "mateusz", TITLES["mateusz"], stage="drafting"),
        _paper(10, 10, "minh", TITLES["minh"], venue=f"ICLR {following}", stage="in-review"),
        _paper(9, 12, "chidi", TITLES["chidi"], venue=f"AAAI {following}", stage="in-review"),
        _paper(8, 16, "sofia", TITLES["sofia"], stage="idea"),
        _paper(6, 15, "ingrid", TITLES["ingrid"], stage="drafting", visibility="private"),
        _update(
            5,
            11,
            "leila",
            TITLES["leila"],
            "rejected",
            "Two reviewers liked it, the third had not read the appendix",
        ),
        *(_review(4, "wanjiru", score, summary) for score, summary in swahili_reviews),
        _update(4, 13, "wanjiru", TITLES["wanjiru"], "rebuttal", "Answering the question on tokenisers"),
        _update(3, 10, "chidi", TITLES["chidi"], "accepted", "With a kind word about the error analysis"),
        _update(2, 15, "priya", TITLES["priya"], "in-review", "Three reviewers found"),
    ]


def _item(days_ago: int, who: str, reference: str, why: str) -> StoryEvent:
    return _at(
        days_ago, 12, 30, who, RunCommand("reading add", {"reference": reference, "why": why}, READING)
    )


def _vote(days_ago: int, who: str, item: str) -> StoryEvent:
    return _at(days_ago, 13, 0, who, RunCommand("reading vote", {"item": item}, READING))


def _takeaway(days_ago: int, minute: int, who: str, item: str, takeaway: str) -> StoryEvent:
    return _at(
        days_ago, 16, minute, who, RunCommand("reading done", {"item": item, "takeaway": takeaway}, READING)
    )


def _reading() -> list[StoryEvent]:
    takeaways = (
        ("leila", "Half of the accepted papers would have fallen to the other committee. I breathe easier."),
        ("mateusz", "Discussion makes reviewers agree with each other, not with anybody else."),
    )
    return [
        _item(12, "yuki", CONSISTENCY, "What the second committee would have said, measured"),
        _item(12, "priya", FIRST_EXPERIMENT, "The first experiment of this kind, ten years on"),
        _item(9, "chidi", STATEMENTS, "We all need one before we submit"),
        _item(7, "minh", HAMMING, "For the weeks when nothing works"),
        *(_vote(8, who, "1") for who in ("wanjiru", "leila", "mateusz", "sofia")),
        *(_vote(6, who, "4") for who in ("tomas", "ingrid", "chidi")),
        *(_vote(5, who, "2") for who in ("minh", "priya")),
        *(_takeaway(4, 20 + at, who, "1", text) for at, (who, text) in enumerate(takeaways)),
    ]


def _checkin(days_ago: int, hour: int, who: str, progress: str, mood: str = "3", **args: str) -> StoryEvent:
    answers = {"progress": progress, "mood": mood, "share": "shared", **args}
    return _at(days_ago, hour, 50, who, RunCommand("checkin now", answers, CHECKINS))


def _checkins() -> list[StoryEvent]:
    stuck_on_data = {"blocker_kind": "data", "blocker": "Licence of the second corpus is unclear"}
    lemma = {"blocker_kind": "theory", "blocker": "Lemma 2 needs convexity I do not have"}
    flat = "Curriculum order changes nothing below 100M parameters, five seeds"
    warmup = "The gain was the warm-up, not the method. Glad I checked before writing"
    return [
        _checkin(9, 10, "wanjiru", "Probe code runs end to end on one language", "4"),
        _checkin(9, 11, "priya", "Reran the ablation with five seeds", "3", learned=flat, negative="yes"),
        _checkin(9, 12, "mateusz", "Read about dead units, wrote half a page", "3"),
        _checkin(7, 10, "chidi", "Cleaned the Hausa recordings", "4", **stuck_on_data),
        _checkin(7, 11, "minh", "Plotted the first basin; it looks like a bathtub", "4"),
        _checkin(
            5, 10, "leila", "Read the reviews, closed the laptop, went for a walk", "2", share="private"
        ),
        _checkin(5, 12, "sofia", "Simulated one week of observations", "4", next="Add clouds"),
        _checkin(4, 10, "wanjiru", "Drafted the rebuttal with Tomás", "3", next="Shorten it by half"),
        _checkin(4, 11, "ingrid", "Calibrated last winter's forecasts", "3"),
        _checkin(3, 10, "chidi", "Accepted! Wrote to the speakers first", "5"),
        _checkin(
            2, 10, "leila", "Sorted the reviews: one useful, one kind, one neither", "3", next="New title"
        ),
        _checkin(2, 11, "mateusz", "Baseline beats me by two points", "2", learned=warmup, negative="yes"),
        _checkin(2, 12, "priya", "Answered the editor", "4"),
        _checkin(1, 10, "minh", "Slept on the proof, found the hole", "3", **lemma),
        _checkin(1, 11, "wanjiru", "Rebuttal is in. Now we wait", "4"),
        _checkin(1, 12, "sofia", "Clouds added; the policy still wins", "4"),
    ]


def _conversation() -> list[StoryEvent]:
    return [
        _at(FIRST_DAY, 8, 30, "amina", PostMessage("Welcome, all! Try things out here, nothing can break.")),
        _at(
            FIRST_DAY,
            9,
            10,
            "kai",
            PostMessage("Hello from Hilo. I will join as soon as the reef survey is done."),
        ),
        _at(5, 12, 10, "leila", PostMessage("Rejected. The third review is one line long.", PAPERS)),
        _at(
            5,
            12,
            20,
            "yuki",
            PostMessage("Sorry, Leila. The lottery says such a flip is ordinary. Tea?", PAPERS),
        ),
        _at(
            3,
            11,
            0,
            "chidi",
            PostMessage("It is in! Thank you for reading that appendix three times, Priya.", PAPERS),
        ),
        _at(3, 11, 5, "priya", PostMessage("Congratulations!! 🎉", PAPERS)),
        _at(1, 14, 0, "amina", PostMessage("Reminder: no meeting tomorrow, the reading hour stays.")),
    ]
