"""Where the value of each field of a patent came from."""

from dataclasses import dataclass
from typing import Any

from patents.enums import SourceKind
from patents.models import Patent
from portal.sheets.models import SheetImport


@dataclass(frozen=True, slots=True)
class FieldSource:
    """One field with its source in words."""

    heading: str
    source: str


SHOWN = (
    "number", "publication_number", "title", "abstract", "main_class", "further_classes", "first_claim", "claim_count",
    "applicant_names", "inventor_names", "filed_on", "published_on", "granted_on", "priority_on", "priority_numbers",
    "agency_name", "agent_names",
    "fees_paid_through", "fee_reduction", "same_day_invention",
)  # fmt: skip

BESIDE = {"holders": "专利权人", "shares": "权利份额", "family": "同族专利"}
"""What is kept in rows of its own."""


def heading_of(field: str) -> str:
    """A field's name for people."""
    return str(Patent._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def sources_of(patent: Patent) -> list[FieldSource]:
    """The source of every field that has a value, in the order of the record."""
    imports = _imports(patent)
    found = [
        FieldSource(heading_of(name), _words(patent, name, imports))
        for name in SHOWN
        if getattr(patent, name) not in (None, "", [], "none")
    ]
    found += [
        FieldSource(heading, _words(patent, name, imports))
        for name, heading in BESIDE.items()
        if name in patent.field_sources
    ]
    return found


def _imports(patent: Patent) -> dict[int, SheetImport]:
    wanted = {source["import"] for source in patent.field_sources.values() if "import" in source}
    if patent.source_import_id:
        wanted.add(patent.source_import_id)
    return SheetImport.objects.only("file_name", "sheet_name", "created_at").in_bulk(wanted) if wanted else {}


def _words(patent: Patent, name: str, imports: dict[int, SheetImport]) -> str:
    source: dict[str, Any] = patent.field_sources.get(name) or patent.field_sources.get(f"{name}_id") or {}
    if not source:
        if patent.source_import_id is None:
            return "平台录入"
        source = {"kind": "sheet", "import": patent.source_import_id, "row": patent.source_row}
    if source["kind"] == SourceKind.SHEET:
        sheet = imports[source["import"]]
        cell = f"{source['column']}{source['row']} 单元格" if source.get("column") else f"第 {source['row']} 行"
        return f"{sheet.file_name}，工作表“{sheet.sheet_name}”，{cell}"
    return f"{SourceKind(source['kind']).label}（{source['on']}）"
