"""The pool sheet: its columns, and its rows as candidates for the pool."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from patents.enums import FeeReduction, LegalStatus, PatentKind, TransferWay
from patents.imports import details
from patents.numbers import ApplicationNumber, parse_application_number, parse_publication_number
from portal import clock, codes
from portal.sheets import cells
from portal.sheets.table import Column, Table, read_table

KIND = "patents.pool"
TEMPLATE_VERSION = "patents.pool/2"

# The office's words for states and for the gazette events that set one. Events that set none (a change of
# bibliographic data, a transfer) are not here: the row is taken with a warning.
STATUS_WORDS: dict[str, str] = {
    "有效": LegalStatus.VALID, "有权": LegalStatus.VALID, "授权": LegalStatus.VALID, "专利权维持": LegalStatus.VALID,
    "发明专利权授予": LegalStatus.VALID, "实用新型专利权授予": LegalStatus.VALID,
    "外观设计专利权授予": LegalStatus.VALID,
    "年费滞纳期": LegalStatus.VALID_FEE_GRACE, "已申请": LegalStatus.FILED, "受理": LegalStatus.FILED,
    "公开": LegalStatus.PUBLISHED, "公布": LegalStatus.PUBLISHED, "已公布": LegalStatus.PUBLISHED,
    "发明专利申请公布": LegalStatus.PUBLISHED,
    "实质审查的生效": LegalStatus.IN_EXAMINATION, "实质审查中": LegalStatus.IN_EXAMINATION,
    "实质审查": LegalStatus.IN_EXAMINATION, "在审": LegalStatus.IN_EXAMINATION, "审中": LegalStatus.IN_EXAMINATION,
    "撤回": LegalStatus.WITHDRAWN, "视为撤回": LegalStatus.WITHDRAWN,
    "发明专利申请公布后的撤回": LegalStatus.WITHDRAWN, "发明专利申请公布后的视为撤回": LegalStatus.WITHDRAWN,
    "驳回": LegalStatus.REFUSED, "发明专利申请公布后的驳回": LegalStatus.REFUSED,
    "未缴年费终止": LegalStatus.LAPSED_UNPAID, "未缴年费专利权终止": LegalStatus.LAPSED_UNPAID,
    "期限届满": LegalStatus.EXPIRED, "届满": LegalStatus.EXPIRED, "专利权有效期届满": LegalStatus.EXPIRED,
    "放弃": LegalStatus.ABANDONED, "避免重复授权放弃专利权": LegalStatus.ABANDONED,
    "全部无效": LegalStatus.INVALID, "专利权全部无效": LegalStatus.INVALID,
    "状态待核": LegalStatus.UNKNOWN,
}  # fmt: skip
_BETWEEN_CLASSES = re.compile(r"[;；,，、|\n]")
REDUCTION_WORDS: dict[str, str] = {
    **{label: code for code, label in FeeReduction.choices},
    "85%": FeeReduction.SINGLE, "70%": FeeReduction.JOINT, "无": FeeReduction.NONE,
}  # fmt: skip
WAY_WORDS: dict[str, str] = {label: code for code, label in TransferWay.choices}


@lru_cache(maxsize=50_000)
def _symbols(text: str) -> tuple[str, ...]:
    parts = [part for part in _BETWEEN_CLASSES.split(text) if part.strip()]
    return tuple(dict.fromkeys(codes.parse_class_symbol(part).symbol for part in parts))


def class_symbols(cell: object) -> tuple[str, ...]:
    """All classes in a cell, as the office writes them: `B25B11/00(2006.01)I; B23Q3/06`. Each once, in their order."""
    return _symbols(cells.as_text(cell))


COLUMNS: tuple[Column, ...] = (
    Column(
        "number",
        "申请号",
        parse_application_number,
        aliases=("专利申请号", "专利号", "申请号/专利号", "专利号/申请号", "申请号专利号"),
        example="201710601862.3",
    ),
    Column(
        "publication",
        "公布号",
        parse_publication_number,
        aliases=("公开号", "公告号", "授权公告号", "公开公告号", "公布公告号", "公开/公告号", "公布/公告号"),
        example="CN107123456A",
    ),
    Column(
        "title",
        "专利名称",
        cells.line(400),
        aliases=("名称", "标题", "专利名", "专利标题", "发明名称", "发明创造名称"),
        is_required=True,
        example="一种气动夹具",
    ),
    Column(
        "applicant_names",
        "申请人",
        cells.names(600),
        aliases=("申请人/专利权人", "申请（专利权）人"),
        example="某某大学；某某公司",
        empty="",
    ),
    Column(
        "inventor_names",
        "发明人",
        cells.names(600),
        aliases=("设计人", "发明人/设计人"),
        example="张三；李四",
        empty="",
    ),
    Column("filed_on", "申请日", cells.date, aliases=("申请日期", "专利申请日"), example="2017-07-21"),
    Column("granted_on", "授权公告日", cells.date, aliases=("授权日", "授权日期", "公告日"), example="2019-03-15"),
    Column(
        "main_class",
        "主分类号",
        class_symbols,
        aliases=("主分类", "IPC主分类号", "IPC分类号", "主IPC分类号", "IPC", "分类号", "洛迦诺分类号"),
        is_lenient=True,
        example="B25B11/00（外观设计填 09-01）",
        empty=(),
    ),
    Column("abstract", "摘要", cells.paragraphs(20_000), aliases=("摘要内容", "专利摘要", "简要说明"), empty=""),
    Column(
        "legal_status",
        "法律状态",
        cells.choice(STATUS_WORDS),
        aliases=("专利状态", "当前法律状态", "状态"),
        is_lenient=True,
        choices=tuple(label for _, label in LegalStatus.choices),
        example="有效",
        empty=LegalStatus.UNKNOWN,
    ),
    Column("maturity", "技术成熟度", cells.whole_number(1, 9), aliases=("成熟度", "TRL"), example="7"),
    Column(
        "transfer_way",
        "转化方式",
        cells.choice(WAY_WORDS),
        aliases=("转让方式", "拟转化方式"),
        choices=tuple(WAY_WORDS),
        example="许可",
        empty="",
    ),
    Column(
        "price_amount",
        "意向价格（元）",
        cells.amount("元"),
        aliases=("意向价格", "价格", "转让价格"),
        by_unit=cells.amount,
        example="500000",
    ),
    Column(
        "further_classes",
        "其他分类号",
        class_symbols,
        aliases=("副分类号", "其他IPC分类号", "IPC副分类号", "副IPC分类号", "次分类号"),
        is_lenient=True,
        example="B23Q3/06；B25J15/00",
        empty=(),
    ),
    Column("published_on", "公布日", cells.date, aliases=("公开日", "申请公布日", "公布日期", "公开日期")),
    Column(
        "first_claim",
        "权利要求1",
        cells.paragraphs(20_000),
        aliases=("主权项", "首项权利要求", "独立权利要求"),
        empty="",
    ),
    Column(
        "claim_count",
        "权利要求数",
        cells.whole_number(1, 2_000),
        aliases=("权利要求数量", "权利要求项数", "权项数"),
        example="8",
    ),
    Column("priority_on", "最早优先权日", cells.date, aliases=("优先权日", "优先权日期")),
    Column("priority_numbers", "优先权号", cells.line(300), aliases=("优先权", "优先权信息"), empty=""),
    Column("agency_name", "代理机构", cells.line(200), aliases=("专利代理机构", "代理机构名称"), empty=""),
    Column("agent_names", "代理人", cells.names(200), aliases=("专利代理师", "代理师", "专利代理人"), empty=""),
    Column(
        "fees_paid_through",
        "年费已缴至第几年度",
        cells.whole_number(1, 20),
        aliases=("已缴年数", "年费已缴年度", "已缴年度"),
        example="9",
    ),
    Column(
        "fee_reduction",
        "费用减缴",
        cells.choice(REDUCTION_WORDS),
        aliases=("费减", "减缴情况"),
        choices=tuple(label for _, label in FeeReduction.choices),
        empty=FeeReduction.NONE,
    ),
    *details.COLUMNS,
)
_DAYS = ("filed_on", "granted_on", "published_on", "priority_on")
COLUMN = {column.field: column for column in COLUMNS}


class Candidate(NamedTuple):
    """One row of a pool sheet, as the pool would keep it. Two rows are the same when these are equal.

    All but the last, `details`, are columns of the patent.
    """

    number: str | None
    check_digit: str
    publication_number: str | None
    publication_kind: str
    kind: str
    title: str
    abstract: str
    main_class: str
    applicant_names: str
    inventor_names: str
    filed_on: dt.date | None
    granted_on: dt.date | None
    legal_status: str
    maturity: int | None
    transfer_way: str
    price_amount: Decimal | None
    further_classes: list[str]
    published_on: dt.date | None
    first_claim: str
    claim_count: int | None
    priority_on: dt.date | None
    priority_numbers: str
    agency_name: str
    agent_names: str
    fees_paid_through: int | None
    fee_reduction: str
    details: details.Details


PATENT_FIELDS = Candidate._fields[:-1]


def read_pool_sheet(path: Path) -> Table:
    """The pool sheet in the file; each row must have an application number or a publication number.

    Raises:
        Invalid: the file is no such sheet; in the user's words.
    """
    return read_table(path, COLUMNS, one_of=("number", "publication"))


def candidates(table: Table) -> Iterator[tuple[int, Candidate]]:
    """(index of the row, candidate) for each row not refused; refuses those whose cells contradict each other."""
    today = clock.today()
    rows = zip(*(table.values[column.field] for column in COLUMNS), strict=True)
    for index, row in enumerate(rows):
        if index in table.refused or _has_wrong_day(table, index, today):
            continue
        found = _candidate(table, index, row)
        if found is not None:
            yield index, found


def _has_wrong_day(table: Table, index: int, today: dt.date) -> bool:
    """Whether a day contradicts today or the filing; refuses the row then."""
    for name in _DAYS:
        if (day := table.values[name][index]) and day > today:
            table.refuse(index, f"{COLUMN[name].heading}晚于今天。", column=COLUMN[name], value=day)
            return True
    priority, filed = table.values["priority_on"][index], table.values["filed_on"][index]
    if priority and filed and priority > filed:
        table.refuse(index, "优先权日不能晚于申请日。", column=COLUMN["priority_on"], value=priority)
        return True
    return False


def _candidate(table: Table, index: int, row: Sequence[Any]) -> Candidate | None:
    number, publication, title, applicants, inventors, filed, granted, symbols, abstract, status, *rest = row
    if number and publication and number.kind != publication.kind:
        table.refuse(index, "申请号与公布（公告）号的专利类型不一致，请核对。", column=COLUMN["publication"])
        return None
    _warn(table, index, number, filed, granted)
    kind = (number or publication).kind
    maturity, way, price, further, *more = rest
    symbols = tuple(dict.fromkeys((*symbols, *further)))
    if wrong := next((one for one in symbols if (kind == PatentKind.DESIGN) != one[0].isdigit()), ""):
        message = "外观设计使用洛迦诺分类号，其他专利使用 IPC 分类号：该分类号与专利类型不符，请核对。"
        table.refuse(index, message, column=COLUMN["main_class"], value=wrong)
        return None
    applicants, beside = details.details_of(table, index, applicants, *more[-len(details.COLUMNS) :])
    if beside is None:
        return None
    numbers = (
        number.value if number else None,
        number.check if number else "",
        publication.value if publication else None,
        publication.kind_code if publication else "",
    )
    texts = (kind, title, abstract, symbols[0] if symbols else "", applicants, inventors, filed, granted, status)
    offer = (maturity, way, price, list(symbols[1:]))
    fields: tuple[Any, ...] = (*numbers, *texts, *offer, *more[: -len(details.COLUMNS)], beside)
    return Candidate(*fields)


def _warn(
    table: Table,
    index: int,
    number: ApplicationNumber | None,
    filed: dt.date | None,
    granted: dt.date | None,
) -> None:
    # A divisional application keeps the filing date of its parent, so this is a hint only.
    if number and filed and number.year != filed.year:
        table.warn(
            index,
            f"申请日与申请号中的年份 {number.year} 不一致（分案申请除外）。",
            column=COLUMN["filed_on"],
            value=filed,
        )
    if filed and granted and granted < filed:
        table.warn(index, "授权公告日早于申请日，请核对。", column=COLUMN["granted_on"], value=granted)
