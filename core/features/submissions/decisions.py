"""What an answer says when a decision is recorded, and what it offers next: congratulations, or a kind word, the way so far,
and what one rejection says. Nobody is told that their paper is bad or good."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.chat.model import Button, Buttons, button_rows
from core.chat.text import Text, join, say, shorten
from core.cohorts.model import Member, Scope
from core.features.submissions import forecast_texts, sharing, texts, told
from core.lottery import figures
from core.lottery.shown import shown
from core.papers import editions, queries, rates
from core.papers.model import Paper, Round, Stage, VenueEdition, Visibility
from core.papers.rates import Assumed
from core.store.port import Conn

_AHEAD = "180"
"""Days ahead in which the next venue is looked for."""
_MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class DecisionMoment:
    """A paper at the moment of a decision: its `rounds`, the accept rate of the venue and what is known of its `field`; `hidden`
    says that the cohort does not see the paper, `forecast` what its reader had said of it."""

    paper: Paper
    stage: Stage
    title: str
    number: int
    rounds: tuple[Round, ...]
    rate: Assumed
    field: str
    hidden: bool
    forecast: Text | None = None

    @property
    def venue(self) -> VenueEdition:
        """Where it was decided."""
        return self.rounds[-1].venue if self.rounds else VenueEdition("")


def moment(conn: Conn, scope: Scope, paper: Paper, stage: Stage) -> DecisionMoment | None:
    """A paper as it stands now that it has come to a stage; None for any other stage, or where it is gone."""
    row = queries.headline(conn, scope.cohort.id, paper.id)
    if stage not in texts.MOMENTS or row is None:
        return None
    rounds = queries.rounds(conn, paper.id, scored=False)
    venue = rounds[-1].venue if rounds else VenueEdition("")
    known = editions.one(conn, scope.cohort.id, venue)
    return DecisionMoment(
        paper,
        stage,
        row["title"],
        row["number"],
        rounds,
        rates.rate_of(venue, rates.of_cohort(conn, scope.cohort.id)),
        known.fields[0] if known is not None and known.fields else "",
        row["visibility"] != Visibility.COHORT.value,
        forecast_texts.decided(conn, scope, paper.id),
    )


# --- the words --------------------------------------------------------------------------------------------


def words(found: DecisionMoment, *, by: str = "") -> Text:
    """What is said at a moment: to who recorded it, or to another author, where `by` names who did."""
    values = {
        "number": found.number,
        "title": found.title,
        "at": texts.place(found.stage, str(found.venue)),
        "noted": f", as {by} recorded" if by else "",
    }
    lines = [say(_HEADS[found.stage], **values)]
    if found.stage is Stage.REJECTED:
        lines.append(_one_rejection(found.rate))
    if found.stage in _MORE:
        lines.append(say(_MORE[found.stage]))
    if found.forecast is not None:
        lines.append(found.forecast)
    if len(found.rounds) > 1 and found.stage is not Stage.REVISING:
        lines.append(way(found.rounds))
    return join(lines)


_HEADS = {
    Stage.ACCEPTED: "🎉 Congratulations! **#{number}** “{title}” is accepted{at}{noted}.",
    Stage.PUBLISHED: "🎉 Congratulations! **#{number}** “{title}” is out in the world{at}{noted}.",
    Stage.REJECTED: "**#{number}** “{title}” was not taken{at}{noted}. I am sorry. Take the time you need.",
    Stage.DESK_REJECTED: "**#{number}** “{title}” was turned down{at} without reviews{noted}. I am sorry.",
    Stage.REVISING: "**#{number}** “{title}” is to be revised{at}{noted}. That is neither yes nor no: its round goes on, and "
    "{/submission resubmit} sends the revised version.",
    Stage.WITHDRAWN: "**#{number}** “{title}” is withdrawn{at}{noted}. It waits here until you pick it up again.",
}
_MORE = {
    Stage.DESK_REJECTED: "No reviewer has judged it, so it is no verdict, and the lottery does not count it; often it is about "
    "scope, length or format.",
}


def _one_rejection(rate: Assumed) -> Text:
    """What one rejection says: how often another committee would have decided otherwise, with its range."""
    again = figures.committees(rate.rate).accept_after_rejection
    return say(
        "One rejection says little: of the papers that one committee turns down, another would have accepted {odds}. "
        "This takes {source}.",
        odds=shown(again).words,
        source=rate.source,
    )


def way(rounds: Sequence[Round]) -> Text:
    """The rounds of a paper so far: "Its way so far: ICLR 2026 rejected, ICML 2026 rejected."."""
    latest = [
        f"{texts.venue(each.venue)} {texts.stage(each.decision) if each.decision else 'open'}"
        for each in rounds[-_MOST_ROUNDS:]
    ]
    earlier = len(rounds) - len(latest)
    more = f"{earlier} earlier, then " if earlier else ""
    return say(
        "Its way so far, {n} tries: {more}{rounds}.", n=len(rounds), more=more, rounds=", ".join(latest)
    )


# --- what comes next --------------------------------------------------------------------------------------


def buttons(found: DecisionMoment, member: Member, *, short: bool = False) -> tuple[Buttons, ...]:
    """What an author can do next: tell of it; after bad news three steps first. `short` says that the buttons stand in a
    message that was not asked for, in which a call has little room."""
    number = str(found.number)
    args = {"paper": number}
    tell = sharing.tell_button(found.paper, member.id, found.stage, hidden=found.hidden)
    pages = (Button("Show", "submission show", args), Button("Timeline", "submission timeline", args))
    if found.stage in told.GOOD:
        return button_rows((*tell, *pages))
    again = [
        Button("Odds of the next try", "lottery paper", args),
        Button("Submit it again", "submission resubmit", args),
    ]
    if found.stage is Stage.REVISING:
        again, tell = [Button("Send the revision", "submission resubmit", args)], ()
    return button_rows((*_steps(found, member, short), *again, *tell, *pages))


def _steps(found: DecisionMoment, member: Member, short: bool) -> tuple[Button, ...]:
    """Three steps after bad news: note its reviews, see what is due that fits, ask somebody."""
    reviews = Button("Note its reviews", "review add", {"paper": str(found.number)})
    fitting = {"within": _AHEAD, **({"field": found.field} if found.field and not short else {})}
    deadlines = Button("Deadlines that fit", "deadline list", fitting)
    has_reviews = found.stage in (Stage.REJECTED, Stage.REVISING) and member.id == found.paper.owner
    return (
        *([reviews] if has_reviews else []),
        *([] if found.stage is Stage.REVISING else [deadlines]),
        Button("Ask for feedback", "feedback ask", {} if short else _asks(found)),
    )


def _asks(found: DecisionMoment) -> dict[str, str]:
    """What a request for feedback begins with. It says nothing of the decision, nor of a paper that the cohort does not see."""
    if found.hidden:
        return {"topic": "What to do next with a paper"}
    return {"topic": f"The next version of “{shorten(found.title, 80)}”", "paper": str(found.number)}
