"""Filters of the pages that show matches."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from demand import marking

register = template.Library()


@register.filter
def marked(text: str, words: Iterable[str]) -> SafeString:
    """The text with the matched words in `<mark>`."""
    pieces = marking.marked_pieces(text, words)
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", p) if m else p,) for p, m in pieces))


@register.filter
def clause_excerpt(sentence: str, clause: str) -> SafeString:
    """A sentence, cut around its clause if it is long, with the clause marked."""
    words = [clause.lower()]
    return marked(marking.excerpt(sentence, words), words)


@register.filter
def excerpt(text: str, words: Iterable[str]) -> str:
    """The part of a long text where the matched words begin."""
    return marking.excerpt(text, words)
