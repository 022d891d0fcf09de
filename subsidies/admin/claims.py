"""Claims and what hangs on them, as officials handle them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.accounts.enums import OFFICIALS, Role
from portal.attachments.models import Attachment
from portal.ui.admin import ReadOnlyAdmin
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin
from subsidies import services
from subsidies.enums import ClaimState, ObjectionState, ReexaminationState, Verdict
from subsidies.forms.officials import (
    AnswerForm,
    ClawBackForm,
    CommentForm,
    CorrectionsForm,
    DayForm,
    DeclaredForm,
    ReasonsForm,
    SiteCheckForm,
    VerdictForm,
)
from subsidies.models import (
    Bar,
    Claim,
    DoubleFinding,
    Objection,
    OtherPayment,
    Recovery,
    Recusal,
    Reexamination,
    SiteCheck,
)
from subsidies.policy.fact_labels import fact_rows
from subsidies.queries.documents import documents_of
from subsidies.services.claims import COMPUTABLE
from subsidies.services.review import COMMENTABLE
from subsidies.workflow import CLAIM_FLOW


def _to(*states: str) -> Any:
    """Open to who may move the row to one of the states now."""
    return lambda row, user: bool(set(states) & set(CLAIM_FLOW.next_states(row.state, actor=user)))


@admin.register(Claim)
class ClaimAdmin(HistoryMixin, HandlingAdmin):
    """Each officer sees the steps of the own stage."""

    roles = OFFICIALS
    list_display = ("ref", "organisation", "kind", "year", "amount", "approved_amount", "state", "submitted_at")
    list_filter = ("state", "kind", "year", "source")
    list_select_related = ("organisation",)
    search_fields = ("=ref", "=organisation__uscc", "organisation__name")
    steps = (
        Step(
            "pass", "审核通过", DeclaredForm,
            lambda row, by, data: services.pass_claim(claim_id=row.pk, by=by, **data),
            _to(ClaimState.CITY_PASSED, ClaimState.PROVINCE_PASSED),
        ),
        Step(
            "approve", "财政核定", DeclaredForm,
            lambda row, by, data: services.approve_claim(claim_id=row.pk, by=by, **data),
            _to(ClaimState.APPROVED),
        ),
        Step(
            "comment", "逐项意见", CommentForm,
            lambda row, by, data: services.comment(claim_id=row.pk, by=by, **data), _to(ClaimState.RETURNED),
        ),
        Step(
            "return", "退回补正", ReasonForm,
            lambda row, by, data: services.return_claim(claim_id=row.pk, by=by, **data), _to(ClaimState.RETURNED),
        ),
        Step(
            "publish", "开始公示", NoteForm,
            lambda row, by, _: services.publish_claim(claim_id=row.pk, by=by), _to(ClaimState.PUBLICITY),
        ),
        Step(
            "refuse", "不予支持", ReasonForm,
            lambda row, by, data: services.refuse_claim(claim_id=row.pk, by=by, **data), _to(ClaimState.REFUSED),
        ),
        Step(
            "compute", "重新计算", NoteForm,
            lambda row, by, _: services.compute_again(claim_id=row.pk, by=by),
            lambda row, user: user.role in (Role.PROVINCE, Role.CITY) and row.state in COMPUTABLE,
        ),
        Step(
            "claw_back", "追回资金", ClawBackForm,
            lambda row, by, data: services.claw_back(claim_id=row.pk, by=by, **data), _to(ClaimState.REVOKED),
        ),
        Step(
            "recuse", "声明回避", ReasonForm,
            lambda row, by, data: services.recuse(by=by, organisation_id=row.organisation_id, reason=data["note"]),
            lambda row, user: user.role in OFFICIALS and bool(row.pk),
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Never the account: officials see its last figures."""
        hidden = ("id", "account_encrypted", "given", "missing", "object_key")
        names = [field.name for field in Claim._meta.fields if field.name not in hidden]
        return [*names, "facts_shown"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything: services write."""
        return [*super().get_readonly_fields(request, obj), "facts_shown"]

    @admin.display(description="事实与计算")
    def facts_shown(self, row: Claim) -> SafeString:
        """What the officer decides on."""
        return self.handling_facts(row)

    def handling_facts(self, row: Claim) -> SafeString:
        """The newest calculation, what lacks, look-alikes, comments, documents."""
        newest = row.calculations.first()
        context = {
            "claim": row,
            "calculation": newest,
            "facts": fact_rows(newest.facts) if newest else [],
            "comments": [(dict(COMMENTABLE)[one.field], one) for one in row.comments.select_related("by")],
            "findings": row.findings.select_related("payment"),
            "attachments": Attachment.objects.of(row),
            "documents": documents_of(row),
            "site_check": SiteCheck.objects.filter(claim=row).first(),
        }
        return render_to_string("subsidies/admin/claim.html", context)


@admin.register(Objection)
class ObjectionAdmin(HandlingAdmin):
    """What the public said; the province answers."""

    roles = frozenset({Role.PROVINCE})
    list_display = ("claim", "name", "state", "created_at")
    list_filter = ("state",)
    list_select_related = ("claim__organisation",)
    steps = (
        Step(
            "answer", "处理异议", AnswerForm,
            lambda row, by, data: services.answer_objection(objection_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.PROVINCE and row.state == ObjectionState.OPEN,
        ),
    )  # fmt: skip


@admin.register(Reexamination)
class ReexaminationAdmin(HandlingAdmin):
    """Disputed results, the one due first on top; decided by somebody who did not review the claim."""

    roles = frozenset({Role.PROVINCE, Role.FINANCE})
    list_display = ("claim", "state", "requested_at", "due_on", "decided_by")
    list_filter = ("state",)
    list_select_related = ("claim__organisation", "decided_by")
    ordering = ("due_on", "-id")
    steps = (
        Step(
            "uphold", "维持原结果", ReasonsForm,
            lambda row, by, data: services.uphold(reexamination_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.PROVINCE and row.state == ReexaminationState.OPEN,
        ),
        Step(
            "correct", "更正事实并重新计算", CorrectionsForm,
            lambda row, by, data: services.correct(reexamination_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.PROVINCE and row.state == ReexaminationState.OPEN,
        ),
    )  # fmt: skip

    def handling_facts(self, row: Reexamination) -> SafeString:
        """The frozen calculation with its facts."""
        return render_to_string("subsidies/admin/reexamination.html", {"row": row, "calculation": row.calculation})


@admin.register(Recovery)
class RecoveryAdmin(HandlingAdmin):
    """Money asked back; the finance department records when it has come."""

    roles = frozenset({Role.PROVINCE, Role.FINANCE})
    list_display = ("claim", "amount", "decided_on", "received_on")
    list_select_related = ("claim__organisation",)
    steps = (
        Step(
            "received", "登记收回", DayForm,
            lambda row, by, data: services.record_recovery(recovery_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.FINANCE and row.received_on is None,
        ),
    )  # fmt: skip


@admin.register(DoubleFinding)
class DoubleFindingAdmin(HandlingAdmin):
    """Payments of other bodies that look like a claim of ours."""

    roles = OFFICIALS
    list_display = ("claim", "payment", "is_exact", "likeness", "verdict")
    list_filter = ("verdict", "is_exact")
    list_select_related = ("claim__organisation", "payment")
    steps = (
        Step(
            "decide", "甄别", VerdictForm,
            lambda row, by, data: services.decide_double(finding_id=row.pk, by=by, **data),
            lambda row, user: user.role in (Role.PROVINCE, Role.CITY) and row.verdict == Verdict.OPEN,
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        """Those of claims that the officer sees."""
        visible = Claim.objects.visible_to(request.user).values("pk")
        return super().get_queryset(request).filter(claim__in=visible)

    def handling_facts(self, row: DoubleFinding) -> SafeString:
        """Both, side by side."""
        return render_to_string("subsidies/admin/finding.html", {"row": row})


@admin.register(SiteCheck)
class SiteCheckAdmin(HandlingAdmin):
    """Claims drawn for a look on the spot."""

    roles = frozenset({Role.PROVINCE, Role.CITY})
    list_display = ("claim", "seed", "drawn_at", "checked_on", "passed")
    list_filter = ("passed",)
    list_select_related = ("claim__organisation",)
    steps = (
        Step(
            "record", "登记核查情况", SiteCheckForm,
            lambda row, by, data: services.record_site_check(check_id=row.pk, by=by, **data),
            lambda row, user: user.role != Role.FINANCE and row.passed is None,
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        """Those of claims that the officer sees."""
        visible = Claim.objects.visible_to(request.user).values("pk")
        return super().get_queryset(request).filter(claim__in=visible)


@admin.register(OtherPayment)
class OtherPaymentAdmin(ReadOnlyAdmin):
    """The ledger of what other bodies paid."""

    roles = frozenset({Role.PROVINCE, Role.FINANCE})
    list_display = ("payer", "firm_name", "uscc", "loan_ref", "patent_number", "amount", "paid_on")
    search_fields = ("=uscc", "=loan_key", "=patent_number", "firm_name")


@admin.register(Bar)
class BarAdmin(ReadOnlyAdmin):
    """Organisations that may not claim."""

    roles = frozenset({Role.PROVINCE, Role.FINANCE})
    list_display = ("organisation", "from_on", "until_on", "reason")
    list_select_related = ("organisation",)
    search_fields = ("=organisation__uscc", "organisation__name")


@admin.register(Recusal)
class RecusalAdmin(ReadOnlyAdmin):
    """Who does not decide about whom."""

    roles = frozenset({Role.PROVINCE})
    list_display = ("official", "organisation", "reason", "at")
    list_select_related = ("official", "organisation")
