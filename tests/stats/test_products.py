import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.models import Event
from stats.models import IntensiveProduct, Product
from stats.policy.jumps import is_jump
from stats.queries import products as queries
from stats.services import product_years as years
from stats.services import products as services
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user, sme_user
from tests.factories.licences import accepted, published
from tests.factories.patents import PatentFactory, held_patent
from tests.factories.products import (
    NUMBER,
    PDF,
    applied_product,
    draft_product,
    facts,
    filed_product,
    passed_product,
    recognised_product,
    submitted_product,
    year_facts,
)
from tests.stats.refusals import refuse

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 10, 10, tzinfo=clock.SHANGHAI)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)


def name(product, user, number=NUMBER, basis="owned", title=""):
    return services.name_patent(product_id=product.pk, by=user, number=number, basis=basis, part="core", title=title)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (1000, 100, True),
        (999, 100, False),
        (10, 100, True),
        (11, 100, False),
        (0, 100, True),
        (100, 0, False),
        (100, None, False),
        (Decimal(-1000), Decimal(100), True),
        (Decimal(-100), Decimal(100), False),
    ],
)
def test_a_figure_ten_times_or_a_tenth_of_the_last_is_a_jump(now, before, expected):
    assert is_jump(now, before) is expected


def test_a_filing_goes_from_firm_over_city_to_province():
    user = sme_user()

    product = filed_product(user)

    assert (product.state, product.filed_on, product.city_code) == ("filed", NOW.date(), "370100")
    assert [row.state for row in product.years.all()] == ["confirmed"]
    assert list(
        Event.objects.filter(name__startswith="stats.product.").order_by("id").values_list("name", flat=True)
    ) == [
        "stats.product.submitted",
        "stats.product.city_passed",
        "stats.product.filed",
    ]


def test_the_pool_confirms_an_own_patent_and_fills_in_its_title():
    user = sme_user()
    patent = held_patent(user.organisation)
    product = services.save_product(by=user, facts=facts())

    named = name(product, user, patent.display_number)

    assert (named.patent, named.title, named.kind, named.finding) == (patent, patent.title, "invention", "confirmed")


def test_the_pool_confirms_an_accepted_open_licence():
    user = sme_user()
    licence, _ = published()
    accepted(licence, user)
    product = services.save_product(by=user, facts=facts())

    named = name(product, user, licence.patent.display_number, basis="licensed")

    assert named.finding == "confirmed"


@pytest.mark.parametrize(
    ("basis", "status", "finding"),
    [
        ("owned", "valid", "other_owner"),
        ("licensed", "valid", "no_licence"),
        ("owned", "unknown", "status_unknown"),
    ],
)
def test_what_the_pool_does_not_confirm_needs_a_document(basis, status, finding):
    user = sme_user()
    patent = PatentFactory(legal_status=status)
    product = draft_product(user)
    proof = services.Attachment.objects.of(product).get(purpose="patent_proof")
    services.remove_document(product_id=product.pk, by=user, attachment_id=proof.pk)

    named = name(product, user, patent.display_number, basis=basis)

    assert named.finding == finding
    refuse(
        Invalid,
        lambda: services.submit_product(product_id=product.pk, by=user),
        code="documents_missing",
        message="还缺材料：专利证书、权属或许可证明。",
    )


def test_a_patent_that_lapsed_is_refused_when_named_and_when_handed_in():
    user = sme_user()
    patent = held_patent(user.organisation)
    product = draft_product(user, number=patent.display_number)
    patent.legal_status = "lapsed_unpaid"
    patent.save()

    refuse(Invalid, lambda: services.submit_product(product_id=product.pk, by=user), code="patent_not_in_force")
    dead = PatentFactory(legal_status="expired")
    refuse(Invalid, lambda: name(product, user, dead.display_number), field="number")


@pytest.mark.parametrize(
    ("number", "title", "field"),
    [("201710601862.4", "一种夹具", "number"), (NUMBER, "", "title"), ("", "x", "number")],
)
def test_bad_numbers_and_unknown_patents_without_title_are_told_at_their_field(number, title, field):
    user = sme_user()
    product = services.save_product(by=user, facts=facts())

    refuse(Invalid, lambda: name(product, user, number, title=title), field=field)


