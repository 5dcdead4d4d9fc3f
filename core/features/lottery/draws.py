"""The commands that draw: an experiment run once more, a simulated conference. Every draw shows its seed."""

import asyncio
import hashlib
from typing import Annotated

from core.chat.model import Button, Reply
from core.chat.text import say
from core.commands.caches import LruCache
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg
from core.features.lottery import reading, simulation
from core.features.lottery.buttons import another_venue, reply
from core.features.lottery.experiment import Year
from core.features.lottery.experiment import experiment as experiment_answer
from core.features.lottery.explain import Topic, about
from core.features.lottery.jobs import RunningSimulations, Stopped
from core.features.lottery.simulation import LEAST_PAPERS, MOST_PAPERS, MOST_REVIEWERS, Asked

SEEDS = 1_000_000
"""Seeds that are drawn lie below; short enough to be typed."""
_MOST_SEED = 10**12

Seed = Annotated[
    int | None, Arg("Gives the same draw again; a new one if left out", minimum=0, maximum=_MOST_SEED)
]


def seed_of(call: Call) -> int:
    """A seed from the call's own id, so that a call delivered twice gives one answer."""
    person = call.request.person
    key = f"{person.platform}:{person.workspace}:{call.request.id}"
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:8], "big") % SEEDS


@command("lottery experiment", access=Access.ANYONE, needs_cohort=False, form="Which experiment?")
async def experiment(
    call: Call, year: Annotated[Year, Arg("NIPS 2014 or NeurIPS 2021")], seed: Seed = None
) -> Reply:
    """See what two committees decided in 2014 and 2021, beside the model and a rerun."""
    drawn = seed_of(call) if seed is None else seed
    answer = await call.core.singletons.one(LruCache).answer(experiment_answer, int(year.value), drawn)
    other = Year.NEURIPS_2021 if year is Year.NIPS_2014 else Year.NIPS_2014
    return reply(
        answer,
        Button("Another seed", "lottery experiment", {"year": year.value}),
        Button(other.label, "lottery experiment", {"year": other.value}),
        about(Topic.EXPERIMENTS),
    )


@command("lottery simulate", access=Access.ANYONE, needs_cohort=False, form="A simulated conference")
async def simulate(
    call: Call,
    papers: Annotated[int, Arg("How many are submitted", minimum=LEAST_PAPERS, maximum=MOST_PAPERS)],
    accept_rate: Annotated[str, Arg("How many are accepted, like 25%", max_length=20)],
    reviewers: Annotated[int, Arg("Reviews a paper, such as 4", minimum=1, maximum=MOST_REVIEWERS)],
    seed: Seed = None,
) -> Reply:
    """Draw a whole conference, and see what another committee would have decided."""
    drawn = seed_of(call) if seed is None else seed
    return await simulated(call, Asked(papers, reading.accept_rate(accept_rate), reviewers, drawn))


async def simulated(call: Call, asked: Asked) -> Reply:
    """Draw a conference, or find it among those drawn lately, and answer."""
    given = {"papers": str(asked.papers), "reviewers": str(asked.reviewers)}
    same = Button("Another seed", "lottery simulate", {**given, "accept_rate": f"{asked.rate:.6g}"})
    lately, jobs, large = (
        call.core.singletons.one(LruCache),
        call.core.singletons.one(RunningSimulations),
        asked.large,
    )
    answer = lately.get(asked)
    if answer is None:
        asked.accepted  # noqa: B018 - refuses a quota that leaves no choice before anything is drawn
        what = f"Simulating {asked.conferences} conferences of {asked.papers:,} papers"
        try:
            conferences = await jobs.run(call, what, large, lambda progress: simulation.draw(asked, progress))
        except Stopped:
            return Reply(
                say("Stopped, and nothing is shown of it. Seed {seed} draws it again.", seed=asked.seed)
            )
        answer = await asyncio.to_thread(simulation.answer, asked, conferences)
        lately.put(asked, answer)
    return reply(answer, same, another_venue(**given), about(Topic.SIMULATION))


@command("lottery stop", access=Access.ANYONE, needs_cohort=False)
async def stop(call: Call) -> Reply:
    """Stop your own simulation while it is running."""
    running = call.core.singletons.one(RunningSimulations).of(call.request.person)
    for job in running:
        job.stop()
    return Reply("Your simulation stops." if running else "No simulation of yours is running.")
