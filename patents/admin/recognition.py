"""Recognitions of firms as officials see them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from patents.enums.recognition import RecognitionState
from patents.forms.recognition import DecisionForm
from patents.models import Recognition
from patents.queries import recognition as queries
from patents.services import recognition as services
from patents.workflow.recognition import RECOGNITION_FLOW
from portal import clock, regions
from portal.accounts.enums import OFFICIALS
from portal.attachments.models import Attachment
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin

SOON_DAYS = 90
"""A recognition that ends within so many days is shown as ending soon (own default)."""


def _may(state: str) -> Any:
    return lambda row, user: state in RECOGNITION_FLOW.next_states(row.state, actor=user)


class ValidityFilter(admin.SimpleListFilter):
    """By the clock of validity."""

    title = "有效期"
    parameter_name = "validity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("valid", "今天有效"), ("soon", f"{SOON_DAYS} 天内到期"), ("ended", "已到期")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        user: Any = request.user
        today = clock.today()
        if self.value() == "valid":
            return queryset.filter(pk__in=Recognition.objects.valid_on(today).values("pk"))
        if self.value() == "soon":
            return queryset.filter(pk__in=queries.ending_soon(user, days=SOON_DAYS).order_by().values("pk"))
        if self.value() == "ended":
            return queryset.filter(state=RecognitionState.RECOGNISED, valid_until__lt=today)
        return queryset


@admin.register(Recognition)
class RecognitionAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("ref", "firm_name", "kind", "city", "granted_on", "valid_until", "days_left_told", "state")
    list_filter = ("state", "kind", "source", ValidityFilter)
    search_fields = ("=ref", "=uscc", "firm_name", "=document_number")
    steps = (
        Step(
            "recommend", "推荐至省级", NoteForm,
            lambda row, by, data: services.recommend(recognition_id=row.pk, by=by, **data),
            _may(RecognitionState.RECOMMENDED),
        ),
        Step(
            "recognise", "认定", DecisionForm,
            lambda row, by, data: services.recognise_firm(recognition_id=row.pk, by=by, **data),
            _may(RecognitionState.RECOGNISED),
        ),
        Step(
            "return", "退回修改", ReasonForm,
            lambda row, by, data: services.return_recognition(recognition_id=row.pk, by=by, **data),
            _may(RecognitionState.RETURNED),
        ),
        Step(
            "refuse", "不予认定", ReasonForm,
            lambda row, by, data: services.refuse_recognition(recognition_id=row.pk, by=by, **data),
            _may(RecognitionState.REFUSED),
        ),
        Step(
            "revoke", "撤销认定", ReasonForm,
            lambda row, by, data: services.revoke_recognition(recognition_id=row.pk, by=by, **data),
            _may(RecognitionState.REVOKED),
        ),
    )  # fmt: skip

    @display(description="所在市", ordering="city_code")
    def city(self, row: Recognition) -> str:
        return regions.name_of(row.city_code)

    @display(description="剩余天数", ordering="valid_until")
    def days_left_told(self, row: Recognition) -> str:
        if row.state != RecognitionState.RECOGNISED or row.days_left is None:
            return "—"
        return f"{row.days_left} 天" if row.days_left >= 0 else f"已过期 {-row.days_left} 天"

    def handling_facts(self, row: Any) -> SafeString:
        """Show the application, its evidence and what the firm has."""
        context = {
            "row": row,
            "attachments": Attachment.objects.of(row),
            "others": Recognition.objects.filter(uscc=row.uscc)
            .exclude(pk=row.pk)
            .exclude(state=RecognitionState.DRAFT),
        }
        return render_to_string("patents/recognition/admin_facts.html", context)
