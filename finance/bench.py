"""Speed of pushes to healthy banks, and of the banks' list of projects."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import connection, transaction
from oauth2_provider.models import AccessToken, Application
from rest_framework.test import APIClient

from finance.drill.world import World
from finance.models import Placement, Product, Project
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.bench import Row, benchmark, percentile, seconds
from portal.outbox import sending
from portal.outbox.models import Delivery
from portal.outbox.services import publish, send

BANKS = 10
PUSHES = 1_000
PROJECTS = 20_000
PAGES = 60


class _Receiver(BaseHTTPRequestHandler):
    """A bank that takes everything at once."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing: the bench's lines are the only ones."""


@benchmark("deliveries")
def deliveries() -> Iterator[Row]:
    """One worker's pushes to ten healthy banks, signed, each recorded; 20 ms each are 50 a second."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Receiver) for _ in range(BANKS)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    world = World()
    banks = [
        world.bank(place, port=server.server_port, portal_url="").organisation for place, server in enumerate(servers)
    ]
    for place in range(PUSHES):
        _queue(f"B{place}", banks[place % BANKS])
    start = time.perf_counter()
    while Delivery.objects.filter(delivered_at__isnull=True, endpoint__isnull=False).exists():
        sending.deliver_due()
    took = time.perf_counter() - start
    for server in servers:
        server.shutdown()
    yield Row.measured("deliveries", 1000 * took / PUSHES, "ms/push", at_most=20)


@transaction.atomic
def _queue(key: str, bank: Organisation) -> None:
    send(publish("finance.placement.pushed", key=key, project_ref=key), organisation=bank)


@benchmark("bank_list_20k")
def bank_list() -> Iterator[Row]:
    """A page of 100 projects over the interface, at 20,000 projects pushed to the bank."""
    bank, user = _bank_with_projects()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself some minutes after such a load
    client = _client(user)
    times, url = (
        [],
        f"/api/v1/projects/?page_size=100&updated_since={clock.today() - dt.timedelta(days=1)}T00:00:00%2B08:00",
    )
    for _ in range(PAGES):
        pages: list[Any] = []
        times.append(seconds(lambda url=url, pages=pages: pages.append(client.get(url).json())))  # type: ignore[misc]
        assert len(pages[0]["results"]) == 100, bank  # noqa: S101 - a bench that measures nothing must not pass
        url = pages[0]["next"]
    yield Row.measured("bank_list_20k", 1000 * percentile(times, 0.95), "ms", at_most=100)


def _bank_with_projects() -> tuple[Organisation, User]:
    bank = Organisation.objects.create(kind="bank", name="目录银行", city_code="370100", state="approved")
    user = User.objects.create(username="bench-list-bank", role=Role.BANK, organisation=bank)
    firm = Organisation.objects.create(kind="sme", name="目录企业", city_code="370100", state="approved")
    product = Product.objects.create(
        institution=bank, name="目录贷", min_amount=1, max_amount=10**7, max_term_months=36, annual_rate="0.04"
    )
    now = clock.now()
    projects = Project.objects.bulk_create(
        Project(
            ref=f"RZ2026-8{place:05d}",
            organisation=firm,
            city_code="370100",
            amount=1_000_000,
            term_months=12,
            purpose="测量",
            state="admitted",
            consented_at=now,
        )
        for place in range(PROJECTS)
    )
    shared = Project.recipients.through
    shared.objects.bulk_create(shared(project_id=project.pk, organisation_id=bank.pk) for project in projects)
    Placement.objects.bulk_create(Placement(project=project, institution=bank, product=product) for project in projects)
    return bank, user


def _client(user: User) -> APIClient:
    application = Application.objects.create(
        user=user,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    token = AccessToken.objects.create(
        application=application,
        token="bench",  # noqa: S106 - of a database that vanishes
        scope="projects:read",
        expires=clock.now() + dt.timedelta(hours=1),
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.token}")
    return client
