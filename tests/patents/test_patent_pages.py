"""The page of a patent, its past, its offer, its fees: as each visitor sees them."""

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from patents.models import Evaluation, Listing, Patent, Reminder
from patents.queries.fees import fees_due
from patents.queries.history import as_of
from patents.queries.parties import owners_of
from patents.services import enter_pool, record_event, save_offer
from patents.services import evaluation as services
from patents.services.reminders import daily, refresh_statuses, send_fee_reminders, send_listing_reminders
from portal import clock
from portal.audit.models import AuditEntry
from portal.dates import add_months
from portal.notices.models import Notice
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user
from tests.factories.evaluation import owner_scored, values
from tests.factories.patents import OFFER, PatentFactory, announced, held_patent

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder():
    return holder_user()


@pytest.fixture
def patent(holder):
    return held_patent(holder.organisation)


def filled(**change):
    data = {
        "maturity": "7", "problem": "装夹费时", "effect": "省时", "application_fields": "轴承", "comparison": "省 1.3 元",
        "transfer_ways": ["licence"], "price_low_amount": "20", "price_high_amount": "", "contact_name": "王工",
        "contact_phone": "0531-88880000",
    }  # fmt: skip
    return data | change


def test_a_holder_fills_in_an_offer_and_enters_the_pool(client, patent, holder):
    client.force_login(holder)
    url = f"/patents/{patent.number}/listing/"

    page = client.post(url, filled(effect=""), follow=True)
    assert "<li>技术效果</li>" in page.content.decode()
    client.post(url, filled())
    client.post(f"{url}enter/")

    listing = Listing.objects.get()
    assert (listing.state, listing.price_low_amount, listing.price_high_amount) == (
        "listed", Decimal("200000.00"), Decimal("200000.00"),
    )  # fmt: skip


def test_a_bad_offer_comes_back_with_its_errors(client, patent, holder):
    client.force_login(holder)

    page = client.post(f"/patents/{patent.number}/listing/", filled(price_low_amount="30", price_high_amount="20"))

    assert page.status_code == 422
    assert page.context["form"].errors == {"price_high_amount": ["意向价格上限不能低于下限。"]}
    assert Listing.objects.count() == 0


def test_a_co_owners_consent_is_recorded_on_the_page(client, holder):
    patent = held_patent(holder.organisation, co_owners=["共有公司"])
    party = patent.parties.get(name="共有公司")
    client.force_login(holder)

    client.post(f"/patents/agreements/{party.pk}/", {"agreed_on": "2026-01-05", "agreement": "同意函"})

    party.refresh_from_db()
    assert party.agreed_on == dt.date(2026, 1, 5)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_event_and_for_many(client, django_assert_num_queries, patent, rows):
    by = province_user()
    for n in range(rows):
        record_event(patent_id=patent.pk, event=announced("PP01", dt.date(2026, 3, 2 + n), f"C{n}"), by=by)

    with django_assert_num_queries(17):
        page = client.get(f"/patents/{patent.number}/")

    assert len(page.context["events"]) == rows


def test_contacts_are_masked_until_sign_in(client, patent, holder):
    listing = save_offer(patent_id=patent.pk, by=holder, offer=OFFER)
    enter_pool(listing_id=listing.pk, by=holder)

    assert OFFER.contact_phone not in client.get(f"/patents/{patent.number}/").content.decode()
    client.force_login(holder_user())
    assert OFFER.contact_phone in client.get(f"/patents/{patent.number}/").content.decode()


def test_a_draft_is_shown_to_its_own_people_only(client, patent, holder):
    save_offer(patent_id=patent.pk, by=holder, offer=OFFER)

    assert client.get(f"/patents/{patent.number}/").context["listing"] is None
    client.force_login(holder)
    assert client.get(f"/patents/{patent.number}/").context["listing"].state == "draft"


