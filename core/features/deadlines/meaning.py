"""What a row of a file of deadlines is about: what is due, in which round, and whether it is *the* date of its kind or
that of another track. Types, labels and comments are people's words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.chat.text import enumerated
from core.papers.edition_updates import SaidDate
from core.papers.editions import DateKind

_SPELLINGS: Mapping[DateKind, str] = {
    DateKind.ABSTRACT: "abstract abstract-deadline abstract-submission abstract-registration abstract-late abstracts title"
    " paper-registration metadata",
    DateKind.PAPER: "paper papers paper-deadline paper-submission full-paper full-papers full-submission submission"
    " submission-deadline submissions deadline main manuscript",
    DateKind.SUPPLEMENTARY: "supplementary supplementary-material supplementary-deadline supplemental"
    " supplemental-material supp supplement",
    DateKind.REBUTTAL_START: "rebuttal-start rebuttal-open rebuttal-period-start author-response-start discussion-start"
    " review-release reviews-released review-release-date reviews feedback-start",
    DateKind.REBUTTAL_END: "rebuttal rebuttal-end rebuttal-deadline rebuttal-period-end rebuttal-and-revision"
    " author-response author-response-end discussion-end response feedback-end",
    DateKind.DECISION: "notification notifications decision decisions notification-date final-notification first-notification"
    " author-notification acceptance acceptance-notification final-decision final-decision-date results",
    DateKind.CAMERA_READY: "camera-ready camera-ready-deadline camera-ready-submission final-paper final-submission"
    " final-version revision-deadline cameraready",
    DateKind.CONFERENCE: "conference event main-conference conference-date",
}
TYPES = {word: kind for kind, words in _SPELLINGS.items() for word in words.split()}
"""The kinds, by the types under which files have them."""

_LOOSE = frozenset(("deadline", "submission", "submissions", "submission-deadline", "main", "other", ""))
"""Types that say little: their label decides."""

_LABELS: Sequence[tuple[DateKind, re.Pattern[str]]] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (DateKind.CAMERA_READY, r"camera.?ready|final (?:version|paper|manuscript)"),
        (DateKind.DECISION, r"notif|decision|acceptance|accept/reject|outcome"),
        (
            DateKind.REBUTTAL_START,
            r"(?:rebuttal|response|feedback|discussion)\b.*\b(?:start|begin|open)|reviews? (?:are )?(?:released?|available|out)",
        ),
        (DateKind.REBUTTAL_END, r"rebuttal|author (?:response|feedback)|discussion (?:period|phase|end)"),
        (DateKind.SUPPLEMENTARY, r"supplement|\bsupp\b|appendix"),
        (DateKind.ABSTRACT, r"abstract|metadata|title (?:and|&)|paper registration"),
        (DateKind.PAPER, r"paper|submission|manuscript|article|deadline|round|cycle"),
    )
)

_SENT = re.compile(r"paper|submission|manuscript|article")

_TRACKS = re.compile(
    r"volunteer|tutorial|workshop|\bdemo|poster|late.?breaking|doctoral|consortium|industr|panel|challenge|competition"
    r"|course|case stud|exhibit|sponsor|scholarship|travel|early.?bird|proposal|nomination|award|bidding|reviewer"
    r"|withdraw|visa|short paper|extended abstract|special (?:session|issue)|journal.track|datasets? (?:and|&|track)"
    r"|student (?:abstract|research|paper)|system demonstration|author registration|conference registration|art (?:paper|program)"
)
"""What is not about the papers that most people send."""

_EARLY = re.compile(
    r"phase (?:1|one|i\b)|first (?:phase|notification|stage)|early (?:reject|notif)|desk|summary|prelim|interim"
)
"""Notifications that are not the decision."""

_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_SEASONS = ("winter", "spring", "summer", "fall", "autumn")
_ROUND = re.compile(
    r"\b(?:round|cycle|call|issue|r) ?#?(?P<n>\d{1,2})\b"
    rf"|\b(?P<o>{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th)) (?:submission |paper )?(?:round|cycle|call|deadline|issue|submission)"
    rf"|\b(?P<w>{'|'.join((*_MONTHS, *_SEASONS))})\b"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row with what it is about. `round` is 0 where it is of all rounds, or the only one."""

    said: SaidDate
    round: int = 0


