import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from portal import clock
from tests.factories.accounts import bank_user, city_user, finance_user, holder_user, province_user, sme_user
from tests.stats.loans import loan

pytestmark = pytest.mark.django_db

TABLE, ROWS = reverse("stats:pledge"), reverse("stats:pledge_rows")
TODAY = dt.datetime(2026, 8, 14, 9, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: TODAY)


def text_of(response):
    return response.content.decode()


def sheet_of(response):
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def three_loans():
    """Two of Jinan, one of Qingdao."""
    return [
        loan("370100", "2026-02-03", "1234567.80"),
        loan("370100", "2026-03-04", "200000000.00"),
        loan("370200", "2026-04-05", "300000.00"),
    ]


def open_cells(response):
    return {shown.name for shown in [*response.context["rows"], response.context["total"]] if shown.is_open}


@pytest.mark.parametrize(
    ("make_user", "opens"),
    [
        (None, set()),
        (sme_user, set()),
        (holder_user, set()),
        (bank_user, set()),
        (lambda: city_user("370200"), {"青岛市"}),
    ],
)
def test_amounts_of_a_city_are_for_who_sees_its_loans(client, make_user, opens):
    three_loans()
    if make_user:
        client.force_login(make_user())

    response = client.get(TABLE)

    page = text_of(response)
    assert open_cells(response) == opens
    assert ("30.00 万元" in page) == ("青岛市" in opens)
    assert "123.46 万元" not in page
    assert "20,153.46" not in page
    assert "2.02 亿元" in page  # the province's: three loans
    assert response.context["chart"]["title"] == "各市质押融资项目数"


@pytest.mark.parametrize("make_user", [province_user, finance_user])
def test_province_and_finance_open_everything(client, make_user):
    three_loans()
    client.force_login(make_user())

    response = client.get(TABLE)

    assert len(open_cells(response)) == 17
    assert [(bar.name, bar.text, bar.width) for bar in response.context["chart"]["bars"]][:2] == [
        ("济南市", "2.01 亿元", "50.0"),
        ("青岛市", "30.00 万元", "0.1"),
    ]
    assert 'href="/stats/pledge/rows/?city=370100&amp;before=1"' in text_of(response)


def test_province_amount_of_few_loans_is_not_published(client):
    loan("370100", "2026-02-03", "1234567.80")

    page = text_of(client.get(TABLE))

    assert "123.46" not in page
    assert page.count("不公开") >= 17 * 3


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"year": "2019"}, "年份应在 2020 至 2026 之间。"),
        ({"year": "abc"}, "年份应在 2020 至 2026 之间。"),
        ({"quarter": "5"}, "季度应为 1 至 4，或不填写。"),
        ({"quarter": "4"}, "2026 年第四季度尚未开始。"),
    ],
)
@pytest.mark.parametrize("name", ["pledge", "pledge_export", "pledge_rows", "pledge_rows_export"])
def test_a_period_that_is_none_is_refused_in_words(client, name, query, words):
    client.force_login(province_user())

    response = client.get(reverse(f"stats:{name}"), query)

    assert response.status_code == 422
    assert words in text_of(response)
    assert "<title>错误：" in text_of(response)


def test_quarter_is_counted_alone(client):
    three_loans()
    client.force_login(province_user())

    response = client.get(TABLE, {"year": "2026", "quarter": "2"})

    total = response.context["total"].row
    assert (total.now.count, total.now.amount, total.count_growth) == (1, Decimal("300000.00"), None)
    assert "—" in text_of(response)


@pytest.mark.parametrize("loans", [1, 3])
def test_table_query_count(client, django_assert_num_queries, loans):
    for city in ("370100", "370200", "370300")[:loans]:
        loan(city, "2026-02-03", "100.00")
    client.force_login(province_user())
    client.get(TABLE)

    with django_assert_num_queries(3):
        response = client.get(TABLE)

    assert response.context["total"].row.now.count == loans


