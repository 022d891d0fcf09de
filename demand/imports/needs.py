"""Import of needs that a city or a firm collected in a sheet."""

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction

from demand.checks.needs import (
    MAX_LINE,
    MAX_TEXT,
    MAX_TITLE,
    MIN_DESCRIPTION,
    Figure,
    check_fields,
    check_figures,
    check_industry,
)
from demand.enums import Comparison, CooperationWay, DemandState, MatchState, StrategicIndustry
from demand.models import Demand, TargetFigure
from demand.queries.rules import need_rules
from demand.services.demands import index_needs
from portal import clock, refs
from portal.accounts.enums import OrganisationKind
from portal.accounts.models import Organisation, User
from portal.audit import services as audit
from portal.dates import add_months
from portal.errors import Invalid
from portal.outbox.services import publish
from portal.sheets import cells
from portal.sheets import services as sheets
from portal.sheets.models import SheetImport
from portal.sheets.services import Outcome
from portal.sheets.table import Column, Table, in_order, read_table

KIND = "demand.needs"
TEMPLATE_VERSION = "demand.needs/3"
BATCH = 500
# Sections of GB/T 4754 as people write them; forms glue several together without a mark between.
INDUSTRIES = (
    "农、林、牧、渔业", "采矿业", "制造业", "电力、热力、燃气、及水生产和供应业", "电力、热力、燃气及水生产和供应业",
    "建筑业", "批发和零售业", "交通运输、仓储和邮政业", "住宿和餐饮业", "信息传输、软件和信息技术服务业", "金融业",
    "房地产业", "租赁和商务服务业", "科学研究和技术服务业", "水利、环境和公共设施管理业",
    "居民服务、修理和其他服务业", "教育", "卫生和社会工作", "文化、体育和娱乐业", "公共管理、社会保障和社会组织",
    "公共管理、社会保障和社会服务", "国际组织",
)  # fmt: skip
WAYS = {
    "技术转让": CooperationWay.TRANSFER,
    "受让专利": CooperationWay.TRANSFER,
    "技术许可": CooperationWay.LICENCE,
    "许可使用": CooperationWay.LICENCE,
    "技术入股": CooperationWay.INVESTMENT,
    "作价入股": CooperationWay.INVESTMENT,
    "委托开发": CooperationWay.DEVELOPMENT,
    "合作开发": CooperationWay.DEVELOPMENT,
}
CHOSEN_WAYS = ("技术转让", "技术许可", "技术入股", "委托开发", "合作开发")
"""What the template offers; several are written with a mark between."""
SEI_WORDS: dict[str, str] = {label: code for code, label in StrategicIndustry.choices}
COMPARISONS: dict[str, str] = {
    "不低于": Comparison.AT_LEAST, "不小于": Comparison.AT_LEAST, "≥": Comparison.AT_LEAST, ">=": Comparison.AT_LEAST,
    "不高于": Comparison.AT_MOST, "不大于": Comparison.AT_MOST, "不超过": Comparison.AT_MOST,
    "≤": Comparison.AT_MOST, "<=": Comparison.AT_MOST,
    "大于": Comparison.ABOVE, "高于": Comparison.ABOVE, "超过": Comparison.ABOVE, ">": Comparison.ABOVE,
    "小于": Comparison.BELOW, "低于": Comparison.BELOW, "<": Comparison.BELOW,
    "等于": Comparison.EQUAL, "=": Comparison.EQUAL, "提高": Comparison.RAISE_BY, "提升": Comparison.RAISE_BY,
    "降低": Comparison.LOWER_BY, "下降": Comparison.LOWER_BY, "减少": Comparison.LOWER_BY,
}  # fmt: skip
_FIGURE = re.compile(
    rf"(?P<quantity>.{{1,60}}?)\s*(?P<comparison>{'|'.join(map(re.escape, sorted(COMPARISONS, key=len, reverse=True)))})"
    r"\s*(?P<value>-?\d{1,12}(?:\.\d{1,6})?)\s*(?P<unit>\D.{0,19})?"
)
_INDUSTRY = re.compile("|".join(map(re.escape, INDUSTRIES)))
# 2020-01-1310:49:39.0至2021-01-1310:49:41.0: two instants, each glued to its time of day.
_INSTANT = r"(\d{4}[-/.]\d{1,2}[-/.]\d{2})(?:\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_PERIOD = re.compile(rf"(?:{_INSTANT})?\s*(?:至|到|~|—)\s*(?:{_INSTANT})?")