def test_a_patent_as_of_any_day(client, patent, holder):
    by = province_user()
    listing = save_offer(patent_id=patent.pk, by=holder, offer=OFFER)
    enter_pool(listing_id=listing.pk, by=holder)
    record_event(patent_id=patent.pk, event=announced("PE01", dt.date(2026, 3, 2), "Y1"), by=by)
    record_event(patent_id=patent.pk, event=announced("PC01", dt.date(2026, 6, 1), "Y1"), by=by)
    record_event(patent_id=patent.pk, event=announced("TR01", dt.date(2026, 7, 1), transferee="乙集团"), by=by)
    patent.refresh_from_db()

    def told(day):
        was = as_of(patent, day)
        return was.status_label, [str(one) for one in was.overlays], list(was.owners), was.is_stated

    seller = holder.organisation.name
    assert told(dt.date(2017, 1, 1)) == ("尚未申请", [], [seller], True)
    assert told(dt.date(2019, 4, 30)) == ("已申请", [], [seller], False)
    assert told(dt.date(2019, 5, 1)) == ("有效", [], [seller], False)
    assert told(dt.date(2026, 3, 1)) == ("有效", [], [seller], False)
    assert told(dt.date(2026, 3, 2)) == ("有效", ["pledged"], [seller], True)
    assert told(dt.date(2026, 6, 1)) == ("有效", [], [seller], True)
    assert told(dt.date(2026, 7, 1)) == ("有效", [], ["乙集团"], True)
    assert as_of(patent, clock.today()).listing is None

    page = client.get(f"/patents/{patent.number}/", {"on": "2026-03-02"})
    assert page.context["was"].overlays == ("pledged",)
    assert client.get(f"/patents/{patent.number}/", {"on": "2099-01-01"}).context["form"].errors == {
        "on": ["不能查看将来的日期。"]
    }


def closed_round(patent, holder, closed_on):
    """A round of self-assessment that was made and closed on the same day."""
    evaluation, _ = owner_scored("6", holder=holder, patent=patent)
    services.close_evaluation(ref=evaluation.ref, by=holder, note="")
    Evaluation.objects.filter(pk=evaluation.pk).update(opened_on=closed_on, closed_on=closed_on)
    return evaluation


def test_scores_as_of_a_day_are_those_that_counted_then(client, patent, holder):
    today = clock.today()
    closed = closed_round(patent, holder, today)
    running, _ = owner_scored("8", holder=holder, patent=patent, scene="finance")
    services.score_by_owner(ref=running.ref, by=holder, values=values(running, "5"))

    def told(day, **own):
        return [
            (one.evaluation, one.is_closed, [(label, len(rows)) for label, rows in one.by_scorer])
            for one in as_of(patent, day, **own).rounds
        ]

    both = [("平台按规则计算", 1), ("权利人自评", 1)]
    assert told(today) == [(closed, True, both)]
    assert told(today, evaluations=Evaluation.objects.of_user(holder)) == [(running, False, both), (closed, True, both)]
    assert told(today - dt.timedelta(days=1), evaluations=Evaluation.objects.all()) == []
    page = client.get(f"/patents/{patent.number}/", {"on": today.isoformat()})
    assert [one.evaluation for one in page.context["was"].rounds] == [closed]
    client.force_login(holder)
    page = client.get(f"/patents/{patent.number}/", {"on": today.isoformat()})
    assert [one.evaluation for one in page.context["was"].rounds] == [running, closed]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_day_costs_the_same_for_one_round_and_for_many(client, patent, holder, django_assert_num_queries, rows):
    for n in range(rows):
        closed_round(patent, holder, clock.today() - dt.timedelta(days=n))

    with django_assert_num_queries(8):
        client.get(f"/patents/{patent.number}/", {"on": clock.today().isoformat()})


def test_the_record_as_of_a_day_is_the_version_of_that_day(patent, holder):
    yesterday = clock.today() - dt.timedelta(days=1)
    Patent.objects.filter(pk=patent.pk).update(created_at=clock.now() - dt.timedelta(days=9))
    patent.refresh_from_db()
    old = patent.title
    Patent.objects.filter(pk=patent.pk).update(title="改后的名称")
    version = patent.versions.order_by("-pgh_id").first()
    assert version.title == old

    patent.refresh_from_db()
    assert as_of(patent, yesterday).record.title == old
    assert as_of(patent, clock.today()).record.title == "改后的名称"


