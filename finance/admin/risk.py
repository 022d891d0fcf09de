"""Pools and losses as officials work them off."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from finance import services
from finance.admin.parts import part
from finance.enums import LossPaper, LossState, RiskParty
from finance.forms.risk import ContributionForm, EvidenceForm, PayForm, PoolForm, RecoveryForm
from finance.models import LossClaim, RiskPool
from finance.workflow.risk import LOSS_FLOW
from portal.accounts.enums import OFFICIALS, Role
from portal.attachments.models import Attachment
from portal.money import exact
from portal.ui.admin import admin
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin
from portal.ui.recording import RecordingAdmin

MONEY_KEEPERS = frozenset({Role.PROVINCE, Role.FINANCE})


def _may(state: str) -> Any:
    return lambda row, user: state in LOSS_FLOW.next_states(row.state, actor=user)


@admin.register(RiskPool)
class RiskPoolAdmin(HistoryMixin, RecordingAdmin, HandlingAdmin):
    form = PoolForm
    roles = OFFICIALS
    editor_roles = MONEY_KEEPERS
    list_display = ("name", "basis", "balance_amount", "opened_on")
    search_fields = ("name",)
    steps = (
        Step(
            "pay_in", "登记注入资金", ContributionForm,
            lambda row, by, data: services.pay_into_pool(pool_id=row.pk, by=by, **data),
            lambda _, user: user.role == Role.FINANCE,
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.with_balance()
        return found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*PoolForm.Meta.fields, *(["balance_amount", "entries_table"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The form adds; what stands is only looked at."""
        return [*super().get_readonly_fields(request, obj), "balance_amount", "entries_table"] if obj else []

    @display(description="余额（元）")
    def balance_amount(self, pool: RiskPool) -> str:
        return exact(pool.balance)

    @display(description="流水")
    def entries_table(self, pool: RiskPool) -> SafeString:
        rows = pool.entries.select_related("claim__loan__placement__project").order_by("-on", "-id")[:100]
        return part("pool_entries", entries=rows)

    def handling_facts(self, row: Any) -> SafeString:
        """What moved so far."""
        shown: SafeString = self.entries_table(row)
        return shown


@admin.register(LossClaim)
class LossClaimAdmin(HistoryMixin, HandlingAdmin):
    """The province approves, the finance department pays; both record what is recovered."""

    roles = OFFICIALS
    list_display = ("project_ref", "institution", "principal_loss", "loss_on", "rule", "shown_state", "paid_on")
    list_filter = ("state",)
    list_select_related = ("loan__placement__project", "loan__placement__institution", "rule")
    search_fields = ("=loan__placement__project__ref", "=loan__bank_ref")
    exclude = ("shares",)
    steps = (
        Step(
            "evidence", "上传证明材料", EvidenceForm,
            lambda row, by, data: services.attach_evidence(claim_id=row.pk, by=by, **data),
            lambda row, user: row.state == LossState.FOUND and user.role in (Role.PROVINCE, Role.CITY),
        ),
        Step(
            "approve", "核定", NoteForm,
            lambda row, by, data: services.approve_loss(claim_id=row.pk, by=by, **data),
            _may(LossState.APPROVED),
        ),
        Step(
            "pay", "拨付资金池分担部分", PayForm,
            lambda row, by, data: services.pay_loss(claim_id=row.pk, by=by, **data),
            _may(LossState.PAID),
        ),
        Step(
            "refuse", "不予补偿", ReasonForm,
            lambda row, by, data: services.refuse_loss(claim_id=row.pk, by=by, **data),
            _may(LossState.REFUSED),
        ),
        Step(
            "recover", "登记追偿", RecoveryForm,
            lambda row, by, data: services.record_loss_recovery(claim_id=row.pk, by=by, **data),
            lambda row, user: row.state == LossState.PAID and user.role in MONEY_KEEPERS,
        ),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "shares_table"]

    @display(description="项目编号")
    def project_ref(self, row: LossClaim) -> str:
        return row.loan.placement.project.ref

    @display(description="金融机构")
    def institution(self, row: LossClaim) -> str:
        return row.loan.placement.institution.name

    @display(
        description="状态",
        ordering="state",
        label={LossState.FOUND.label: "warning", LossState.PAID.label: "success"},
    )
    def shown_state(self, row: LossClaim) -> str:
        return row.get_state_display()

    @display(description="分担、证明与追偿")
    def shares_table(self, row: LossClaim) -> SafeString:
        labels, papers = dict(RiskParty.choices), dict(LossPaper.choices)
        return part(
            "loss",
            claim=row,
            shares=[(labels[party], amount) for party, amount in row.shares.items()],
            papers=[(papers.get(one.purpose, one.purpose), one) for one in Attachment.objects.of(row)],
            recoveries=[
                (one, [(labels[party], amount) for party, amount in one.shares.items()])
                for one in row.recoveries.order_by("id")
            ],
        )

    def handling_facts(self, row: Any) -> SafeString:
        """The loss, who bears what, and what proves it."""
        shown: SafeString = self.shares_table(row)
        return shown
