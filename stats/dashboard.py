"""The officials' home: what waits for them, and since when."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Model
from django.http import HttpRequest
from django.urls import reverse

from demand.enums import AdviserState, DemandState, MaturityState
from demand.models import AdviserRequest, Demand, MaturityCase
from demand.queries.progress import matching_progress
from events.enums import ReportState
from events.models import EventReport
from finance.enums import ComplaintState, DifferenceState, LossState, PlacementState, PledgeState, ProjectState
from finance.models import Complaint, Difference, LossClaim, Placement, PledgeRegistration, Project
from patents.enums.bodies import ActivityState
from patents.enums.cultivation import ApplicationState, CheckState
from patents.enums.evaluation import EvidenceState
from patents.enums.licences import OpenLicenceState
from patents.enums.prefiling import AdoptionState
from patents.enums.recognition import RecognitionState
from patents.enums.reform import ReformState
from patents.enums.window import CaseState
from patents.models import (
    BodyActivity,
    CentreApplication,
    CentreCheck,
    HighValueEvidence,
    OpenLicence,
    PrefilingAdoption,
    Recognition,
    RightsReform,
    WindowCase,
)
from portal import clock
from portal.accounts.enums import RegistrationState, Role
from portal.accounts.models import Organisation
from portal.outbox.models import Delivery, DeliveryState
from stats.enums.collection import SheetState
from stats.enums.evaluation import AppealState, EvaluationState
from stats.enums.figures import FlagState, ReceiptState
from stats.enums.navigation import ApplicationState as NavigationState
from stats.enums.products import IntensiveState, ProductState, YearState
from stats.enums.workplan import MilestoneState
from stats.models import (
    BulletinReceipt,
    CityEvaluation,
    CitySheet,
    EvaluationAppeal,
    IntensiveProduct,
    Milestone,
    NavigationApplication,
    NavigationMilestone,
    Product,
    ProductYear,
    Suspicion,
)
from subsidies.enums import ClaimState, ObjectionState, ReexaminationState
from subsidies.models import Claim, Objection, Reexamination

LATE_AFTER = dt.timedelta(days=5)
"""A review that waits longer is shown as late (own default, calendar days)."""

BOTH = frozenset({Role.PROVINCE, Role.CITY})
PROVINCE = frozenset({Role.PROVINCE})
CITY = frozenset({Role.CITY})
FINANCE = frozenset({Role.FINANCE})


@dataclass(frozen=True, slots=True)
class Waiting:
    """One state of one model in which rows wait for an official of `roles`; `since` is the field that says since when."""

    label: str
    model: type[Model]
    state: str
    since: str
    roles: frozenset[str]

    def queue(self, user: Any) -> "Queue":
        """Count the rows that `user` may see; one query."""
        rows: Any = self.model._default_manager.all()
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(user)
        found = rows.filter(state=self.state).order_by().aggregate(count=Count("pk"), oldest=Min(self.since))
        address = f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_changelist"
        return Queue(self.label, f"{reverse(address)}?state__exact={self.state}", found["count"], found["oldest"])


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows of one kind that wait."""

    label: str
    url: str
    count: int
    oldest: dt.datetime | None

    @property
    def days(self) -> int:
        return (clock.now() - self.oldest).days if self.oldest else 0

    @property
    def is_late(self) -> bool:
        return self.oldest is not None and clock.now() - self.oldest > LATE_AFTER


