"""What every page knows: the site's identity, the navigation, the number of unread messages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.notices.models import Notice
from portal.ui import navigation

UNREAD_LIMIT = 100


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html; the unread count is one query, made only where it is shown."""
    return {
        "site": {
            "name": settings.SITE_NAME,
            "host_unit": settings.SITE_HOST_UNIT,
            "operator_unit": settings.SITE_OPERATOR_UNIT,
            "contact": settings.SITE_CONTACT,
            "identifier": settings.SITE_IDENTIFIER,
            "icp": settings.SITE_ICP,
            "police": settings.SITE_POLICE,
        },
        "navigation": SimpleLazyObject(lambda: navigation.groups(request)),
        "unread_count": SimpleLazyObject(lambda: _unread(request)),
    }


def _unread(request: HttpRequest) -> int:
    unread = Notice.objects.visible_to(request.user).filter(read_at__isnull=True)
    return len(unread.values_list("pk", flat=True)[:UNREAD_LIMIT])
