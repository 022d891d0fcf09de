"""Application and publication numbers."""

import contextlib
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patents.numbers import (
    ApplicationNumber,
    PublicationNumber,
    check_digit,
    parse_application_number,
    parse_publication_number,
)
from portal.errors import Invalid

NUMBER_CELL = "在表中是数字而不是文本，Excel 可能已丢失开头的 0、末位或校验位：请将该列设为文本格式后重新填写。"


@pytest.mark.parametrize(
    ("value", "check"),
    [
        ("201710601862", "3"),
        ("200710308494", "X"),
        ("97101765", "4"),
        ("95115608", "X"),
        ("201310199708", "X"),
        ("201010596747", "X"),
        ("201822024938", "3"),
        ("95111179", "5"),
    ],
)
def test_check_digit_of_real_numbers(value: str, check: str) -> None:
    assert check_digit(value) == check


@pytest.mark.parametrize(
    "text",
    [
        "201710601862.3",
        "2017106018623",
        "CN201710601862.3",
        "ZL201710601862.3",
        "zl 2017 1 0601862.3",
        "ZL.201710601862.3",
        "ＣＮ２０１７１０６０１８６２．３",
        " 201710601862。3\u00a0",
        "201710601862‑3",
        "'201710601862.3",
        "\ufeff201710601862.3",
    ],
)
def test_spellings_of_one_number(text: str) -> None:
    assert parse_application_number(text) == ApplicationNumber("201710601862", "3")


@pytest.mark.parametrize("text", ["200710308494.x", "200710308494Ｘ", "200710308494×", "CN200710308494.X"])
def test_small_and_look_alike_x(text: str) -> None:
    assert parse_application_number(text) == ApplicationNumber("200710308494", "X")


@pytest.mark.parametrize("text", ["CN85102475", "85102475", "85102475.0", "851024750"])
def test_old_number_may_lack_its_check_digit(text: str) -> None:
    assert parse_application_number(text) == ApplicationNumber("85102475", check_digit("85102475"))


def test_parts_and_display() -> None:
    new = parse_application_number("201710601862.3")
    old = parse_application_number("00219020.6")
    pct = parse_application_number(f"20058{'0' * 7}.{check_digit('200580000000')}")

    assert (new.year, new.kind, new.is_via_pct, new.plain) == (2017, "invention", False, "201710601862.3")
    assert (old.year, old.kind) == (2000, "utility_model")
    assert (pct.year, pct.kind, pct.is_via_pct) == (2005, "invention", True)
    assert new.display(is_granted=True) == "ZL 2017 1 0601862.3"
    assert old.display(is_granted=True) == "ZL 00 2 19020.6"
    assert new.display(is_granted=False) == "201710601862.3"


def test_2003_exists_in_both_forms() -> None:
    old = parse_application_number("03271113.1")
    new = parse_application_number("2003101234569"[:12] + check_digit("200310123456"))

    assert (old.year, new.year, len(old.value), len(new.value)) == (2003, 2003, 8, 12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "申请号为空。"),
        (
            201710601862.3,
            f"申请号“201710601862.3”{NUMBER_CELL}",
        ),
        (
            2017106018623,
            f"申请号“2017106018623”{NUMBER_CELL}",
        ),
        (
            "2.01711E+12",
            "申请号“2.01711E+12”已被 Excel 变成科学计数法，数字已丢失：请将该列设为文本格式后重新填写。",
        ),
        (
            "201710601862.4",
            "申请号“201710601862.4”的校验位应为 3，填写的是 4，请核对是否有数字写错。",
        ),
        ("201710601862", "申请号“201710601862”缺少校验位，按规则应为 3，请对照受理通知书核对后补上。"),
        ("CN103294796B", "“CN103294796B”是公布（公告）号，不是申请号。"),
        ("201740601862.3", "申请号“201740601862.3”第 5 位（专利类型）应为 1、2、3、8 或 9。"),
        ("97401765.4", "申请号“97401765.4”第 3 位（专利类型）应为 1、2、3、8 或 9。"),
        (
            "无数据",
            "申请号“无数据”应为 8 位或 12 位数字加一位校验位，例如 201710601862.3；现有 0 位数字。",
        ),
        (
            "04102475",
            "申请号“04102475”的年份 04 不存在：8 位号用于 1985 至 2003 年，12 位号以四位年份开头。",
        ),
    ],
)
def test_refusals_say_why(text: object, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_application_number(text)

    assert refusal.value.message == message


@pytest.mark.parametrize(
    ("text", "number", "kind", "is_grant"),
    [
        ("CN103294796A", PublicationNumber("103294796", "A"), "invention", False),
        ("cn 103294796 b", PublicationNumber("103294796", "B"), "invention", True),
        ("CN1060277C", PublicationNumber("1060277", "C"), "invention", True),
        ("CN209204668U", PublicationNumber("209204668", "U"), "utility_model", True),
        ("209204668U", PublicationNumber("209204668", "U"), "utility_model", True),
        ("CN300000001S1", PublicationNumber("300000001", "S1"), "design", True),
        ("CN112990638B9", PublicationNumber("112990638", "B9"), "invention", True),
    ],
)
def test_publication_numbers(text: str, number: PublicationNumber, kind: str, is_grant: bool) -> None:
    parsed = parse_publication_number(text)

    assert (parsed, parsed.kind, parsed.is_grant) == (number, kind, is_grant)


@pytest.mark.parametrize(
    "text", ["", "CN10329479A", "CN412990638A", "CN209204668A", "CN103294796B5", "201710601862.3", 103294796.0]
)
def test_publication_number_refusals(text: object) -> None:
    with pytest.raises(Invalid):
        parse_publication_number(text)


years = st.integers(2003, 2099).map(str) | st.sampled_from(["85", "89", "99", "00", "03"])


@given(years, st.sampled_from("12389"), st.data())
def test_numbers_round_trip(year: str, kind: str, data: st.DataObject) -> None:
    serial = data.draw(st.text(alphabet="0123456789", min_size=len(year) + 3, max_size=len(year) + 3))
    value = year + kind + serial
    number = ApplicationNumber(value, check_digit(value))

    assert parse_application_number(number.plain) == number
    assert parse_application_number(number.display(is_granted=True)) == number
    assert parse_application_number("CN" + value + number.check.lower()) == number


@given(st.text(), st.floats() | st.integers() | st.none() | st.dates())
def test_parsers_never_crash(text: str, other: object) -> None:
    for value in (text, other):
        for parser in (parse_application_number, parse_publication_number):
            with contextlib.suppress(Invalid):
                assert parser(value)


@given(st.from_regex(r"(?:CN|ZL)?\s*(?:19|20)\d{2}[12389]\d{7}\.?[\dX]", fullmatch=True))
def test_wrong_check_digits_are_always_caught(text: str) -> None:
    try:
        number = parse_application_number(text)
    except Invalid:
        return
    written = re.sub(r"^(CN|ZL)|[\s.]", "", unicodedata.normalize("NFKC", text))
    assert number.value + number.check == written