def kind_of(type_: str, label: str, title: str = "") -> tuple[DateKind, bool]:
    """What a row is about by its type and its label, and whether it is about the papers that most people send."""
    word = re.sub(r"[\s_-]+", "-", type_.casefold()).strip("-")
    text = label.casefold()
    known = TYPES.get(word)
    by_label = next((kind for kind, pattern in _LABELS if pattern.search(text)), None)
    if by_label is DateKind.PAPER and word not in _LOOSE and not _SENT.search(text):
        by_label = None  # "commitment deadline" is some deadline, of a type that nobody knows
    kind = known or by_label or DateKind.OTHER
    if word in _LOOSE and by_label is not None:
        kind = by_label
    if word == "registration":
        kind = DateKind.ABSTRACT if re.search(r"paper|abstract", text) else DateKind.OTHER
    of_track = any(found not in title.casefold() for found in _TRACKS.findall(text))
    return kind, kind is not DateKind.OTHER and not of_track


def round_of(label: str) -> int | None:
    """The round that a label names, by its number or the order of its word; None where it names none."""
    match = _ROUND.search(label.casefold())
    if match is None:
        return None
    if match["n"]:
        return int(match["n"])
    if match["o"]:
        return _ORDINALS.index(match["o"]) + 1 if match["o"] in _ORDINALS else int(match["o"][:-2])
    if match["w"] in _MONTHS:
        return 20 + _MONTHS.index(match["w"])
    return 40 + _SEASONS.index(match["w"])


def choose(rows: Sequence[Row]) -> tuple[list[Row], list[str]]:
    """The rows with one main date of each kind in each round, and sentences that say which of several counts."""
    chosen = list(rows)
    for kind in DateKind:
        rounds = {row.round for row in chosen if row.said.kind is kind and row.said.main}
        for number in sorted(rounds):
            at = [
                i
                for i, row in enumerate(chosen)
                if row.said.main and row.said.kind is kind and row.round == number
            ]
            keep = _main([chosen[i] for i in at])
            for i in at:
                if chosen[i] is not keep:
                    chosen[i] = replace(chosen[i], said=replace(chosen[i].said, main=False))
    return chosen, [said for kind in DateKind if (said := _chosen(chosen, kind))]


def _chosen(rows: Sequence[Row], kind: DateKind) -> str:
    """Which of several dates of a kind count; empty where there is nothing to say."""
    of_kind = [row.said for row in rows if row.said.kind is kind and kind is not DateKind.OTHER]
    main = [f"“{each.label}”" for each in of_kind if each.main]
    if len(main) == len(of_kind):
        return ""
    if not main:
        return f"none of {len(of_kind)} dates for {kind.label} is the one of most papers"
    return f"of {len(of_kind)} dates for {kind.label} I take {enumerated(main[:4])}"


def _main(rows: Sequence[Row]) -> Row:
    """Which of several rows of one kind and round is the one: a decision is the final one, papers are the full ones."""
    dated = [row for row in rows if row.said.at is not None] or list(rows)
    if rows[0].said.kind is DateKind.DECISION:
        final = [row for row in dated if not _EARLY.search(row.said.label.casefold())] or dated
        return max(final, key=_when)
    words = r"\b(?:full|regular|research|long|main)\b"
    full = [row for row in dated if re.search(words, row.said.label.casefold())] or dated
    last = rows[0].said.kind in (DateKind.REBUTTAL_END, DateKind.CAMERA_READY)
    return (max if last else min)(full, key=_when)


def _when(row: Row) -> float:
    return row.said.at.timestamp() if row.said.at is not None else float("inf")


def is_early(label: str) -> bool:
    """Whether a notification is not the decision by its label."""
    return _EARLY.search(label.casefold()) is not None
