"""Patent products in each state, made by the services."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from stats.services import product_years as years
from stats.services import products as services
from tests.factories.accounts import city_user, province_user, sme_user

PDF = b"%PDF-1.7 stamped"
NUMBER = "201710601862.3"


def facts(**changes):
    made = services.ProductFacts(
        part="maker",
        name="高精度夹具",
        model_number="JJ-200",
        brand="岱工",
        industry_code="C3512",
        sei_code="2.1",
        first_sold_on=dt.date(2022, 5, 10),
        description="夹紧机构采用专利的自锁结构。",
        contact_name="方砚溪",
        contact_phone="053100000000",
    )
    return replace(made, **changes)


def year_facts(year=None, **changes):
    made = years.YearFacts(
        year=year or clock.today().year - 1,
        unit_count=1200,
        unit_name="台",
        revenue_amount=Decimal("3600000.00"),
        profit_amount=Decimal("420000.00"),
        tax_amount=Decimal("110000.00"),
        export_amount=Decimal("300000.00"),
        rd_amount=Decimal("260000.00"),
        patent_share=Decimal("0.400000"),
    )
    return replace(made, **changes)


def draft_product(user=None, *, number=NUMBER, **changes):
    """A filing with one patent (that the pool need not have), last year's figures and all documents."""
    user = user or sme_user()
    product = services.save_product(by=user, facts=facts(**changes))
    services.name_patent(product_id=product.pk, by=user, number=number, basis="owned", part="core", title="一种夹具")
    years.save_year(product_id=product.pk, by=user, facts=year_facts())
    for purpose in ("picture", "sales", "patent_proof"):
        file = SimpleUploadedFile(f"{purpose}.pdf", PDF + purpose.encode())
        services.attach_document(product_id=product.pk, by=user, purpose=purpose, file=file, file_name=file.name)
    return product


def submitted_product(user=None, **changes):
    user = user or sme_user()
    return services.submit_product(product_id=draft_product(user, **changes).pk, by=user)


def passed_product(user=None, **changes):
    product = submitted_product(user, **changes)
    return services.pass_product(product_id=product.pk, by=city_user(product.city_code))


def filed_product(user=None, **changes):
    return services.file_product(product_id=passed_product(user, **changes).pk, by=province_user())


def applied_product(user=None, **changes):
    user = user or sme_user()
    product = filed_product(user, **changes)
    return years.apply_intensive(
        product_id=product.pk, by=user, year=clock.today().year - 1, statement="专利贡献占比较高。"
    )


def recognised_product(user=None, **changes):
    row = applied_product(user, **changes)
    return years.recognise_product(
        intensive_id=row.pk, by=province_user(), document_number="试验〔2026〕7号", recognised_on=clock.today()
    )
