"""Products beside projects: kinds of rights, pledge ratio, papers, and what a credit line has left."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from finance import services
from finance.checks.projects import Right, parse_rights
from finance.models import CreditLine, Loan, Product
from finance.policy.products import ProductTerms, ProjectFacts, offer, reasons_against
from finance.queries.products import Wish, estimate, facts_of, offers_for
from portal import clock
from portal.accounts.enums import SizeClass
from portal.errors import Invalid
from portal.notices.models import Notice
from tests.factories.accounts import OrganisationFactory, bank_user, province_user, sme_user
from tests.factories.finance import (
    LOAN_FACTS,
    REPAYMENT_FACTS,
    ProductFactory,
    ProjectFactory,
    admitted_project,
    answer,
)

PROJECT = ProjectFacts(
    Decimal("3000000.00"), 12, "370900", SizeClass.SMALL, frozenset({"invention"}), Decimal("5000000.00")
)
TERMS = ProductTerms(Decimal(1), Decimal("9000000.00"), 12, [], [])
MONEY = st.decimals("0.01", "99999999.99", places=2)


def line(bank, **changes):
    values = {
        "institution": bank.organisation, "name": "园区授信", "agreement": "1号", "total": Decimal("5000000.00"),
        "open_from": dt.date(2020, 1, 1), "open_until": dt.date(2030, 1, 1),
    }  # fmt: skip
    return CreditLine.objects.create(**values | changes)


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"right_kinds": ["invention", "trademark"]}, []),
        ({"right_kinds": ["trademark", "design"]}, ["该产品只接受注册商标、外观设计专利质押"]),
        ({"max_pledge_ratio": Decimal("0.6")}, []),
        (
            {"max_pledge_ratio": Decimal("0.5999")},
            ["按评估价值 500.00 万元 和最高质押率 59.99%，最多可贷 299.95 万元"],
        ),
        ({"line_rest": Decimal("3000000.00")}, []),
        ({"line_rest": Decimal("2999999.99")}, ["所属集合授信剩余额度 300.00 万元，不足以满足融资金额"]),
        ({"papers": ["licence"]}, []),
    ],
)
def test_reasons_against_a_product(change, reasons):
    assert reasons_against(PROJECT, replace(TERMS, **change)) == reasons


def test_without_a_value_no_ratio_is_judged():
    terms = replace(TERMS, max_pledge_ratio=Decimal("0.1"))

    assert offer(replace(PROJECT, value=None), terms).reasons == ()


@given(amount=MONEY, value=MONEY, ratio=st.decimals("0.0001", "1", places=4), rest=MONEY, most=MONEY)
def test_a_product_fits_exactly_when_the_amount_is_within_what_it_lends(amount, value, ratio, rest, most):
    terms = replace(TERMS, min_amount=Decimal("0.01"), max_amount=most, max_pledge_ratio=ratio, line_rest=rest)

    found = offer(replace(PROJECT, amount=amount, value=value), terms)

    assert found.fits == (amount <= found.highest)
    assert found.highest <= value * ratio


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("注册商标，12345678，岚岱\n\n软件著作权 2020SR1 控制 系统", [
            Right("trademark", "12345678", "岚岱"), Right("copyright", "2020SR1", "控制 系统"),
        ]),
    ],
)  # fmt: skip
def test_other_rights_are_read_line_by_line(text, found):
    assert parse_rights(text) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("注册商标，1", "第 1 行应为"),
        ("注册商标，1，甲\n专利，2，乙", "第 2 行应为"),
        ("商标 1 甲\n注册商标 1 乙", "第 2 行与前面重复"),
    ],
)
def test_a_line_that_is_no_right_is_named(text, message):
    with pytest.raises(Invalid, match=message):
        parse_rights(text)


@pytest.mark.django_db
def test_a_project_keeps_its_other_rights_and_products_see_all_it_offers():
    firm = sme_user()
    project = ProjectFactory(organisation=firm.organisation)
    services.update_project(
        project_id=project.pk,
        by=firm,
        amount=project.amount,
        term_months=12,
        purpose="研发",
        patent_ids=list(project.collateral.values_list("patent_id", flat=True)),
        rights=[Right("trademark", "88", "岚岱")],
    )

    facts = facts_of(project, SizeClass.SMALL)

    assert [str(one) for one in project.rights.all()] == ["注册商标 88 岚岱"]
    assert facts.right_kinds == {"invention", "trademark"}
    assert facts.value is None


@pytest.mark.django_db
def test_value_and_papers_of_a_project_count_for_its_offers():
    bank = bank_user()
    project = admitted_project(banks=[bank])
    Product.objects.update(max_pledge_ratio=Decimal("0.5"), papers=["licence", "valuation"])
    firm = project.organisation.users.get()
    services.attach_paper(
        project_id=project.pk,
        by=firm,
        purpose="licence",
        file=SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n"),
        file_name="a.pdf",
    )
    services.record_valuation(
        project_id=project.pk,
        patent_id=project.collateral.get().patent_id,
        amount=Decimal("4000000.00"),
        method="income",
        valuer="评估公司",
        valued_on=clock.today(),
        valid_until=clock.today() + dt.timedelta(days=300),
        by=firm,
    )

    (found,) = offers_for(project).others

    assert found.offer.highest == Decimal("2000000.00")
    assert found.offer.reasons == ("按评估价值 400.00 万元 和最高质押率 50%，最多可贷 200.00 万元",)
    assert found.offer.missing_papers == ("valuation",)


@pytest.mark.django_db
@pytest.mark.parametrize(("is_revolving", "rest"), [(True, Decimal("5000000.00")), (False, Decimal("3000000.00"))])
def test_a_line_is_filled_by_loans_and_emptied_by_repayment_only_where_it_revolves(is_revolving, rest):
    bank = bank_user()
    opened = line(bank, is_revolving=is_revolving)
    project = admitted_project(banks=[bank])
    Product.objects.update(credit_line=opened)
    answer(project, bank, "accept")
    answer(project, bank, "lend", **LOAN_FACTS)
    assert Loan.objects.get().credit_line == opened
    assert CreditLine.objects.with_use().get().rest == Decimal("3000000.00")

    answer(project, bank, "repay", **REPAYMENT_FACTS)

    assert CreditLine.objects.with_use().get().rest == rest


@pytest.mark.django_db
def test_a_loan_beyond_the_line_is_kept_and_the_province_is_told():
    bank, office = bank_user(), OrganisationFactory(kind="authority_province")
    project = admitted_project(banks=[bank])
    Product.objects.update(credit_line=line(bank, total=Decimal("1500000.00")))
    answer(project, bank, "accept")

    answer(project, bank, "lend", **LOAN_FACTS)

    kept = CreditLine.objects.with_use().get()
    assert (kept.used, kept.rest) == (Decimal("2000000.00"), Decimal("0.00"))
    notice = Notice.objects.get(kind="finance.credit_line.overdrawn")
    assert notice.recipient == office
    assert notice.title == "集合授信“园区授信”超额：余额 150.00 万元，本次放款 200.00 万元"


@pytest.mark.django_db
def test_an_estimate_with_value_kinds_and_a_closed_line_says_why_not():
    firm, bank = sme_user().organisation, bank_user()
    kinds = ProductFactory(right_kinds=["trademark"])
    ratio = ProductFactory(max_pledge_ratio=Decimal("0.4"))
    closed = ProductFactory(
        institution=bank.organisation, credit_line=line(bank, open_until=dt.date(2021, 1, 1)), annual_rate="0.05"
    )
    wish = Wish(Decimal("1000000.00"), 12, frozenset({"invention"}), Decimal("2000000.00"))

    found = estimate(firm, wish, size=SizeClass.SMALL)

    assert found.fitting == []
    assert [(one.product, one.offer.reasons) for one in found.others] == [
        (kinds, ("该产品只接受注册商标质押",)),
        (ratio, ("按评估价值 200.00 万元 和最高质押率 40%，最多可贷 80.00 万元",)),
        (closed, ("所属集合授信剩余额度 0.00 元，不足以满足融资金额",)),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_estimate_query_count(client, django_assert_num_queries, rows):
    firm, bank = sme_user(), bank_user()
    for place in range(rows):
        ProductFactory(institution=bank.organisation, credit_line=line(bank, agreement=str(place)))
    client.force_login(firm)
    asked = {"amount": "100", "term_months": "12", "right_kinds": ["invention"], "value": "300"}
    client.get(reverse("finance:estimate"), asked)

    with django_assert_num_queries(5):
        page = client.get(reverse("finance:estimate"), asked).content.decode()

    assert page.count("集合授信“园区授信”") == rows


@pytest.mark.django_db
def test_the_province_keeps_a_product_with_boxes_to_tick(client):
    bank = bank_user()
    client.force_login(province_user(is_staff=True))
    facts = {
        "institution": bank.organisation_id, "name": "知贷", "min_amount": "10000", "max_amount": "5000000",
        "max_term_months": "24", "annual_rate": "0.038", "right_kinds": ["invention", "trademark"],
        "max_pledge_ratio": "0.6", "papers": ["licence"], "cities": ["370100"], "size_classes": ["micro"],
        "is_active": "on",
    }  # fmt: skip

    response = client.post(reverse("admin:finance_product_add"), facts)

    assert response.status_code == 302
    kept = Product.objects.get()
    assert (kept.right_kinds, kept.max_pledge_ratio, kept.papers) == (
        ["invention", "trademark"],
        Decimal("0.6000"),
        ["licence"],
    )