@pytest.mark.parametrize("loans", [1, 3])
def test_rows_query_count(client, django_assert_num_queries, loans):
    made = [loan("370100", f"2026-02-0{day}", "100.00") for day in range(1, loans + 1)]
    client.force_login(province_user())
    client.get(ROWS)

    with django_assert_num_queries(5):
        response = client.get(ROWS)

    assert list(response.context["page"]) == made[::-1]


def test_rows_tell_the_loan_and_the_answer_it_came_by(client):
    made = loan("370100", "2026-02-03", "1234567.80", name="泉城齿轮有限公司")
    client.force_login(province_user())

    page = text_of(client.get(ROWS, {"year": "2026", "city": "370100"}))

    lent = made.placement.answers.get(kind="lend")
    for words in (made.placement.project.ref, "泉城齿轮有限公司", "2026-02-03", "1,234,567.80", f">{lent.pk}</span>"):
        assert words in page


def test_rows_of_the_year_before_stop_at_the_same_day(client):
    counted = loan("370100", "2025-08-14", "100.00")
    loan("370100", "2025-08-15", "100.00")
    client.force_login(province_user())

    response = client.get(ROWS, {"before": "1"})

    assert list(response.context["page"]) == [counted]


@pytest.mark.parametrize("name", ["pledge_rows", "pledge_rows_export"])
def test_rows_are_for_officials_and_a_city_opens_its_own(client, name):
    jinan, _, _ = three_loans()
    address = reverse(f"stats:{name}")
    assert client.get(address).status_code == 302
    for user in (sme_user(), holder_user(), bank_user()):
        client.force_login(user)
        assert client.get(address).status_code == 403
    client.force_login(city_user("370100"))
    assert client.get(address, {"city": "370200"}).status_code == 404
    assert client.get(address).status_code == 200
    assert jinan.placement.project.city_code == "370100"


def test_city_opens_the_rows_of_an_area_that_became_part_of_it(client):
    loans = [loan("370100", "2026-01-05", "100.00"), loan("371200", "2026-01-06", "100.00")]
    client.force_login(city_user("370100"))

    figure = client.get(TABLE).context["rows"][0].row.now
    response = client.get(ROWS, {"city": "370100"})

    assert figure.count == 2
    assert list(response.context["page"]) == loans[::-1]


def test_rows_are_paged(client):
    bank = bank_user()
    for _ in range(51):
        loan("370100", "2026-02-03", "100.00", bank=bank)
    client.force_login(province_user())

    first, second = client.get(ROWS), client.get(ROWS, {"page": "2"})

    assert (len(first.context["page"]), len(second.context["page"])) == (50, 1)
    assert first.context["figure"].count == 51


def test_table_sheet_has_exact_amounts_and_what_its_reader_sees(client):
    three_loans()
    loan("370100", "2025-02-03", "1000000.00")
    address = reverse("stats:pledge_export")
    client.force_login(province_user())

    whole = sheet_of(client.get(address))
    client.logout()
    public = sheet_of(client.get(address))

    assert whole[1] == ["济南市", 2, 1, 1, 201234567.8, 1000000, 200.2346]
    assert whole[2] == ["青岛市", 1, 0, "—", 300000, 0, "—"]
    assert whole[17] == ["全省合计", 3, 1, 2, 201534567.8, 1000000, 200.5346]
    assert public[1] == ["济南市", 2, 1, 1, "不公开", "不公开", "不公开"]


def test_rows_sheet_neutralises_formulas_and_names_the_source(client):
    made = loan("370100", "2026-02-03", "1234567.80", name="=HYPERLINK(1)")
    client.force_login(province_user())

    response = client.get(reverse("stats:pledge_rows_export"))

    lent, line = made.placement.answers.get(kind="lend"), sheet_of(response)[1]
    line[5] = line[5].isoformat()
    assert line[:8] == [
        made.placement.project.ref, "'=HYPERLINK(1)", "济南市", made.placement.institution.name, "HT-2024-001",
        "2026-02-03T00:00:00", 1234567.8, f"银行接口答复 {lent.pk}",
    ]  # fmt: skip
    assert "attachment" in response.headers["Content-Disposition"]


def test_post_is_refused(client):
    assert client.post(TABLE).status_code == 405
