"""What surrounds the results: facets that narrow, chips that widen."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import QueryDict

from patents.classifications import IPC_SECTIONS, PATENT_INTENSIVE
from patents.enums import LegalStatus, PatentKind, TableKind, TransferWay
from patents.forms.search import PatentSearchForm
from patents.models import ReferenceRow, ReferenceTable
from patents.queries.industries import NOT_LOADED, sei_name, table_label
from patents.queries.search import Found
from portal import regions
from portal.accounts.models import Organisation

SHOWN = 16
ANYTHING_OF_PAGE = ("page",)
# Facet: its title and the parameter of the address.
_TITLES = {
    "kind": ("专利类型", "kind"),
    "status": ("法律状态", "status"),
    "ipc": ("国际专利分类", "ipc"),
    "sei": ("战略性新兴产业", "sei"),
    "intensive": ("专利密集型产业", "intensive"),
    "city": ("所在市", "city"),
    "holder": ("权利人", "org"),
    "way": ("转化方式", "way"),
    "maturity": ("技术成熟度", "maturity_from"),
    "licence": ("开放许可", "licence"),
}


def facets_of(found: Found, given: QueryDict) -> list[dict[str, Any]]:
    """Each facet with its values, their counts within the result, and the address that narrows to each."""
    counts = found.facets()
    tables = {table.kind: table for table in ReferenceTable.objects.filter(is_current=True)}
    labels = _labels(counts)
    return [
        {
            "title": title,
            "note": _note(facet, tables),
            "options": [
                {"query": _narrowed(given, facet, value), "label": labels[facet](value), "count": count}
                for value, count in _sorted(facet, counts[facet])
            ],
        }
        for facet, (title, _) in _TITLES.items()
    ]


def _sorted(facet: str, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    if facet in ("maturity", "sei", "intensive"):
        return sorted(counts.items())
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]


def _note(facet: str, tables: Mapping[str, ReferenceTable]) -> str:
    if facet == "sei":
        table = tables.get(TableKind.IPC_SEI)
        return NOT_LOADED if table is None else table_label(table)
    if facet == "intensive":
        used = [tables.get(kind) for kind in (TableKind.IPC_INDUSTRY, TableKind.INTENSIVE)]
        return f"参照关系表 {'、'.join(table.version for table in used if table)}" if all(used) else NOT_LOADED
    return ""


def _labels(counts: Mapping[str, Mapping[str, int]]) -> dict[str, Callable[[str], str]]:
    holders = dict(_sorted("holder", counts["holder"]))
    holder_names = {
        str(key): name for key, name in Organisation.objects.filter(pk__in=holders).values_list("pk", "name")
    }
    ipc = ipc_names(place for place, _ in _sorted("ipc", counts["ipc"]))
    return {
        "kind": dict(PatentKind.choices).__getitem__,
        "status": dict(LegalStatus.choices).__getitem__,
        "ipc": lambda place: f"{place} {ipc.get(place, '')}".strip(),
        "sei": sei_name,
        "intensive": lambda code: PATENT_INTENSIVE.get(code, code),
        "city": regions.name_of,
        "holder": lambda key: holder_names.get(key, "未知单位"),
        "way": dict(TransferWay.choices).__getitem__,
        "maturity": lambda level: f"{level} 级",
        "licence": lambda _: "已声明开放许可",
    }


def ipc_names(places: Iterable[str]) -> dict[str, str]:
    """Names of IPC places, of sections always, of others once a table of names was imported."""
    wanted = list(places)
    rows = ReferenceRow.objects.filter(
        table__kind=TableKind.IPC_NAMES, table__is_current=True, place__in=wanted
    ).values_list("place", "name")
    return {**{place: IPC_SECTIONS[place] for place in wanted if place in IPC_SECTIONS}, **dict(rows)}


def _narrowed(given: QueryDict, facet: str, value: str) -> str:
    query = given.copy()
    if facet == "maturity":
        query["maturity_from"] = query["maturity_to"] = value
    else:
        query[_TITLES[facet][1]] = value
    return without(query, *ANYTHING_OF_PAGE)


def without(given: QueryDict, *names: str) -> str:
    """The address's conditions without some, and without empty ones."""
    query = given.copy()
    for name in [*names, *(name for name in query if not query[name])]:
        query.pop(name, None)
    return query.urlencode()


def chips_of(form: PatentSearchForm, given: QueryDict) -> list[dict[str, str]]:
    """The conditions in force, each with the address that takes it away."""
    return [
        {"label": label, "query": without(given, name, *ANYTHING_OF_PAGE)} for name, label in conditions(form).items()
    ]


def conditions(form: PatentSearchForm) -> dict[str, str]:
    """Each condition of a search in words, by its parameter."""
    form.is_valid()
    found = {}
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if name == "sort" or value in (None, "", False):
            continue
        if name == "org":
            holder = Organisation.objects.filter(pk=value).values_list("name", flat=True).first()
            found[name] = f"权利人：{holder or '未知单位'}"
        elif value is True:
            found[name] = str(field.label)
        elif hasattr(field, "choices"):
            found[name] = f"{field.label}：{dict(field.choices)[value]}"
        else:
            found[name] = f"{str(field.label).removesuffix('（万元）')}：{form[name].value()}"
            if name.startswith("price"):
                found[name] += " 万元" if str(form[name].value()).replace(".", "").isdigit() else ""
    return found
