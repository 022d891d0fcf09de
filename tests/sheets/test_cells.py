"""What one cell means."""

import contextlib
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.sheets import cells
from portal.sheets.writing import neutralise

FIRST_OF_MARCH = dt.date(2015, 3, 1)


@pytest.mark.parametrize(
    "cell",
    [
        FIRST_OF_MARCH,
        dt.datetime(2015, 3, 1, 10, 30),  # noqa: DTZ001  Excel knows no zones
        "2015-03-01",
        "2015-3-1",
        "2015/3/1",
        "2015.03.01",
        "2015.3.1",
        "20150301",
        20150301.0,
        20150301,
        "2015年3月1日",
        "２０１５年０３月０１日",
        "2015-03-01 00:00:00",
        "2015-03-01T08:15:00.0",
        "2015-03-0110:49:39.0",
    ],
)
def test_dates_in_every_format(cell: object) -> None:
    assert cells.date(cell) == FIRST_OF_MARCH


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("2015-02-30", "“2015-02-30”不是存在的日期。"),
        ("20151301", "“20151301”不是存在的日期。"),
        ("2015-03", "“2015-03”不是日期，请写成 2015-03-01 的形式。"),
        (42064.0, "“42064”不是日期，请写成 2015-03-01 的形式。"),
        ("去年", "“去年”不是日期，请写成 2015-03-01 的形式。"),
        ("1015-03-01", "日期“1015-03-01”不在合理范围内。"),
    ],
)
def test_date_refusals(cell: object, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        cells.date(cell)

    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" 夹具\u00a0", "夹具"),
        ("Ni\u2011P镀层", "Ni-P镀层"),
        ("a\u200bb\ufeff", "ab"),
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("a\x00b\x07", "ab"),
        ("'=SUM(A1)", "=SUM(A1)"),
        ("'60年代", "'60年代"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert cells.clean(text) == cleaned


def test_names_drop_the_separator_at_the_end() -> None:
    parse = cells.names(100)

    assert parse("汪林兵 ; 王文涛 ; 郭猛 ; ") == "汪林兵；王文涛；郭猛"
    assert parse("甲；乙;无数据") == "甲；乙"


def test_text_that_looks_like_a_formula_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        cells.line(100)('=HYPERLINK("http://example.com","点我")')

    assert caught.value.message == '“=HYPERLINK("http://e”以等号开头，像是公式；请填写文字。'


def test_text_parsers() -> None:
    assert cells.line(10)("一种  夹具\n装置") == "一种 夹具 装置"
    assert cells.line(10)(12.0) == "12"
    assert cells.paragraphs(100)("第一段\\n第二段") == "第一段\n第二段"
    with pytest.raises(Invalid, match="内容有 11 个字，最多 10 个字。"):
        cells.line(10)("a" * 11)


def test_number_choice_and_amount() -> None:
    assert cells.whole_number(1, 9)(7.0) == 7
    assert cells.whole_number(1, 9)("７") == 7
    assert cells.choice({"转让": "transfer"})(" 转让 ") == "transfer"
    assert cells.amount("万元")("12.5") == Decimal("125000.00")
    with pytest.raises(Invalid, match="“10”应为 1 至 9 的整数。"):
        cells.whole_number(1, 9)("10")
    with pytest.raises(Invalid, match="“租赁”不在可选范围内，可填：转让。"):
        cells.choice({"转让": "transfer"})("租赁")


any_cell = st.text() | st.floats() | st.integers() | st.booleans() | st.dates() | st.datetimes() | st.timedeltas()


@given(any_cell)
def test_parsers_never_crash(cell: object) -> None:
    value = cells.clean(cell) if isinstance(cell, str) else cell
    for parse in (
        cells.date, cells.line(50), cells.paragraphs(50), cells.names(50), cells.whole_number(0, 9),
        cells.choice({"a": "b"}), cells.amount("万元"),
    ):  # fmt: skip
        with contextlib.suppress(Invalid):
            parse(value)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_dates_round_trip(day: dt.date) -> None:
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"):
        assert cells.date(day.strftime(form)) == day


@given(st.text())
def test_neutralised_text_reads_back_as_itself(text: str) -> None:
    cleaned = cells.clean(text)
    if cleaned[:1] != "'":
        assert cells.clean(neutralise(cleaned)) == cleaned


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = cells.clean(text)
    if once[:1] != "'":
        assert cells.clean(once) == once
