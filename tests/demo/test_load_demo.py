"""The demonstration as `make run` loads it."""

import json
import stat
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from oauth2_provider.models import Application

from demand.enums import DemandState
from demand.models import (
    AdviserRequest,
    Demand,
    Interest,
    Judgement,
    Match,
    MaturityCase,
    TargetFigure,
    Watch,
)
from events.models import Event
from finance.demo_bank import connect_sample_bank, credentials_file
from finance.enums import PlacementState, ProjectState
from finance.models import Loan, Placement, Project
from patents.enums import PatentKind
from patents.enums.deals import DealState
from patents.models import Deal, DealContract, DealParty, MoneyReceived, Patent, Payout
from patents.queries.search import PatentSearch, find
from portal import clock
from portal.accounts.enums import OrganisationKind, RegistrationState, Role
from portal.accounts.models import Organisation, User
from portal.audit.models import AuditEntry
from portal.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from portal.demo.technical_fields import technical_fields
from portal.notices.models import Notice
from portal.outbox.models import Delivery, Endpoint
from portal.outbox.models import Event as OutboxEvent
from portal.regions import CITIES
from stats.models import (
    Chase,
    CityEvaluation,
    CitySheet,
    EvaluationAppeal,
    EvaluationScheme,
    IntensiveProduct,
    NavigationProject,
    Product,
    WorkTask,
)
from subsidies.models import Calculation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_data")]


def test_output_is_plain_lines_off_a_terminal(demo_data):
    assert demo_data.splitlines()[:2] == ["  单位和账号 116", "  专利 2000"]
    assert "\r" not in demo_data


def test_second_load_changes_nothing():
    before = (Patent.objects.count(), Demand.objects.count(), Application.objects.count(), AuditEntry.objects.count())
    output = StringIO()
    credentials_file().write_text('{"webhook_secret": "whsec_x"}', encoding="utf-8")

    call_command("load_demo", size="full", stdout=output)

    after = (Patent.objects.count(), Demand.objects.count(), Application.objects.count(), AuditEntry.objects.count())
    credentials_file().unlink()
    assert output.getvalue() == "演示数据已存在，未作更改。\n"
    assert after == before


def test_load_is_refused_in_production(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="生产环境"):
        call_command("load_demo")
    with pytest.raises(CommandError, match="生产环境"):
        call_command("demo_accounts")


def test_every_account_signs_in_but_the_pending_one(client):
    signed_in = {}
    for account in DEMO_ACCOUNTS:
        client.logout()
        page = client.post("/accounts/login/", {"username": account.username, "password": DEMO_PASSWORD})
        signed_in[account.username] = page.status_code == 302

    assert signed_in == {account.username: not account.is_pending for account in DEMO_ACCOUNTS}


@pytest.mark.parametrize("account", [account for account in DEMO_ACCOUNTS if account.role in {"province", "city"}])
def test_officials_reach_the_admin(client, account):
    client.force_login(User.objects.get(username=account.username), "django.contrib.auth.backends.ModelBackend")

    assert client.get("/admin/").status_code == 200


def test_only_the_shown_accounts_have_the_known_password():
    known = {user.username for user in User.objects.filter(is_active=True) if user.has_usable_password()}

    assert known == {account.username for account in DEMO_ACCOUNTS if not account.is_pending}


def test_organisations_of_every_kind_and_city():
    kinds = Counter(Organisation.objects.values_list("kind", flat=True))

    assert (kinds[OrganisationKind.AUTHORITY_CITY], kinds[OrganisationKind.SME], kinds[OrganisationKind.BANK]) == (
        16,
        80,
        4,
    )
    assert set(Organisation.objects.filter(kind="sme").values_list("city_code", flat=True)) == set(CITIES)
    assert Organisation.objects.filter(state=RegistrationState.PENDING).count() == 4


def test_pool_has_all_kinds_holders_and_can_be_searched():
    kinds = Counter(Patent.objects.values_list("kind", flat=True))

    assert set(kinds) == set(PatentKind)
    assert sum(kinds.values()) == 2000
    assert Patent.objects.filter(holder__isnull=False).count() > 1500
    assert find(PatentSearch(words="轮胎")).count > 10


def test_needs_are_in_all_states_and_matched_in_their_field():
    states = set(Demand.objects.values_list("state", flat=True))
    classes = {field.name: {symbol[:3] for symbol in field.ipc} for field in technical_fields()}
    best = Match.objects.filter(rank=1, demand__industry_name__in=classes)
    found = best.values_list("demand__industry_name", "patent__main_class")

    assert states == set(DemandState)
    assert not Demand.objects.filter(state=DemandState.PUBLISHED, match_state="waiting").exists()
    assert len(found) > 20
    assert [(name, main) for name, main in found if main[:3] not in classes[name]] == []


def test_both_sides_of_needs_have_spoken():
    assert set(Interest.objects.values_list("state", flat=True)) >= {"open", "accepted", "refused"}
    assert set(AdviserRequest.objects.values_list("state", flat=True)) == {"open", "arranged"}
    assert MaturityCase.objects.get().firm_count >= 3
    assert set(Judgement.objects.values_list("source", flat=True)) == {"refusal", "contact", "outcome"}
    assert set(Watch.objects.values_list("kind", flat=True)) == {"patent", "holder", "field"}
    assert TargetFigure.objects.count() >= 40


