"""Definitions, one indicator's numbers, the rows behind a number, and the source of a row."""

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal import clock, regions
from portal.accounts.access import public, roles
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from stats.enums.figures import BY_FIRM, Measure, RowKind
from stats.forms.numbers import NumberForm
from stats.forms.periods import PeriodForm
from stats.models import CountedRow, IndicatorValue
from stats.policy.definitions import Indicator, at
from stats.policy.spans import span_of
from stats.queries.counting import city_field, firms_of, history_of, rows_of
from stats.queries.dashboard import NUMBER_HEADINGS, number_line
from stats.queries.definitions import indicator_versions, target_versions
from stats.queries.numbers import COUNT_BESIDE, Number, last_refresh, may_open, newest, shown_numbers
from stats.queries.sources import source_of
from stats.views.common import PAGE_SIZE, REFUSED, sheet

officials = roles(*sorted(OFFICIALS))
ROW_HEADINGS = (
    "类别", "编号", "名称", "相对方", "计入日", "合同签订日", "计入市", "来源区划代码", "分项", "计入数值", "存疑", "来源方式", "来源文件", "工作表", "行", "单元格", "文件指纹", "来源说明",
)  # fmt: skip
FIRM_HEADINGS = ("统一社会信用代码", "企业", "首次计入日", "明细数", "计入数值")
CHUNK = 2000


@require_safe
@public
def definitions(request: HttpRequest) -> HttpResponse:
    """What every indicator and target counts, in all versions."""
    context = {
        "indicators": list(indicator_versions().values()),
        "targets": [mine[-1] for mine in target_versions().values()],
    }
    return render(request, "stats/definitions.html", context)


@require_safe
@public
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator by city for a period, by year and by kind."""
    versions, form = indicator_versions(), PeriodForm(request.GET)
    if code not in versions:
        raise Http404
    if not form.is_valid():
        return render(request, "stats/indicator.html", {"form": form, "code": code}, status=REFUSED)
    stored = IndicatorValue.objects.filter(code__in=(code, *_count_beside(code)))
    numbers = shown_numbers(stored.filter(**_period(form)).order_by("code", "city_code"), versions, request.user)
    mine = [number for number in numbers if number.indicator.code == code]
    years = shown_numbers(stored.filter(quarter=0, city_code="", split=""), versions, request.user)
    context = {
        "form": form,
        "code": code,
        "one": mine[0].indicator if mine else newest(versions)[code],
        "versions": versions[code],
        "total": next((number for number in mine if not number.stored.city_code and not number.stored.split), None),
        "splits": [number for number in mine if not number.stored.city_code and number.stored.split],
        "cities": [number for number in mine if number.stored.city_code and not number.stored.split],
        "years": [number for number in years if number.indicator.code == code],
        "refreshed": last_refresh(),
    }
    return render(request, "stats/indicator.html", context)


def _count_beside(code: str) -> tuple[str, ...]:
    return (COUNT_BESIDE[code],) if code in COUNT_BESIDE else ()


def _period(form: PeriodForm) -> dict[str, int]:
    given = form.cleaned_data
    return {"year": given["year"] or clock.today().year, "quarter": int(given["quarter"] or 0)}


@require_safe
@public
def indicator_export(request: HttpRequest, code: str) -> HttpResponse:
    """The table of an indicator as a sheet, as its reader sees it."""
    versions, form = indicator_versions(), PeriodForm(request.GET)
    if code not in versions or not form.is_valid():
        raise Http404
    stored = IndicatorValue.objects.filter(code__in=(code, *_count_beside(code)), split="", **_period(form))
    numbers = shown_numbers(stored.order_by("city_code"), versions, request.user)
    lines = [number_line(number) for number in numbers if number.indicator.code == code]
    return sheet(NUMBER_HEADINGS, lines, f"{code} {versions[code][-1].title}")


class Opened:
    """The rows behind the number that was asked for; 404 for one that the reader may not open."""

    def __init__(self, request: HttpRequest, code: str) -> None:
        versions = indicator_versions()
        self.form = NumberForm(request.GET)
        if code not in versions:
            raise Http404
        self.is_valid = self.form.is_valid()
        if not self.is_valid:
            return
        given, user = self.form.cleaned_data, user_of(request)
        period = _period(self.form)
        # An official of a city who names none means the own one.
        self.city = given["city"] or (regions.city_of(user.city_code) if user.role == Role.CITY else "")
        place = {"code": code, "city_code": self.city, "split": given["split"]}
        stored = IndicatorValue.objects.filter(**place, **period).first()
        as_of = stored.as_of if stored else span_of(period["year"], period["quarter"], clock.today()).as_of
        self.one: Indicator = at(versions[code], as_of)
        if not may_open(user, self.one, self.city):
            raise Http404
        stored = stored or IndicatorValue(**place, **period, value=Decimal(0), as_of=as_of)
        self.number = Number(self.one, stored, is_open=True, is_shown=True)
        span = span_of(period["year"], period["quarter"], as_of)
        self.rows = rows_of(versions[code], span, city_code=self.city, split=given["split"])
        if given["flagged"]:
            self.rows = self.rows.filter(is_flagged=given["flagged"] == "1")
        self.is_by_firm = self.one.measure in BY_FIRM
        self.user = user

    def firms(self) -> Any:
        """One line a firm, as indicators of firms count them."""
        return firms_of(self.rows)

    def lines(self) -> Any:
        """One line a row; where firms are counted, only those of history, which nobody can divide by firms."""
        rows = history_of(self.rows) if self.is_by_firm else self.rows
        return rows.select_related("source_import").order_by("-on", "-id")

    def amount(self, row: CountedRow) -> Decimal:
        """What one row adds to the number, in the base unit."""
        if row.kind == RowKind.HISTORY:
            return row.amount
        if self.one.measure == Measure.STOCK:
            return Decimal(1)
        return Decimal(row.weight) if self.one.measure == Measure.COUNT else row.amount

    def firm_amount(self, firm: dict[str, Any]) -> Decimal:
        """What one firm adds."""
        if self.one.measure == Measure.FIRMS:
            return Decimal(1)
        return Decimal(firm["revenue" if self.one.measure == Measure.REVENUE else "employees"] or 0)


@require_safe
@officials
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The rows behind one number."""
    opened = Opened(request, code)
    if not opened.is_valid:
        return render(request, "stats/rows.html", {"form": opened.form, "code": code}, status=REFUSED)
    page_number = request.GET.get("page")
    context: dict[str, Any] = {
        "form": opened.form,
        "code": code,
        "one": opened.one,
        "number": opened.number,
        "city_code": opened.city,
        "side": city_field(opened.one),
    }
    if opened.is_by_firm:
        page = Paginator(opened.firms(), PAGE_SIZE).get_page(page_number)
        context["page"] = page
        context["firms"] = [(firm, opened.one.exact(opened.firm_amount(firm))) for firm in page]
        context["history"] = [(row, opened.one.exact(opened.amount(row))) for row in opened.lines()[:PAGE_SIZE]]
    else:
        page = Paginator(opened.lines(), PAGE_SIZE).get_page(page_number)
        context["page"] = page
        context["rows"] = [(row, opened.one.exact(opened.amount(row))) for row in page]
    return render(request, "stats/rows.html", context)


