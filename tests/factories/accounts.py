"""Organisations with right credit codes, and a user for each role."""

import factory
from factory.django import DjangoModelFactory
from stdnum.cn import uscc

from portal.accounts.models import Organisation, User

PASSWORD = "Shiyan-Mima-2026"


def valid_uscc(n):
    """The n-th credit code of tests, check digit right."""
    body = f"91370{100 + n % 800:03d}{n:09d}"
    return body + uscc.calc_check_digit(body)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = "sme"
    name = factory.Sequence(lambda n: f"试验企业{n}有限公司")
    uscc = factory.Sequence(valid_uscc)
    city_code = "370100"
    state = "approved"
    industry_code = "C3512"
    employee_count = 120
    revenue_amount = 50_000_000
    assets_amount = 60_000_000


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    role = "sme"
    is_staff = factory.LazyAttribute(lambda user: user.role in ("province", "city", "finance"))
    organisation = factory.SubFactory(OrganisationFactory)


def province_user(**kwargs):
    return UserFactory(role="province", organisation=None, **kwargs)


def city_user(city_code="370100", **kwargs):
    authority = OrganisationFactory(kind="authority_city", name=f"{city_code}市场监督管理局", city_code=city_code)
    return UserFactory(role="city", organisation=authority, **kwargs)


def finance_user(**kwargs):
    department = OrganisationFactory(kind="finance_department", name="试验财政局")
    return UserFactory(role="finance", organisation=department, **kwargs)


def sme_user(**kwargs):
    return UserFactory(role="sme", **kwargs)


def holder_user(**kwargs):
    return UserFactory(role="holder", organisation=OrganisationFactory(kind="university"), **kwargs)


def bank_user(**kwargs):
    return UserFactory(role="bank", organisation=OrganisationFactory(kind="bank"), **kwargs)
