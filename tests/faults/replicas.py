"""A crash run with two replicas over one database: one is killed at a step, the other goes on and takes over."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from core.clock import MovableClock
from tests.faults.crashing import DUE, LEASE_OVER, Run
from tests.faults.running import BY_NAME, Launcher

EARLY = timedelta(seconds=30)
"""How long before the slots the replicas begin."""


@dataclass
class Replicas:
    """The survivor runs from the beginning to the end; beside it one victim after another, each as a restart
    of the one before. The clocks of all of them are set together, and only while nobody is at work, so that
    no lease ends that is still in use."""

    run: Run
    survivor: Launcher
    victim: Launcher
    clock: MovableClock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = MovableClock(DUE - timedelta(days=self.run.days - 1) - EARLY)
        self.run.killer.slow = self.run.random.choice((0.0, 0.02, 0.05))

    async def crash(self, kills: int, most: int, *, together: bool) -> None:
        """Kill a replica several times, each time at a random occurrence of the step; then let the survivor
        finish what they left. `together` lets both begin at the same moment, so that the survivor may do
        everything before the victim comes to its step."""
        chance = self.run.random
        await asyncio.gather(self._start(self.survivor, 0), self._start(self.victim, chance.randint(1, most)))
        await self._both(timedelta(days=self.run.days - 1) + LEASE_OVER, victim_first=not together)
        for _ in range(kills - 1):
            if not await self.run.open():
                break
            await self._start(self.victim, 1)  # there is little left
            await self._both(LEASE_OVER, victim_first=chance.random() < 0.7)
        for _ in range(12):
            await self._survivor_goes_on(LEASE_OVER)
            if not await self.run.open():
                break
        else:
            raise AssertionError(f"it did not come to an end: {await self.run.open()}")
        code = await self.survivor.stop()
        self.run.count(code)
        assert code == 0, self.run.said
        assert "taken over" not in self.run.log.read_text(encoding="utf-8"), "nobody lost a lease alive"

    async def _start(self, launcher: Launcher, nth: int) -> None:
        """One more replica, until it is idle. It dies of its step only after its clock was set."""
        step = self.run.aim(launcher, nth, by_name=True)
        environment = self.run.environment(self.clock.now())
        if nth:
            environment = {
                key: value.replace("//127.0.0.1:", f"//{BY_NAME}:") for key, value in environment.items()
            }
        await launcher.start(environment, self.run.log, step, nth, self._file)

    async def _both(self, leap: timedelta, *, victim_first: bool) -> None:
        """Let both do what there is to do at a later time, until the victim is dead or both are idle.
        `victim_first` keeps the survivor back until the victim has something to be killed at."""
        both = [self.victim, self.survivor]
        if not victim_first:
            self.run.random.shuffle(both)
        self._set_clock(leap)
        for each in both:
            each.clock_was_set()
            if victim_first and each is self.victim:
                await each.begun()
        while not all(each.resting for each in both):
            for each in both:
                await each.rest()
        self.run.count(await self.victim.stop())
        # What the dead left free can be taken at once; what it had leased cannot yet.
        await self._survivor_goes_on(timedelta(0))

    async def _survivor_goes_on(self, leap: timedelta) -> None:
        self._set_clock(leap)
        self.survivor.clock_was_set()
        await self.survivor.rest()
        assert self.survivor.running, self.run.said

    def _set_clock(self, leap: timedelta) -> None:
        self.clock.move_to(self.clock.now() + leap)
        self._file.write_text(self.clock.now().isoformat(), encoding="utf-8")

    @property
    def _file(self) -> Path:
        return self.run.log.with_suffix(".clock")
