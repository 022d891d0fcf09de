"""Sending and reading in-portal messages."""

from django.utils import timezone

from portal.accounts.models import Organisation, User
from portal.notices.models import Notice


def notify(*, recipient: Organisation, kind: str, title: str, body: str = "", link: str = "") -> Notice:
    """Put a message into an organisation's in-tray, in the transaction of what it tells about."""
    return Notice.objects.create(recipient=recipient, kind=kind, title=title[:200], body=body, link=link)


def mark_read(*, notice_id: int, by: User) -> None:
    """Mark a notice of the user's organisation as read; the first reading counts."""
    Notice.objects.visible_to(by).filter(pk=notice_id, read_at__isnull=True).update(read_at=timezone.now())
