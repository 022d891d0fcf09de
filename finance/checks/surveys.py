"""Questions that can be asked, and answers that answer them."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finance.enums import WITH_OPTIONS, QuestionKind
from finance.models import Question
from portal.errors import Invalid
from portal.money import parse_amount

MAX_QUESTIONS = 60
MIN_OPTIONS, MAX_OPTIONS = 2, 20
MAX_TEXT = 1000
_CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """One question as it is written down; no code: one is given by its place."""

    text: str
    kind: str
    options: tuple[str, ...] = ()
    is_required: bool = True
    code: str = ""


def check_questions(questions: Sequence[QuestionFacts]) -> list[QuestionFacts]:
    """The questions with a code each.

    Raises:
        Invalid: none, too many, or one that cannot be asked; the message names it by its place.
    """
    if not 1 <= len(questions) <= MAX_QUESTIONS:
        raise Invalid(f"问卷应有 1 至 {MAX_QUESTIONS} 道题。", field="questions")
    found: list[QuestionFacts] = []
    for place, asked in enumerate(questions, start=1):
        code = asked.code.strip() or f"q{place}"
        if not _CODE.fullmatch(code) or any(one.code == code for one in found):
            raise Invalid(
                f"第 {place} 题的编码“{code[:30]}”重复或者不是小写字母开头的字母、数字、下划线。", field="questions"
            )
        found.append(_checked(place, asked, code))
    return found


def _checked(place: int, asked: QuestionFacts, code: str) -> QuestionFacts:
    if not asked.text.strip() or asked.kind not in QuestionKind.values:
        raise Invalid(f"第 {place} 题缺少题目或者类型。", field="questions")
    options = tuple(option.strip() for option in asked.options if option.strip())
    if asked.kind in WITH_OPTIONS and not MIN_OPTIONS <= len(set(options)) == len(options) <= MAX_OPTIONS:
        raise Invalid(f"第 {place} 题是选择题，应有 {MIN_OPTIONS} 至 {MAX_OPTIONS} 个不同的选项。", field="questions")
    if asked.kind not in WITH_OPTIONS and options:
        raise Invalid(f"第 {place} 题不是选择题，不能有选项。", field="questions")
    return QuestionFacts(asked.text.strip(), asked.kind, options, asked.is_required, code)


def read_answers(questions: Sequence[Question], given: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as they are stored: text, numbers and days as text, money in yuan, several choices as a list.

    What was left out is left out.

    Raises:
        Invalid: a required one is missing, or one does not answer its question; `field` is the question's code.
    """
    known = {question.code for question in questions}
    if unknown := sorted(set(given) - known):
        raise Invalid(f"问卷中没有“{unknown[0][:30]}”这道题。", field=unknown[0])
    found = {}
    for question in questions:
        value = given.get(question.code)
        if value in (None, "", []):
            if question.is_required:
                raise Invalid(f"请填写第 {question.place} 题：{question.text}。", field=question.code)
            continue
        found[question.code] = _read(question, value)
    return found


def _read(question: Question, value: Any) -> Any:
    wrong = Invalid(f"第 {question.place} 题的答案不符合题目要求。", field=question.code)
    if question.kind == QuestionKind.CHOICES:
        if not isinstance(value, list) or len(set(value)) != len(value) or set(value) - set(question.options):
            raise wrong
        return value
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise wrong
    return _read_text(question, value.strip(), wrong)


def _read_text(question: Question, text: str, wrong: Invalid) -> str:
    if question.kind == QuestionKind.MONEY:
        try:
            return str(parse_amount(text, unit="万元"))
        except Invalid as refusal:
            raise Invalid(refusal.message, field=question.code) from refusal
    if question.kind == QuestionKind.DATE:
        try:
            return dt.date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise wrong from error
    fits = {
        QuestionKind.NUMBER: _NUMBER.fullmatch(text) is not None,
        QuestionKind.YES_NO: text in ("yes", "no"),
        QuestionKind.CHOICE: text in question.options,
    }
    if not fits.get(QuestionKind(question.kind), bool(text)):
        raise wrong
    return text
