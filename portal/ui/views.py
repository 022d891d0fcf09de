"""Pages about the site itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.accounts.access import public
from portal.ui import navigation, samples


@public
def design(request: HttpRequest) -> HttpResponse:
    """Every part of the design system, as it looks."""
    form = samples.SampleForm({"name": "", "amount": "12.345"} if request.GET.get("errors") else None)
    return render(request, "design/index.html", {"form": form, **samples.context()})


@public
def site_map(request: HttpRequest) -> HttpResponse:
    """The public addresses in one list."""
    return render(request, "ui/site_map.html", {"groups": navigation.public_groups()})


@public
def report_fault(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a fault of the site."""
    return render(request, "ui/report_fault.html")
