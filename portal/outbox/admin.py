"""What officials of the province see of the outbox: events, deliveries with their attempts, endpoints."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.admin import TabularInline
from unfold.decorators import action, display

from portal.accounts.enums import LENDER_KINDS, Role
from portal.accounts.models import Organisation
from portal.api.services import issue_credentials
from portal.errors import ServiceError
from portal.outbox import services
from portal.outbox.models import Attempt, Delivery, DeliveryState, Endpoint, Event
from portal.ui.admin import PortalAdmin, ReadOnlyAdmin, admin


class ReadOnlyInline(TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True  # whoever may look at the row it stands on


class AttemptInline(ReadOnlyInline):
    model = Attempt
    fields = readonly_fields = ("at", "status_code", "error", "duration_ms")
    show_change_link = False


class DeliveryInline(ReadOnlyInline):
    model = Delivery
    fields = readonly_fields = ("receiver", "state", "attempt_count", "next_try_at", "delivered_at", "last_error")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("ref", "name", "key", "created_at")
    search_fields = ("=ref", "=key", "=name")
    inlines = (DeliveryInline,)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = (
        "event",
        "key",
        "receiver_name",
        "shown_state",
        "attempt_count",
        "next_try_at",
        "delivered_at",
        "last_error",
    )
    list_filter = ("state",)
    list_select_related = ("event", "endpoint__organisation")
    search_fields = ("=key", "=event__ref", "=receiver")
    inlines = (AttemptInline,)
    actions = ("resend_selected",)

    @display(description="接收方")
    def receiver_name(self, delivery: Delivery) -> str:
        return str(delivery.endpoint.organisation) if delivery.endpoint else f"平台内部：{delivery.receiver}"

    @display(
        description="状态",
        ordering="state",
        label={
            DeliveryState.DEAD.label: "danger",
            DeliveryState.RETRYING.label: "warning",
            DeliveryState.DELIVERED.label: "success",
        },
    )
    def shown_state(self, delivery: Delivery) -> str:
        return delivery.get_state_display()

    @action(description="立即重新发送")
    def resend_selected(self, request: Any, rows: models.QuerySet[Delivery]) -> None:
        self.run_for_each(
            request,
            rows.order_by("pk"),
            lambda delivery: services.resend_delivery(delivery_id=delivery.pk, by=request.user),
            "已重新排队",
        )


class EndpointForm(forms.ModelForm):
    class Meta:
        model = Endpoint
        fields = ("organisation", "url", "uses_sm3", "is_active")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            services.check_url(url)
        except ServiceError as refusal:
            raise ValidationError(refusal.message) from refusal
        return url


@admin.register(Endpoint)
class EndpointAdmin(PortalAdmin):
    editor_roles = frozenset({Role.PROVINCE})
    form = EndpointForm
    list_display = ("organisation", "url", "is_active", "disabled_reason", "created_at")
    list_filter = ("is_active",)
    list_select_related = ("organisation",)
    readonly_fields: ClassVar = ["disabled_reason", "created_at"]
    actions = ("rotate_selected", "issue_selected")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["organisation", "url"] + (["uses_sm3", "is_active", "disabled_reason", "created_at"] if obj else [])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields, *(["organisation"] if obj else [])]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "organisation":
            kwargs["queryset"] = Organisation.objects.filter(kind__in=LENDER_KINDS, endpoint__isnull=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: Any, obj: Endpoint, form: Any, change: bool) -> None:
        if change:
            services.change_endpoint(
                endpoint_id=obj.pk, url=obj.url, is_active=obj.is_active, uses_sm3=obj.uses_sm3, by=request.user
            )
            return
        endpoint, request.shown_secret = services.create_endpoint(
            organisation=obj.organisation, url=obj.url, by=request.user
        )
        obj.pk = endpoint.pk

    def response_add(self, request: Any, obj: Endpoint, post_url_continue: str | None = None) -> HttpResponse:
        return self._show_once(request, obj, {"签名密钥": request.shown_secret})

    @action(description="更换签名密钥")
    def rotate_selected(self, request: Any, rows: models.QuerySet[Endpoint]) -> HttpResponse | None:
        endpoint = self._only(request, rows)
        if endpoint is None:
            return None
        return self._show_once(
            request, endpoint, {"签名密钥": services.rotate_secret(endpoint_id=endpoint.pk, by=request.user)}
        )

    @action(description="发放新的接口凭据（原凭据即刻失效）")
    def issue_selected(self, request: Any, rows: models.QuerySet[Endpoint]) -> HttpResponse | None:
        endpoint = self._only(request, rows)
        if endpoint is None:
            return None
        issued = issue_credentials(organisation=endpoint.organisation, by=request.user)
        return self._show_once(
            request, endpoint, {"client_id": issued.client_id, "client_secret": issued.client_secret}
        )

    def _only(self, request: HttpRequest, rows: models.QuerySet[Endpoint]) -> Endpoint | None:
        try:
            return rows.get()
        except Endpoint.MultipleObjectsReturned:
            messages.error(request, "每次只能选择一个端点。")
            return None

    def _show_once(self, request: HttpRequest, endpoint: Endpoint, secrets: dict[str, str]) -> HttpResponse:
        """Secrets go straight into the page: a message would lie in a cookie or a session first."""
        context = {**self.admin_site.each_context(request), "endpoint": endpoint, "secrets": secrets, "title": "密钥"}
        response = render(request, "outbox/secret.html", context)
        response["Cache-Control"] = "no-store"
        return response
