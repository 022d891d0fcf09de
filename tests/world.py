"""One small world with a row of each kind and a visitor of each role, for tests that visit every address."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from demand.models import Demand
from demand.services import ask_adviser
from events.models import Event
from finance import services as finance
from finance.models import Complaint, Loan, Project
from patents.imports import jobs
from patents.models import Acceptance, Evaluation, Patent, PatentParty
from patents.services import record_event, save_offer
from portal import clock
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.notices.models import Notice
from portal.sheets.models import SheetImport
from subsidies.services import calculate_interest
from tests.factories.accounts import bank_user, city_user, finance_user, holder_user, province_user, sme_user
from tests.factories.api import BankClient
from tests.factories.demand import DemandFactory, gear_patent, matched_demand
from tests.factories.evaluation import owner_scored
from tests.factories.finance import ProjectFactory, lent_project, submitted_project
from tests.factories.licences import accepted, published
from tests.factories.outbox import endpoint
from tests.factories.patents import OFFER, announced
from tests.factories.policy import load_shipped
from tests.sheets import builders
from tests.world_events import event_rows
from tests.world_finance import finance_rows
from tests.world_money import money_rows
from tests.world_numbers import number_rows
from tests.world_programme import programme_rows
from tests.world_supply import answers_of, supply_rows
from tests.world_tables import table_rows, training_rows

PDF = b"%PDF-1.7\n%%EOF\n"
SHEET = [["专利名称", "申请号"], ["一种夹具", "201710601862.3"], ["错位", "201710601862.4"]]


@dataclass
class World:
    """`users` by the name of the visitor; `machine` calls as a bank's program."""

    users: dict[str, User]
    machine: BankClient
    demand: Demand
    draft: Demand
    patent: Patent
    party: PatentParty
    project: Project
    draft_project: Project
    notice: Notice
    event: Event
    upload: SheetImport
    attachment: Attachment
    acceptance: Acceptance
    evaluation: Evaluation
    # What an address names, by the part of the address that names it.
    keys: dict[str, Any] = field(default_factory=dict)


def make_world(folder):
    """Everything belongs to visitors `sme`, `holder` and `city`; the `other_...` may see none of it."""
    load_shipped()
    users = {
        "sme": sme_user(username="firm"),
        "other_sme": sme_user(username="other-firm"),
        "holder": holder_user(username="holder"),
        "other_holder": holder_user(username="other-holder"),
        "city": city_user("370100", username="city"),
        "other_city": city_user("370200", username="other-city"),
        "province": province_user(username="province"),
        "finance": finance_user(username="finance"),
        "bank": bank_user(username="bank"),
    }
    firm, holder, bank = users["sme"], users["holder"], users["bank"]
    endpoint(organisation=bank.organisation)
    patent = gear_patent(holder=holder.organisation, applicant_names=holder.organisation.name)
    party = hang_rows_on(patent, by=users["province"])
    project, _ = lent_project(bank=bank, firm_user=firm)
    _watch(project, bank)
    known = finance_rows(project, firm=firm, bank=bank, city=users["city"])
    calculate_interest(loan_id=project.placements.get(loan__isnull=False).loan.pk, purpose="forecast")
    submitted_project(firm_user=firm)
    # Another patent: what hangs on the first stands against an open licence.
    licence, _ = published(holder)
    demand = matched_demand(patent, organisation=firm.organisation)
    ask_adviser(demand_id=demand.pk, by=firm, message="请协助联系权利人。")
    event = _event(users["city"])
    return World(
        users=users,
        machine=BankClient(bank),
        demand=demand,
        draft=DemandFactory(organisation=firm.organisation),
        patent=patent,
        party=party,
        project=project,
        draft_project=ProjectFactory(organisation=firm.organisation),
        notice=Notice.objects.filter(recipient=firm.organisation).first(),
        event=event,
        upload=_upload(holder, folder),
        acceptance=accepted(licence, firm)[0],
        evaluation=owner_scored(holder=holder, patent=patent)[0],
        attachment=attachments.attach(
            target=project, purpose="其他", file=SimpleUploadedFile("a.pdf", PDF), file_name="a.pdf", by=firm
        ),
        keys=known
        | answers_of(demand, patent, firm=firm, holder=holder)
        | supply_rows(firm=firm, holder=holder)
        | money_rows(firm=firm, city=users["city"])
        | programme_rows(firm=firm, holder=holder, city=users["city"])
        | event_rows(event, patent, firm=firm, city=users["city"])
        | table_rows(event, firm=firm, holder=holder, official=users["city"])
        | training_rows(firm=firm, holder=holder, province=users["province"])
        | number_rows(
            loan=Loan.objects.get(placement__project=project),
            province=users["province"],
            city=users["city"],
            upload=SheetImport.objects.latest("pk"),
        ),
    )


def _watch(project, bank):
    """A cover, a statement that differs and a complaint."""
    Complaint.objects.create(
        placement=project.placements.get(loan__isnull=False),
        text="两周没有消息",
        made_by=project.organisation.users.first(),
    )
    loan = Loan.objects.get(placement__project=project)
    finance.review_cover(loan=loan, cause="放款时")
    finance.take_statement(institution=bank.organisation, number="DZ1", day=clock.today(), lines=[], by=bank)


def hang_rows_on(patent, *, by):
    """An offer, a legal event and a co-owner of the patent; the co-owner's row."""
    save_offer(patent_id=patent.pk, by=by, offer=OFFER)
    record_event(patent_id=patent.pk, event=announced("PP01", dt.date(2026, 3, 2)), by=by)
    patent.parties.create(role="applicant", position=1, name=patent.applicant_names, organisation=patent.holder)
    return patent.parties.create(role="applicant", position=2, name="共有公司")


def _event(official):
    starts_at = clock.now() + dt.timedelta(days=8)
    return Event.objects.create(
        kind="matching",
        title="海洋装备与海工技术供需对接会",
        summary="院所与企业按匹配结果分桌洽谈。",
        organiser=official.organisation,
        city_code="370100",
        place="会议中心",
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=3),
        state="published",
    )


def _upload(holder, folder):
    client = Client()
    client.force_login(holder)
    content = builders.xlsx(folder / "list.xlsx", SHEET).read_bytes()
    client.post("/patents/uploads/", {"file": SimpleUploadedFile("list.xlsx", content)})
    received = SheetImport.objects.latest("pk")
    jobs.check_sheet(import_id=received.pk)
    received.refresh_from_db()
    return received


def newest(app_label, model_name):
    """The key of one row of a model, or 0 when the world has none.

    Models of rule versions share a table: of each, a row of its own kinds, whichever was written last.
    """
    model = apps.get_model(app_label, model_name)
    rows = model._default_manager.all()
    if model._meta.proxy and hasattr(rows, "visible_to"):
        rows = rows.visible_to(User.objects.get(username="province"))
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0
