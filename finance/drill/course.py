"""The course of a drill: admit, disturb, let it come to rest, count."""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import httpx
from django.db.models import Q

from finance.drill import processes
from finance.drill.count import Books, Count, count
from finance.drill.world import World
from portal.errors import ServiceError
from portal.outbox.models import Delivery, DeliveryState
from portal.outbox.services import resend_delivery

FAULTS = ("error500", "down", "timeout", "wrong_key", "duplicate_same_key", "duplicate_new_key", "wrong_project")
LOOK_EVERY = 20
BETWEEN_FAULTS = 1.0
KILL_EVERY = 40
RESTART_EVERY = 7

Say = Callable[[str], None]


class Drill:
    """One run; every process is killed at its end."""

    def __init__(self, folder: Path, *, banks: int, seed: int, say: Say, environment: Mapping[str, str]) -> None:
        self.say, self.chance, self.world = say, Random(seed), World()  # noqa: S311 - keeps no secret
        port = processes.free_port()
        self.web = processes.web(folder, port, environment)
        self.parties = [
            self.world.bank(place, port=processes.free_port(), portal_url=f"http://127.0.0.1:{port}")
            for place in range(banks)
        ]
        self.banks = [
            processes.Bank(f"bank{place}", party.credentials, folder) for place, party in enumerate(self.parties)
        ]
        self.worker = processes.worker(folder, environment)
        self.disturbances = self.kills = self.restarts = 0
        self.next_fault = 0.0

    def run(self, *, projects: int, faults: bool, minutes: float) -> Count:
        """Admit the projects while everything is disturbed, then wait for rest and count."""
        for done, _ in enumerate(self.world.admit(projects, self.parties), start=1):
            self._require_alive(done)
            if faults:
                self.disturb()
            if done % 100 == 0 or done == projects:
                self.say(f"{done} projects admitted, {self._open()} pushes under way")
        if faults and not self.disturbances:
            self.next_fault = 0.0
            self.disturb()
        self._rest(minutes)
        self.say(f"{self.disturbances} faults, {self.kills} workers killed, {self.restarts} banks restarted")
        return count(self.books())

    def disturb(self) -> None:
        """At most once a second: a fault at some bank; now and then a dead worker, a bank that starts anew."""
        if time.monotonic() < self.next_fault:
            return
        self.next_fault = time.monotonic() + BETWEEN_FAULTS
        self.disturbances += 1
        bank = self.chance.choice(self.banks)
        try:
            bank.misbehave(self.chance.choice(FAULTS), self.chance.randint(1, 3))
        except httpx.HTTPError:
            self.say(f"{bank.url} did not take the order")
        if self.disturbances % KILL_EVERY == 1:
            self.kills += 1
            self.worker.kill()
            self.worker.start()
        if self.disturbances % RESTART_EVERY == 2:  # noqa: PLR2004 - not at the same time as the worker
            self.restarts += 1
            again = self.chance.choice(self.banks)
            again.kill()
            again.start()
        self._resend_dead()

    def books(self) -> Books:
        """Each bank's own books."""
        return {party.organisation.pk: bank.books() for party, bank in zip(self.parties, self.banks, strict=True)}

    def stop(self) -> None:
        """Kill every process."""
        for process in (self.worker, *self.banks, self.web):
            process.kill()

    def _rest(self, minutes: float) -> None:
        """Wait until nothing is under way; an official resends what was given up meanwhile."""
        for bank in self.banks:
            bank.wait(bank.is_up)
            bank.behave()
        end = time.monotonic() + 60 * minutes
        told = 0.0
        while any(under_way := (self._open(), self._waiting())):
            if time.monotonic() > end:
                self.say("not at rest in time")
                return
            if time.monotonic() > told:
                told = time.monotonic() + 10
                self.say("{} pushes and {} answers under way".format(*under_way))
            self._require_alive(0)
            self._resend_dead()
            time.sleep(0.5)

    def _open(self) -> int:
        return Delivery.objects.filter(~Q(state=DeliveryState.DELIVERED), endpoint__isnull=False).count()

    def _waiting(self) -> int:
        return sum(bank.waiting() for bank in self.banks)

    def _require_alive(self, done: int) -> None:
        """Now and then: a web server or worker that died by itself ends the drill with its log."""
        if done % LOOK_EVERY == 0:
            for process in (self.web, self.worker, *self.banks):
                process.require_alive()

    def _resend_dead(self) -> None:
        for delivery_id in Delivery.objects.filter(state=DeliveryState.DEAD).values_list("pk", flat=True):
            try:
                resend_delivery(delivery_id=delivery_id, by=self.world.province)
            except ServiceError as refusal:
                self.say(refusal.message)


def drill(  # noqa: PLR0913 - what the command offers, and where it runs
    *,
    projects: int,
    banks: int,
    faults: bool,
    seed: int,
    minutes: float,
    say: Say,
    environment: Mapping[str, str] | None = None,
) -> Count:
    """Run one drill on this process's database; nothing of it is running afterwards.

    `environment` tells the processes that are started which database that is, where their own would not say so.
    """
    with tempfile.TemporaryDirectory() as folder:
        course = Drill(Path(folder), banks=banks, seed=seed, say=say, environment=environment or {})
        try:
            return course.run(projects=projects, faults=faults, minutes=minutes)
        finally:
            course.stop()
