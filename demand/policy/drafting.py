"""What would make a need findable, said while it is written. Pure."""

import re
from dataclasses import dataclass

from patents.numbers import ApplicationNumber, parse_application_number
from patents.text import BOILERPLATE, normalise, ranking_words, words
from portal.errors import Invalid

SHORT = 60
"""Characters of problem and object below which a ranking has little to go by."""
TELLING_WORDS = 3
BOILERPLATE_SHARE = 0.5
FOREIGN_SHARE = 0.6
MAX_NUMBERS = 5
_FIGURE = re.compile(
    r"\d+(?:\.\d+)?\s*(?:%|％|‰|℃|°|[kmcnμu]?m\b|毫米|厘米|微米|纳米|米|[kmμ]?g\b|千克|公斤|吨|克|[MGk]?Pa|兆帕|小时|分钟|秒|天|"
    r"倍|级|次|年|元|k?W|[mk]?V|A\b|Hz|dB|rpm|转|L\b|升)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")
_NUMBER = re.compile(
    r"(?<![\w.])(?:ZL|CN)?\s?(?:(?:19|20)\d{2}\s?[12389]\s?\d{7}|\d{2}[12389]\d{5})\s?[.．。]?\s?[\dXx](?![\w.])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A need as it stands in the form; nothing of it need be valid."""

    title: str = ""
    description: str = ""
    object_text: str = ""
    target_figures: str = ""
    figure_count: int = 0


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that would make the need easier to find. `field` is the form's."""

    code: str
    field: str
    message: str


def hints_for(draft: Draft) -> list[Hint]:
    """What is missing, the gravest first; an empty draft gets no reproach."""
    text = normalise(f"{draft.title}\n{draft.object_text}\n{draft.description}")
    if not text:
        return []
    return [hint for check in _CHECKS if (hint := check(draft, text))]


def _is_foreign(draft: Draft, text: str) -> Hint | None:
    letters = len(_LETTER.findall(text))
    if letters and letters >= FOREIGN_SHARE * (letters + len(_HAN.findall(text))):
        return Hint("foreign", "description", "专利库以中文为主，请用中文说明，术语后可附英文。")
    return None


def _is_markup(draft: Draft, _: str) -> Hint | None:
    if _MARKUP.search(draft.title) or _MARKUP.search(draft.description):
        return Hint("markup", "description", "内容中有网页代码，匹配时不计；请粘贴为纯文本。")
    return None


def _is_boilerplate(_: Draft, text: str) -> Hint | None:
    found = [word for word in words(text) if len(word) > 1]
    telling = {word for word in ranking_words(text) if len(word) > 1}
    genre = sum(word in BOILERPLATE for word in found)
    if found and (not telling or genre >= BOILERPLATE_SHARE * len(found)):
        return Hint(
            "boilerplate", "description", "多为“关键技术研究”“产业化”一类通用说法，请写出具体的产品、部件和现象。"
        )
    return None


def _has_no_object(draft: Draft, _: str) -> Hint | None:
    if draft.object_text.strip():
        return None
    telling = {word for word in ranking_words(normalise(draft.title)) if len(word) > 1}
    if len(telling) >= TELLING_WORDS:
        return None
    return Hint("no_object", "object_text", "没有写明对象：是哪种产品、部件、材料或者哪道工艺？")


def _is_short(draft: Draft, text: str) -> Hint | None:
    if len(text.replace(" ", "")) < SHORT:
        return Hint(
            "short", "description", f"内容不足 {SHORT} 个字，请补充现在怎样做、出现什么问题、在什么条件下出现。"
        )
    return None


def _has_no_figure(draft: Draft, text: str) -> Hint | None:
    if draft.figure_count or _FIGURE.search(normalise(f"{draft.target_figures}\n{text}")):
        return None
    return Hint(
        "no_figure", "target_figures", "没有带单位的指标，例如：磨齿余量不高于 0.2 mm。写明后可与专利达到的指标比较。"
    )


_CHECKS = (_is_foreign, _is_markup, _is_boilerplate, _has_no_object, _is_short, _has_no_figure)


def patent_numbers(*texts: str) -> list[ApplicationNumber]:
    """Application numbers with a right check digit in the texts, at most MAX_NUMBERS, each once."""
    found: dict[str, ApplicationNumber] = {}
    for text in texts:
        for match in _NUMBER.findall(text):
            try:
                number = parse_application_number("".join(match.split()))
            except Invalid:
                continue
            found.setdefault(number.value, number)
    return list(found.values())[:MAX_NUMBERS]


def likeness(first: str, second: str) -> float:
    """How alike two texts are, 0 to 1: the share of character pairs that they have in common (Jaccard)."""
    mine, theirs = _pairs(first), _pairs(second)
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0


def _pairs(text: str) -> set[str]:
    plain = "".join(filter(str.isalnum, normalise(text)))
    return {plain[at : at + 2] for at in range(max(len(plain) - 1, 0))}
