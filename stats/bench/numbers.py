"""Speed of the numbers over a million source rows: all of them anew, and after one day's changes."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.test import Client

from finance.models import Answer, Loan, Placement, Project
from patents.models import Deal, DealContract, DealParty, DealPatent, MoneyReceived, Patent
from portal.accounts.models import Organisation
from portal.bench import Row, benchmark, seconds
from portal.bench.timing import percentile
from portal.regions import CITIES
from stats.bench.filling import fill
from stats.enums.figures import RefreshKind
from stats.services.refresh import refresh

FIRST = 100_000_000
FIRMS, BANKS = 50_000, 20
DEALS, LOANS = 200_000, 400_000
"""A deal is a patent, a contract and a payment: with the loans a million source rows."""
DAY_DEALS, DAY_LOANS = 500, 500
PAGES, PAGE_SECONDS = 60, 0.2
_CITY = f"(ARRAY{list(CITIES)})[1 + n % {len(CITIES)}]"
_DAY = "date '2024-01-01' + (n::bigint * 7919 % 1000)::int"
_KINDS = "(ARRAY['transfer', 'ordinary', 'exclusive', 'investment'])[1 + n % 4]"


@benchmark("indicators", "indicators_day", "dashboard_p95")
def indicators() -> Iterator[Row]:
    """All indicators for 16 cities and 12 quarters from a million rows; then after a thousand new ones; then the page."""
    with transaction.atomic():
        _replica()
        # Written a month ago: what is new is looked for among old rows.
        old = "now() - interval '30 days'"
        fill(Organisation, FIRMS + BANKS, FIRST, kind="'sme'", name="'企业' || n", city_code=_CITY, state="'approved'",
             uscc="lpad(n::text, 18, '0')", revenue_amount="n * 1000", employee_count="n % 300")  # fmt: skip
        _deals(DEALS, FIRST, old)
        _loans(LOANS, FIRST, old)
        _analyse()
    yield Row.measured("indicators", seconds(lambda: refresh(kind=RefreshKind.ALL)), "s", at_most=60)
    with transaction.atomic():
        _replica()
        _deals(DAY_DEALS, FIRST + DEALS, "now()")
        _loans(DAY_LOANS, FIRST + LOANS, "now()")
    yield Row.measured("indicators_day", seconds(lambda: refresh(kind=RefreshKind.CHANGES)), "s", at_most=5)
    client = Client()
    client.get("/stats/")
    times = [seconds(lambda: client.get("/stats/")) for _ in range(PAGES)]
    yield Row.measured("dashboard_p95", percentile(times, 0.95) * 1000, "ms", at_most=PAGE_SECONDS * 1000)


def _replica() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _deals(count: int, first: int, stamp: str) -> None:
    """Deals that are recorded, each over one patent with one payment."""
    fill(Patent, count, first, number=f"lpad(({first} + n)::text, 12, '2')", check_digit="'0'", kind="'invention'",
         title="'一种装置' || n", legal_status="'valid'", overlays="'{}'", further_classes="'{}'", field_sources="'{}'")  # fmt: skip
    fill(Deal, count, first, ref=f"'B' || ({first} + n)", kind=_KINDS, state="'paying'", origin="'offline'",
         opened_on=_DAY, recorded_on=f"{_DAY} + 60", effective_on=f"{_DAY} + 60", updated_at=stamp)  # fmt: skip
    fill(DealPatent, count, first, deal_id=f"{first} + n", patent_id=f"{first} + n")
    fill(DealContract, count, first, deal_id=f"{first} + n", number="'HT' || n", signed_on=f"{_DAY} + 30",
         valid_from=f"{_DAY} + 30", pricing="'fixed'", price_way="'agreement'", value_amount="100000 + n % 1000",
         document_id="0", confirmed_at="now()", created_at=stamp)  # fmt: skip
    fill(DealParty, count, first, deal_id=f"{first} + n", side="'giver'", name="'大学' || n % 100", kind="'university'",
         city_code=_CITY, share="1", is_lead="true")  # fmt: skip
    fill(DealParty, count, first + 500_000, deal_id=f"{first} + n", side="'receiver'", name="'企业' || n % 50000",
         kind="'sme'", city_code=_CITY, share="1", is_lead="true", organisation_id=f"{FIRST} + n % {FIRMS}")  # fmt: skip
    fill(MoneyReceived, count, first, deal_id=f"{first} + n", kind="'price'", amount="50000 + n % 500",
         received_on=f"{_DAY} + 90", payer_id=f"{first} + 500000 + n", document_id="0", recorded_by_id="0",
         created_at=stamp)  # fmt: skip


def _loans(count: int, first: int, stamp: str) -> None:
    """Loans, each of a project of its own, as a bank reported it."""
    fill(Project, count, first, ref=f"'P' || ({first} + n)", organisation_id=f"{FIRST} + n % {FIRMS}", city_code=_CITY,
         amount="1000000", term_months="12", purpose="'周转'", state="'lent'", consented_at="now()",
         admitted_at="now()", screening="'[]'", updated_at=stamp)  # fmt: skip
    fill(Placement, count, first, project_id=f"{first} + n", institution_id=f"{FIRST + FIRMS} + n % {BANKS}",
         product_id="0", state="'lent'")  # fmt: skip
    fill(Answer, count, first, placement_id=f"{first} + n", kind="'lend'", facts="'{}'")
    fill(Loan, count, first, placement_id=f"{first} + n", bank_ref="'H' || n", contract_date=_DAY, drawn_on=_DAY,
         due_on=f"{_DAY} + 365", pledge_registered_on=_DAY, principal="1000000 + n % 1000", annual_rate="0.04",
         state="'running'", settlement="'quarter'", settlement_day="20", balance="0", created_at=stamp)  # fmt: skip
