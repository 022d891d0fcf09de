"""The public search, and a holder's own patents."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import cached_property

from patents.forms.search import SECTIONS, PatentSearchForm
from patents.models import Patent
from patents.queries import search as queries
from portal import regions
from portal.accounts.access import public, roles
from portal.accounts.enums import Role

PAGE_SIZE = 20
LIST_FIELDS = (
    "id", "number", "check_digit", "publication_number", "publication_kind", "kind", "title", "abstract", "main_class", "applicant_names", "filed_on",
    "legal_status", "city_code", "transfer_way", "price_amount", "holder",
)  # fmt: skip


class ResultPaginator(Paginator):
    """Pages over the first RESULT_LIMIT rows."""

    @cached_property
    def count(self) -> int:
        return queries.bounded_count(self.object_list)  # type: ignore[arg-type]


def _page(request: HttpRequest, rows: QuerySet[Patent]) -> Any:
    listed = rows.select_related("holder").only(*LIST_FIELDS, "holder__name")
    return ResultPaginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))


def _facets(rows: QuerySet[Patent], given: QueryDict) -> list[dict[str, Any]]:
    counts = queries.facet_counts(rows)
    labels = {
        "kind": ("专利类型", "kind", dict(Patent._meta.get_field("kind").flatchoices)),
        "city_code": ("所在市", "city", regions.CITIES),
        "section": ("国际专利分类", "section", SECTIONS),
    }
    return [
        {
            "title": title,
            "options": [
                {"query": _narrowed(given, parameter, value), "label": names.get(value, value), "count": count}
                for value, count in sorted(counts[facet].items(), key=lambda item: -item[1])
            ],
        }
        for facet, (title, parameter, names) in labels.items()
    ]


def _narrowed(given: QueryDict, parameter: str, value: str) -> str:
    query = given.copy()
    query[parameter] = value
    query.pop("page", None)
    return query.urlencode()


@public
def search(request: HttpRequest) -> HttpResponse:
    """Search the pool; htmx asks for the results alone."""
    form = PatentSearchForm(request.GET)
    rows = queries.search(form.wanted())
    context = {
        "form": form,
        "page": _page(request, rows),
        "facets": _facets(rows, request.GET),
        "limit": queries.RESULT_LIMIT,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "patents/_results.html" if partial else "patents/search.html", context)


@roles(Role.HOLDER)
def mine(request: HttpRequest) -> HttpResponse:
    """The patents of the holder that is signed in."""
    form = PatentSearchForm(request.GET)
    rows = queries.search(form.wanted(holder_id=request.user.organisation_id))  # type: ignore[union-attr]
    return render(request, "patents/mine.html", {"form": form, "page": _page(request, rows)})
