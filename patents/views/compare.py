"""Patents side by side."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from patents.models import Patent
from patents.numbers import parse_application_number
from patents.queries.industries import emerging_tags, intensive_tags
from patents.queries.legal import overlays_of
from patents.queries.offers import with_offers
from portal import regions
from portal.accounts.access import public
from portal.errors import Invalid

MAX_COMPARED = 4


@public
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four patents side by side; their numbers stand in the address (`n`), so that the page can be passed on."""
    asked = list(dict.fromkeys(text.strip() for text in request.GET.getlist("n") if text.strip()))
    addresses = list(dict.fromkeys(map(_address, asked)))
    shown = addresses[:MAX_COMPARED]
    found = {patent.address: patent for patent in _patents(shown)}
    patents = [found[address] for address in shown if address in found]
    problems = [
        f"没有找到“{text}”。" for text in asked[: MAX_COMPARED * 2] if _address(text) in set(shown) - set(found)
    ]
    if len(addresses) > MAX_COMPARED:
        problems.append(f"最多对比 {MAX_COMPARED} 件，只显示前 {MAX_COMPARED} 件。")
    columns = [
        {"patent": patent, "others": [other.address for other in patents if other is not patent]} for patent in patents
    ]
    context = {
        "columns": columns,
        "rows": _rows(patents),
        "problems": problems,
        "limit": MAX_COMPARED,
        "has_room": len(patents) < MAX_COMPARED,
    }
    return render(request, "patents/compare.html", context)


def _address(text: str) -> str:
    try:
        return parse_application_number(text).value
    except Invalid:
        return text.upper()


def _patents(addresses: list[str]) -> list[Patent]:
    numbers = [address for address in addresses if not address.startswith("CN")]
    published = [address[2:] for address in addresses if address.startswith("CN")]
    rows = Patent.objects.filter(number__in=numbers) | Patent.objects.filter(publication_number__in=published)
    return with_offers(rows.select_related("holder", "industries__sei_table").defer("search_tokens"))


def _rows(patents: list[Patent]) -> list[tuple[str, list[Any]]]:
    """Each fact in one row: its name and what each patent has."""
    return [(label, [value(patent) or "—" for patent in patents]) for label, value in _FACTS]


_FACTS: tuple[tuple[str, Any], ...] = (
    ("申请号", lambda patent: patent.display_number),
    ("专利类型", lambda patent: patent.get_kind_display()),
    ("法律状态", lambda patent: patent.get_legal_status_display()),
    ("法律负担", lambda patent: "、".join(sorted(str(overlay.label) for overlay in overlays_of(patent)))),
    ("申请日", lambda patent: patent.filed_on),
    ("授权公告日", lambda patent: patent.granted_on),
    ("主分类号", lambda patent: patent.main_class),
    ("其他分类号", lambda patent: "；".join(patent.further_classes)),
    ("战略性新兴产业", emerging_tags),
    ("专利密集型产业", intensive_tags),
    ("申请人", lambda patent: patent.applicant_names),
    ("权利人", lambda patent: patent.holder.name if patent.holder else ""),
    ("所在市", lambda patent: regions.name_of(patent.city_code) if patent.city_code else ""),
    ("技术成熟度", lambda patent: f"{patent.maturity} 级" if patent.maturity else ""),
    ("转化方式", lambda patent: patent.offered.ways),
    ("意向价格", lambda patent: patent.offered.price),
    ("摘要", lambda patent: patent.abstract),
)