def industries(cell: object) -> str:
    """`制造业建筑业` as `制造业；建筑业`; what is not made of known names alone stays as written."""
    text = cells.line(200)(cell)
    found = _INDUSTRY.findall(text)
    return "；".join(dict.fromkeys(found)) if "".join(found) == re.sub("[,，;；/ ]", "", text) else text


def cooperation_way(cell: object) -> str:
    """The one way that is named; several, or another, are open to talks."""
    named = {WAYS.get(word.strip(), CooperationWay.ANY) for word in re.split("[,，;；/]", cells.as_text(cell))}
    return named.pop() if len(named) == 1 else CooperationWay.ANY


def figures(cell: object) -> tuple[Figure, ...]:
    """`磨齿余量 不高于 0.2 mm；成品率≥95%` as rows.

    Raises:
        Invalid: a part is no figure, or there are too many.
    """
    found = []
    for part in re.split("[；;\n]", cells.as_text(cell)):
        text = unicodedata.normalize("NFKC", part).strip()
        if not text:
            continue
        match = _FIGURE.fullmatch(text)
        if match is None:
            raise Invalid(f"“{text[:30]}”应写成“指标 比较 数值 单位”，例如：磨齿余量 不高于 0.2 mm；多项用分号隔开。")
        code, value = COMPARISONS[match["comparison"]], Decimal(match["value"])
        found.append(Figure(match["quantity"].strip(), code, value, (match["unit"] or "").strip()))
    check_figures(found)
    return tuple(found)


def industry_code(cell: object) -> str:
    """A code of GB/T 4754.

    Raises:
        Invalid: it is none.
    """
    code = cells.as_text(cell).strip().upper()
    check_industry(code, "")
    return code


def fields(cell: object) -> tuple[str, ...]:
    """IPC subclasses with a mark between: `C21D、B23P`.

    Raises:
        Invalid: a part is none, or there are too many.
    """
    parts = re.split(r"[\s,，、；;/]+", cells.as_text(cell).upper())
    codes = tuple(dict.fromkeys(filter(None, parts)))
    check_fields(codes)
    return codes


def end_of_period(cell: object) -> dt.date | None:
    """The last day of a period, or a single date; a period with open ends has none.

    Raises:
        Invalid: neither a period nor a date, or it ends before it starts.
    """
    text = cells.as_text(cell)
    match = _PERIOD.fullmatch(text)
    if match is None:
        return cells.date(cell)
    start, end = (cells.date(part) if part else None for part in match.groups())
    if start and end and end < start:
        raise Invalid(f"有效期“{text[:40]}”的结束早于开始。")
    return end


COLUMNS: tuple[Column, ...] = (
    Column("title", "需求名称", cells.line(MAX_TITLE), aliases=("名称", "需求标题", "标题"), is_required=True),
    Column(
        "description",
        "需求描述",
        cells.paragraphs(MAX_TEXT),
        aliases=("需求内容", "描述", "需求说明", "技术需求描述"),
        is_required=True,
    ),
    Column("posted_on", "发布日期", cells.date, aliases=("提出日期", "发布时间"), is_lenient=True),
    Column("industry_name", "行业", industries, aliases=("所属行业", "行业领域"), is_lenient=True, empty=""),
    Column(
        "cooperation_way",
        "合作方式",
        cooperation_way,
        is_lenient=True,
        choices=CHOSEN_WAYS,
        empty=CooperationWay.ANY,
    ),
    Column(
        "object_text",
        "对象或工艺",
        cells.line(MAX_LINE),
        aliases=("对象", "工艺"),
        example="行星齿轮渗碳淬火",
        empty="",
    ),
    Column(
        "figures",
        "目标指标",
        figures,
        aliases=("指标", "技术指标"),
        example="磨齿余量 不高于 0.2 mm；成品率 不低于 95 %",
        empty=(),
    ),
    Column("constraints_text", "限制条件", cells.paragraphs(MAX_TEXT), aliases=("约束条件",), empty=""),
    Column("tried_text", "已尝试的办法", cells.paragraphs(MAX_TEXT), aliases=("已有尝试",), empty=""),
    Column(
        "industry_code",
        "国民经济行业代码",
        industry_code,
        aliases=("行业代码", "国民经济行业分类代码"),
        is_lenient=True,
        example="C3484",
        empty="",
    ),
    Column(
        "ipc_codes",
        "技术领域（IPC 小类）",
        fields,
        aliases=("IPC小类", "IPC 小类", "IPC"),
        is_lenient=True,
        example="C21D",
        empty=(),
    ),
    Column(
        "sei_code",
        "战略性新兴产业",
        cells.choice(SEI_WORDS),
        is_lenient=True,
        choices=tuple(SEI_WORDS),
        empty="",
    ),
    Column("wanted_by", "有效期", end_of_period, aliases=("需求有效期", "希望解决时间", "截止日期"), is_lenient=True),
    Column("budget_amount", "预算（元）", cells.amount("元"), aliases=("预算", "预算金额"), by_unit=cells.amount),
)
COLUMN = {column.field: column for column in COLUMNS}


