"""The admin's own static files."""

from django.http import HttpRequest
from django.templatetags.static import static


def stylesheet(request: HttpRequest) -> str:
    """Address of the admin's stylesheet, in the colours of the public pages."""
    return static("ui/admin.css")


def expressions(request: HttpRequest) -> str:
    """Address of the evaluator that lets the admin's templates work without eval."""
    return static("ui/admin-expressions.js")


def field_names(request: HttpRequest) -> str:
    """Address of the script that gives the search fields of related rows the names of their labels."""
    return static("ui/admin-labels.js")


def no_colours(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Nothing for unfold to write into the page."""
    return {}
