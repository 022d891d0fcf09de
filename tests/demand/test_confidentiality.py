"""What a firm does not make public reaches nobody before it says so: each way out of the house has its test."""

import io
import json
import logging
from decimal import Decimal

import pytest
from django.test import Client
from openpyxl import load_workbook

from demand import services
from demand.checks.needs import Figure, Need
from demand.exports import public_workbook
from demand.models import Demand, Release
from demand.queries.disclosure import public_figures, public_text, view_for
from demand.queries.drafting import alike_needs
from patents.index.models import IndexBucket
from portal.audit.models import AuditEntry
from portal.errors import Invalid, NotAllowed
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, UserFactory, city_user, holder_user, province_user, sme_user
from tests.factories.demand import GEAR_TEXT, GEAR_TITLE, difficulty, gear_patent, indexed_pool

pytestmark = pytest.mark.django_db

MARKER = "密语"
PARTS = (
    "organisation", "object_text", "target_figures", "constraints_text", "tried_text", "budget_amount", "wanted_by",
    "secret_text",
)  # fmt: skip


def secret_need(level="released", **changes):
    """Every part that can be hidden is, and carries the marker."""
    values = {
        "title": GEAR_TITLE,
        "description": GEAR_TEXT,
        "object_text": f"{MARKER}对象齿圈",
        "target_figures": f"{MARKER}指标磨齿",
        "constraints_text": f"{MARKER}限制",
        "tried_text": f"{MARKER}尝试",
        "secret_text": f"{MARKER}说明",
        "disclosure": dict.fromkeys(PARTS, level),
        "figures": (Figure(f"{MARKER}余量", "le", Decimal("0.2"), "mm"),),
    }
    return Need(**values | changes)


@pytest.fixture
def scene(caplog):
    """A need with secrets, led by the services to its match; the firm's user and the matched holder's."""
    caplog.set_level(logging.DEBUG)
    firm = sme_user(organisation=OrganisationFactory(name=f"{MARKER}企业有限公司"))
    holder = holder_user()
    indexed_pool(gear_patent(holder=holder.organisation))
    demand = services.create_demand(by=firm, need=secret_need())
    services.update_demand(demand_id=demand.pk, by=firm, need=secret_need())
    services.submit_demand(demand_id=demand.pk, by=firm)
    services.publish_demand(demand_id=demand.pk, by=city_user(demand.city_code))
    services.match_demand(demand_id=demand.pk)
    demand.refresh_from_db()
    return demand, firm, holder


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_index_holds_public_words_only(scene):
    demand, _, _ = scene

    tokens = Demand.objects.values_list("search_tokens", flat=True).get(pk=demand.pk)

    assert MARKER not in tokens
    assert "齿圈" in tokens, "of the description, which is public"
    assert "对象" not in tokens
    assert not IndexBucket.objects.filter(data__contains=MARKER.encode()).exists()


def test_the_matcher_is_given_public_text_only(scene):
    demand, _, _ = scene

    text = public_text(demand)

    assert (text.title, text.description) == (GEAR_TITLE, GEAR_TEXT)
    assert public_figures(demand) == ""


def test_stored_matches_say_nothing_of_secrets(scene):
    demand, _, _ = scene

    stored = list(demand.matches.values("parts", "words"))

    assert stored
    assert MARKER not in json.dumps(stored, ensure_ascii=False)


def test_the_other_side_reads_nothing_hidden(scene):
    demand, _, holder = scene
    client = signed_in(holder)

    pages = [client.get(address).content.decode() for address in (demand.get_absolute_url(), "/demands/matched/")]

    assert [GEAR_TITLE in page for page in pages] == [True, True]
    assert [MARKER in page for page in pages] == [False, False]


def test_the_public_list_of_difficulties_reads_nothing_hidden():
    firm = OrganisationFactory(name=f"{MARKER}企业有限公司")
    demand = difficulty(
        organisation=firm,
        secret_text=f"{MARKER}说明",
        object_text=f"{MARKER}对象",
        disclosure=dict.fromkeys(PARTS, "never"),
    )

    page = Client().get("/demands/difficulties/").content.decode()

    assert demand.title in page
    assert MARKER not in page