def import_demands(
    *,
    path: Path,
    city_code: str,
    organisation: Organisation | None = None,
    by: User | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Import a sheet of needs as published ones that wait for matching: who collected it has reviewed it.

    The same text of the same firm (or city) is one need, however often it is listed or imported. A sheet that adds
    nothing leaves no trace. `by` is None for a command run by the operator.

    Raises:
        Invalid: the file cannot be read, or the firm is of another city.
    """
    if organisation and organisation.city_code != city_code:
        raise Invalid(f"“{organisation.name}”不在该市，请核对 --city。")
    table = read_table(path, COLUMNS)
    with transaction.atomic():
        outcome, new = _compare(table, f"{city_code}|{organisation.pk if organisation else ''}")
        if dry_run or not new:
            return outcome
        received = _receive(path, organisation or _authority_of(city_code), by)
        sheets.start_apply(received)
        _create(new, received, city_code=city_code, organisation=organisation)
        sheets.finish_apply(received, outcome)
        publish("demand.needs.imported", key=f"import:{received.pk}", sheet_import_id=received.pk, **outcome.counts())
        audit.record(by=by, verb="导入需求", target=received, **outcome.counts())
    return outcome


def _compare(table: Table, owner: str) -> tuple[Outcome, list[dict[str, Any]]]:
    rows = dict(_needs(table, owner))
    accepted = len(table.row_numbers) - len(table.refused)
    known = set(Demand.objects.filter(source_key__in=list(rows)).values_list("source_key", flat=True))
    new = [values for key, values in rows.items() if key not in known]
    outcome = Outcome(
        sheet_name=table.sheet_name,
        row=len(table.row_numbers),
        new=len(new),
        unchanged=len(known),
        repeated=accepted - len(rows),
        refused=len(table.refused),
        blank=table.blank_count,
        warning=len(table.warnings),
        problems=in_order(table.problems, table.warnings),
    )
    return outcome, new


def _needs(table: Table, owner: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(key, values) of each row not refused, the last row first: in a dict the first of equal rows stays."""
    for index in reversed(range(len(table.row_numbers))):
        if index in table.refused:
            continue
        values = {name: table.values[name][index] for name in COLUMN}
        text = f"{owner}|{_squeezed(values['title'])}|{_squeezed(values['description'])}"
        values["source_key"] = hashlib.sha256(text.encode()).hexdigest()
        values["source_row"] = table.row_numbers[index]
        if len(values["description"]) < MIN_DESCRIPTION:
            table.warn(index, f"描述不足 {MIN_DESCRIPTION} 个字，匹配可能不准。", column=COLUMN["description"])
        yield values["source_key"], values


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _receive(path: Path, owner: Organisation | None, by: User | None) -> SheetImport:
    with path.open("rb") as stream:
        return sheets.receive(kind=KIND, file=File(stream), file_name=path.name, organisation=owner, by=by)


def _authority_of(city_code: str) -> Organisation | None:
    return Organisation.objects.filter(kind=OrganisationKind.AUTHORITY_CITY, city_code=city_code).order_by("pk").first()


def _create(
    new: list[dict[str, Any]], received: SheetImport, *, city_code: str, organisation: Organisation | None
) -> None:
    now, today = clock.now(), clock.today()
    demands, wanted = [], []
    for values in sorted(new, key=itemgetter("source_row")):
        pk, ref = refs.reserve(Demand, "XQ")
        values["posted_on"] = values["posted_on"] or today
        wanted.append((pk, values.pop("figures")))
        values["ipc_codes"] = list(values["ipc_codes"])
        demands.append(
            Demand(
                pk=pk,
                ref=ref,
                organisation=organisation,
                city_code=city_code,
                state=DemandState.PUBLISHED,
                match_state=MatchState.WAITING,
                published_at=now,
                expires_on=add_months(today, need_rules().term_months),
                source_import=received,
                **values,
            )
        )
    Demand.objects.bulk_create(demands, batch_size=BATCH)
    TargetFigure.objects.bulk_create(
        TargetFigure(demand_id=pk, place=place, **asdict(figure))
        for pk, found in wanted
        for place, figure in enumerate(found, start=1)
    )
    index_needs(demands)
