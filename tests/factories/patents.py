"""Patents for tests: real rows with right check digits, and what hangs on them."""

import datetime as dt
from decimal import Decimal

import factory
from django.db.models.expressions import RawSQL
from factory.django import DjangoModelFactory

from patents.checks.listing import Offer
from patents.enums import EventCode
from patents.models import Patent, PatentParty
from patents.numbers import check_digit
from patents.policy.events import EventFacts
from patents.text import search_vector


class PatentFactory(DjangoModelFactory):
    class Meta:
        model = Patent
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"20171{n + 600000:07d}")
    check_digit = factory.LazyAttribute(lambda patent: check_digit(patent.number))
    kind = "invention"
    title = factory.Sequence(lambda n: f"一种轴承加工用夹具{n}")
    abstract = "本发明公开了一种夹具，包括底座和夹爪。"
    main_class = "B23Q3/06"
    applicant_names = "齐鲁试验大学"
    filed_on = "2017-07-21"
    legal_status = "valid"
    city_code = "370100"
    search_tokens = factory.LazyAttribute(
        lambda patent: RawSQL("%s::tsvector", [search_vector(patent.title, patent.abstract)])
    )


def held_patent(holder, *, co_owners=(), **kwargs):
    """A granted patent in force that the organisation owns, first of its owners."""
    kwargs = {"granted_on": dt.date(2019, 5, 1), "filed_on": dt.date(2017, 7, 21), **kwargs}
    names = [holder.name, *co_owners]
    patent = PatentFactory(holder=holder, city_code=holder.city_code, applicant_names="；".join(names), **kwargs)
    for place, name in enumerate(names, start=1):
        organisation = holder if name == holder.name else None
        PatentParty.objects.create(
            patent=patent, role="applicant", position=place, name=name, organisation=organisation
        )
    return patent


def announced(code, on, reference="", **facts):
    """A legal event as the gazette has it."""
    return EventFacts(EventCode(code), on, reference, facts)


OFFER = Offer(
    maturity=7,
    problem="夹具装夹费时。",
    effect="装夹时间由 12 分钟降到 3 分钟。",
    application_fields="轴承加工",
    comparison="现有方案每件 4.2 元，采用后每件 2.9 元。",
    transfer_ways=("licence", "transfer"),
    price_low_amount=Decimal("200000.00"),
    price_high_amount=Decimal("350000.00"),
    contact_name="王工",
    contact_phone="0531-88880000",
)
"""An offer with nothing missing."""
