"""Mutual TLS: the proxy verifies the client's certificate and passes its subject on; here it is compared.

The header is believed because the proxy overwrites it with every request; without the setting nobody's is, and a
bound institution is refused rather than let in unseen.
"""

from typing import Any

from django.conf import settings

from portal.accounts.models import Organisation
from portal.api.models import ClientBinding


def subject_of(request: Any) -> str:
    """The subject that the proxy verified; empty when there was no certificate, or no proxy says so."""
    name = settings.CLIENT_CERTIFICATE_HEADER
    return request.META.get(f"HTTP_{name.upper().replace('-', '_')}", "").strip() if name else ""


def shows_its_certificate(request: Any, organisation: Organisation | None) -> bool:
    """Whether the caller may act for the organisation: it is bound to no certificate, or showed the one it is bound to."""
    if organisation is None:
        return True
    bound = ClientBinding.objects.filter(organisation=organisation, is_active=True).values_list("subject", flat=True)
    wanted = bound.first()
    return wanted is None or subject_of(request) == wanted
