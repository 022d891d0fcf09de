"""The subsidies of the world: a firm's claims from found to paid, a round with a draft, what officials decide on."""

import datetime as dt
from decimal import Decimal

from portal import clock
from subsidies import services
from subsidies.models import Award, Claim, OtherPayment
from tests.factories.accounts import finance_user, province_user
from tests.factories.subsidies import ACCOUNT

KIND, YEAR = "china_award", 2025


def money_rows(*, firm, city):
    """Make the rows of the firm; the keys that each of its addresses names."""
    province, finance = province_user(), finance_user()
    services.save_budget(
        by=finance, year=YEAR, kind=KIND, total=Decimal("2000000.00"), shortfall="first_come", basis="试"
    )
    found, draft = _round(firm, province)
    claim, published, paying = (_award_claim(firm.organisation, place) for place in range(3))
    for one in (paying, published):
        services.confirm_claim(claim_id=one.pk, by=firm, account=ACCOUNT, consent=True)
        services.pass_claim(claim_id=one.pk, by=city, no_conflict=True)
        services.pass_claim(claim_id=one.pk, by=province, no_conflict=True)
        services.approve_claim(claim_id=one.pk, by=finance, no_conflict=True)
        services.publish_claim(claim_id=one.pk, by=province)
    services.object_to(claim_ref=published.ref, name="张某", contact="0531-000000", text="异议")
    Claim.objects.filter(pk=paying.pk).update(publicity_until=clock.today() - dt.timedelta(days=1))
    services.end_publicity()
    batch = services.create_batch(by=finance, year=YEAR, kind=KIND)
    services.fill_batch(batch_id=batch.pk)
    _what_officials_decide_on(claim, published, firm=firm, province=province)
    return {
        "subsidies/claims/<str:ref>": claim.ref,
        "subsidies/claims/<str:ref>/edit": draft.ref,
        "subsidies/publicity/<str:ref>": published.ref,
        "subsidies/batches/<str:ref>": batch.ref,
        "subsidies/batches/<str:ref>/export/<str:ending>": {"ref": batch.ref, "ending": "csv"},
        "subsidies/rounds/<int:pk>": found.pk,
    }


def _award_claim(firm, place):
    award = Award.objects.create(
        level="china",
        grade="excellent",
        year=YEAR,
        announced_on=dt.date(YEAR, 3, 3),
        patent_number=f"20171060186{place}",
        title="一种夹具",
        uscc=firm.uscc,
        winner_name=firm.name,
        organisation=firm,
        source_sha256="0" * 64,
        source_row=place + 2,
    )
    return services.find_award_claim(award_id=award.pk)


def _what_officials_decide_on(claim, published, *, firm, province):
    payment = OtherPayment.objects.create(
        payer="试验市科技局",
        firm_name=firm.organisation.name,
        uscc=firm.organisation.uscc,
        patent_number=claim.award.patent_number,
        amount=Decimal("1.00"),
        paid_on=dt.date(YEAR, 5, 5),
        source_sha256="0" * 64,
        source_row=2,
    )
    services.match_payments([payment])
    services.request_reexamination(claim_id=published.pk, by=firm, grounds="金额有误")
    services.recuse(by=province, organisation_id=firm.organisation_id, reason="近亲属任职")


def _round(firm, province):
    today = clock.today()
    found = services.save_round(
        by=province,
        title="专利保险补贴",
        kind="evaluation_fee",
        year=YEAR,
        opens_on=today,
        closes_on=today + dt.timedelta(days=9),
        notice="",
    )
    services.open_round(round_id=found.pk, by=province)
    given = services.Application("FP-1", Decimal("80000.00"), dt.date(YEAR, 5, 5))
    return found, services.save_application(by=firm, round_id=found.pk, application=given)
