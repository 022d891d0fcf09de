"""Cases of the registration window, from draft to registered."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from patents.enums import IN_FORCE
from patents.enums.window import Agency
from patents.models import Patent, WindowCase
from patents.queries import window as queries
from patents.services import window as services
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.models import User
from portal.demo.documents import sample_pdf

# account, kind, agency, other side, days ago, what came of it
STORIES = (
    ("sme", "pledge", Agency.JINAN, "岱麓银行股份有限公司", 40, "handed_over"),
    ("sme", "licence", Agency.JINAN, "澄陵理工大学", 6, "returned"),
    ("sme-qingdao", "pledge", Agency.QINGDAO, "海岬农村商业银行股份有限公司", 12, "handed_over"),
    ("sme-qingdao", "transfer", Agency.QINGDAO, "", 0, "draft"),
    ("university", "transfer", Agency.JINAN, "", 9, "submitted"),
    ("university", "licence", Agency.JINAN, "", 3, "accepted"),
    ("university", "transfer", Agency.JINAN, "", 90, "handed_over"),
    # The one that changes its patent: pledges and transfers here would take patents from the pledge projects.
    ("university", "licence", Agency.JINAN, "", 60, "registered"),
    ("university", "licence", Agency.JINAN, "", 30, "refused"),
)

OLDEST_DAYS = 100
RIGHTS: dict[str, dict[str, Any]] = {
    "pledge": {"secured_amount": Decimal("3000000.00")},
    "licence": {"licence_kind": "ordinary", "licence_until": dt.date(2028, 12, 31)},
    "transfer": {},
}


def load_window(cast: Cast) -> None:
    """Make one case for each story; each takes another patent of its applicant."""
    taken: dict[str, int] = {}
    receiver = cast.account("sme").organisation
    for account, kind, agency, counterpart, days, outcome in STORIES:
        member = cast.account(account)
        patents = _free_patents(member)
        place = taken[account] = taken.get(account, -1) + 1
        numbers = tuple(number for number in patents.values_list("number", flat=True)[place : place + 1] if number)
        uscc = "" if counterpart else receiver.uscc or ""
        filing = services.Filing(
            kind=kind,
            channel="online",
            agency=agency,
            counterpart_name=counterpart or receiver.name,
            counterpart_uscc="" if member.organisation == receiver else uscc,
            contract_on=clock.today() - dt.timedelta(days=days + 4),
            has_agent=False,
            has_valuation=False,
            is_co_owned=False,
            is_pledged=False,
            numbers=numbers,
            **RIGHTS[kind],
        )
        _tell(member, cast.official_of(agency), filing, clock.today() - dt.timedelta(days=days), outcome)


def _free_patents(member: Member) -> QuerySet[Patent]:
    """Patents in force, of one owner, of which nothing else is told: a registration changes them."""
    rows = Patent.objects.filter(holder=member.organisation, legal_status__in=IN_FORCE, overlays=[])
    untold = rows.filter(deal_items__isnull=True, open_licences__isnull=True)
    quiet = untold.annotate(last_event_on=Max("legal_events__on"), owner_count=Count("parties", distinct=True))
    early = clock.today() - dt.timedelta(days=OLDEST_DAYS)
    return quiet.filter(Q(last_event_on__isnull=True) | Q(last_event_on__lt=early), owner_count__lte=1).order_by("-pk")


def _tell(member: Member, official: User, filing: services.Filing, day: dt.date, outcome: str) -> None:
    with clock.told(day):
        case = services.open_case(by=member.acting_user, filing=filing)
        if outcome == "draft":
            return
        for one in queries.missing_of(case):
            file = sample_pdf(one.label)
            services.attach_document(
                case_id=case.pk, by=member.acting_user, purpose=one.code, file=file, file_name=str(file.name)
            )
        services.submit_case(case_id=case.pk, by=member.acting_user)
    with clock.told(day + dt.timedelta(days=1)):
        _handle(case, official, outcome)


def _handle(case: WindowCase, official: User, outcome: str) -> None:
    if outcome == "returned":
        services.ask_correction(case_id=case.pk, by=official, note="许可合同缺少许可费支付方式条款，请补正。")
    if outcome == "refused":
        services.refuse_case(case_id=case.pk, by=official, note="许可人与登记的专利权人签章不一致。")
    if outcome not in ("accepted", "handed_over", "registered"):
        return
    services.accept_case(case_id=case.pk, by=official)
    if outcome == "accepted":
        return
    services.hand_over(
        case_id=case.pk, by=official, on=clock.today(), receipt_number=f"SL{clock.today():%Y%m%d}{case.pk:04d}"
    )
    if outcome == "registered":
        services.register_case(
            case_id=case.pk,
            by=official,
            registration_number=f"Y{clock.today().year}98000{case.pk:04d}",
            registered_on=clock.today(),
        )
