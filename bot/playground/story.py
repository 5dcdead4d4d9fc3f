"""What happened in the sample cohort. Every person and paper is made up."""

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
class Said:
    """Words to the channel; the bot does not read them."""

    text: str
    channel: str = HOME


@dataclass(frozen=True, slots=True)
class Did:
    """A command with its arguments, as they would be typed."""

    command: str
    args: Mapping[str, str] = field(default_factory=dict)
    channel: str = HOME


@dataclass(frozen=True, slots=True)
class Mentor:
    """This person is made a mentor."""


@dataclass(frozen=True, slots=True)
class StoryStep:
    """Something somebody did: so many working days ago, at that hour in the cohort's zone."""

    days_ago: int
    at: time
    who: str
    what: Said | Did | Mentor


MEMBERS = (
    "tomas", "yuki", "wanjiru", "priya", "leila", "mateusz", "minh", "chidi", "sofia", "ingrid",
)  # fmt: skip
"""Who joins. The other personas stay outside, so that somebody is left to join by hand."""

FIRST = 13
"""How many working days ago the cohort began."""


def steps(year: int) -> list[StoryStep]:
    """The whole story, for a present in `year`."""
    return [*_beginning(), *_papers(year), *_reading(), *_checkins(), *_talk()]


def _at(days_ago: int, hour: int, minute: int, who: str, what: Said | Did | Mentor) -> StoryStep:
    return StoryStep(days_ago, time(hour, minute), who, what)


def _beginning() -> list[StoryStep]:
    admin = "cohort-admin"
    found = [
        Did(f"{admin} setup", {"name": NAME, "timezone": ZONE, "channel": HOME}),
        Did(f"{admin} channel", {"purpose": "checkins", "channel": CHECKINS}),
        Did(f"{admin} channel", {"purpose": "reading", "channel": READING}),
        Did(f"{admin} schedule-add", {"kind": "checkin", "when": "weekdays 09:30"}),
        Did(f"{admin} schedule-add", {"kind": "reading", "when": "every wednesday 15:00"}),
        Did(f"{admin} schedule-add", {"kind": "digest", "when": "every friday 16:00"}),
    ]
    begun = [_at(FIRST, 8, 0, "amina", did) for did in found]
    joined = [_at(FIRST, 8, 5, who, Did("cohort join")) for who in MEMBERS]
    mentors = [_at(FIRST, 8, 10, who, Mentor()) for who in ("tomas", "yuki")]
    zones = [
        _at(FIRST, 8, 20, who, Did("profile timezone", {"zone": zone}))
        for who, zone in (("yuki", "Asia/Tokyo"), ("wanjiru", "Nairobi"), ("sofia", "America/Santiago"))
    ]
    return [*begun, *joined, *mentors, *zones]


def _paper(days_ago: int, hour: int, who: str, title: str, **args: str) -> StoryStep:
    return _at(days_ago, hour, 15, who, Did("submission add", {"title": title, **args}, PAPERS))


def _news(days_ago: int, hour: int, who: str, paper: str, stage: str, note: str) -> StoryStep:
    args = {"paper": paper, "stage": stage, "note": note}
    return _at(days_ago, hour, 40, who, Did("submission update", args, PAPERS))


def _papers(year: int) -> list[StoryStep]:
    following = year + 1
    swahili = "Sparse probes for low-resource Swahili translation"
    order = "Does curriculum order matter? A negative result at small scale"
    arabic = "Evaluating Arabic summaries without references (تقييم الملخصات)"
    basins = "Ba$$in hopping: reading a loss surface on a laptop"
    speech = "Speech recognition for twelve Nigerian languages on one GPU"
    return [
        _paper(12, 10, "wanjiru", swahili, venue=f"ICLR {following}", stage="in-review"),
        _paper(12, 11, "priya", order, venue="TMLR", stage="submitted"),
        _paper(11, 9, "leila", arabic, venue=f"EMNLP {year}", stage="rebuttal"),
        _paper(11, 14, "mateusz", "Counting the neurons that never fire", stage="drafting"),
        _paper(10, 10, "minh", basins, venue=f"ICLR {following}", stage="in-review"),
        _paper(9, 12, "chidi", speech, venue=f"AAAI {following}", stage="in-review"),
        _paper(8, 16, "sofia", "Telescope time is money: active learning for transits", stage="idea"),
        _paper(6, 15, "ingrid", "Calibrated avalanche forecasts", stage="drafting", visibility="private"),
        _news(
            5, 11, "leila", arabic, "rejected", "Two reviewers liked it, the third had not read the appendix"
        ),
        _news(4, 13, "wanjiru", swahili, "rebuttal", "Scores 6, 6, 5. Answering the question on tokenisers"),
        _news(3, 10, "chidi", speech, "accepted", "With a kind word about the error analysis"),
        _news(2, 15, "priya", order, "in-review", "Three reviewers found"),
    ]