WAITING = (
    Waiting("待审核单位", Organisation, RegistrationState.PENDING, "created_at", BOTH),
    Waiting("待审核需求", Demand, DemandState.SUBMITTED, "created_at", BOTH),
    Waiting("待安排的对接顾问", AdviserRequest, AdviserState.OPEN, "made_at", BOTH),
    Waiting("待审核融资项目", Project, ProjectState.SUBMITTED, "submitted_at", BOTH),
    Waiting("待银行答复", Placement, PlacementState.PUSHED, "pushed_at", BOTH),
    Waiting("待答复的企业投诉", Complaint, ComplaintState.OPEN, "made_at", BOTH),
    Waiting("待补正的质押登记", PledgeRegistration, PledgeState.CORRECTION, "created_at", BOTH),
    Waiting("待处理的对账差异", Difference, DifferenceState.OPEN, "statement__received_at", PROVINCE),
    Waiting("待核定的风险损失", LossClaim, LossState.FOUND, "created_at", PROVINCE),
    Waiting("待拨付的风险补偿", LossClaim, LossState.APPROVED, "created_at", FINANCE),
    Waiting("待受理登记窗口事项", WindowCase, CaseState.SUBMITTED, "submitted_at", BOTH),
    Waiting("已受理待转登记窗口事项", WindowCase, CaseState.ACCEPTED, "submitted_at", BOTH),
    Waiting("待审核开放许可", OpenLicence, OpenLicenceState.SUBMITTED, "updated_at", BOTH),
    Waiting("待核实高价值证明", HighValueEvidence, EvidenceState.WAITING, "created_at", BOTH),
    Waiting("待市级审核的企业认定", Recognition, RecognitionState.SUBMITTED, "submitted_at", CITY),
    Waiting("待省级认定的企业", Recognition, RecognitionState.RECOMMENDED, "submitted_at", PROVINCE),
    Waiting("待审查培育中心申报", CentreApplication, ApplicationState.SUBMITTED, "submitted_at", PROVINCE),
    Waiting("专家评审中的培育中心申报", CentreApplication, ApplicationState.IN_REVIEW, "submitted_at", PROVINCE),
    Waiting("待核查培育中心年报", CentreCheck, CheckState.SUBMITTED, "submitted_at", PROVINCE),
    Waiting("待核实申请前评估制度", PrefilingAdoption, AdoptionState.SUBMITTED, "submitted_at", PROVINCE),
    Waiting("待核实权益改革", RightsReform, ReformState.SUBMITTED, "submitted_at", PROVINCE),
    Waiting("待核实运营机构工作", BodyActivity, ActivityState.SUBMITTED, "submitted_at", PROVINCE),
    Waiting("成熟度待培育专利", MaturityCase, MaturityState.OPEN, "opened_at", PROVINCE),
    Waiting("待市级审核的补贴", Claim, ClaimState.SUBMITTED, "submitted_at", CITY),
    Waiting("待省级审核的补贴", Claim, ClaimState.CITY_PASSED, "submitted_at", PROVINCE),
    Waiting("待公示的补贴", Claim, ClaimState.APPROVED, "decided_at", PROVINCE),
    Waiting("待处理公示异议", Objection, ObjectionState.OPEN, "created_at", PROVINCE),
    Waiting("待办复核", Reexamination, ReexaminationState.OPEN, "requested_at", PROVINCE),
    Waiting("待财政审核的补贴", Claim, ClaimState.PROVINCE_PASSED, "submitted_at", FINANCE),
    Waiting("待拨付的补贴", Claim, ClaimState.PAYABLE, "decided_at", FINANCE),
    Waiting("待市级审核的专利产品", Product, ProductState.SUBMITTED, "submitted_at", CITY),
    Waiting("待省级备案的专利产品", Product, ProductState.CITY_PASSED, "submitted_at", PROVINCE),
    Waiting("待审查的专利密集型产品", IntensiveProduct, IntensiveState.SUBMITTED, "submitted_at", PROVINCE),
    Waiting("待核实的专利产品年度数据", ProductYear, YearState.SUBMITTED, "submitted_at", CITY),
    Waiting("逾期未报的活动总结", EventReport, ReportState.OVERDUE, "due_at", BOTH),
    Waiting("待核实的任务节点", Milestone, MilestoneState.REPORTED, "reported_at", PROVINCE),
    Waiting("退回补充的任务节点", Milestone, MilestoneState.RETURNED, "reported_at", CITY),
    Waiting("待审核的采集数据", CitySheet, SheetState.SUBMITTED, "submitted_at", PROVINCE),
    Waiting("退回修改的采集数据", CitySheet, SheetState.RETURNED, "submitted_at", CITY),
    Waiting("待填报的采集表", CitySheet, SheetState.WAITING, "period__opened_at", CITY),
    Waiting("待审查的专利导航申报", NavigationApplication, NavigationState.SUBMITTED, "submitted_at", PROVINCE),
    Waiting("专家评审中的专利导航申报", NavigationApplication, NavigationState.IN_REVIEW, "submitted_at", PROVINCE),
    Waiting("待核查的专利导航节点", NavigationMilestone, MilestoneState.REPORTED, "reported_at", PROVINCE),
    Waiting("待评审的年度自评", CityEvaluation, EvaluationState.SUBMITTED, "submitted_at", PROVINCE),
    Waiting("待处理的评价申诉", EvaluationAppeal, AppealState.OPEN, "made_at", PROVINCE),
    Waiting("待报送的年度自评", CityEvaluation, EvaluationState.WAITING, "scheme__published_at", CITY),
    Waiting("退回补充的年度自评", CityEvaluation, EvaluationState.RETURNED, "submitted_at", CITY),
    Waiting("待核实的存疑交易", Suspicion, FlagState.OPEN, "found_at", PROVINCE),
    Waiting("待签收的通报", BulletinReceipt, ReceiptState.WAITING, "sent_at", CITY),
    Waiting("停止重试的推送", Delivery, DeliveryState.DEAD, "next_try_at", PROVINCE),
)


def callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the queues of who is signed in to the context of the admin's home: those with rows, the longest wait first."""
    user: Any = request.user
    queues = list(_queues(user))
    waiting = sorted((queue for queue in queues if queue.count), key=lambda queue: -queue.days)
    matching = matching_progress() if user.role == Role.PROVINCE else None
    return {**context, "waiting": waiting, "idle": [queue for queue in queues if not queue.count], "matching": matching}


def _queues(user: Any) -> Iterator[Queue]:
    for waiting in WAITING:
        if user.role in waiting.roles:
            yield waiting.queue(user)
