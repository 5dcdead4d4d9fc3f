"""Sharing a picture of the lottery with the cohort: drawn anew from what anybody could ask, with no paper, score or name
in it; shown to its sharer before it is posted, and taken back by them."""

import hashlib
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote, unquote

from core.chat.model import Button, Buttons, ButtonStyle, Reply
from core.chat.text import Text, join, say, shorten
from core.cohorts import places
from core.cohorts.model import Scope
from core.commands.caches import LruCache
from core.commands.decorators import command, post
from core.commands.dispatch import Call, Core
from core.commands.spec import Arg, Cost, Once, Post
from core.delivery import announcements, confirmation, outbox, outcomes
from core.delivery.outbox import NewPost
from core.delivery.outcomes import PostStanding, Showing
from core.delivery.outlet import Target
from core.errors import BadInput
from core.features.lottery import answers, reading, simulation
from core.features.lottery.answers import Answer
from core.features.lottery.experiment import experiment
from core.features.lottery.plan import HALF, MOST_SHOWN, TRIES, Plan, plan, stops
from core.features.lottery.simulation import SimulationRequest
from core.papers import rates, venues
from core.papers.rates import Assumed, CohortRates
from core.store.port import Conn

PICTURE, PURPOSE = "lottery.picture", "home"
_OLD = (
    "I cannot read which picture is meant by “{typed}”. Please ask for it once more, and press its [Share]."
)
_Of = Annotated[str, Arg("Which picture, as its button says", max_length=300, form_only=True, in_form=False)]


# --- what is shared ---------------------------------------------------------------------------------------


def share_button(asked: Button) -> Button:
    """The button that shares the picture of a call. Only what anybody could ask is in it."""
    pairs = (f"{name}={quote(value, safe=' ,.')}" for name, value in asked.args.items())
    return Button("Share", "lottery share", {"of": "/".join((asked.command.rpartition(" ")[2], *pairs))})


def answer_of(of: str, known: CohortRates) -> Answer:
    """The answer whose picture is shared, from what its button says, with the accept rates that its cohort has. Raises `BadInput` for anything else. It draws."""
    verb, *pairs = of.split("/")
    args = {name: unquote(value) for name, _, value in (pair.partition("=") for pair in pairs)}
    try:
        return _answer(verb, args, known)
    except (KeyError, ValueError):
        raise BadInput(say(_OLD, typed=shorten(of, 40)), field="of") from None


def _answer(verb: str, args: Mapping[str, str], known: CohortRates) -> Answer:
    given_rate = args.get("accept_rate")
    match verb:
        case "plan":
            tries = min(max(int(args.get("tries", TRIES)), 1), MOST_SHOWN)
            improve = min(max(float(args.get("improve", HALF)), 0.1), 3.0)
            asked = stops(args.get("venues"), given_rate, known)
            return plan(Plan(asked, min(max(tries, len(asked)), MOST_SHOWN), improve))
        case "experiment":
            return experiment(int(args["year"]), int(args["seed"]))
        case "simulate":
            papers, reviewers = int(args["papers"]), int(args["reviewers"])
            simulation.check_size(papers, reviewers)
            rate = reading.accept_rate(args["accept_rate"])
            return simulation.answer(SimulationRequest(papers, rate, reviewers, int(args["seed"])))
        case "venue":
            edition = venues.resolve(args["venue"]) if "venue" in args else None
            assumed = rates.rate_of(edition, known)
            if given_rate:
                assumed = Assumed(reading.accept_rate(given_rate), "an accept rate that was given")
            rho = reading.agreement(float(args["agreement"])) if "agreement" in args else None
            return answers.committees(assumed, rho, str(edition or ""))
        case _:
            raise KeyError(verb)


# --- the commands -----------------------------------------------------------------------------------------


def _by_its_button(_conn: Conn, _scope: Scope, _given: Mapping[str, str]) -> Mapping[str, str]:
    """Before a form opens, which nobody could fill in: only a picture's button says which one is meant."""
    button = Button("See the review lottery", "lottery venue")
    raise BadInput("Please ask for a picture first, and press its button.", blocks=(Buttons((button,)),))


@command("lottery share", form="Share a picture", submit="Share it", prefill=_by_its_button, cost=Cost.DRAWS)
async def share(
    call: Call,
    of: _Of,
    sure: Annotated[bool, Arg("Yes, post it", form_only=True, in_form=False)] = False,
) -> Reply:
    """Post a picture of the lottery to the cohort, without anything of yours in it."""
    cache = call.core.singletons.get(LruCache)
    known = await call.read(rates.of_cohort, call.cohort.id)
    shown = await cache.get_or_call(call.core.executors.draw, answer_of, of, known)
    if not sure:
        return await _preview(call, of, shown)
    token = hashlib.sha256(
        f"{call.request.person.workspace}:{call.request.id}".encode("utf-8", "replace")
    ).hexdigest()[:12]
    posts = await call.write(publish, call.scope, call.member.id, of, token)
    back = Button("Take it back", "lottery unshare", {"picture": token})
    return Reply(await announcements.where(call, posts), (Buttons((back,)),) if posts else ())