def test_a_patent_is_named_once_in_a_product():
    user = sme_user()
    product = draft_product(user)

    refuse(Conflict, lambda: name(product, user, title="一种夹具"), code="named_already")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"industry_code": "X99"}, "industry_code"),
        ({"sei_code": "99"}, "sei_code"),
        ({"first_sold_on": dt.date(2026, 6, 11)}, "first_sold_on"),
        ({"part": "friend"}, "part"),
    ],
)
def test_a_product_says_which_field_is_wrong(changes, field):
    user = sme_user()

    refuse(Invalid, lambda: services.save_product(by=user, facts=facts(**changes)), field=field)


def test_the_same_model_is_filed_once_and_again_after_it_was_withdrawn():
    user = sme_user()
    product = submitted_product(user)

    refuse(Conflict, lambda: services.save_product(by=user, facts=facts()), code="filed_already")
    services.withdraw_product(product_id=product.pk, by=user)

    assert services.save_product(by=user, facts=facts()).state == "draft"


def test_universities_and_officials_file_no_products():
    for user in (holder_user(), province_user(), city_user()):
        refuse(NotAllowed, lambda user=user: services.save_product(by=user, facts=facts()))


def test_another_firm_finds_no_product():
    product = draft_product()

    refuse(NotFound, lambda: services.submit_product(product_id=product.pk, by=sme_user()))


def test_a_city_decides_about_its_own_products_only():
    product = submitted_product()

    refuse(NotFound, lambda: services.pass_product(product_id=product.pk, by=city_user("370200")))
    refuse(NotAllowed, lambda: services.pass_product(product_id=product.pk, by=province_user()))
    refuse(WrongState, lambda: services.file_product(product_id=product.pk, by=province_user()))


def test_a_filing_without_patents_figures_or_documents_is_not_taken():
    user = sme_user()
    product = services.save_product(by=user, facts=facts())

    refuse(Invalid, lambda: services.submit_product(product_id=product.pk, by=user), code="patents_missing")
    name(product, user, title="一种夹具")
    refuse(Invalid, lambda: services.submit_product(product_id=product.pk, by=user), code="years_missing")
    years.save_year(product_id=product.pk, by=user, facts=year_facts())
    refuse(
        Invalid,
        lambda: services.submit_product(product_id=product.pk, by=user),
        message="还缺材料：产品照片或说明书；销售收入证明；专利证书、权属或许可证明。",
    )


def test_what_was_given_back_is_changed_and_handed_in_again():
    user = sme_user()
    product = submitted_product(user)

    services.return_product(product_id=product.pk, by=city_user(), note="请补充型号。")
    services.save_product(by=user, facts=facts(model_number="JJ-201"), product_id=product.pk)
    again = services.submit_product(product_id=product.pk, by=user)

    assert (again.state, again.note, again.model_number) == ("submitted", "", "JJ-201")


def test_a_year_changed_after_the_province_gave_the_filing_back_is_confirmed_by_the_city_again():
    user = sme_user()
    product = passed_product(user)

    services.return_product(product_id=product.pk, by=province_user(), note="请核对收入。")
    row = years.save_year(product_id=product.pk, by=user, facts=year_facts(revenue_amount=Decimal("3500000.00")))

    assert row.state == "with_filing"
    refuse(WrongState, lambda: years.confirm_year(year_id=row.pk, by=city_user()))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": 2021}, "year"),
        ({"year": 2027}, "year"),
        ({"revenue_amount": Decimal(-1)}, "revenue_amount"),
        ({"export_amount": Decimal(4000000)}, "export_amount"),
        ({"patent_share": Decimal("1.1")}, "patent_share"),
        ({"unit_name": ""}, "unit_name"),
    ],
)
def test_a_year_says_which_figure_cannot_be(changes, field):
    user = sme_user()
    product = services.save_product(by=user, facts=facts())

    refuse(
        Invalid,
        lambda: years.save_year(product_id=product.pk, by=user, facts=year_facts(**changes)),
        field=field,
    )


