import pytest
from django.urls import reverse

from events.models import Event
from tests.factories.accounts import OrganisationFactory, city_user, finance_user, province_user, sme_user
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db
CHANGELIST, ADD = reverse("admin:events_event_changelist"), reverse("admin:events_event_add")


@pytest.fixture
def city(client):
    user = city_user("370100")
    client.force_login(user)
    return user


def change_address(event):
    return reverse("admin:events_event_change", args=[event.pk])


def move_address(event):
    return reverse("admin:events_event_move", args=[event.pk])


def filled_in(**changes):
    values = {
        "kind": "roadshow",
        "title": "新材料专利路演",
        "summary": "",
        "place": "报告厅",
        "place_kind": "venue",
        "starts_at_0": "2027-03-04",
        "starts_at_1": "09:00:00",
        "ends_at_0": "2027-03-04",
        "ends_at_1": "12:00:00",
    }
    return values | changes


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_count(client, city, django_assert_max_num_queries, rows):
    events = EventFactory.create_batch(rows, organiser=city.organisation)
    EventFactory()
    client.get(CHANGELIST)

    with django_assert_max_num_queries(7):
        response = client.get(CHANGELIST)

    assert set(response.context["cl"].result_list) == set(events)


def test_city_drafts_an_event_of_its_own(client, city):
    response = client.post(ADD, filled_in(organiser=str(OrganisationFactory().pk), city_code="370200"))

    event = Event.objects.get()
    assert response.status_code == 302
    assert (event.organiser, event.city_code, event.state) == (city.organisation, "370100", "draft")


def test_province_names_the_organiser_and_the_city(client):
    university = OrganisationFactory(kind="university")
    client.force_login(province_user())

    client.post(ADD, filled_in(organiser=str(university.pk), city_code="370600"))

    event = Event.objects.get()
    assert (event.organiser, event.city_code) == (university, "370600")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at_1": "08:00:00"}, "ends_at"),
        ({"title": ""}, "title"),
        ({"kind": "party"}, "kind"),
        ({"starts_at_0": "2027-02-30"}, "starts_at"),
    ],
)
def test_form_names_the_field_at_fault(client, city, changes, field):
    response = client.post(ADD, filled_in(**changes))

    assert list(response.context["adminform"].form.errors) == [field]
    assert not Event.objects.exists()


def test_change_goes_through_the_service(client, city):
    event = EventFactory(organiser=city.organisation)

    # Time and place of what is published are not in the form: they are moved on a page of their own.
    client.post(change_address(event), filled_in(title="路演（改）", place="别处", state="cancelled"))

    event.refresh_from_db()
    assert (event.title, event.place, event.state, event.version) == ("路演（改）", "会议中心", "published", 2)


def test_moving_tells_the_reason(client, city):
    event = EventFactory(organiser=city.organisation)
    address = reverse("events:move", args=[event.pk])
    given = {"starts_at": "2027-03-04T09:00", "ends_at": "2027-03-04T12:00", "place": "三楼", "reason": ""}

    assert list(client.post(address, given).context["form"].errors) == ["reason"]
    client.post(address, given | {"reason": "场地冲突"})

    event.refresh_from_db()
    assert (event.place, event.moves.get().reason) == ("三楼", "场地冲突")


def test_cancelled_event_is_read_only(client, city):
    event = EventFactory(organiser=city.organisation, state="cancelled", cancel_reason="施工")

    assert client.get(change_address(event)).status_code == 200
    assert client.post(change_address(event), filled_in()).status_code == 403


def test_publish_and_cancel_on_one_page(client, city):
    event = EventFactory(organiser=city.organisation, state="draft")
    assert move_address(event) in client.get(change_address(event)).content.decode()

    client.post(move_address(event), {"decision": "published"})
    event.refresh_from_db()
    assert event.state == "published"

    refused = client.post(move_address(event), {"decision": "cancelled", "note": ""})
    assert list(refused.context["form"].errors) == ["note"]

    client.post(move_address(event), {"decision": "cancelled", "note": "施工"})
    event.refresh_from_db()
    assert (event.state, event.cancel_reason) == ("cancelled", "施工")
    assert client.get(move_address(event)).status_code == 403


def test_selected_drafts_are_published_and_each_refusal_is_told(client, city):
    draft, published = (
        EventFactory(organiser=city.organisation, state="draft"),
        EventFactory(organiser=city.organisation),
    )

    response = client.post(
        CHANGELIST, {"action": "publish_selected", "_selected_action": [draft.pk, published.pk]}, follow=True
    )

    told = sorted(str(message) for message in response.context["messages"])
    assert told == [f"{published}：当前状态为“已发布”，不能变更为“已发布”。", "已发布：1 项。"]


@pytest.mark.parametrize("address", [change_address, move_address])
def test_event_of_another_is_not_found(client, city, address):
    event = EventFactory(state="draft")

    assert client.get(address(event)).status_code == 404
    assert client.post(address(event), {"decision": "published"}).status_code in (403, 404)
    event.refresh_from_db()
    assert event.state == "draft"


@pytest.mark.parametrize("make", [sme_user, finance_user])
def test_admin_is_for_organisers(client, make):
    client.force_login(make())

    assert client.get(CHANGELIST).status_code in (302, 403)
    assert client.get(ADD).status_code in (302, 403)