def test_projects_are_in_all_states_with_their_answers():
    assert set(Project.objects.values_list("state", flat=True)) == set(ProjectState)
    assert set(Placement.objects.values_list("state", flat=True)) == set(PlacementState)
    assert Loan.objects.count() >= 15
    assert len(set(Loan.objects.values_list("placement__project__city_code", flat=True))) >= 8


def test_account_of_the_firm_has_a_repaid_loan_with_its_calculation():
    for username in ("sme", "sme-qingdao"):
        loan = Loan.objects.get(placement__project__organisation__users__username=username)

        assert loan.repaid_on
        assert Calculation.objects.filter(loan=loan, purpose="claim").exists()


def test_account_of_the_firm_has_patents_left_to_pledge():
    firm = User.objects.get(username="sme").organisation
    free = Patent.objects.filter(holder=firm, legal_status="valid").exclude(projects__collateral__is_held=True)

    assert free.count() >= 2


def test_deals_are_in_all_states_and_years_with_money():
    years = {signed_on.year for signed_on in DealContract.objects.values_list("signed_on", flat=True)}
    cities = set(DealParty.objects.filter(side="giver").values_list("city_code", flat=True))
    university = User.objects.get(username="university")

    assert set(Deal.objects.values_list("state", flat=True)) == set(DealState)
    assert set(range(2021, clock.today().year + 1)) <= years
    assert len(cities) >= 6
    assert set(Deal.objects.visible_to(university).values_list("state", flat=True)) == set(DealState)
    assert MoneyReceived.objects.count() >= 30
    assert Payout.objects.exists()
    assert all(line["level"] == "warning" for one in DealContract.objects.all() for line in one.findings)


def test_history_is_real():
    assert AuditEntry.objects.filter(verb="融资项目入库").exists()
    assert OutboxEvent.objects.filter(name="finance.loan.lent").exists()
    assert Notice.objects.exists()
    assert {event.state for event in Event.objects.all()} == {"draft", "published", "cancelled"}


def test_sample_bank_has_its_endpoint_and_no_push_of_the_past():
    assert Endpoint.objects.count() == 1
    assert not Delivery.objects.filter(endpoint__isnull=False).exists()
    assert User.objects.filter(role=Role.BANK).count() == 4


def test_secrets_are_written_for_the_owner_only(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        connect_sample_bank(by=User.objects.get(username="province"))

    path = credentials_file()
    content = json.loads(path.read_text(encoding="utf-8"))
    output = StringIO()
    call_command("demo_accounts", stdout=output)
    path.unlink()
    assert set(content) == {"client_id", "client_secret", "webhook_secret", "portal_url", "port"}
    assert content["client_secret"] in output.getvalue()
    assert Application.objects.filter(client_id=content["client_id"], user__organisation__kind="bank").exists()


def test_changed_port_moves_the_endpoint_and_keeps_the_secrets(settings, django_capture_on_commit_callbacks):
    province = User.objects.get(username="province")
    with django_capture_on_commit_callbacks(execute=True):
        connect_sample_bank(by=province)
    before = json.loads(credentials_file().read_text(encoding="utf-8"))
    settings.SAMPLE_BANK_PORT = 9101

    with django_capture_on_commit_callbacks(execute=True):
        connect_sample_bank(by=province)

    after = json.loads(credentials_file().read_text(encoding="utf-8"))
    mode = stat.S_IMODE(credentials_file().stat().st_mode)
    credentials_file().unlink()
    assert after == before | {"port": 9101, "portal_url": "http://127.0.0.1:9100/"}
    assert Endpoint.objects.get().url == "http://127.0.0.1:9101/webhooks"
    assert mode == 0o600


def test_patent_products_are_in_every_state():
    states = Counter(Product.objects.values_list("state", flat=True))

    assert states == {"filed": 31, "cancelled": 1, "draft": 2, "submitted": 2, "returned": 1, "city_passed": 1}
    assert Counter(IntensiveProduct.objects.values_list("state", flat=True))["recognised"] >= 2


def test_the_work_plan_has_every_light_and_the_collections_every_state():
    lights = WorkTask.objects.with_light(clock.today()).values_list("light", flat=True)
    states = Counter(CitySheet.objects.filter(period__state="open").values_list("state", flat=True))

    assert {"red", "yellow", "green", "done"} >= set(lights) >= {"red", "yellow", "done"}
    assert set(states) == {"waiting", "submitted", "returned", "accepted"}
    assert Chase.objects.exclude(reply="").count() == 1


def test_navigation_and_evaluation_are_at_every_step():
    projects = Counter(NavigationProject.objects.values_list("state", flat=True))
    schemes = Counter(EvaluationScheme.objects.values_list("state", flat=True))
    waiting = CityEvaluation.objects.filter(scheme__state="published").values_list("state", flat=True)

    assert projects == {"accepted": 2, "running": 3}
    assert schemes == {"closed": 1, "published": 1}
    assert set(waiting) == {"waiting", "submitted", "returned", "scored"}
    assert EvaluationAppeal.objects.get().state == "upheld"