def test_a_tenfold_figure_is_taken_only_with_a_word_why():
    user = sme_user()
    product = filed_product(user)
    grown = year_facts(2026, revenue_amount=Decimal("36000000.00"))

    refuse(
        Invalid,
        lambda: years.save_year(product_id=product.pk, by=user, facts=grown),
        code="jump",
        message="销售收入与 2025 年的 3600000.00 相差 10 倍以上，请核对；无误的，请填写差异说明后再提交。",
    )
    row = years.save_year(
        product_id=product.pk,
        by=user,
        facts=year_facts(2026, revenue_amount=Decimal("36000000.00"), confirmed_jump="新增生产线。"),
    )

    usual = years.save_year(product_id=product.pk, by=user, facts=year_facts(2024, confirmed_jump="无"))

    assert (row.state, row.confirmed_jump, usual.confirmed_jump) == ("submitted", "新增生产线。", "")


def test_a_later_year_is_checked_by_the_city_and_then_stands():
    user = sme_user()
    product = filed_product(user)
    row = years.save_year(product_id=product.pk, by=user, facts=year_facts(2026))

    years.return_year(year_id=row.pk, by=city_user(), note="请附报表。")
    years.save_year(product_id=product.pk, by=user, facts=year_facts(2026, unit_count=1300))
    years.confirm_year(year_id=row.pk, by=city_user())

    row.refresh_from_db()
    assert (row.state, row.unit_count) == ("confirmed", 1300)
    refuse(
        WrongState,
        lambda: years.save_year(product_id=product.pk, by=user, facts=year_facts(2026)),
        code="year_confirmed",
    )


def test_indicator_ten_counts_filed_products_by_day_and_city():
    old = OrganisationFactory(city_code="370100")
    filed = filed_product(sme_user(organisation=old))
    filed_product(sme_user(organisation=OrganisationFactory(city_code="370200")))
    cancelled = filed_product(sme_user(organisation=OrganisationFactory(city_code="370300")))
    services.cancel_product(product_id=cancelled.pk, by=province_user(), note="停产。")
    submitted_product()
    day = NOW.date()

    counted = queries.products_filed(dt.date(2026, 1, 1), day)

    assert [row.city_code for row in counted] == ["370100", "370200"]
    assert list(queries.products_filed(dt.date(2026, 1, 1), day, city_code="370100")) == [filed]
    assert queries.products_filed(dt.date(2025, 1, 1), dt.date(2025, 12, 31)).count() == 0
    # The days before the cancellation stay counted.
    assert queries.products_filed(day, day - dt.timedelta(days=1)).count() == 0


def test_recognition_runs_for_the_years_of_the_method_in_force():
    row = recognised_product()

    assert (row.state, row.rule.code, row.recognised_on, row.valid_until) == (
        "recognised",
        "INTENSIVE-2025",
        dt.date(2026, 6, 10),
        dt.date(2029, 6, 9),
    )


def test_recognition_is_asked_once_and_only_for_a_confirmed_year_of_a_filed_product():
    user = sme_user()
    product = submitted_product(user)

    def ask(year=2025):
        return years.apply_intensive(product_id=product.pk, by=user, year=year, statement="说明")

    refuse(WrongState, ask)
    services.pass_product(product_id=product.pk, by=city_user())
    services.file_product(product_id=product.pk, by=province_user())
    refuse(Invalid, lambda: ask(2024), field="year")
    ask()
    refuse(Conflict, ask, code="applied_already")


def test_a_recognition_is_asked_for_anew_before_its_end(monkeypatch):
    user = sme_user()
    row = recognised_product(user)

    def ask():
        return years.apply_intensive(product_id=row.product_id, by=user, year=2025, statement="说明")

    refuse(Conflict, ask, code="recognised_already")
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2029, 1, 10, 10, tzinfo=clock.SHANGHAI))
    renewed = ask()

    assert (renewed.state, row.is_expired) == ("submitted", False)


def test_recognition_given_back_is_handed_in_again_and_a_revoked_one_says_why():
    user = sme_user()
    row = applied_product(user)
    years.return_intensive(intensive_id=row.pk, by=province_user(), note="请补充测算。")

    again = years.apply_intensive(product_id=row.product_id, by=user, year=2025, statement="测算说明")
    years.recognise_product(
        intensive_id=row.pk, by=province_user(), document_number="试验 1 号", recognised_on=NOW.date()
    )
    revoked = years.revoke_intensive(intensive_id=row.pk, by=province_user(), note="数据不实。")

    assert (again.pk, revoked.state, revoked.revoked_on) == (row.pk, "revoked", NOW.date())
    assert IntensiveProduct.objects.valid_on(NOW.date()).count() == 0