def test_the_command_shows_a_patent_as_of_a_day(patent, holder):
    record_event(patent_id=patent.pk, event=announced("PE01", dt.date(2026, 3, 2), "Y1"), by=province_user())
    out = StringIO()

    call_command("show_patent", f"CN{patent.display_number}", "--as-of", "2026-03-02", stdout=out)

    assert out.getvalue().splitlines()[1:5] == [
        "日期：2026-03-02", "法律状态：有效", "法律负担：已质押", f"专利权人：{patent.applicant_names}",
    ]  # fmt: skip
    evaluation = closed_round(patent, holder, clock.today())
    out = StringIO()
    call_command("show_patent", patent.display_number, stdout=out)
    rule, owner = evaluation.assessments.order_by("id")
    assert out.getvalue().splitlines()[6] == (
        f"价值评价：{evaluation.ref}（许可转让，已完成）："
        f"平台按规则计算 {rule.legal_score or '—'}/{rule.technical_score or '—'}/{rule.economic_score or '—'} 总分 —，"
        f"权利人自评 {owner.legal_score}/{owner.technical_score}/{owner.economic_score} 总分 {owner.total_score}"
    )
    with pytest.raises(CommandError, match="不是日期"):
        call_command("show_patent", patent.display_number, "--as-of", "明天")
    with pytest.raises(CommandError, match="库中没有专利"):
        call_command("show_patent", "97101765.4")


def due_in(days, organisation, **kwargs):
    """A patent whose tenth annual fee falls due in so many days."""
    filed_on = add_months(clock.today() + dt.timedelta(days=days), -108)
    kwargs = {"fees_paid_through": 9, **kwargs}
    return held_patent(organisation, filed_on=filed_on, granted_on=add_months(filed_on, 24), **kwargs)


def test_fees_due_soon_and_late_the_most_urgent_first(client, holder):
    organisation = holder.organisation
    late, soon, later = due_in(-40, organisation), due_in(20, organisation), due_in(80, organisation)
    due_in(120, organisation)
    due_in(20, organisation, fees_paid_through=10)
    due_in(20, OrganisationFactory(kind="university"))
    unknown = due_in(50, organisation, fees_paid_through=None)

    rows = fees_due(holder=organisation)

    assert [(row.patent.pk, row.fee.year) for row in rows] == [
        (late.pk, 10), (soon.pk, 10), (unknown.pk, 10), (later.pk, 10),
    ]  # fmt: skip
    assert (rows[0].is_late, rows[0].surcharge) == (True, Decimal("200.00"))
    client.force_login(holder)
    page = client.get("/patents/fees/", {"days": "30"})
    assert page.context["counts"] == [(30, 2), (60, 3), (90, 4)]
    assert len(page.context["page"].object_list) == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_fees_costs_the_same_for_one_and_for_many(client, holder, django_assert_num_queries, rows):
    client.force_login(holder)
    for _ in range(rows):
        due_in(20, holder.organisation)

    with django_assert_num_queries(12):
        page = client.get("/patents/fees/")

    assert len(page.context["page"].object_list) == rows


def test_a_holder_is_told_once_at_each_step(holder):
    patent, _ = due_in(20, holder.organisation), due_in(80, holder.organisation)

    assert (send_fee_reminders(), send_fee_reminders()) == (1, 0)
    notice = Notice.objects.get()
    assert (notice.title, notice.link) == ("2 件专利的年费将到期，最近一件还有 20 天", "/patents/fees/")
    assert sorted(Reminder.objects.values_list("days", flat=True)) == [30, 90]
    assert patent.display_number in notice.body


def test_listings_about_to_run_out_are_told_and_then_ended(patent, holder):
    listing = save_offer(patent_id=patent.pk, by=holder, offer=OFFER)
    enter_pool(listing_id=listing.pk, by=holder)
    Listing.objects.update(expires_on=clock.today() + dt.timedelta(days=20))
    assert (send_listing_reminders(), send_listing_reminders()) == (1, 0)

    Listing.objects.update(expires_on=clock.today() - dt.timedelta(days=1))

    assert daily()["listings_expired"] == 1
    assert daily() == {"statuses": 0, "listings_expired": 0, "fee_notices": 0, "listing_notices": 0}
    listing.refresh_from_db()
    assert listing.state == "expired"


def test_stored_statuses_follow_the_calendar(holder):
    late = due_in(-40, holder.organisation)
    paid = due_in(-40, holder.organisation, fees_paid_through=10, legal_status="valid_fee_grace")
    over = held_patent(holder.organisation, filed_on=dt.date(2003, 1, 2), granted_on=dt.date(2005, 1, 2))

    assert (refresh_statuses(), refresh_statuses()) == (3, 0)
    assert [Patent.objects.get(pk=row.pk).legal_status for row in (late, paid, over)] == [
        "valid_fee_grace", "valid", "expired",
    ]  # fmt: skip


