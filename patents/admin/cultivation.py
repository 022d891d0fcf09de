"""Calls, applications, centres and their grants and checks as officials see them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from patents.enums.cultivation import (
    ApplicationDocument,
    ApplicationState,
    CallState,
    CentreState,
    CheckState,
    ReviewState,
)
from patents.forms.cultivation import (
    CallForm,
    ExpertForm,
    GrantForm,
    GrantRuleForm,
    InstalmentForm,
    RecognitionForm,
)
from patents.models import Centre, CentreApplication, CentreCheck, CentreGrant, CultivationCall
from patents.queries import cultivation as queries
from patents.services import centres
from patents.services import cultivation as services
from patents.services.grant_rules import GrantRuleFacts, approve_grant_rule, draft_grant_rule
from patents.workflow.cultivation import APPLICATION_FLOW, CALL_FLOW, CENTRE_FLOW, CHECK_FLOW
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.attachments.forms import DocumentField
from portal.attachments.models import Attachment
from portal.flow import Flow
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin


class ConfirmForm(NoteForm):
    """Nothing but the button: what is confirmed stands above it."""

    note = None  # type: ignore[assignment]


class NoticeForm(NoteForm):
    """The notice of a call as a file."""

    note = None  # type: ignore[assignment]
    file = DocumentField(label="通知文件")


def _may(flow: Flow, state: str) -> Any:
    return lambda row, user: state in flow.next_states(row.state, actor=user)


def _is_province(row: Any, user: User) -> bool:
    return user.role == Role.PROVINCE


@admin.register(CultivationCall)
class CultivationCallAdmin(HistoryMixin, HandlingAdmin):
    """The province drafts, publishes and ends calls."""

    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    form = CallForm
    list_display = ("ref", "title", "opens_on", "closes_on", "quota", "applied_count", "recognised_count", "state")
    list_filter = ("state", "year")
    search_fields = ("=ref", "title")
    steps = (
        Step(
            "publish", "发布", NoteForm,
            lambda row, by, _: services.publish_call(call_id=row.pk, by=by), _may(CALL_FLOW, CallState.PUBLISHED),
        ),
        Step(
            "notice", "上传通知文件", NoticeForm,
            lambda row, by, data: services.attach_call_document(
                call_id=row.pk, by=by, file=data["file"], file_name=data["file"].name
            ),
            _is_province,
        ),
        Step(
            "close", "结束批次", NoteForm,
            lambda row, by, _: services.close_call(call_id=row.pk, by=by), _may(CALL_FLOW, CallState.CLOSED),
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = super().get_queryset(request)
        return queries.calls_with_counts().filter(pk__in=visible.values("pk")).order_by("-id")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What the form does not carry is written by services."""
        shown = ("ref", "state", "published_at", "min_experts", "spread_warning")
        is_editable = obj is None or obj.state == CallState.DRAFT
        return ([] if is_editable else list(CallForm.Meta.fields)) + ([] if obj is None else list(shown))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [
            *CallForm.Meta.fields,
            *([] if obj is None else ("ref", "state", "published_at", "min_experts", "spread_warning")),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == CallState.DRAFT)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write."""
        saved = services.save_call(by=user_of(request), terms=form.terms(), call_id=obj.pk if change else None)
        obj.pk, obj.ref = saved.pk, saved.ref

    @display(description="已申报")
    def applied_count(self, call: Any) -> int:
        return int(call.applied_count)

    @display(description="已认定")
    def recognised_count(self, call: Any) -> int:
        return int(call.recognised_count)

    def handling_facts(self, row: Any) -> SafeString:
        """Show the call and its notice."""
        return _part("call", call=row, attachments=Attachment.objects.of(row))


@admin.register(CentreApplication)
class CentreApplicationAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("ref", "name", "organisation", "call", "state", "submitted_at")
    list_filter = ("state", "applicant_kind", "call__year")
    list_select_related = ("organisation", "call")
    search_fields = ("=ref", "name", "organisation__name")
    steps = (
        Step(
            "expert", "指派专家", ExpertForm,
            lambda row, by, data: services.assign_expert(application_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.PROVINCE
            and row.state in (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW),
        ),
        Step(
            "recognise", "认定", RecognitionForm,
            lambda row, by, data: services.recognise(application_id=row.pk, by=by, **data),
            _may(APPLICATION_FLOW, ApplicationState.RECOGNISED),
        ),
        Step(
            "return", "退回修改", ReasonForm,
            lambda row, by, data: services.return_application(application_id=row.pk, by=by, **data),
            _may(APPLICATION_FLOW, ApplicationState.RETURNED),
        ),
        Step(
            "turn_down", "不予认定", ReasonForm,
            lambda row, by, data: services.turn_down(application_id=row.pk, by=by, **data),
            _may(APPLICATION_FLOW, ApplicationState.NOT_RECOGNISED),
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The city sees the application and its documents, the province the experts' points too."""
        names = [field.name for field in CentreApplication._meta.fields if field.name != "id"]
        return [*names, "documents", *(["judgements"] if user_of(request).role == Role.PROVINCE else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything is read-only: services write."""
        return [*super().get_readonly_fields(request, obj), "documents", "judgements"]

    @display(description="材料")
    def documents(self, application: CentreApplication) -> SafeString:
        return render_to_string("components/attachments.html", {"attachments": _labelled(application)})

    @display(description="专家评审")
    def judgements(self, application: CentreApplication) -> SafeString:
        """Every expert's points with the spread."""
        reviews = application.reviews.select_related("expert__organisation").order_by("id")
        return _part(
            "judgements",
            reviews=reviews,
            scored=[review for review in reviews if review.state == ReviewState.SCORED],
            table=queries.score_table(application),
            spread=queries.spread_of(application),
            call=application.call,
        )

    def handling_facts(self, row: Any) -> SafeString:
        """Show the application and what the experts said."""
        return _part("application", application=row, documents=self.documents(row), judgements=self.judgements(row))


@admin.register(Centre)
class CentreAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("number", "name", "organisation", "recognised_on", "valid_until", "state")
    list_filter = ("state", "recognised_on")
    list_select_related = ("organisation",)
    search_fields = ("=number", "name", "organisation__name")
    steps = (
        Step(
            "grant", "安排经费", GrantForm,
            lambda row, by, data: centres.approve_grant(centre_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.PROVINCE
            and row.state == CentreState.RECOGNISED
            and not CentreGrant.objects.filter(centre=row).exists()
            and _has_ceiling(row),
        ),
        Step(
            "draft_rule", "起草经费标准", GrantRuleForm,
            lambda _row, by, data: draft_grant_rule(by=by, facts=GrantRuleFacts(**data)),
            lambda row, user: user.role == Role.PROVINCE and row.state == CentreState.RECOGNISED
            and not _has_ceiling(row),
        ),
        Step(
            "approve_rule", "批准经费标准", ConfirmForm,
            lambda _row, by, _data: approve_grant_rule(by=by),
            lambda _row, user: user.role == Role.PROVINCE and _waits_for(user),
        ),
        Step(
            "renew", "续期", NoteForm,
            lambda row, by, data: centres.renew_centre(centre_id=row.pk, by=by, **data),
            _may(CENTRE_FLOW, CentreState.RECOGNISED),
        ),
        Step(
            "revoke", "撤销认定", ReasonForm,
            lambda row, by, data: centres.revoke_centre(centre_id=row.pk, by=by, **data),
            _may(CENTRE_FLOW, CentreState.REVOKED),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the centre, its grant and its years."""
        grant = CentreGrant.objects.filter(centre=row).select_related("rule").first()
        parts = grant.instalments.order_by("place") if grant else []
        return _part(
            "centre",
            centre=row,
            grant=grant,
            parts=parts,
            checks=row.checks.order_by("-year"),
            **_grant_rules(row),
        )


@admin.register(CentreGrant)
class CentreGrantAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("centre", "amount", "rule", "approved_on")
    list_select_related = ("centre", "rule")
    search_fields = ("=centre__number", "centre__name")
    steps = (
        Step(
            "paid", "登记拨付", InstalmentForm,
            lambda row, by, data: centres.record_instalment(grant_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.FINANCE and row.instalments.filter(paid_on__isnull=True).exists(),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the parts of the grant."""
        return _part("centre", centre=row.centre, grant=row, parts=row.instalments.order_by("place"), checks=[])


@admin.register(CentreCheck)
class CentreCheckAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("centre", "year", "high_value_count", "transferred_count", "income_amount", "state")
    list_filter = ("state", "year")
    list_select_related = ("centre",)
    search_fields = ("=centre__number", "centre__name")
    steps = (
        Step(
            "pass", "合格", NoteForm,
            lambda row, by, data: centres.pass_check(check_id=row.pk, by=by, **data),
            _may(CHECK_FLOW, CheckState.PASSED),
        ),
        Step(
            "return", "退回修改", ReasonForm,
            lambda row, by, data: centres.return_check(check_id=row.pk, by=by, **data),
            _may(CHECK_FLOW, CheckState.RETURNED),
        ),
        Step(
            "fail", "不合格", ReasonForm,
            lambda row, by, data: centres.fail_check(check_id=row.pk, by=by, **data),
            _may(CHECK_FLOW, CheckState.FAILED),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show the report and its evidence."""
        return _part("check", check=row, attachments=Attachment.objects.of(row))


def _has_ceiling(centre: Centre) -> bool:
    return queries.ceiling_of(queries.grant_rule_of(centre)) is not None


def _grant_rules(centre: Centre) -> dict[str, Any]:
    rule, waiting = queries.grant_rule_of(centre), queries.waiting_grant_rule()
    return {
        "rule": rule,
        "ceiling": queries.ceiling_of(rule),
        "waiting": waiting,
        "waiting_ceiling": queries.ceiling_of(waiting),
    }


def _waits_for(user: User) -> bool:
    waiting = queries.waiting_grant_rule()
    return waiting is not None and waiting.drafted_by_id != user.pk


def _labelled(application: CentreApplication) -> list[Attachment]:
    files = list(Attachment.objects.of(application))
    for file in files:
        file.label = ApplicationDocument(file.purpose).label  # type: ignore[attr-defined]
    return files


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"patents/cultivation/admin_{name}.html", context)