def test_recognition_is_not_dated_before_the_filing_or_decided_by_a_city():
    row = applied_product()

    def recognise(day=TODAY, by=None):
        return years.recognise_product(
            intensive_id=row.pk, by=by or province_user(), document_number="1 号", recognised_on=day
        )

    refuse(Invalid, lambda: recognise(dt.date(2026, 6, 9)), field="recognised_on")
    refuse(Invalid, lambda: recognise(dt.date(2026, 6, 11)), field="recognised_on")
    refuse(NotAllowed, lambda: recognise(by=city_user()))


def test_a_firm_files_over_the_pages(client):
    user = sme_user()
    client.force_login(user)
    values = {name: str(value) for name, value in facts().values().items()}

    client.post(reverse("stats:product_new"), values)
    product = Product.objects.get()
    patent = {"number": NUMBER, "basis": "owned", "part": "core", "title": "一种夹具"}
    client.post(reverse("stats:product_patent", args=[product.ref]), patent)
    client.post(
        reverse("stats:product_year", args=[product.ref]),
        {
            "year": "2025", "unit_count": "10", "unit_name": "台", "revenue_amount": "100", "profit_amount": "-3",
            "tax_amount": "1", "export_amount": "0", "rd_amount": "5", "patent_share": "40%",
        },
    )  # fmt: skip
    for purpose in ("picture", "sales", "patent_proof"):
        file = SimpleUploadedFile(f"{purpose}.pdf", PDF + purpose.encode())
        client.post(reverse("stats:product_document", args=[product.ref]), {"purpose": purpose, "file": file})
    client.post(reverse("stats:product_submit", args=[product.ref]))

    product.refresh_from_db()
    row = product.years.get()
    assert product.state == "submitted"
    assert (row.revenue_amount, row.profit_amount, row.patent_share) == (
        Decimal("1000000.00"),
        Decimal("-30000.00"),
        Decimal("0.400000"),
    )


def test_the_page_tells_a_bad_patent_number_and_keeps_the_rest(client):
    user = sme_user()
    product = draft_product(user)
    client.force_login(user)

    response = client.post(
        reverse("stats:product_patent", args=[product.ref]), {"number": "1", "basis": "owned", "part": "core"}
    )

    assert (response.status_code, list(response.context["patent_form"].errors)) == (422, ["number"])


def test_the_public_checks_a_certificate_and_sees_no_figures(client):
    row = recognised_product()
    product = row.product

    filed = client.get(reverse("stats:certificate", args=[product.ref])).content.decode()
    recognised = client.get(reverse("stats:certificate", args=[row.ref])).content.decode()
    straight = client.get(reverse("stats:certificates"), {"q": row.ref.lower()})

    assert (product.name in filed, "data:image/svg+xml" in filed, "360" in filed) == (True, True, False)
    assert "GB/T 46961-2025" in recognised
    assert straight.headers["Location"] == reverse("stats:certificate", args=[row.ref])


def test_a_certificate_says_when_it_has_ended(client):
    product = filed_product()
    services.cancel_product(product_id=product.pk, by=province_user(), note="停产。")

    response = client.get(reverse("stats:certificate", args=[product.ref]))

    assert response.context["standing"] == ("cancelled", "已注销")


def test_a_number_that_was_never_given_is_not_found(client):
    draft = draft_product()

    assert client.get(reverse("stats:certificate", args=[draft.ref])).status_code == 404
    assert client.get(reverse("stats:certificates"), {"q": draft.ref}).context["page"].paginator.count == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_counts(client, django_assert_num_queries, rows):
    user = sme_user()
    for place in range(rows):
        filed_product(user, model_number=f"M{place}")
    client.force_login(user)
    client.get(reverse("stats:products"))

    with django_assert_num_queries(4):
        page = client.get(reverse("stats:products"))
    client.logout()
    with django_assert_num_queries(2):
        register = client.get(reverse("stats:certificates"))

    assert len(page.context["page"]) == len(register.context["page"]) == rows


def test_officials_handle_a_filing_in_the_admin(client):
    product = submitted_product()
    official = city_user()
    client.force_login(official)
    address = f"/admin/stats/product/{product.pk}/handle/"

    page = client.get(address).content.decode()
    client.post(address, {"step": "pass", "pass-note": "材料齐全"})

    product.refresh_from_db()
    assert ("专利库中没有，须附证书" in page, product.state, product.note) == (True, "city_passed", "材料齐全")
