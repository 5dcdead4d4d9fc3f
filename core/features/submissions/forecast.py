"""`submission forecast`: what an author thinks of a paper's chances, and how well such forecasts fit."""

from collections.abc import Mapping
from typing import Annotated

from core.charts.calibration import calibration, deciles
from core.chat.model import Button, Buttons, Picture, Reply
from core.chat.text import Text, join
from core.cohorts import counting
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks
from core.commands.spec import Arg, Cost
from core.errors import BadInput
from core.features.submissions import forecast_texts as texts
from core.features.submissions import records
from core.papers import forecasts
from core.papers.forecasts import ENOUGH, OF_COHORT, Calibration, Forecast
from core.papers.model import Paper
from core.store.port import Conn


def prefill(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the form. Raises `NotAllowed` for who is no author, `BadInput` where the paper is in no open round."""
    if not given.get("paper") or scope.member is None:
        return {}
    paper = records.resolve(conn, scope, given["paper"])
    records.check_author(scope.member, paper)
    forecasts.open_round(conn, paper.id)
    found = forecasts.of_paper(conn, scope, paper.id)
    return {"chance": str(found.chance)} if found is not None else {}


@command(
    "submission forecast",
    form="Say how likely it is",
    submit="Keep it",
    prefill=prefill,
    asks="paper chance",
    cost=Cost.DRAWS,
)
async def forecast(
    call: Call,
    paper: Annotated[
        Paper | None, Arg("A paper of yours; without one I show how your forecasts fit", max_length=250)
    ] = None,
    chance: Annotated[
        str | None, Arg("That it is accepted: 1 to 99 in 100; none takes it back", max_length=20)
    ] = None,
    page: PageArg = 1,
) -> Reply:
    """Say how likely a paper of yours is accepted, or see how well you judge it."""
    if paper is None:
        if chance:
            raise BadInput("Please say which paper you mean.", field="paper")
        return await _all(call, page)
    records.check_author(call.member, paper)
    if chance is None:
        return await _one(call, paper)
    value = forecasts.read_chance(chance)
    if value is None:
        had = await call.write(forecasts.take_back, call.scope, call.member.id, paper.id)
        return Reply(texts.taken_back(paper, had=had), (Buttons((texts.ask(paper.number), texts.ALL)),))
    await call.write(forecasts.state, call.scope, call.member.id, paper.id, value)
    return Reply(texts.stated(paper, value), (Buttons(texts.changeable(paper.number)),))


async def _one(call: Call, paper: Paper) -> Reply:
    """What the caller said of a paper."""
    found = await call.read(forecasts.of_paper, call.scope, paper.id)
    is_open = bool(paper.rounds) and paper.rounds[-1].decision is None
    if found is None:
        buttons = (texts.ask(paper.number), texts.ALL) if is_open else (texts.ALL,)
        return Reply(texts.nothing_said(paper, is_open=is_open), (Buttons(buttons),))
    said = texts.standing(found, call.member.zone or call.cohort.zone)
    if is_open:
        return Reply(said, (Buttons(texts.changeable(paper.number)),))
    line = await call.read(texts.decided, call.scope, paper.id, said=True)
    return Reply(join([said, *([line] if line else [])]), (Buttons((texts.ALL,)),))


async def _all(call: Call, page: int) -> Reply:
    """The caller's forecasts, and from enough decided ones on how well they fit; beside it the cohort's and what was
    measured."""
    await counting.renew_due(call.core.store, [OF_COHORT], call.cohort.id, call.now)
    shown, found, scored, cohort = await call.read(_read, call.scope, page)
    rows = blocks(call, shown, [texts.listed(each) for each in found])
    add = Buttons((Button("Papers", "submission list"),))
    if len(scored) < ENOUGH:
        return Reply(join([texts.few(shown.total, len(scored)), *texts.beside(cohort)]), (*rows, add))
    fit = forecasts.calibration(scored)
    picture = await call.core.executors.draw(_picture, scored, texts.own(fit))
    return Reply(join([texts.own(fit), *texts.beside(cohort)]), (picture, *rows, add))


def _read(
    conn: Conn, scope: Scope, page: int
) -> tuple[Page, list[Forecast], list[tuple[int, bool]], Calibration | None]:
    shown, found = forecasts.listed(conn, scope, page)
    return shown, found, forecasts.scored(conn, scope), forecasts.of_cohort(conn, scope.cohort.id)


def _picture(scored: list[tuple[int, bool]], own: Text) -> Picture:
    title = own.plain().split("\n")[0]
    return calibration(title, deciles(scored), texts.MEASURED, texts.WHO).picture("forecasts.png")
