"""Bulletins: list, making one, reading one, its files, sending, receiving, correcting."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.ui.calls import act, run
from portal.ui.downloads import DOCX, XLSX, attachment
from stats.enums.figures import BulletinState, ReceiptState
from stats.forms.numbers import BulletinForm, RevisionForm
from stats.models import Bulletin
from stats.periods import FIRST_YEAR, QUARTERS
from stats.policy.bulletins import canonical, checksum_of, in_unit, percent
from stats.queries.bulletins import period_label
from stats.services import Text, freeze_bulletin, receive_bulletin, revise_bulletin, send_bulletin
from stats.views.common import REFUSED

readers = roles(Role.PROVINCE, Role.CITY)
province = roles(Role.PROVINCE)
LIST_SIZE = 20


@require_safe
@readers
def bulletins(request: HttpRequest) -> HttpResponse:
    """Those that the reader may see, the newest first; a city sees which it has not confirmed."""
    user = user_of(request)
    rows = Bulletin.objects.visible_to(user).defer("numbers", "changes").order_by("-id")
    page = Paginator(rows, LIST_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [(row, period_label(row)) for row in page], "may_make": user.role == Role.PROVINCE}
    return render(request, "stats/bulletins.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@province
def new(request: HttpRequest) -> HttpResponse:
    """Freeze the numbers of a period with what is said around them."""
    today = clock.today()
    year, quarter = (today.year, (today.month - 1) // 3) if today.month > 3 else (today.year - 1, 4)  # noqa: PLR2004
    title = f"关于 {year} 年{QUARTERS[str(quarter)]}专利转化运用指标情况的通报"
    years = list(range(today.year, FIRST_YEAR - 1, -1))
    first = {"year": year, "quarter": quarter, "title": title, "opening": _OPENING, "demands": _DEMANDS}
    form = BulletinForm(request.POST or None, years=years, initial=first)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        period = {"year": given.pop("year"), "quarter": given.pop("quarter")}
        made = run(form, lambda: freeze_bulletin(by=user_of(request), text=Text(**given), **period))
        if made:
            messages.success(request, "通报已定稿，数据和校验码不能再改。请核对后发出。")
            return redirect(made)
    return render(request, "stats/bulletin_new.html", {"form": form}, status=REFUSED if form.errors else 200)


_OPENING = "按照《关于促进专利技术转移转化助力中小企业创新发展工作实施方案》第13项，现将全省专利转化运用指标统计监测情况通报如下。"
_DEMANDS = "各市要对照目标进度，查找差距，加大工作力度。\n对标注存疑的交易，请于收到通报后十个工作日内核实并说明情况。"


def _found(request: HttpRequest, ref: str) -> Bulletin:
    rows = Bulletin.objects.visible_to(user_of(request)).select_related("revises", "frozen_by")
    return get_object_or_404(rows, ref=ref)


@require_safe
@readers
def bulletin(request: HttpRequest, ref: str) -> HttpResponse:
    """One bulletin from its frozen set, with what it corrects and who has received it."""
    found, user = _found(request, ref), user_of(request)
    receipts = found.receipts.visible_to(user).select_related("organisation", "received_by").order_by(
        "organisation__city_code", "id"
    )  # fmt: skip
    mine = next(iter(receipts), None) if user.role == Role.CITY else None
    is_province = user.role == Role.PROVINCE
    context = {
        "one": found,
        "period": period_label(found),
        "is_sound": checksum_of(found.numbers) == found.checksum,
        "indicators": [_shown(one) for one in found.numbers["indicators"]],
        "targets": found.numbers["targets"],
        "key_cities": _key_cities(found.numbers),
        "receipts": receipts if is_province else [],
        "waiting": sum(row.state == ReceiptState.WAITING for row in receipts) if is_province else 0,
        "may_receive": mine is not None and mine.state == ReceiptState.WAITING,
        "receipt": mine,
        "may_send": is_province and found.state == BulletinState.FROZEN,
        "revision_form": RevisionForm() if is_province and found.state != BulletinState.REPLACED else None,
        "revision": Bulletin.objects.visible_to(user).filter(revises=found).only("ref").first(),
    }
    return render(request, "stats/bulletin.html", context)


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    """An indicator of the set with its numbers as text."""

    def line(found: dict[str, Any]) -> dict[str, Any]:
        return {
            "name": found["name"],
            "rank": found.get("rank"),
            "value": in_unit(one, found["value"]),
            "before": in_unit(one, found["before"]),
            "growth": percent(found["growth"]),
            "flagged": in_unit(one, found["flagged"]),
            "historic": in_unit(one, found["historic"]) if found["historic"] != "0.00" else "",
        }

    cities = [line(found) for found in one["cities"]]
    return {"code": one["code"], "title": one["title"], "unit": one["unit"], "cities": cities, **line(one["province"])}


def _key_cities(numbers: dict[str, Any]) -> list[dict[str, Any]]:
    known = {one["code"]: one for one in numbers["indicators"]}
    return [
        {
            **line,
            "unit": known[line["code"]]["unit"],
            "value": in_unit(known[line["code"]], line["value"]),
            "mean": in_unit(known[line["code"]], line["mean"]),
        }
        for line in numbers["key_cities"]
    ]


@require_safe
@readers
def bulletin_file(request: HttpRequest, ref: str, ending: str) -> HttpResponse:
    """The bulletin as Word or Excel, or its frozen set as JSON, whose SHA-256 is the checksum."""
    found = _found(request, ref)
    name = f"{found.ref}.{ending}"
    if ending == "docx":
        from stats.documents.word import word_of  # slow import: only who takes the file needs it

        return attachment(word_of(found), name, DOCX)
    if ending == "xlsx":
        from stats.documents.excel import excel_of  # slow import: only who takes the file needs it

        return attachment(excel_of(found), name, XLSX)
    if ending == "json":
        return attachment(canonical(found.numbers), name, "application/json")
    raise Http404


@require_POST
@province
def send(request: HttpRequest, ref: str) -> HttpResponse:
    found = _found(request, ref)
    return act(
        request, found, "已发给各市，等待签收。", lambda: send_bulletin(bulletin_id=found.pk, by=user_of(request))
    )


@require_POST
@roles(Role.CITY)
def receive(request: HttpRequest, ref: str) -> HttpResponse:
    found = _found(request, ref)
    return act(request, found, "已签收。", lambda: receive_bulletin(bulletin_id=found.pk, by=user_of(request)))


@require_POST
@province
def revise(request: HttpRequest, ref: str) -> HttpResponse:
    """A dated revision from what is stored now."""
    found, form = _found(request, ref), RevisionForm(request.POST)
    made = None
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        made = run(form, lambda: revise_bulletin(bulletin_id=found.pk, by=user_of(request), reason=reason))
    if made:
        messages.success(request, f"已出更正版 {made.ref}，请核对后发出。")
        return redirect(made)
    messages.error(request, "；".join(str(message) for errors in form.errors.values() for message in errors))
    return redirect(found)
