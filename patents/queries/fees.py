"""Annual fees of patents in the pool."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DateField
from django.db.models.expressions import RawSQL

from patents.enums import IN_FORCE
from patents.models import Patent
from patents.policy.fees import FeeFacts, FeeRule, FeeYear, calendar, next_fee, surcharge
from patents.queries.licences import with_open_licence
from patents.queries.rules import fee_rule
from portal import clock
from portal.accounts.models import Organisation

SOON_DAYS = 90
MAX_LISTED = 500
STEPS = (30, 60, 90)
LATE_DAYS = 366
# The anniversary that begins the year after the last paid, or the next one where nobody said what is paid.
_NEXT_DUE = """(filed_on + make_interval(years => COALESCE(
    fees_paid_through::int, (EXTRACT(YEAR FROM AGE(%s::date - 1, filed_on)) + 1)::int)))::date"""
_READ = (
    "id", "number", "check_digit", "publication_number", "publication_kind", "kind", "title", "filed_on", "granted_on",
    "legal_status", "fees_paid_through", "fee_reduction", "overlays", "holder_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DueFee:
    """The fee that a patent has to pay next."""

    patent: Patent
    fee: FeeYear
    days_left: int  # to the due day; below zero in the months of grace
    surcharge: Decimal | None  # yuan if paid today; None once no payment is taken

    @property
    def is_late(self) -> bool:
        return self.days_left < 0

    @property
    def grace_days_left(self) -> int:
        return (self.fee.grace_ends_on - clock.today()).days

    @property
    def step(self) -> int:
        """The narrowest of 30, 60 and 90 days that it falls into; 0 when late."""
        return 0 if self.is_late else next(step for step in STEPS if self.days_left <= step)


def fee_facts(patent: Patent, *, has_open_licence: bool) -> FeeFacts | None:
    """What the patent's fees are computed from; None without a filing date."""
    if patent.filed_on is None:
        return None
    return FeeFacts(
        kind=patent.kind,
        filed_on=patent.filed_on,
        granted_on=patent.granted_on,
        paid_through=patent.fees_paid_through,
        reduction=patent.fee_reduction,
        has_open_licence=has_open_licence,
    )


def fees_of(patent: Patent) -> tuple[list[FeeYear], DueFee | None, FeeRule]:
    """Every annual fee of a patent in force, the next one to pay, and the rule; empty where the dates do not tell."""
    today = clock.today()
    rule = fee_rule(today)
    is_cut = bool(with_open_licence([patent.pk], today))
    facts = fee_facts(patent, has_open_licence=is_cut)
    if facts is None or patent.legal_status not in IN_FORCE:
        return [], None, rule
    years = calendar(rule, facts)
    return years, _due(patent, years, rule, today), rule


def _due(patent: Patent, years: list[FeeYear], rule: FeeRule, today: dt.date) -> DueFee | None:
    fee = next_fee(years, today)
    if fee is None:
        return None
    added = surcharge(rule, fee.full_amount, fee.due_on, today) if today <= fee.grace_ends_on else None
    return DueFee(patent, fee, (fee.due_on - today).days, added)


def fees_due(
    *, holder: Organisation | None = None, within_days: int = SOON_DAYS, limit: int = MAX_LISTED
) -> list[DueFee]:
    """Fees of patents in force that fall due within so many days or are late, the most urgent first.

    The database narrows to those whose anniversary lies in the window or whose year is known to be unpaid, so the
    cost is that of the answer. At most `limit` rows.
    """
    today = clock.today()
    rule = fee_rule(today)
    rows = Patent.objects.filter(legal_status__in=IN_FORCE, filed_on__isnull=False).only(*_READ)
    if holder is not None:
        rows = rows.filter(holder=holder)
    window = rows.annotate(next_due_on=RawSQL(_NEXT_DUE, [today], output_field=DateField())).filter(  # noqa: S611
        next_due_on__range=(today - dt.timedelta(days=LATE_DAYS), today + dt.timedelta(days=within_days))
    )
    patents = list(window.order_by("-id"))
    cut = with_open_licence([patent.pk for patent in patents], today)
    found = []
    for patent in patents:
        facts = fee_facts(patent, has_open_licence=patent.pk in cut)
        due = _due(patent, calendar(rule, facts), rule, today) if facts else None
        if due is not None:
            found.append(due)
    soon = [due for due in found if due.days_left <= within_days]
    return sorted(soon, key=lambda due: (due.days_left, due.patent.pk))[:limit]
