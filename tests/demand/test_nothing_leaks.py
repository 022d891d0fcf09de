"""The hidden parts of a need are looked for everywhere: in every table, page, answer of the API and line of the log."""

import logging
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from demand import services
from demand.checks.needs import Figure
from demand.models import Demand, DemandVector
from demand.services import matching
from patents.index.models import IndexBlock, IndexBucket
from patents.vectors.encoders import BundledEncoder
from patents.vectors.services import make_vectors
from tests.demand.test_confidentiality import MARKER, PARTS, secret_need, signed_in
from tests.factories.accounts import bank_user, city_user, holder_user, sme_user
from tests.factories.api import BankClient
from tests.factories.demand import gear_patent, indexed_pool
from tests.visiting import patterns

pytestmark = pytest.mark.django_db

OWN_TABLES = {"demand_demand", "demand_demandversion", "demand_targetfigure"}
"""The need itself, its figures and their history: nothing else may hold what it hides."""
PAGES = ("/api/", "/demands/", "/notices/", "/patents/")
NOTHING_HIDDEN = {
    "object_text": "",
    "target_figures": "",
    "constraints_text": "",
    "tried_text": "",
    "secret_text": "",
    "figures": (),
}


@pytest.fixture
def pool(caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="factory")
    holder = holder_user()
    patent = gear_patent(holder=holder.organisation, number="201710601862", check_digit="3")
    indexed_pool(patent)
    return holder, patent


def led_to_its_match(need):
    firm = sme_user()
    demand = services.create_demand(by=firm, need=need)
    services.submit_demand(demand_id=demand.pk, by=firm)
    services.publish_demand(demand_id=demand.pk, by=city_user(demand.city_code))
    services.match_demand(demand_id=demand.pk)
    demand.refresh_from_db()
    return demand, firm


def tables_with(text):
    """The tables with a row that says it, in text or, in hexadecimal digits, in bytes."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT 1 FROM "{table}" AS line WHERE line::text LIKE ANY(%s) LIMIT 1',  # noqa: S608  our own tables
                [[f"%{text}%", f"%{text.encode().hex()}%"]],
            )
            if cursor.fetchone():
                found.add(table)
    return found


def index_bytes():
    return (
        [(row.block, row.bucket, bytes(row.data)) for row in IndexBucket.objects.order_by("block", "bucket")],
        [(row.number, bytes(row.lengths)) for row in IndexBlock.objects.order_by("number")],
    )


def learned(demand):
    """Everything that the search for needs and the matcher keep of one."""
    return {
        "tokens": Demand.objects.values_list("search_tokens", flat=True).get(pk=demand.pk),
        "vector": list(DemandVector.objects.filter(demand=demand).values_list("text_digest", "embedding")),
        "matches": list(
            demand.matches.order_by("rank").values("patent", "score", "parts", "words", "missing", "inputs")
        ),
    }


def test_no_table_but_the_needs_own_holds_what_it_hides(pool):
    led_to_its_match(secret_need())

    assert tables_with(MARKER) == OWN_TABLES


def test_index_vector_and_matches_are_those_of_a_need_that_hides_nothing(bundled, monkeypatch, pool):
    make_vectors(seconds=60)
    before, asked = index_bytes(), []
    real = BundledEncoder.queries
    monkeypatch.setattr(BundledEncoder, "queries", lambda self, texts: asked.extend(texts) or real(self, texts))
    hiding, _ = led_to_its_match(secret_need())
    open_one, _ = led_to_its_match(secret_need(**NOTHING_HIDDEN))

    assert learned(hiding)["vector"]
    assert learned(hiding)["matches"]
    assert learned(hiding) == learned(open_one)
    assert asked[:2] == asked[2:]
    assert index_bytes() == before


@pytest.mark.parametrize("visitor", ["holder", "other_firm", "bank", "anonymous"])
def test_no_page_and_no_answer_of_the_api_shows_it_to_others(pool, visitor):
    holder, patent = pool
    demand, _ = led_to_its_match(secret_need())
    client = {
        "holder": lambda: signed_in(holder),
        "other_firm": lambda: signed_in(sme_user()),
        "bank": lambda: BankClient(bank_user()),
        "anonymous": Client,
    }[visitor]()

    answers = {address: answered(client, address) for address in addresses_of(demand, patent, visitor)}

    assert [address for address, text in answers.items() if MARKER in text] == []
    assert (demand.title in answers.get(f"/demands/{demand.ref}/", "")) is (visitor == "holder")


def addresses_of(demand, patent, visitor):
    """Pages of needs, patents and messages, with this need and this patent in their addresses; the API for the bank."""
    for pattern, _ in patterns():
        address = "/" + re.sub(r"\(\?P<number>.*?\)\)?(?=/)", str(patent.number), pattern).strip("^$").replace("^", "")
        address = address.replace("<str:ref>", demand.ref).replace("<int:patent_id>", str(patent.pk))
        if not set("<(") & set(address) and address.startswith(("/api/",) if visitor == "bank" else PAGES):
            yield address


def answered(client, address):
    response = client.get(address)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def test_the_log_says_nothing_of_it_when_all_goes_well_and_when_it_does_not(pool, caplog, capfd, monkeypatch):
    demand, firm = led_to_its_match(secret_need())
    client = signed_in(firm)
    refused = {"title": "", "secret_text": f"{MARKER}说明", "figures-TOTAL_FORMS": 0, "figures-INITIAL_FORMS": 0}
    client.post("/demands/new/", refused)
    client.get(demand.get_absolute_url())
    client.get(f"/demands/{demand.ref}/edit/")

    def failing(*_, **__):
        raise ValueError("the ranking failed")

    monkeypatch.setattr(matching, "rank", failing)
    services.rematch_published()
    assert services.match_waiting() == 1

    assert "demand_match_failed" in caplog.text
    written = capfd.readouterr()
    assert MARKER not in caplog.text + written.out + written.err


def test_an_official_of_another_city_finds_nothing_of_it(pool):
    demand, _ = led_to_its_match(secret_need())
    client = signed_in(city_user("370200"))

    pages = [
        answered(client, address)
        for address in (
            "/admin/",
            "/admin/demand/demand/",
            f"/admin/demand/demand/?q={demand.ref}",
            f"/admin/demand/demand/{demand.pk}/change/",
            f"/demands/{demand.ref}/analysis/",
        )
    ]

    assert [MARKER in page for page in pages] == [False] * 5
    assert demand.title not in "".join(pages)


def test_the_sheet_of_parts_above_hides_all_that_can_be_hidden():
    need = secret_need(budget_amount=Decimal("50000.00"))

    assert set(need.disclosure) == set(PARTS)
    assert all(
        MARKER in str(getattr(need, part))
        for part in PARTS
        if part not in ("organisation", "budget_amount", "wanted_by")
    )
    assert need.figures == (Figure(f"{MARKER}余量", "le", Decimal("0.2"), "mm"),)
