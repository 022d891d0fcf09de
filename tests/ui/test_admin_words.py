"""The admin's package speaks English where Django has no word of its own; our catalogue gives the Chinese."""

import ast
import gettext
import re
from pathlib import Path

import pytest
import unfold
from django.utils import translation

PACKAGE = Path(unfold.__file__).parent
CATALOGUE = Path(__file__).parents[2] / "portal/ui/locale/zh_Hans/LC_MESSAGES"
TEMPLATES = sorted([*PACKAGE.glob("templates/**/*.html"), *PACKAGE.glob("contrib/filters/**/*.html")])
SOURCES = sorted([*PACKAGE.glob("*.py"), *PACKAGE.glob("templatetags/*.py"), *PACKAGE.glob("contrib/filters/**/*.py")])
IN_TEMPLATES = re.compile(r"""{%\s*(?:trans|translate)\s+(["'])(.*?)\1""")
LITERAL = r"""(?:"[^"]*"|'[^']*')"""
IN_SOURCES = re.compile(rf"\b_\(\s*({LITERAL}(?:\s*{LITERAL})*)")
ENGLISH = re.compile("[A-Za-z]")
CHINESE = re.compile("[\u4e00-\u9fff]")
# Only joins two values.
WORDLESS = {"%(class_name)s %(instance)s"}
# Pages of packages that the portal does not have.
ELSEWHERE = re.compile(r"/(guardian|simple_history|import_export|constance|djangoql)/|object_history|revision")


def words():
    """What the package would have translated."""
    found = {
        word
        for file in TEMPLATES
        if not ELSEWHERE.search(str(file))
        for _, word in IN_TEMPLATES.findall(file.read_text())
    }
    found |= {ast.literal_eval(f"({word})") for file in SOURCES for word in IN_SOURCES.findall(file.read_text())}
    return sorted(found - WORDLESS)


def test_every_word_of_the_admin_is_chinese():
    with translation.override("zh-hans"):
        english = [word for word in words() if not CHINESE.search(translation.gettext(word))]

    assert english == []


def test_compiled_catalogue_is_that_of_the_source():
    source = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid (".+")\nmsgstr (".+")$', source, re.MULTILINE)
    written = {ast.literal_eval(word): ast.literal_eval(chinese) for word, chinese in pairs}

    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert {word: compiled.gettext(word) for word in written} == written
    assert len(written) > 50


@pytest.mark.parametrize(("count", "words"), [(1, "找到 1 项，用时 0.25 秒"), (3, "找到 3 项，用时 0.25 秒")])
def test_count_of_the_command_palette_is_chinese(count, words):
    one, many = (
        f"\n                Found %(counter)s {noun} in %(time)s seconds\n            "
        for noun in ("result", "results")
    )

    with translation.override("zh-hans"):
        said = translation.ngettext(one, many, count) % {"counter": count, "time": "0.25"}

    assert said.strip() == words
