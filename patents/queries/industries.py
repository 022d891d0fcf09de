"""The strategic emerging industries of a patent, by the concordance that is current."""

from dataclasses import dataclass

from patents.classifications import PATENT_INTENSIVE, SEI, ipc_places
from patents.enums import TableKind
from patents.models import Patent, ReferenceRow, ReferenceTable
from patents.policy.industries import codes_of

OWN_MAPPING = "平台粗略对应（未经确认）"
NOT_LOADED = "参照关系表尚未导入，暂无产业标签"


@dataclass(frozen=True, slots=True)
class EmergingIndustries:
    """Each class that the concordance knows, with an industry; `table` is None until one was imported."""

    table: ReferenceTable | None
    found: tuple[tuple[str, str], ...]


def emerging_industries(patent: Patent) -> EmergingIndustries:
    """Read from the table itself, so a class that changed a moment ago counts. Two queries."""
    table = ReferenceTable.objects.filter(kind=TableKind.IPC_SEI, is_current=True).first()
    if table is None:
        return EmergingIndustries(None, ())
    places = {place for symbol in patent.classes for place in ipc_places(symbol)}
    mapping: dict[str, list[str]] = {}
    rows = ReferenceRow.objects.filter(table=table, place__in=places).order_by("code")
    for place, code in rows.values_list("place", "code"):
        mapping.setdefault(place, []).append(code)
    return EmergingIndustries(
        table, tuple((symbol, sei_name(code)) for symbol in patent.classes for code in codes_of(symbol, mapping))
    )


def sei_name(code: str) -> str:
    """Code and name; codes of the third level and below have the name of their second."""
    return f"{code} {SEI.get('.'.join(code.split('.')[:2]), '')}".strip()


def table_label(table: ReferenceTable) -> str:
    """What an industry rests on: a version of the official table, or the portal's own coarse mapping."""
    return OWN_MAPPING if table.is_own else f"参照关系表 {table.version}"


def emerging_tags(patent: Patent) -> str:
    """The stored strategic emerging industries with what they rest on; `industries__sei_table` is read."""
    tags = getattr(patent, "industries", None)
    if tags is None or not tags.sei_codes:
        return ""
    return f"{'、'.join(map(sei_name, tags.sei_codes))}（{table_label(tags.sei_table)}）"


def intensive_tags(patent: Patent) -> str:
    """The stored patent-intensive industries; `industries` is read."""
    tags = getattr(patent, "industries", None)
    return "、".join(PATENT_INTENSIVE.get(code, code) for code in tags.intensive_codes) if tags else ""