async def _preview(call: Call, of: str, shown: Answer) -> Reply:
    found = await call.read(places.places_for, call.cohort.id, PURPOSE)
    if not found:
        return Reply(
            "There is no channel where I could post it: the cohort has no home channel.", (shown.picture,)
        )
    where = ", ".join(each.name or each.channel for each in found)
    head = say(
        "This is what would stand in **{where}**. It has no name in it, and nothing of your papers or scores.",
        where=where,
    )
    post_it = Button("Post it", "lottery share", {"of": of, "sure": "yes"}, ButtonStyle.PRIMARY)
    return Reply(join([head, *_words(shown)]), (shown.picture, Buttons((post_it,))))


def _words(shown: Answer) -> list[Text]:
    return [shown.text, say("Ask for your own with {/lottery venue}, {/lottery plan} or {/lottery scores}.")]


@command(
    "lottery unshare",
    form="Take a picture back",
    submit="Take it back",
    prefill=_by_its_button,
    once=Once.REPEATS,
)
async def unshare(
    call: Call,
    picture: Annotated[
        str, Arg("Which one, as its button says", max_length=20, form_only=True, in_form=False)
    ],
) -> Reply:
    """Take back a picture of the lottery that you shared."""
    posts = await call.write(take_back, call.scope, call.member.id, picture)
    if posts is None:
        words = "There is no picture “{typed}” that you shared."
        raise BadInput(say(words, typed=shorten(picture, 40)), field="picture")
    await confirmation.wait_for_all(call.core, posts)
    found = await call.read(outcomes.standings, call.cohort.id, PICTURE, _about(call.member.id, picture))
    left = [
        each.place for each in found if each.showing in (Showing.STALE, Showing.CHANGING, Showing.UNKNOWN)
    ]
    if left:
        return Reply(
            say(
                "I am still taking it back in **{where}**; please look there in a moment.",
                where=", ".join(left),
            )
        )
    return Reply("It is taken back: the picture is gone, and a line says so.")


# --- the posts --------------------------------------------------------------------------------------------


def _about(member_id: int, token: str) -> str:
    return f"lottery:{member_id}:{token}"


def publish(conn: Conn, scope: Scope, member_id: int, of: str, token: str) -> list[int]:
    """Post a picture in the cohort's home channels. Returns the posts."""
    about = _about(member_id, token)
    written = []
    for place in places.places_for(conn, scope.cohort.id, PURPOSE):
        target = Target.place(place)
        key = f"{about}:{target.key}"
        new = NewPost(scope.cohort.id, key, PICTURE, {"of": of}, target, asked_by=member_id, about=about)
        written.append(outbox.enqueue(conn, new, scope.now))
    return [each for each in written if each is not None]


def take_back(conn: Conn, scope: Scope, member_id: int, token: str) -> list[int] | None:
    """Take back what was shared. Returns the posts that carry it out; None where that member shared no such thing."""
    about = _about(member_id, token)
    found = outcomes.standings(conn, scope.cohort.id, PICTURE, about)
    if not found:
        return None
    return [
        each for each in (_taken_back(conn, scope, about, posted) for posted in found) if each is not None
    ]


def _taken_back(conn: Conn, scope: Scope, about: str, posted: PostStanding) -> int | None:
    if posted.showing is Showing.COMING and not posted.begun:
        outbox.withdraw(conn, posted.id, "Who shared it took it back before it was sent.", scope.now)
        return None
    if posted.showing is Showing.NOWHERE:
        return None
    edit = NewPost(
        scope.cohort.id,
        f"{posted.key}:back",
        PICTURE,
        {"of": ""},
        posted.target,
        edits=posted.id,
        about=about,
    )
    return outbox.enqueue(conn, edit, scope.now)


@post(PICTURE, label="picture of the lottery", editable=True, purpose=PURPOSE)
async def render(core: Core, sent: Post) -> Reply:
    """The picture as it is drawn when it is sent; after it was taken back, only that."""
    if not sent.data["of"]:
        return Reply("A picture of the lottery was here; who shared it took it back.")
    known, cache = (
        await core.read(sent.cohort.id, rates.of_cohort, sent.cohort.id),
        core.singletons.get(LruCache),
    )
    shown = await cache.get_or_call(core.executors.draw, answer_of, sent.data["of"], known)
    return Reply(join(_words(shown)), (shown.picture,))