def test_a_holder_adds_to_the_record_and_each_field_keeps_its_source(client, patent, holder):
    client.force_login(holder)
    data = {
        "fees_paid_through": "9",
        "fee_reduction": "single",
        "claim_count": "8",
        "family_lines": "US 10123456B2\nCN 104",
        "further_classes": "B25B11/00(2006.01)I; B25J15/00",
        "inventor_names": "王某; 李某",
    }

    assert client.post(f"/patents/{patent.number}/record/", data).status_code == 302

    patent.refresh_from_db()
    assert (patent.fees_paid_through, patent.fee_reduction, patent.claim_count) == (9, "single", 8)
    assert [str(member) for member in patent.family.all()] == ["CN104", "US10123456B2"]
    assert (patent.further_classes, patent.inventors) == (["B25B11/00", "B25J15/00"], ["王某", "李某"])
    assert patent.field_sources["claim_count"] == {
        "kind": "form", "on": clock.today().isoformat(), "by": holder.pk,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"fees_paid_through": "21"}, {"fees_paid_through": ["该专利只有 20 个年度，不能缴至第 21 年度。"]}),
        ({"priority_on": "2018-01-01"}, {"priority_on": ["优先权日不能晚于申请日。"]}),
        ({"family_lines": "US 10123456B2\n美国专利"}, {"family_lines": ["第 2 行“美国专利”应为国别代码加号码。"]}),
        ({"further_classes": "07-01"}, {"further_classes": ["分类号“07-01”与专利类型不符。"]}),
        (
            {"further_classes": "夹具"},
            {"further_classes": ["“夹具”既不是 IPC 分类号（如 A61K36/899），也不是外观设计洛迦诺分类号（如 09-01）。"]},
        ),
        ({"same_day_number": "201710601862.3"}, {"same_day_number": ["只有实用新型填写同日申请的发明专利。"]}),
    ],
)
def test_a_bad_addition_names_its_field_and_changes_nothing(client, patent, holder, data, errors):
    client.force_login(holder)

    page = client.post(f"/patents/{patent.number}/record/", data)

    assert (page.status_code, page.context["form"].errors) == (422, errors)
    assert patent.versions.count() == 0


def test_co_owners_shares_are_stated_in_order_and_sum_to_the_whole(client, holder):
    patent = held_patent(holder.organisation, co_owners=["丙公司"])
    client.force_login(holder)
    address = f"/patents/{patent.number}/record/"

    wrong = client.post(address, {"shares": "70%；20%"})
    assert wrong.context["form"].errors == {"shares": ["份额合计应为 100%，现为 90.0000%。"]}
    assert client.post(address, {"shares": "66.6667%；33.3333%"}).status_code == 302

    assert [str(owner.share) for owner in owners_of(patent)] == ["0.666667", "0.333333"]
    assert client.get(address).context["form"].initial["shares"] == "66.6667%；33.3333%"
    assert AuditEntry.objects.get(verb="补充著录事项").facts["after"]["份额：丙公司"] == "0.333333"


def test_an_official_records_an_event_in_the_admin(client, patent):
    client.force_login(city_user("370100"))
    url = f"/admin/patents/patent/{patent.pk}/handle/"
    given = {"step": "event", "event-code": "PE01", "event-on": "2026-03-02", "event-reference": "Y1"}

    client.post(url, given | {"event-pledgee": "某银行"})

    patent.refresh_from_db()
    event = patent.legal_events.get()
    assert (patent.overlays, event.facts, event.reference) == (["pledged"], {"pledgee": "某银行"}, "Y1")
    page = client.post(url, given)
    assert "不能重复登记" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("model", "queries"), [("listing", 7), ("legalevent", 6)])
def test_lists_of_the_admin_cost_the_same_for_one_and_for_many(client, django_assert_num_queries, model, queries, rows):
    by = province_user()
    client.force_login(by)
    for _ in range(rows):
        patent = held_patent(OrganisationFactory(kind="university"))
        save_offer(patent_id=patent.pk, by=by, offer=OFFER)
        record_event(patent_id=patent.pk, event=announced("PP01", dt.date(2026, 3, 2)), by=by)

    with django_assert_num_queries(queries):
        page = client.get(f"/admin/patents/{model}/")

    assert len(page.context["cl"].result_list) == rows


def test_an_unowned_patent_has_a_page(client):
    patent = PatentFactory(filed_on=None, granted_on=None, legal_status="unknown", main_class="")

    assert client.get(f"/patents/{patent.number}/").status_code == 200
