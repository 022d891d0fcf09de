"""Real processes that are killed: a worker in the nightly run, and one that makes vectors."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.db import connection

from demand import services, tasks
from demand.models import Demand, Match
from patents.vectors.models import PatentVector
from patents.vectors.services import make_vectors, vector_progress
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.demand import gear_patent, indexed_pool, published_demand
from tests.processes import ROOT, kill_while_writing, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NEEDS = 6
ENCODES = """
import django; django.setup()
from patents.vectors import services
services.BATCH = 1
services.make_vectors(seconds=600)
"""


def test_a_nightly_run_goes_on_after_its_worker_was_killed(tmp_path):
    indexed_pool(gear_patent())
    for _ in range(NEEDS):
        published_demand()
    services.match_waiting(limit=2)
    # It holds a need by then.
    kill_while_writing("demand_match", tasks.match_waiting.delay, tmp_path / "worker")
    assert Demand.objects.filter(match_state="waiting").count() == NEEDS - 2

    # The dead one's connection ends a moment later; until then its need is passed over, and taken the next time.
    wait_until(lambda: services.match_waiting() == 0)

    assert list(Demand.objects.values_list("match_state", flat=True)) == ["matched"] * NEEDS
    assert Match.objects.count() == NEEDS
    assert Event.objects.filter(name="demand.demand.matched").count() == NEEDS
    assert Notice.objects.filter(kind="demand.matched").count() == NEEDS


def test_vectors_go_on_where_a_killed_process_stood_and_matching_works_meanwhile(bundled, tmp_path):
    patent = gear_patent()
    indexed_pool(patent)
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database.geturl(),
        "EMBEDDINGS_URL": "",
    }
    with (tmp_path / "log").open("wb") as log:
        maker = subprocess.Popen([sys.executable, "-c", ENCODES], cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            wait_until(PatentVector.objects.count)
        finally:
            maker.kill()
            maker.wait(10)
    made = dict(PatentVector.objects.values_list("pk", "embedding"))
    demand = published_demand()

    services.match_demand(demand_id=demand.pk)
    best = demand.matches.get(rank=1)
    assert (best.patent, float(best.parts["meaning"]) > 0) == (patent, True)

    # The dead process's lock goes with its connection.
    wait_until(lambda: not make_vectors(seconds=60) and vector_progress().done == vector_progress().total)
    assert {pk: PatentVector.objects.get(pk=pk).embedding for pk in made} == made
    assert Event.objects.filter(name="patents.vectors.completed").count() == 1
