"""Handing out documents."""

from django.apps import apps
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.accounts.access import signed_in
from portal.accounts.requests import user_of
from portal.attachments.models import Attachment


@signed_in
@require_safe
def download(request: HttpRequest, attachment_id: int) -> FileResponse:
    """A document, to everybody who may see the row it belongs to; always as a download, never shown in the site."""
    kept = get_object_or_404(Attachment, pk=attachment_id, removed_at=None)
    rows = apps.get_model(kept.target_type)._default_manager
    visible_to = getattr(rows, "documents_visible_to", None) or getattr(rows, "visible_to", None)
    if visible_to is None or not visible_to(user_of(request)).filter(pk=kept.target_id).exists():
        raise Http404
    return FileResponse(
        kept.file.open("rb"), as_attachment=True, filename=kept.file_name, content_type=kept.content_type
    )
