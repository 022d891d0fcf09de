"""The pool sheet: its columns, and its rows as candidates for the pool."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from patents.enums import LegalStatus, PatentKind, TransferWay
from patents.numbers import ApplicationNumber, parse_application_number, parse_publication_number
from portal import clock, codes
from portal.sheets import cells
from portal.sheets.table import Column, Table, read_table

KIND = "patents.pool"
TEMPLATE_VERSION = "patents.pool/1"

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
WAY_WORDS: dict[str, str] = {label: code for code, label in TransferWay.choices}


@lru_cache(maxsize=50_000)
def _class_symbol(cell: object) -> str:
    return codes.parse_class_symbol(cell).symbol


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
        aliases=("专利权人", "申请人/专利权人", "权利人", "当前权利人", "当前专利权人"),
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
        _class_symbol,
        aliases=("主分类", "IPC主分类号", "IPC分类号", "主IPC分类号", "IPC", "分类号", "洛迦诺分类号"),
        is_lenient=True,
        example="B25B11/00（外观设计填 09-01）",
        empty="",
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
)
COLUMN = {column.field: column for column in COLUMNS}


class Candidate(NamedTuple):
    """One row of a pool sheet, as the pool would keep it. Two rows are the same when these are equal."""

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
        if index in table.refused:
            continue
        number, publication, title, applicants, inventors, filed, granted, symbol, abstract, status, *offer = row
        if number and publication and number.kind != publication.kind:
            table.refuse(index, "申请号与公布（公告）号的专利类型不一致，请核对。", column=COLUMN["publication"])
            continue
        late = next((name for name, day in (("filed_on", filed), ("granted_on", granted)) if day and day > today), "")
        if late:
            table.refuse(
                index, f"{COLUMN[late].heading}晚于今天。", column=COLUMN[late], value=table.values[late][index]
            )
            continue
        _warn(table, index, number, filed, granted)
        kind = (number or publication).kind
        if symbol and (kind == PatentKind.DESIGN) != symbol[0].isdigit():
            message = "外观设计使用洛迦诺分类号，其他专利使用 IPC 分类号：该分类号与专利类型不符，请核对。"
            table.refuse(index, message, column=COLUMN["main_class"], value=symbol)
            continue
        yield (
            index,
            Candidate(
                number.value if number else None,
                number.check if number else "",
                publication.value if publication else None,
                publication.kind_code if publication else "",
                kind,
                title,
                abstract,
                symbol,
                applicants,
                inventors,
                filed,
                granted,
                status,
                *offer,
            ),
        )


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
