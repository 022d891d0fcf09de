"""Deals for tests, led by the services themselves to where a test wants them."""

import datetime as dt
import itertools
from decimal import Decimal

from django.core.files.base import ContentFile

from patents.enums.deals import DealKind, MoneyKind, PriceWay, Pricing, ShareGroup
from patents.models import Deal
from patents.policy.deal_terms import (
    ContractTerms,
    CostLine,
    MoneyFacts,
    PersonLine,
    Publicity,
    RecordFacts,
    WorksheetTerms,
)
from patents.services import deals as services
from portal import clock
from tests.factories.accounts import holder_user, sme_user
from tests.factories.patents import PatentFactory

VALUE = Decimal("300000.00")
# Days before today on which things happened; each deal is signed after its price was public for 15 days.
PUBLIC_FROM, PUBLIC_TO, SIGNED, RECORDED, PAID = 100, 85, 80, 60, 40
_numbers = itertools.count(1)


def days_ago(days):
    return clock.today() - dt.timedelta(days=days)


def pdf(name="凭证.pdf"):
    """A file of its own content each time, as scans are."""
    return ContentFile(b"%%PDF-1.4 %d" % next(_numbers), name=name)


def enquiry(*, holder=None, firm=None, kind=DealKind.ORDINARY, count=1, **patent):
    """An enquiry of a firm about `count` patents of a holder (users); returns the deal and both users."""
    holder, firm = holder or holder_user(), firm or sme_user()
    patents = PatentFactory.create_batch(count, holder=holder.organisation, **patent)
    deal = services.enquire(
        by=firm, patent_ids=[one.pk for one in patents], kind=kind, message="希望了解实施条件和价格。"
    )
    return deal, holder, firm


def talks(**options):
    deal, holder, firm = enquiry(**options)
    services.answer_enquiry(deal_id=deal.pk, by=holder, message="可以，请提供使用场景。")
    return refreshed(deal), holder, firm


def publicity_facts(**changes):
    values = {
        "result_name": "一种夹具",
        "price_amount": VALUE,
        "price_text": "",
        "starts_on": days_ago(PUBLIC_FROM),
        "ends_on": days_ago(PUBLIC_TO),
        "place": "https://example.edu.cn/gs/1",
        "objection_contact": "科技处 0531-10000000",
    }
    return Publicity(**values | changes)


def published_price(**options):
    """Talks whose agreed price was public until PUBLIC_TO days ago."""
    deal, holder, firm = talks(**options)
    services.start_publicity(deal_id=deal.pk, by=holder, facts=publicity_facts())
    return deal, holder, firm


def terms(deal, **changes):
    values = {
        "number": f"HT-{deal.pk}",
        "signed_on": days_ago(SIGNED),
        "valid_from": days_ago(SIGNED),
        "valid_to": None if deal.kind in (DealKind.TRANSFER, DealKind.INVESTMENT) else days_ago(SIGNED - 3 * 365),
        "pricing": Pricing.FIXED,
        "price_way": PriceWay.AGREEMENT,
        "value_amount": VALUE,
    }
    return ContractTerms(**values | changes)


def signed(changes=None, **options):
    """A deal with its contract over 300,000 yuan of SIGNED days ago, unless `changes` says otherwise."""
    deal, holder, firm = published_price(**options)
    services.sign_contract(deal_id=deal.pk, by=holder, terms=terms(deal, **changes or {}), file=pdf("合同.pdf"))
    return refreshed(deal), holder, firm


def recorded(changes=None, **options):
    deal, holder, firm = signed(changes, **options)
    facts = RecordFacts("X2026370000001", days_ago(RECORDED), days_ago(RECORDED))
    services.record_deal(deal_id=deal.pk, by=holder, facts=facts, file=pdf("备案.pdf"))
    return refreshed(deal), holder, firm


def payment(deal, amount="100000.00", **changes):
    values = {
        "kind": MoneyKind.PRICE,
        "amount": Decimal(amount),
        "received_on": days_ago(PAID),
        "payer_id": deal.parties.get(side="receiver", is_lead=True).pk,
    }
    return MoneyFacts(**values | changes)


def paid(amount="100000.00", **options):
    """A recorded deal with one payment; returns it too."""
    deal, holder, firm = recorded(**options)
    money = services.record_money(deal_id=deal.pk, by=holder, facts=payment(deal, amount), file=pdf())
    return refreshed(deal), holder, firm, money


def people(*shares, office="1"):
    inventors = [PersonLine(ShareGroup.INVENTOR, f"发明人{n}", Decimal(one)) for n, one in enumerate(shares, start=1)]
    return [*inventors, PersonLine(ShareGroup.OFFICE, "技术转移中心", Decimal(office))]


def worksheet_terms(*, costs=("3000.00",), shares=("0.5", "0.3", "0.2"), **changes):
    lines = [CostLine("valuation", Decimal(amount), pdf("发票.pdf")) for amount in costs]
    return WorksheetTerms(costs=lines, people=people(*shares), **changes)


def divided(*, confirmed=True, amount="100000.00", **options):
    """A payment with its worksheet; returns deal, holder, money and worksheet."""
    deal, holder, _, money = paid(amount, **options)
    sheet = services.draft_worksheet(money_id=money.pk, by=holder, terms=worksheet_terms())
    if confirmed:
        services.confirm_worksheet(worksheet_id=sheet.pk, by=holder)
        sheet.refresh_from_db()
    return deal, holder, money, sheet


def refreshed(deal):
    return Deal.objects.get(pk=deal.pk)
