"""Chinese patent text cut into the tokens that search and ranking count. Pure: no database, no state.

Words are cut without the hidden Markov model of the segmenter: it glues new "words" together differently from
sentence to sentence, so a query and a text would not meet. What the dictionary splits is caught by character bigrams.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

import rjieba

TEXT_LIMIT = 20_000
"""Characters of one text that are read; the longest real abstract has a tenth of it."""
QUERY_TOKEN_LIMIT = 32
WORD_LIMIT = 64
"""Longer words are strings of letters that nobody types; the column's own limit is 2 kB."""

_MARKUP = re.compile(r"<!--.*?-->|</?[a-z!][^<>]*>", re.IGNORECASE | re.DOTALL)
# Lone surrogates and NUL cannot be stored; the rest would only be read as markup or an escape again.
_NOISE = re.compile(r"[\x00<>&\\\ud800-\udfff]")
_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002a6df]+")

PARTICLES = frozenset("的了和与及在对为是将有其中该或等于由以上下不用可使从到而并所被把向后前时也个各这本已即之能")
"""Single characters that say nothing about a subject."""

_JOINTS = str.maketrans(dict.fromkeys("的了是和与及在所被把也这即之并将为从其", " "))
"""No term of art reaches across these characters."""

_OF_PATENTS = (
    "一种 方法 系统 装置 设备 技术 工艺 本发明 本实用新型 实用新型 发明 公开 涉及 提供 所述 包括 其特征在于 特征 技术领域 领域 属于 具有 "
    "进行 实现 提高 改进 目的 达到 通过 采用 制备 使用 应用 一个 可以 能够 设计 新型 以及 及其"
)
_OF_NEEDS = (
    "关键技术研究 关键技术 研究 产业化 开发 研发 研制 项目 我公司 公司 企业 现有技术 目前 需求 现需求 急需 需要 不需要 希望 要求 解决 问题 "
    "技术难题 难题 生产 产品 高效 同时 相关"
)
_OF_FORMS = "需求内容 预期目标 现有工作基础 主要内容 主要目标"
BOILERPLATE = frozenset(f"{_OF_PATENTS} {_OF_NEEDS} {_OF_FORMS}".split())
"""Words of the genre: they stand in most needs and patents and mislead a ranking."""


def normalise(text: str) -> str:
    """The text without markup, in compatibility form (NFKC), lower case, single spaces. Idempotent.

    A literal backslash-n, as some exports write it, is a space.
    """
    text = _without_markup(text)
    # Lowering can leave a combining mark behind a letter that has a composed form, hence the second time.
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    return " ".join(_NOISE.sub(" ", text).split())[:TEXT_LIMIT].rstrip()


def plain(text: str) -> str:
    """The text without markup, single spaces, otherwise as it was written: what a language model reads."""
    return " ".join(_NOISE.sub(" ", _without_markup(text)).split())


def _without_markup(text: str) -> str:
    text = text[:TEXT_LIMIT].replace("\\n", " ")
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    return text


def words(normalised: str) -> list[str]:
    """Dictionary words, also those inside longer ones, letters and numbers, in the order of the text."""
    return [word for word in rjieba.cut_for_search(normalised, False) if word.isalnum() and len(word) <= WORD_LIMIT]


def bigrams(normalised: str) -> list[str]:
    """Pairs of neighbouring Chinese characters, in the order of the text."""
    return [pair for run in _HAN_RUN.findall(normalised) for pair in pairs(run)]


def pairs(run: str) -> Iterator[str]:
    """The overlapping pairs of a string's characters."""
    return map("".join, pairwise(run))


BOILERPLATE_BIGRAMS = frozenset(pair for word in BOILERPLATE for pair in pairs(word))
_DAMPED_WORDS = PARTICLES.union(BOILERPLATE, *(words(phrase) for phrase in BOILERPLATE))


def ranking_words(normalised: str) -> list[str]:
    """Words that can tell one subject from another."""
    return [word for word in words(normalised) if word not in _DAMPED_WORDS]


def ranking_bigrams(normalised: str) -> list[str]:
    """Bigrams that can tell one subject from another."""
    return [pair for pair in bigrams(normalised.translate(_JOINTS)) if pair not in BOILERPLATE_BIGRAMS]


def ranking_characters(normalised: str) -> list[str]:
    """Single Chinese characters that can tell one subject from another, in the order of the text."""
    return [character for run in _HAN_RUN.findall(normalised) for character in run if character not in PARTICLES]


def search_tokens(title: str, abstract: str) -> tuple[set[str], set[str]]:
    """What the public search finds a patent by: (tokens of the title, further tokens of the abstract).

    The title also gives its single characters and bigrams, so that one character finds it.
    """
    title = normalise(title)
    in_title = set(words(title)).union(bigrams(title), filter(str.isalnum, title))
    cut = rjieba.cut_for_search(normalise(abstract), False)
    in_abstract = {word for word in cut if word.isalnum() and len(word) <= WORD_LIMIT}
    in_abstract.update(
        first + second
        for first, second in pairwise(cut)
        if len(first) == 1 == len(second) and _are_apart(first, second)
    )
    return in_title, in_abstract - PARTICLES - in_title


def search_vector(title: str, abstract: str) -> str:
    """`search_tokens` as PostgreSQL reads a tsvector; tokens of the title carry weight A.

    Tokens are letters, digits and characters only, so quoting is enough. Tokens of the abstract need a position too:
    PostgreSQL lets a lexeme without one match any weight.
    """
    in_title, in_abstract = search_tokens(title, abstract)
    return " ".join([*(f"'{token}':1A" for token in in_title), *(f"'{token}':1" for token in in_abstract)])


def search_query_tokens(text: str) -> list[str]:
    """The tokens that a patent must all have to be found by `text`, at most 32; none when nothing can be looked for.

    Characters that no dictionary word joins are looked for as neighbours ("齿辊" is not in the dictionary).
    """
    normalised = normalise(text)
    if len(normalised) == 1:
        return [normalised] if normalised.isalnum() else []
    cut = rjieba.cut(normalised, False)
    tokens: dict[str, None] = {}
    for before, word, after in zip(["", *cut], cut, [*cut[1:], ""], strict=False):
        if _are_apart(word, after):
            tokens[word + after] = None
        elif not _are_apart(before, word) and word.isalnum():
            tokens[word] = None
    telling = [word for word in tokens if word not in PARTICLES and len(word) <= WORD_LIMIT]
    return (telling or list(tokens))[:QUERY_TOKEN_LIMIT]


def _are_apart(first: str, second: str) -> bool:
    """Whether two neighbours are single Chinese characters that no dictionary word joins."""
    return len(first) == 1 == len(second) and _tells(first) and _tells(second)


def _tells(character: str) -> bool:
    return character not in PARTICLES and _HAN_RUN.match(character) is not None