def _item(days_ago: int, who: str, reference: str, why: str) -> StoryStep:
    return _at(days_ago, 12, 30, who, Did("reading add", {"reference": reference, "why": why}, READING))


def _vote(days_ago: int, who: str, item: str) -> StoryStep:
    return _at(days_ago, 13, 0, who, Did("reading vote", {"item": item}, READING))


def _took(days_ago: int, who: str, item: str, takeaway: str) -> StoryStep:
    return _at(days_ago, 16, 20, who, Did("reading done", {"item": item, "takeaway": takeaway}, READING))


def _reading() -> list[StoryStep]:
    consistency = "https://arxiv.org/abs/2306.03262"
    takeaways = (
        ("leila", "Half of the accepted papers would have fallen to the other committee. I breathe easier."),
        ("mateusz", "Discussion makes reviewers agree with each other, not with anybody else."),
    )
    return [
        _item(12, "yuki", consistency, "What the second committee would have said, measured"),
        _item(
            12, "priya", "https://arxiv.org/abs/2109.09774", "The first experiment of this kind, ten years on"
        ),
        _item(9, "chidi", "Bender and Friedman, Data Statements for NLP", "We all need one before we submit"),
        _item(7, "minh", "You and Your Research (Hamming, 1986)", "For the weeks when nothing works"),
        *(_vote(8, who, "1") for who in ("wanjiru", "leila", "mateusz", "sofia")),
        *(_vote(6, who, "4") for who in ("tomas", "ingrid", "chidi")),
        *(_vote(5, who, "2") for who in ("minh", "priya")),
        *(_took(4, who, "1", words) for who, words in takeaways),
    ]


def _checkin(days_ago: int, hour: int, who: str, progress: str, mood: str = "3", **args: str) -> StoryStep:
    answers = {"progress": progress, "mood": mood, "share": "shared", **args}
    return _at(days_ago, hour, 50, who, Did("checkin now", answers, CHECKINS))


def _checkins() -> list[StoryStep]:
    stuck_on_data = {"blocker_kind": "data", "blocker": "Licence of the second corpus is unclear"}
    queue = {"blocker_kind": "compute", "blocker": "Two days in the queue for a four-hour job"}
    flat = "Curriculum order changes nothing below 100M parameters, five seeds"
    warmup = "The gain was the warm-up, not the method. Glad I checked before writing"
    return [
        _checkin(9, 10, "wanjiru", "Probe code runs end to end on one language", "4"),
        _checkin(9, 11, "priya", "Reran the ablation with five seeds", "3", learned=flat, negative="yes"),
        _checkin(9, 12, "mateusz", "Read about dead units, wrote half a page", "3"),
        _checkin(7, 10, "chidi", "Cleaned the Hausa recordings", "4", **stuck_on_data),
        _checkin(7, 11, "minh", "Plotted the first basin; it looks like a bathtub", "4"),
        _checkin(5, 10, "leila", "Read the reviews, closed the laptop, went for a walk", "2", share="private"),
        _checkin(5, 12, "sofia", "Simulated one week of observations", "4", next="Add clouds"),
        _checkin(4, 10, "wanjiru", "Drafted the rebuttal with Tomás", "3", next="Shorten it by half"),
        _checkin(4, 11, "ingrid", "Calibrated last winter's forecasts", "3", **queue),
        _checkin(3, 10, "chidi", "Accepted! Wrote to the speakers first", "5"),
        _checkin(2, 10, "leila", "Sorted the reviews: one useful, one kind, one neither", "3", next="New title"),
        _checkin(2, 11, "mateusz", "Baseline beats me by two points", "2", learned=warmup, negative="yes"),
        _checkin(2, 12, "priya", "Answered the editor", "4"),
        _checkin(1, 10, "minh", "Slept on the proof, found the hole", "3",
                 blocker_kind="theory", blocker="Lemma 2 needs convexity I do not have"),
        _checkin(1, 11, "wanjiru", "Rebuttal is in. Now we wait", "4"),
        _checkin(1, 12, "sofia", "Clouds added; the policy still wins", "4"),
    ]  # fmt: skip


def _talk() -> list[StoryStep]:
    return [
        _at(FIRST, 8, 30, "amina", Said("Welcome, all! Try things out here, nothing can break.")),
        _at(FIRST, 9, 10, "kai", Said("Hello from Hilo. I will join as soon as the reef survey is done.")),
        _at(5, 12, 10, "leila", Said("Rejected. The third review is one line long.", PAPERS)),
        _at(5, 12, 20, "yuki", Said("Sorry, Leila. The lottery says such a flip is ordinary. Tea?", PAPERS)),
        _at(
            3,
            11,
            0,
            "chidi",
            Said("It is in! Thank you for reading that appendix three times, Priya.", PAPERS),
        ),
        _at(3, 11, 5, "priya", Said("Congratulations!! 🎉", PAPERS)),
        _at(1, 14, 0, "amina", Said("Reminder: no meeting tomorrow, the reading hour stays.")),
    ]