def test_notices_of_others_events_audit_and_logs_carry_no_secret(scene, caplog):
    _, firm, _ = scene
    others = Notice.objects.exclude(recipient=firm.organisation).values_list("title", "body")

    assert others, "the holder was told of the match"
    assert MARKER not in str(list(others))
    assert MARKER not in str(list(Event.objects.values_list("payload", flat=True)))
    # City and firm stand in audit entries by name; what the need says does not.
    written = str(
        list(AuditEntry.objects.filter(target_type="demand.demand").values_list("target_label", "note", "facts"))
    )
    assert MARKER not in written
    assert MARKER not in caplog.text


def test_the_sheet_that_leaves_the_portal_holds_public_parts_only(scene):
    demand, _, _ = scene

    book = load_workbook(io.BytesIO(public_workbook(Demand.objects.filter(pk=demand.pk).prefetch_related("figures"))))

    cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
    assert GEAR_TITLE in cells
    assert MARKER not in str(cells)


def test_officials_export_public_parts_only(scene):
    demand, _, _ = scene
    client = signed_in(city_user(demand.city_code))

    response = client.post("/admin/demand/demand/", {"action": "export_selected", "_selected_action": [demand.pk]})

    book = load_workbook(io.BytesIO(response.content))
    assert MARKER not in str([cell for row in book.active.iter_rows(values_only=True) for cell in row])


def test_the_api_has_no_needs(client):
    schema = client.get("/api/v1/schema/").content.decode()

    assert "/demands" not in schema


def test_another_firm_that_writes_the_same_learns_a_number_only(scene):
    other = signed_in(sme_user())
    data = {"title": GEAR_TITLE, "description": GEAR_TEXT, "figures-TOTAL_FORMS": 0, "figures-INITIAL_FORMS": 0}

    page = other.post("/demands/help/", data).content.decode()

    assert "其他单位已发布 1 项相近的需求" in page
    assert MARKER not in page
    assert scene[0].ref not in page


def test_hidden_parts_do_not_make_needs_alike(scene):
    from demand.ranking import NeedText

    assert alike_needs(NeedText(f"{MARKER}对象齿圈", f"{MARKER}尝试")) == []


def test_a_released_holder_and_no_other_reads_what_may_be_released(scene):
    demand, firm, holder = scene
    other = UserFactory(role="holder", organisation=OrganisationFactory(kind="institute"))

    services.release_secrets(demand_id=demand.pk, by=firm, holder_id=holder.organisation_id)

    assert view_for(demand, holder).secret_text == f"{MARKER}说明"
    assert view_for(demand, other).secret_text == ""
    assert view_for(demand, other).hidden == [
        "企业名称", "对象或工艺", "目标指标", "限制条件", "已尝试的办法", "预算", "希望解决时间", "保密说明",
    ]  # fmt: skip
    assert f"{MARKER}说明" in signed_in(holder).get(demand.get_absolute_url()).content.decode()


def test_never_means_never(scene):
    demand, firm, holder = scene
    services.update_demand(demand_id=demand.pk, by=firm, need=secret_need("never"))
    services.release_secrets(demand_id=demand.pk, by=firm, holder_id=holder.organisation_id)
    demand.refresh_from_db()

    assert view_for(demand, holder).hidden == view_for(demand, None).hidden
    assert MARKER not in signed_in(holder).get(demand.get_absolute_url()).content.decode()


def test_firm_and_officials_read_everything(scene):
    demand, firm, _ = scene

    for user in (firm, city_user(demand.city_code), province_user()):
        assert view_for(demand, user).hidden == []
        assert view_for(demand, user).figures == [f"{MARKER}余量不高于 0.2 mm"]


@pytest.mark.parametrize(("who", "error"), [("holder", NotAllowed), ("firm_to_stranger", Invalid)])
def test_release_is_the_firms_and_to_a_holder_near_the_need(scene, who, error):
    demand, firm, holder = scene
    by = holder if who == "holder" else firm
    to = holder.organisation if who == "holder" else OrganisationFactory(kind="university")
    events = Event.objects.count()

    with pytest.raises(error):
        services.release_secrets(demand_id=demand.pk, by=by, holder_id=to.pk)

    assert not Release.objects.exists()
    assert Event.objects.count() == events


def test_released_twice_is_one_release(scene):
    demand, firm, holder = scene

    for _ in range(2):
        services.release_secrets(demand_id=demand.pk, by=firm, holder_id=holder.organisation_id)

    assert Release.objects.count() == 1
    assert Event.objects.filter(name="demand.demand.released").count() == 1