@require_safe
@officials
def rows_export(request: HttpRequest, code: str) -> HttpResponse:
    """All rows behind one number as a sheet, exact."""
    opened = Opened(request, code)
    if not opened.is_valid:
        raise Http404
    title = f"{code} 明细"
    if opened.is_by_firm:
        lines = (
            [firm["uscc"], firm["name"], firm["first_on"], firm["rows"], opened.firm_amount(firm)]
            for firm in opened.firms().iterator(chunk_size=CHUNK)
        )
        return sheet(FIRM_HEADINGS, lines, title)
    found = opened.lines().iterator(chunk_size=CHUNK)
    return sheet(ROW_HEADINGS, (_row_line(row, opened.amount(row)) for row in found), title)


def _row_line(row: CountedRow, amount: Decimal) -> list[Any]:
    source = row.source_import
    return [
        row.get_kind_display(), row.ref, row.name, row.partner, row.on, row.signed_on,
        regions.name_of(row.city_code) if row.city_code else "", row.area_code, row.get_split_display(), amount,
        "存疑" if row.is_flagged else "", row.get_source_display(), source.file_name if source else "",
        source.sheet_name if source else "", row.source_row, row.source_cell, source.sha256 if source else "",
        row.source_note,
    ]  # fmt: skip


@require_safe
@officials
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one row comes from: form, API call, or file with sheet, cell and fingerprint."""
    found = get_object_or_404(CountedRow.objects.select_related("source_import"), pk=pk)
    mine = [one for one in newest(indicator_versions()).values() if any(part.kind == found.kind for part in one.rows)]
    cities = {found.city_code, found.giver_city} - {""}
    if found.kind == RowKind.HISTORY:
        mine = [one for one in newest(indicator_versions()).values() if found.indicator in one.history]
    user = user_of(request)
    if not any(may_open(user, one, city) for one in mine for city in cities):
        raise Http404
    return render(request, "stats/row.html", {"row": found, "source": source_of(found), "indicators": mine})
