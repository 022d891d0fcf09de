"""Sending and reading in-portal messages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from portal.accounts.models import Organisation, User
from portal.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Message:
    """What one organisation is told."""

    recipient: Organisation
    title: str
    body: str = ""
    link: str = ""


def notify(*, recipient: Organisation, kind: str, title: str, body: str = "", link: str = "") -> Notice:
    """Put a message into an organisation's in-tray, in the transaction of what it tells about."""
    return notify_many(kind=kind, messages=[Message(recipient, title, body, link)])[0]


def notify_person(*, reader: User, kind: str, title: str, body: str = "", link: str = "") -> Notice:
    """Tell one person, who may belong to no organisation; colleagues do not see it. Otherwise as `notify`."""
    return Notice.objects.create(reader=reader, kind=kind, title=title[:200], body=body, link=link)


def notify_many(*, kind: str, messages: Iterable[Message]) -> list[Notice]:
    """Put each message into its organisation's in-tray, in one query whatever their number; otherwise as `notify`."""
    return Notice.objects.bulk_create(
        Notice(recipient=one.recipient, kind=kind, title=one.title[:200], body=one.body, link=one.link)
        for one in messages
    )


def mark_read(*, notice_id: int, by: User) -> None:
    """Mark a notice to the user or its organisation as read; the first reading counts."""
    Notice.objects.visible_to(by).filter(pk=notice_id, read_at__isnull=True).update(read_at=timezone.now())
