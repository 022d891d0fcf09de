"""The public search, its sheet, the IPC tree, and a holder's own patents."""

import io
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from patents.classifications import ipc_levels, ipc_prefix
from patents.exports import results_workbook
from patents.forms.search import PatentSearchForm
from patents.queries import search as queries
from patents.queries.offers import with_offers
from patents.views.facets import chips_of, conditions, facets_of, ipc_names, without
from portal import clock
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.ui.downloads import XLSX

PAGE_SIZE = 20


def _page(request: HttpRequest, found: queries.Found) -> Any:
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = with_offers(page.object_list)
    return page


@public
def search(request: HttpRequest) -> HttpResponse:
    """Search the pool; htmx asks for the results alone."""
    form = PatentSearchForm(request.GET)
    found = queries.find(form.wanted())
    context = {
        "form": form,
        "found": found,
        "page": _page(request, found),
        "facets": facets_of(found, request.GET),
        "chips": chips_of(form, request.GET),
        "query": without(request.GET, "page"),
        "limit": queries.RESULT_LIMIT,
        "more_is_used": any(name in form.cleaned_data and form.cleaned_data[name] for name in MORE_FIELDS)
        or any(name in form.errors for name in MORE_FIELDS),
    }
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "patents/_results.html" if partial else "patents/search.html", context)


MORE_FIELDS = (
    "status", "ipc", "sei", "intensive", "holder", "maturity_from", "maturity_to", "price_from", "price_to", "licence",
)  # fmt: skip


@public
def export(request: HttpRequest) -> FileResponse:
    """The patents that a search shows, as a sheet."""
    form = PatentSearchForm(request.GET)
    found = queries.find(form.wanted())
    book = results_workbook(found, conditions(form).values())
    name = f"专利检索结果-{clock.today():%Y%m%d}.xlsx"
    return FileResponse(io.BytesIO(book), as_attachment=True, filename=name, content_type=XLSX)


@public
def holder_names(request: HttpRequest) -> HttpResponse:
    """Holders whose names contain what is being typed, as options of the field's list."""
    names = queries.holder_names(request.GET.get("holder", ""))
    return render(request, "patents/_holder_names.html", {"names": names})


@public
def ipc_tree(request: HttpRequest) -> HttpResponse:
    """The places of the IPC one below another, with the patents in each."""
    levels = ipc_levels(ipc_prefix(request.GET.get("at", "")))
    found = queries.find(queries.PatentSearch(ipc=levels[-1] if levels else ""))
    children = sorted(found.facets()["ipc"].items())
    names = ipc_names([*levels, *(place for place, _ in children)])
    context = {
        "path": [(place, names.get(place, "")) for place in levels],
        "children": [(place, names.get(place, ""), count) for place, count in children],
        "count": found.count,
        "is_lowest": len(levels) == len(("section", "class", "subclass", "main group")),
    }
    return render(request, "patents/ipc.html", context)


@roles(Role.HOLDER)
def mine(request: HttpRequest) -> HttpResponse:
    """The patents of the holder that is signed in."""
    form = PatentSearchForm(request.GET)
    found = queries.find(form.wanted(holder_id=request.user.organisation_id))  # type: ignore[union-attr]
    return render(request, "patents/mine.html", {"form": form, "found": found, "page": _page(request, found)})
