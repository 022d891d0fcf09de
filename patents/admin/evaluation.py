"""Evaluations, evidence and indicator tables as officials see them."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from patents.enums.evaluation import EvaluationState, EvidenceState
from patents.forms.evaluation import ExpertForm, TableUploadForm
from patents.imports.evaluation_table import read_parameters
from patents.models import Evaluation, EvaluationTable, HighValueEvidence
from patents.queries import evaluation as queries
from patents.services import evaluation as services
from patents.services.evaluation_tables import TableHead, approve_table, draft_table
from patents.workflow.evaluation import EVIDENCE_FLOW
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.policy.models import RuleState
from portal.ui.admin import ReadOnlyAdmin, admin
from portal.ui.calls import tell
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin

REVIEWERS = frozenset({Role.CITY, Role.PROVINCE})


def _is_open(row: Any, _user: User) -> bool:
    return bool(row.state == EvaluationState.OPEN)


def _is_waiting(row: Any, user: User) -> bool:
    return bool(EVIDENCE_FLOW.next_states(row.state, actor=user))


EVALUATION_STEPS = (
    Step(
        "expert",
        "指派专家",
        ExpertForm,
        lambda row, by, given: services.ask_expert(ref=row.ref, by=by, **given),
        _is_open,
    ),
    Step(
        "rule", "按规则重新计算", NoteForm, lambda row, by, _given: services.score_by_rule(ref=row.ref, by=by), _is_open
    ),
    Step(
        "close",
        "完成并公开得分",
        NoteForm,
        lambda row, by, given: services.close_evaluation(ref=row.ref, by=by, **given),
        _is_open,
    ),
    Step(
        "cancel",
        "取消评价",
        ReasonForm,
        lambda row, by, given: services.cancel_evaluation(ref=row.ref, by=by, **given),
        _is_open,
    ),
)
EVIDENCE_STEPS = (
    Step(
        "confirm",
        "核实属实",
        NoteForm,
        lambda row, by, given: services.judge_evidence(evidence_id=row.pk, by=by, is_right=True, **given),
        _is_waiting,
    ),
    Step(
        "refuse",
        "不予认可",
        ReasonForm,
        lambda row, by, given: services.judge_evidence(evidence_id=row.pk, by=by, is_right=False, **given),
        _is_waiting,
    ),
)


@admin.register(Evaluation)
class EvaluationAdmin(HistoryMixin, HandlingAdmin):
    """The queue: rounds that are open, with who has scored and who was asked."""

    roles = REVIEWERS
    steps = EVALUATION_STEPS
    list_display = ("ref", "patent_title", "holder", "table", "scene", "state", "opened_on", "closed_on")
    list_filter = ("state", "scene")
    list_select_related = ("patent", "holder", "table")
    search_fields = ("=ref", "=patent__number", "holder__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A city decides about its own holders' rounds; one that it is an expert in it sees on the public side."""
        return Evaluation.objects.of_user(request.user)

    @display(description="专利")
    def patent_title(self, row: Evaluation) -> str:
        return row.patent.title

    def handling_facts(self, row: Evaluation) -> SafeString:
        """Show the scores apart and the experts asked."""
        scores = list(row.assessments.select_related("assessor__organisation").order_by("-id")[:50])
        context = {
            "evaluation": row,
            "by_scorer": queries.current_scores(scores),
            "tasks": row.tasks.select_related("expert__organisation"),
        }
        return render_to_string("patents/evaluation/admin_facts.html", context)


@admin.register(HighValueEvidence)
class HighValueEvidenceAdmin(HistoryMixin, HandlingAdmin):
    """Awards to confirm, and pledge financing as it was reported."""

    roles = REVIEWERS
    steps = EVIDENCE_STEPS
    list_display = ("name", "kind", "patent_title", "dated_on", "amount", "state")
    list_filter = ("state", "kind")
    list_select_related = ("patent",)
    search_fields = ("name", "=patent__number")

    @display(
        description="专利",
        label={EvidenceState.WAITING.label: "warning"},
    )
    def patent_title(self, row: HighValueEvidence) -> str:
        return row.patent.title


@admin.register(EvaluationTable)
class EvaluationTableAdmin(ReadOnlyAdmin):
    """Versions of indicator tables: drafted from a file, approved by another officer, frozen then."""

    actions_list = ("draft",)
    actions_detail = ("approve",)
    list_display = ("code", "title", "state", "confidence", "in_force_from", "drafted_by", "approved_by")
    list_filter = ("state",)
    list_select_related = ("drafted_by", "approved_by")
    search_fields = ("=code", "title")

    @action(description="导入指标表草案", url_path="draft", permissions=["draft"])
    def draft(self, request: HttpRequest) -> HttpResponse:
        """Keep the table of a file as a draft."""
        form = TableUploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                kept = _draft(request, form)
            except ServiceError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, f"指标表 {kept.code} 已存为草案，待另一名管理人员批准。")
                return redirect(reverse("admin:patents_evaluationtable_change", args=[kept.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": "导入评价指标表草案",
            "opts": self.opts,
            "form": form,
            "back": reverse("admin:patents_evaluationtable_changelist"),
        }
        return render(request, "patents/evaluation/admin_draft.html", context)

    @action(description="批准生效", url_path="approve", permissions=["approve"])
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once more, then put the draft in force."""
        row = self.get_object(request, str(object_id))
        address = reverse("admin:patents_evaluationtable_changelist")
        if row is None or request.method != "POST":
            context = {
                **self.admin_site.each_context(request),
                "title": f"批准指标表 {row}",
                "opts": self.opts,
                "table": row,
                "back": address,
            }
            return render(request, "patents/evaluation/admin_approve.html", context, status=200 if row else 404)
        try:
            approve_table(code=row.code, by=user_of(request))
        except ServiceError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"指标表 {row.code} 已生效，不能再修改。")
        return redirect(address)

    def has_draft_permission(self, request: HttpRequest) -> bool:
        """The province drafts."""
        return self.has_view_permission(request)

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """A draft can be approved; by whom, the service decides."""
        if not self.has_view_permission(request):
            return False
        return object_id is None or EvaluationTable.objects.filter(pk=object_id, state=RuleState.DRAFT).exists()


def _draft(request: HttpRequest, form: TableUploadForm) -> EvaluationTable:
    given = dict(form.cleaned_data)
    file = given.pop("file")
    standing = EvaluationTable.objects.filter(code=given["code"]).first()
    with tempfile.NamedTemporaryFile(suffix=Path(file.name).suffix) as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        shape = standing.parameters.get("shape") if standing else None
        parameters = read_parameters(Path(kept.name), shape=shape)
    return draft_table(by=user_of(request), head=TableHead(**given), parameters=parameters)
