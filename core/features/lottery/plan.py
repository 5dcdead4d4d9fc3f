"""How many tries it takes: the chance by each, the median, and what an improvement does. Never a mean: for
agreements of .5 and more it is infinite."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.charts import paths as charts
from core.charts.tries import about_half
from core.chat.model import Picture, Table
from core.chat.text import Text, join, say, shorten
from core.errors import BadInput, at_field
from core.features.lottery import texts
from core.features.lottery.answers import Answer
from core.features.lottery.reading import accept_rate
from core.lottery import rounds
from core.lottery import venues as table
from core.lottery.decisions import Range, phi
from core.lottery.figures import PlanFigures
from core.lottery.rounds import MEASURED_TRIES, MOST_TRIES
from core.lottery.shown import shown
from core.papers import venues
from core.papers.model import VenueEdition
from core.papers.rates import NOBODY_SAID, CohortRates, rate_of, rate_words

TRIES, MOST_SHOWN = 5, 20
"""Tries that a plan shows where none are asked for, and at most."""
HALF = 0.5
"""The improvement that is shown beside, in standard deviations of quality."""
_MOST_WHERE = 300  # characters of the venues in the words to the picture; all of them are among the numbers

_RATED = re.compile(
    r"(?P<name>.*?)[\s:=]*(?<![\d.])(?P<rate>(?:\d+(?:\.\d+)?|\.\d+)\s*%|0?\.\d+)\Z", re.ASCII
)
# The comma of 40,5% and of 0,3 is a decimal one; any other stands between two venues, as in ".25,.1".
_DECIMAL_COMMA = re.compile(r"(?<![\d.])(\d{1,2}(?=,\d+\s*%)|0(?=,\d)),", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the way: its name (or empty), its accept rate, where that is from, and what to know. `guessed` says that
    nobody knows the rate."""

    name: str
    rate: float
    source: str
    note: str = ""
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A sequence of venues, the last of which is tried again; the tries to show; an improvement in s.d."""

    stops: tuple[Stop, ...]
    tries: int
    improve: float

    def figures(self) -> PlanFigures:
        """What the tries give."""
        rates = [self.stops[min(n, len(self.stops) - 1)].rate for n in range(self.tries)]
        return PlanFigures(tuple(rates), self.improve)


def stops(sequence: str | None, rate: str | None, rates: CohortRates = NOBODY_SAID) -> tuple[Stop, ...]:
    """The venues that "ICLR, ICML 2026, Our Workshop 40%" names. `rate` is for those without a rate that is
    known, or for all tries where no venue is named. Raises `BadInput`."""
    own = accept_rate(rate) if rate else None
    points = _DECIMAL_COMMA.sub(r"\1.", sequence or "")
    names = [part.strip() for part in re.split(r"[,;\n]|\bthen\b", points) if part.strip()]
    if len(names) > MOST_SHOWN:
        raise BadInput(f"That is more than {MOST_SHOWN} venues. Please name fewer.", field="venues")
    if not names:
        given = rate_of(None) if own is None else None
        return (
            Stop("", own or rate_of(None).rate, given.source if given else "the accept rate that you gave"),
        )
    return tuple(_stop(name, own, rates) for name in names)


def _stop(typed: str, own: float | None, rates: CohortRates) -> Stop:
    if match := _RATED.match(typed):
        name = match["name"].strip()
        with at_field("venues"):
            return Stop(name, accept_rate(match["rate"]), "the accept rate that you gave")
    known = table.find(typed)
    edition = VenueEdition(known.venue.name, known.year) if known else VenueEdition(typed)
    assumed = rate_of(venues.read_edition(typed), rates)
    if assumed.guessed:
        assumed = rate_of(edition)
    if own is not None and assumed.guessed:
        return Stop(str(edition), own, f"the accept rate that you gave for {edition}")
    unused = ""
    if own is not None and own != assumed.rate:
        unused = (
            f"Of {edition} I took its own accept rate and not the {rate_words(own)} that you gave; to change "
            f"that, write the rate behind its name: {edition} {own:.4g}."
        )
    note = f"{assumed.note} {unused}".strip()
    return Stop(str(edition), assumed.rate, assumed.source, note, assumed.guessed)


def plan(asked: Plan) -> Answer:
    """Answer a plan. Plain and slow (it draws): run it off the event loop."""
    found = asked.figures()
    plainly, better = found.by, found.by_improved
    label = _size(asked.improve)
    lines = [
        say("**Tries until acceptance**, {where}", where=_where(asked)),
        *[_within(n, plainly) for n in sorted({1, 2, 3, asked.tries} - set(range(asked.tries + 1, 4)))],
        say("- Half of such papers are in {median}.", median=_median(found.median)),
        *_after_one(asked),
        _better(asked, found, label),
        say(
            "A paper from the middle of the submissions that gets {label} better passes as many as lie between "
            "there and the best {share} in 100. What an improvement does was never measured; it is the model's.",
            label=label,
            share=_best(asked.improve),
        ),
        *_caution(asked),
        say(
            "Assumed: {sources}; {agreement}.{notes}",
            sources=_sources(asked),
            agreement=texts.AGREEMENT,
            notes="".join(f" {note}" for note in dict.fromkeys(stop.note for stop in asked.stops) if note),
        ),
        say(texts.NOT_ABOUT),
    ]
    picture, table = _picture(asked, plainly, better, label), _table(plainly, better, label)
    return Answer(join(_short(asked, found, label)), picture, join(lines), table)


def _short(asked: Plan, found: PlanFigures, label: str) -> list[Text]:
    """The sentences that the picture comes with."""
    caution = ", model-dependent" if rounds.model_dependent(asked.tries) else ""
    return [
        say(
            "**Within {tries}: {odds}**{caution}, {where}.",
            tries=_tries(asked.tries),
            odds=texts.odds(found.by[-1]),
            caution=caution,
            where=shorten(_where(asked), _MOST_WHERE),
        ),
        say(
            "Half of such papers are in {median}; with the paper {label} better {better}.",
            median=_median(found.median),
            label=label,
            better=_median(found.median_improved),
        ),
        say(texts.NOT_ABOUT),
    ]


def _best(improve: float) -> str:
    """Of a hundred papers, how many are better than the middle by more than that."""
    share = 1 - phi(improve)
    return f"{100 * share:.0f}" if share >= 0.01 else f"{100 * share:.1f}"


def _within(n: int, chances: Sequence[Range]) -> Text:
    caution = ", model-dependent" if rounds.model_dependent(n) else ""
    which = "On the first try" if n == 1 else f"Within {_tries(n)}"
    return say("- {which}: {odds}{caution}.", which=which, odds=texts.odds(chances[n - 1]), caution=caution)


def _tries(n: int) -> str:
    return "one try" if n == 1 else f"{n} tries"


def _median(figure: Range) -> str:
    """The median number of tries in words, with its range."""
    if figure.low > MOST_TRIES:
        return f"only after more than {MOST_TRIES:,} tries, model-dependent"
    middle, low, most = (
        f"over {MOST_TRIES:,}" if each > MOST_TRIES else f"{each:.0f}"
        for each in (figure.value, figure.low, figure.high)
    )
    between = "" if low == most else f" ({low} to {most})"
    return f"by try {middle}{between}" + (", model-dependent" if figure.high > MEASURED_TRIES else "")


def _after_one(asked: Plan) -> list[Text]:
    """What a revision after the first rejection does to the second try."""
    first_two = replace(asked, tries=2).figures()
    same, revised = (first_two.after_rejections(improve, 1)[0] for improve in (0.0, asked.improve))
    return [
        say(
            "- After one rejection the next try is {same} unchanged, and {revised} with the paper {label} better.",
            same=texts.odds(same),
            revised=texts.odds(revised),
            label=_size(asked.improve),
        )
    ]


def _better(asked: Plan, found: PlanFigures, label: str) -> Text:
    within, better = "", found.by_improved
    if asked.tries > 1:
        caution = ", model-dependent" if rounds.model_dependent(asked.tries) else ""
        within = f", {texts.odds(better[-1])} within {asked.tries}{caution}"
    return say(
        "- With the paper {label} better before the first try: {first} on it{within}; half are in {median}.",
        label=label,
        first=texts.odds(better[0]),
        within=within,
        median=_median(found.median_improved),
    )


def _caution(asked: Plan) -> list[Text]:
    if not rounds.model_dependent(asked.tries):
        return []
    coin = replace(asked, improve=0.0).figures().other_model(asked.tries)
    other = (
        ""
        if coin is None
        else (
            f" Another model that fits the same experiments gives {texts.odds(Range(coin, coin, coin))} within {asked.tries}."
        )
    )
    return [
        say(
            "Nobody has measured more than two tries of one paper, so what goes beyond is model-dependent.{other} The "
            "tries are not independent: the paper's quality stays, and each verdict says something about it.",
            other=other,
        )
    ]


def _size(improve: float) -> str:
    if improve == HALF:
        return "half a standard deviation"
    return "one standard deviation" if improve == 1 else f"{improve:g} standard deviations"


def _where(asked: Plan) -> str:
    if len(asked.stops) == 1 and not asked.stops[0].name:
        return f"each at an accept rate of {rate_words(asked.stops[0].rate)}"
    named = [f"{stop.name or 'a venue'} ({rate_words(stop.rate)})" for stop in asked.stops[: asked.tries]]
    again = " again and again" if len(named) == 1 else ", and there again" if len(named) < asked.tries else ""
    return "at " + ", then ".join(named) + again


def _sources(asked: Plan) -> str:
    return "; ".join(dict.fromkeys(stop.source for stop in asked.stops))


def _table(plainly: Sequence[Range], better: Sequence[Range], label: str) -> Table:
    rows = tuple(
        (
            str(n),
            shown(one).ranged,
            shown(two).ranged,
            "model-dependent" if rounds.model_dependent(n) else "experiments",
        )
        for n, (one, two) in enumerate(zip(plainly, better, strict=True), 1)
    )
    return Table(("In 100, by try", "As it is", f"{label[0].upper()}{label[1:]} better", "Rests on"), rows)


def _picture(asked: Plan, plainly: tuple[Range, ...], better: tuple[Range, ...], label: str) -> Picture:
    named = [stop.name for stop in asked.stops if stop.name]
    subject = shorten(", ".join(named), 40) if named else f"accept rate {rate_words(asked.stops[0].rate)}"
    half = about_half(plainly)
    title = (
        f"About half are in by try {half}" if half else f"In by try {asked.tries}: {shown(plainly[-1]).brief}"
    )
    chart = charts.paths(
        title,
        charts.Path("as it is", plainly),
        charts.Path(f"{label} better", better),
        measured=MEASURED_TRIES,
        subject=subject,
    )
    return chart.picture("tries.png")
