"""The public check of filed and recognised patent products."""

import segno
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.access import public
from stats.enums.products import ProductState
from stats.forms.products import CertificateForm
from stats.models.products import IntensiveProduct, Product
from stats.queries import products as queries

PAGE_SIZE = 20


@require_safe
@public
def register(request: HttpRequest) -> HttpResponse:
    """The filed products; a certificate's number goes straight to it, also when it has ended."""
    form = CertificateForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    if words and (found := queries.certificate(words)):
        return redirect("stats:certificate", found.ref)
    page = Paginator(queries.registered(words), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "stats/products/register.html", {"form": form, "page": page, "words": words})


@require_safe
@public
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """What a certificate says and whether it stands today; no figures of the firm."""
    found = queries.certificate(number)
    if found is None:
        raise Http404
    address = request.build_absolute_uri(reverse("stats:certificate", args=[found.ref]))
    is_intensive = isinstance(found, IntensiveProduct)
    product: Product = found.product if isinstance(found, IntensiveProduct) else found
    context = {
        "certificate": found,
        "is_intensive": is_intensive,
        "product": product,
        "patents": list(product.patents.select_related("patent")),
        "standing": _standing(found),
        "code": segno.make(address, micro=False).svg_data_uri(scale=4),
        "address": address,
        "recognitions": [] if is_intensive else product.recognitions.certified().valid_on(clock.today()),
    }
    return render(request, "stats/products/certificate.html", context)


def _standing(found: Product | IntensiveProduct) -> tuple[str, str]:
    """The state as a badge: its code and its word."""
    if isinstance(found, IntensiveProduct):
        return ("expired", "已过有效期") if found.is_expired else (found.state, found.get_state_display())
    return ("filed", "有效") if found.state == ProductState.FILED else (found.state, found.get_state_display())
