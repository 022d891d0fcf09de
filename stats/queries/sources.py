"""From a counted row to the row of the other app that it was made of."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from patents.models import DealContract, DealPatent, MoneyReceived
from stats.enums.figures import FlagState, RowKind
from stats.models import CountedRow, Suspicion
from stats.services.rows import SUBJECTS

_ADMIN = {
    RowKind.LOAN: "finance_loan", RowKind.FIRM_LOAN: "finance_loan",
    RowKind.CENTRE: "patents_centre", RowKind.IP_STANDARD: "patents_recognition",
    RowKind.PROVINCIAL_DEMO: "patents_recognition", RowKind.INSTITUTION: "patents_provincialinstitution",
    RowKind.ADOPTION: "patents_prefilingadoption", RowKind.POOL: "patents_listing", RowKind.DEMAND: "demand_demand",
    RowKind.PROJECT: "finance_project", RowKind.EVENT: "events_event", RowKind.PRODUCT: "stats_product",
    RowKind.BASE: "events_trainingbase", RowKind.NAVIGATION: "stats_navigationproject",
    RowKind.HISTORY: "stats_historicfigure",
}  # fmt: skip
_DEAL = {
    RowKind.PATENT: (DealPatent, "交易专利"), RowKind.CONTRACT: (DealContract, "合同"), RowKind.MONEY: (MoneyReceived, "到账"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """The row itself, its page in the admin where there is one, and what stands against it."""

    label: str
    url: str
    suspicions: list[Suspicion]


def source_of(row: CountedRow) -> Source:
    """The source of a row. Two queries at most."""
    kind = RowKind(row.kind)
    if kind in _DEAL or kind == RowKind.FIRM_PATENT:
        label = _DEAL[kind][1] if kind in _DEAL else "交易"
        return Source(f"{label} {row.source_id}（{row.ref}）", _admin("patents_deal", row.scope_id), _suspicions(row))
    if kind == RowKind.FIRM_PAID:
        return Source(f"拨付明细 {row.source_id}（{row.ref}）", reverse("subsidies:claim", args=[row.ref]), [])
    return Source(f"{kind.label} {row.source_id}", _admin(_ADMIN[kind], row.source_id), _suspicions(row))


def _admin(model: str, pk: int) -> str:
    return reverse(f"admin:{model}_change", args=[pk])


def _suspicions(row: CountedRow) -> list[Suspicion]:
    for subject, (kinds, column) in SUBJECTS.items():
        if row.kind in kinds:
            found: Any = Suspicion.objects.filter(subject_kind=subject, subject_id=getattr(row, column))
            return list(found.exclude(state=FlagState.CLEARED))
    return []
