"""Alerts over collateral, as officials see them."""

from typing import Any

from django.utils.safestring import SafeString
from unfold.decorators import display

from finance.admin.parts import part
from finance.enums import Severity
from finance.models import CoverAlert
from portal.accounts.enums import OFFICIALS
from portal.ui.admin import ReadOnlyAdmin, admin


@admin.register(CoverAlert)
class CoverAlertAdmin(ReadOnlyAdmin):
    roles = OFFICIALS
    list_display = (
        "at",
        "project_ref",
        "institution",
        "shown_severity",
        "cause",
        "ratio_before",
        "ratio_after",
        "acknowledged_at",
    )
    list_filter = ("severity", ("acknowledged_at", admin.EmptyFieldListFilter))
    list_select_related = ("loan__placement__project", "loan__placement__institution")
    search_fields = ("=loan__placement__project__ref",)
    exclude = ("lines",)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "lines_table"]

    @display(description="项目编号")
    def project_ref(self, alert: CoverAlert) -> str:
        return alert.loan.placement.project.ref

    @display(description="金融机构")
    def institution(self, alert: CoverAlert) -> str:
        return alert.loan.placement.institution.name

    @display(
        description="等级",
        ordering="severity",
        label={Severity.CRITICAL.label: "danger", Severity.HIGH.label: "warning"},
    )
    def shown_severity(self, alert: CoverAlert) -> str:
        return alert.get_severity_display()

    @display(description="计算明细（折扣表未经确认）")
    def lines_table(self, alert: CoverAlert) -> SafeString:
        return part("cover", lines=alert.lines)
