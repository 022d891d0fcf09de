"""The yearly evaluation as the province runs it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.flow import Flow
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin
from stats.enums.evaluation import AppealState, EvaluationState, SchemeState
from stats.forms.evaluation import CodeForm, CriterionForm, DecisionForm, SchemeForm
from stats.models.evaluation import CityEvaluation, EvaluationAppeal, EvaluationScheme
from stats.queries import evaluation as queries
from stats.services import evaluation as services
from stats.workflow.evaluation import APPEAL_FLOW, EVALUATION_FLOW, SCHEME_FLOW


class ConfirmForm(NoteForm):
    """Nothing but the button: what is confirmed stands above it."""

    note = None  # type: ignore[assignment]


def _may(flow: Flow, state: str) -> Any:
    return lambda row, user: state in flow.next_states(row.state, actor=user)


def _is_draft(row: EvaluationScheme, user: User) -> bool:
    return user.role == Role.PROVINCE and row.state == SchemeState.DRAFT


@admin.register(EvaluationScheme)
class EvaluationSchemeAdmin(HistoryMixin, HandlingAdmin):
    """The province drafts a year's scheme, publishes it, announces the results and makes them final."""

    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    form = SchemeForm
    list_display = ("ref", "year", "title", "due_on", "sent", "scored", "state", "announced_on")
    list_filter = ("state",)
    search_fields = ("=ref", "title")
    steps = (
        Step(
            "add", "增加指标", CriterionForm,
            lambda row, by, data: services.add_criterion(scheme_id=row.pk, by=by, **data), _is_draft,
        ),
        Step(
            "drop", "删除指标", CodeForm,
            lambda row, by, data: services.drop_criterion(scheme_id=row.pk, by=by, **data), _is_draft,
        ),
        Step(
            "publish", "发布并通知各市自评", ConfirmForm,
            lambda row, by, _: services.publish_scheme(scheme_id=row.pk, by=by),
            _may(SCHEME_FLOW, SchemeState.PUBLISHED),
        ),
        Step(
            "announce", "公布结果", ConfirmForm,
            lambda row, by, _: services.announce(scheme_id=row.pk, by=by), _may(SCHEME_FLOW, SchemeState.ANNOUNCED),
        ),
        Step(
            "close", "定案", ConfirmForm,
            lambda row, by, _: services.close_scheme(scheme_id=row.pk, by=by), _may(SCHEME_FLOW, SchemeState.CLOSED),
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return queries.schemes(user_of(request)).filter(pk__in=super().get_queryset(request).values("pk"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What the form does not carry is written by services."""
        if obj is None:
            return []
        shown = ["ref", "state", "published_at", "announced_on", "appeal_until"]
        return shown if obj.state == SchemeState.DRAFT else [*SchemeForm.Meta.fields, *shown]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = ("ref", "state", "published_at", "announced_on", "appeal_until")
        return [*SchemeForm.Meta.fields, *([] if obj is None else shown)]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == SchemeState.DRAFT)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write."""
        saved = services.save_scheme(by=user_of(request), terms=form.terms(), scheme_id=obj.pk if change else None)
        obj.pk, obj.ref = saved.pk, saved.ref

    @display(description="已自评")
    def sent(self, row: Any) -> int:
        return int(row.sent_count)

    @display(description="已评分")
    def scored(self, row: Any) -> int:
        return int(row.scored_count)

    def handling_facts(self, row: Any) -> SafeString:
        """Show the criteria and the grades."""
        total = sum(one["max"] for one in row.criteria)
        return render_to_string("stats/evaluation/admin_scheme.html", {"scheme": row, "total": total})


@admin.register(CityEvaluation)
class CityEvaluationAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("scheme", "city_code", "self_total", "state", "submitted_at", "page")
    list_filter = ("state", "city_code", "scheme__year")
    list_select_related = ("scheme",)
    search_fields = ("scheme__title",)
    steps = (
        Step(
            "return", "退回补充", ReasonForm,
            lambda row, by, data: services.return_evaluation(evaluation_id=row.pk, by=by, **data),
            lambda row, user: row.scheme.state == SchemeState.PUBLISHED
            and _may(EVALUATION_FLOW, EvaluationState.RETURNED)(row, user),
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The province's points are shown once they are announced."""
        names = [field.name for field in CityEvaluation._meta.fields if field.name != "id"]
        hidden = {"scores", "reasons", "total", "grade", "scored_at", "scored_by"}
        if obj is not None and queries.sees_scores(user_of(request), obj.scheme):
            return names
        return [name for name in names if name not in hidden]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Without the row's history while the points are not announced: it would tell them."""
        row = self.get_object(request, str(object_id))
        if row is None or queries.sees_scores(user_of(request), row.scheme):
            return super().change_view(request, object_id, form_url, extra_context)
        shown: HttpResponse = HandlingAdmin.change_view(self, request, object_id, form_url, extra_context)
        return shown

    @display(description="评价页")
    def page(self, row: CityEvaluation) -> SafeString:
        return format_html('<a href="{}">打开</a>', row.get_absolute_url())

    def handling_facts(self, row: Any) -> SafeString:
        """Show the self-report and its evidence."""
        context = {"evaluation": row, "rows": queries.rows_of(row, with_scores=False)}
        return render_to_string("stats/evaluation/admin_city.html", context)


@admin.register(EvaluationAppeal)
class EvaluationAppealAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("evaluation", "label", "score_before", "score_after", "state", "made_at")
    list_filter = ("state", "evaluation__scheme__year")
    list_select_related = ("evaluation__scheme",)
    search_fields = ("label", "evaluation__scheme__title")
    steps = (
        Step(
            "decide", "处理申诉", DecisionForm,
            lambda row, by, data: services.decide_appeal(appeal_id=row.pk, by=by, **data),
            lambda row, user: _may(APPEAL_FLOW, AppealState.UPHELD)(row, user)
            and row.evaluation.scored_by_id != user.pk,
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show what the appeal is against."""
        rows = queries.rows_of(row.evaluation, with_scores=True)
        found = next((one for one in rows if one.criterion["code"] == row.criterion), None)
        return render_to_string("stats/evaluation/admin_appeal.html", {"appeal": row, "found": found})
