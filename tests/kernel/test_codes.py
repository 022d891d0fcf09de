"""Credit codes, patent classes and masks."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import codes
from portal.errors import Invalid


@pytest.mark.parametrize("code", ["91110000600037341L", "91370200163562681G"])
def test_valid_uscc(code: str) -> None:
    assert codes.parse_uscc(f" {code.lower()} ") == code


def test_uscc_with_wrong_check_digit_says_the_right_one() -> None:
    with pytest.raises(Invalid) as refusal:
        codes.parse_uscc("911100006000373415")

    assert refusal.value.message == (
        "统一社会信用代码“911100006000373415”校验位应为 L，填写的是 5，请核对是否有字符写错。"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("12345", "统一社会信用代码应为 18 位，现为 5 位。"),
        ("", "统一社会信用代码应为 18 位，现为 0 位。"),
        ("9111000060003734IL", "统一社会信用代码不使用字符“I”（字母 I、O、Z、S、V 不用于该代码）。"),
        ("A1110000600037341L", "统一社会信用代码“A1110000600037341L”前 8 位应为数字。"),
    ],
)
def test_uscc_refusals(text: str, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        codes.parse_uscc(text)

    assert refusal.value.message == message


def test_inner_code_is_a_warning_only() -> None:
    assert codes.has_valid_inner_code("91370200163562681G")
    assert not codes.has_valid_inner_code("91370200163562680G")


@pytest.mark.parametrize(
    ("text", "scheme", "symbol", "section", "subclass"),
    [
        ("A61K36/899（2006.01）A", "ipc", "A61K36/899", "A", "A61K"),
        ("h01l 21/00", "ipc", "H01L21/00", "H", "H01L"),
        ("G06F", "ipc", "G06F", "G", "G06F"),
        ("Ａ０１Ｂ３９/０４", "ipc", "A01B39/04", "A", "A01B"),
        ("21-01-C0293", "locarno", "21-01", "", "21"),
        ("12-05", "locarno", "12-05", "", "12"),
        ("LOC(13)Cl.09‑01", "locarno", "09-01", "", "09"),
    ],
)
def test_class_symbols(text: str, scheme: str, symbol: str, section: str, subclass: str) -> None:
    parsed = codes.parse_class_symbol(text)

    assert (parsed, parsed.section, parsed.subclass) == (codes.ClassSymbol(scheme, symbol), section, subclass)


@pytest.mark.parametrize("text", ["", "X01B1/00", "A1B2/00", "9-01", "无数据", "A61K36/8", None])
def test_class_symbol_refusals(text: object) -> None:
    with pytest.raises(Invalid):
        codes.parse_class_symbol(text)


def test_masks() -> None:
    assert [
        codes.mask_phone("13812345678"),
        codes.mask_phone("12345"),
        codes.mask_name("张三丰"),
        codes.mask_name("李"),
        codes.mask_name(""),
        codes.mask_email("wang@example.com"),
        codes.mask_email("no-at"),
        codes.mask_bank_account("6222020200112233"),
        codes.mask_bank_account("123"),
        codes.mask_id_card("370902199001011234"),
        codes.mask_id_card("37090219"),
    ] == [
        "138****5678",
        "*****",
        "张**",
        "李*",
        "",
        "w***@example.com",
        "***",
        "****2233",
        "***",
        "370902********1234",
        "********",
    ]


@given(st.text())
def test_parsers_never_crash(text: str) -> None:
    for parser in (codes.parse_uscc, codes.parse_class_symbol):
        with contextlib.suppress(Invalid):
            assert parser(text)


@given(st.text(min_size=11, max_size=20, alphabet="0123456789"))
def test_masked_phone_hides_the_middle(phone: str) -> None:
    assert codes.mask_phone(phone) == f"{phone[:3]}****{phone[-4:]}"
