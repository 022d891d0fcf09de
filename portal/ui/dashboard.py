"""The admin's colours."""

from django.http import HttpRequest
from django.templatetags.static import static


def stylesheet(request: HttpRequest) -> str:
    """Address of the admin's own stylesheet, in the colours of the public pages."""
    return static("ui/admin.css")
