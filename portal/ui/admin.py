"""The admin that officials work in: bounded lists, nothing deleted, states moved only by services."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin

from portal import regions
from portal.accounts.enums import Role
from portal.errors import ServiceError

COUNT_LIMIT = 10_000


class BoundedPaginator(Paginator):
    """Counts at most COUNT_LIMIT rows, so that a list of a big table costs the same as one of a small."""

    @cached_property
    def count(self) -> int:
        rows: models.QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return len(rows.order_by().values_list("pk", flat=True)[:COUNT_LIMIT])


def is_money(field: Any) -> bool:
    """Whether the field holds an amount in yuan: its name says so."""
    return isinstance(field, models.DecimalField) and str(field.verbose_name).endswith("（元）")


def readable_field(field: Any) -> Callable[[models.Model], str] | None:
    """What a page that only shows a row says for a field, where the stored value is not in the reader's words.

    An amount in yuan to the fen, a rate or share in per cent, a city by its name, the words of several choices; None
    for a field whose value can stand as it is.
    """
    label = str(field.verbose_name)
    if is_money(field):
        return _shown(field, label, lambda amount: f"{amount:,.2f}")
    if isinstance(field, models.DecimalField) and field.name.endswith(("_rate", "share")):
        return _shown(field, label, lambda share: f"{(share * 100).normalize():f} %")
    if field.name == "city_code":
        return _shown(field, label.removesuffix("代码"), regions.name_of)
    if isinstance(field, ArrayField) and field.base_field.choices:
        words = dict(field.base_field.flatchoices)
        return _shown(field, label, lambda values: "、".join(str(words.get(value, value)) for value in values))
    return None


def _shown(field: "models.Field[Any, Any]", label: str, words: Callable[[Any], str]) -> Callable[[models.Model], str]:
    @admin.display(description=label, ordering=field.name, empty_value="-")
    def shown(row: models.Model) -> str:
        value = getattr(row, field.name)
        return words(value) if value not in (None, "") else ""

    shown.__name__ = field.name
    return shown


class PortalAdmin(ModelAdmin):
    """Base of every admin page.

    `roles` may look, `editor_roles` may add and change; rows are those of `visible_to(user)` where the model has it.
    """

    roles: frozenset[str] = frozenset({Role.PROVINCE})
    editor_roles: frozenset[str] = frozenset()
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    list_fullwidth = True
    warn_unsaved_form = True
    search_help_text = "输入关键词检索"

    def _has_role(self, request: HttpRequest, roles: frozenset[str]) -> bool:
        user = request.user
        return bool(user.is_authenticated and user.is_active and user.is_staff and user.role in roles)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._has_role(request, self.roles)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._has_role(request, self.roles)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._has_role(request, self.editor_roles)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._has_role(request, self.editor_roles)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def get_action_choices(self, request: HttpRequest, *given: Any) -> list[tuple[str, str]]:
        """The actions, after an invitation in Chinese."""
        _, *actions = super().get_action_choices(request, *given)
        return [("", "选择操作"), *actions]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns, amounts of money with thousands separators."""
        return [self._readable(name) for name in super().get_list_display(request)]

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """The fields; in the reader's words where the row is only looked at."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return sets
        known = {field.name: readable_field(field) for field in self.model._meta.fields}
        return [
            (name, {**options, "fields": [_in_words(one, known) for one in options["fields"]]})
            for name, options in sets
        ]

    def _readable(self, column: Any) -> Any:
        fields = {field.name: field for field in self.model._meta.fields}
        field = fields.get(column) if isinstance(column, str) else None
        return readable_field(field) if is_money(field) else column

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        # Django would go to the front page with a message; a row of another city is simply not there.
        raise Http404

    def run_for_each(self, request: HttpRequest, rows: models.QuerySet[Any], service: Any, done: str) -> None:
        """Call `service(row)` for each selected row, tell how many went well and why each other did not."""
        succeeded = 0
        for row in rows:
            try:
                service(row)
            except ServiceError as refusal:
                messages.error(request, f"{row}：{refusal.message}")
            else:
                succeeded += 1
        if succeeded:
            messages.success(request, f"{done}：{succeeded} 项。")


def _in_words(one: Any, known: dict[str, Any]) -> Any:
    if isinstance(one, list | tuple):
        return [_in_words(name, known) for name in one]
    return (known.get(one) or one) if isinstance(one, str) else one


class ReadOnlyAdmin(PortalAdmin):
    """Rows that only services write."""

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        hidden = self.exclude or ()
        return [
            field.name
            for field in self.model._meta.fields
            if not isinstance(field, models.AutoField) and field.name not in hidden
        ]


__all__ = ["PortalAdmin", "ReadOnlyAdmin", "admin"]
