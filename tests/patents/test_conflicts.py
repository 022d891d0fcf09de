"""What a sheet says differently waits for somebody's decision."""

import datetime as dt
from decimal import Decimal

import pytest

from patents.models import FieldConflict, Patent
from patents.services.conflicts import decide_conflicts
from portal.errors import Conflict, NotAllowed
from portal.outbox.models import Event
from portal.sheets.models import SheetImport
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user
from tests.factories.patents import PatentFactory, held_patent

pytestmark = pytest.mark.django_db


def conflict_of(patent, field, offered, current=None, organisation=None):
    sheet = SheetImport.objects.create(
        kind="patents.pool", file_name="他库.xlsx", sha256="0" * 64, size_bytes=1, organisation=organisation
    )
    if current is None:
        current = str(getattr(patent, field) or "")
    return FieldConflict.objects.create(
        patent=patent, field=field, current_value=current, offered_value=offered, source_import=sheet, source_row=7,
        source_column="B",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "offered", "value"),
    [
        ("title", "新的名称", "新的名称"),
        ("filed_on", "2017-07-22", dt.date(2017, 7, 22)),
        ("price_amount", "120000.50", Decimal("120000.50")),
        ("legal_status", "lapsed_unpaid", "lapsed_unpaid"),
        ("applicant_names", "甲大学；乙公司", "甲大学；乙公司"),
    ],
)
def test_a_taken_value_replaces_the_pools_with_its_source(field, offered, value):
    by = province_user()
    patent = Patent.objects.get(pk=held_patent(OrganisationFactory(kind="university")).pk)
    conflict = conflict_of(patent, field, offered)

    done = decide_conflicts(conflict_ids=[conflict.pk], by=by, take=True, note="已核对登记簿")

    patent.refresh_from_db()
    conflict.refresh_from_db()
    assert getattr(patent, field) == value
    assert patent.field_sources[field]["import"] == conflict.source_import_id
    assert (done.decided, conflict.state, conflict.decided_by, conflict.note) == (1, "taken", by, "已核对登记簿")


def test_taken_applicants_become_the_rows_and_a_title_is_found():
    patent = held_patent(OrganisationFactory(kind="university"))
    ids = [conflict_of(patent, "applicant_names", "甲大学；乙公司").pk, conflict_of(patent, "title", "一种水泵").pk]

    decide_conflicts(conflict_ids=ids, by=province_user(), take=True)

    patent.refresh_from_db()
    assert [party.name for party in patent.parties.order_by("position")] == ["甲大学", "乙公司"]
    assert "'水泵'" in patent.search_tokens


def test_keeping_changes_nothing_but_the_conflict():
    patent = PatentFactory()
    conflict = conflict_of(patent, "title", "别的")

    decide_conflicts(conflict_ids=[conflict.pk], by=province_user(), take=False)

    conflict.refresh_from_db()
    assert (conflict.state, Patent.objects.get().title, Event.objects.count()) == ("kept", patent.title, 0)


def test_a_value_that_changed_meanwhile_is_never_overwritten():
    patent = PatentFactory()
    conflict = conflict_of(patent, "title", "别的", current="更早的名称")

    done = decide_conflicts(conflict_ids=[conflict.pk], by=province_user(), take=True)

    conflict.refresh_from_db()
    assert (done.decided, done.outdated, conflict.state, Patent.objects.get().title) == (0, 1, "outdated", patent.title)


def test_many_are_decided_at_once_and_twice_is_harmless():
    by = province_user()
    conflicts = [conflict_of(PatentFactory(), "title", f"名称{n}") for n in range(3)]
    ids = [conflict.pk for conflict in conflicts]

    assert decide_conflicts(conflict_ids=ids, by=by, take=True).decided == 3
    assert decide_conflicts(conflict_ids=ids, by=by, take=False).decided == 0
    assert sorted(Patent.objects.values_list("title", flat=True)) == ["名称0", "名称1", "名称2"]


def test_a_holder_decides_on_its_own_but_not_on_the_right_itself():
    holder = holder_user()
    own, other = held_patent(holder.organisation), PatentFactory()
    title, foreign = conflict_of(own, "title", "新名称"), conflict_of(other, "title", "新名称")
    status = conflict_of(own, "legal_status", "valid_fee_grace")

    with pytest.raises(NotAllowed):
        decide_conflicts(conflict_ids=[title.pk, status.pk], by=holder, take=True)
    assert FieldConflict.objects.open().count() == 3

    assert decide_conflicts(conflict_ids=[title.pk, foreign.pk], by=holder, take=True).decided == 1
    foreign.refresh_from_db()
    assert foreign.state == "open"


def test_two_holders_of_one_patent_are_decided_by_the_city():
    first, second = OrganisationFactory(kind="university"), OrganisationFactory(kind="university")
    patent = held_patent(first)
    conflict = conflict_of(patent, "holder", second.name, current=first.name, organisation=second)

    decide_conflicts(conflict_ids=[conflict.pk], by=city_user("370100"), take=True)

    patent.refresh_from_db()
    assert patent.holder == second


def test_a_number_that_another_patent_has_cannot_be_taken():
    other = PatentFactory()
    patent = PatentFactory(number=None, check_digit="", publication_number="103294796")
    conflict = conflict_of(patent, "number", other.number, current="")

    with pytest.raises(Conflict):
        decide_conflicts(conflict_ids=[conflict.pk], by=province_user(), take=True)

    conflict.refresh_from_db()
    assert conflict.state == "open"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_many(client, django_assert_num_queries, rows):
    client.force_login(province_user())
    for _ in range(rows):
        conflict_of(PatentFactory(), "title", "别的")

    with django_assert_num_queries(7):
        response = client.get("/patents/conflicts/")

    assert len(response.context["rows"]) == rows


def test_the_page_decides_what_was_ticked(client):
    client.force_login(province_user())
    conflict = conflict_of(PatentFactory(), "title", "别的")

    page = client.post("/patents/conflicts/decide/", {"conflict": [conflict.pk], "decision": "take"}, follow=True)

    assert Patent.objects.get().title == "别的"
    assert "已处理 1 条。" in page.content.decode()
