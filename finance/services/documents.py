"""A project's papers: attached by the firm, taken by institutions over links that soon run out."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import transaction

from finance.enums import PaperKind, ProjectState
from finance.models import DocumentDownload, Placement, Project
from finance.services.moves import lock_project
from portal import clock
from portal.accounts.enums import RegistrationState, Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Invalid, NotAllowed, NotFound, WrongState

LINK_LIFE = dt.timedelta(minutes=10)
MAX_PAPERS = 40
_SALT = "finance.documents.link"
_ENDED = frozenset({ProjectState.CLOSED, ProjectState.REPAID})


@dataclass(frozen=True, slots=True)
class Link:
    """A token that stands for one document and one institution until `expires_at`."""

    token: str
    expires_at: dt.datetime


@transaction.atomic
def attach_paper(*, project_id: int, by: User, purpose: str, file: Any, file_name: str) -> Attachment:
    """Add a document to the firm's project; institutions that have the project see it at once.

    Raises:
        WrongState: the project has ended.
        Invalid: an unknown kind of paper, too many of them, or a file that may not be kept; `field` names which.
    """
    project = _lock_own(project_id, by)
    if purpose not in PaperKind.values:
        raise Invalid("请从列出的材料种类中选择。", field="purpose")
    if Attachment.objects.of(project).count() >= MAX_PAPERS:
        raise Invalid(f"每个项目最多 {MAX_PAPERS} 份材料。", field="file")
    kept = attachments.attach(target=project, purpose=purpose, file=file, file_name=file_name, by=by)
    _touch(project)
    return kept


@transaction.atomic
def remove_paper(*, project_id: int, by: User, attachment_id: int) -> None:
    """Take a document away again; links to it stop working."""
    project = _lock_own(project_id, by)
    attachments.remove(target=project, attachment_id=attachment_id, by=by)
    _touch(project)


def link_to(*, project_ref: str, attachment_id: int, by: User) -> Link:
    """A link to a document of a project that was pushed to the institution of `by`.

    Raises:
        NotFound: no such document, or none that the institution may see.
    """
    placement = Placement.objects.visible_to(by).filter(project__ref=project_ref).select_related("project").first()
    if placement is None or not Attachment.objects.of(placement.project).filter(pk=attachment_id).exists():
        raise NotFound("没有这份材料。")
    token = signing.dumps([placement.pk, attachment_id, by.pk], salt=_SALT)
    return Link(token, clock.now() + LINK_LIFE)


@transaction.atomic
def open_link(*, token: str, address: str | None) -> Attachment:
    """The document that a link stands for; the download is recorded.

    Consent and access are looked at anew: a link does not outlive them.

    Raises:
        NotFound: the link is forged or has run out, or what it stands for may not be seen any more.
    """
    gone = NotFound("链接无效或已过期，请重新获取。", code="link_expired")
    try:
        placement_id, attachment_id, user_id = signing.loads(token, salt=_SALT, max_age=LINK_LIFE)
    except (signing.BadSignature, ValueError) as error:
        raise gone from error
    by = User.objects.filter(pk=user_id, is_active=True, organisation__state=RegistrationState.APPROVED).first()
    placement = by and Placement.objects.visible_to(by).filter(pk=placement_id).select_related("project").first()
    kept = placement and Attachment.objects.of(placement.project).filter(pk=attachment_id).first()
    if not (by and placement and kept):
        raise gone
    DocumentDownload.objects.create(placement=placement, attachment=kept, by=by, address=address)
    record(by=by, verb="下载项目材料", target=placement.project, attachment_id=kept.pk, file_name=kept.file_name)
    return kept


def _lock_own(project_id: int, by: User) -> Project:
    if by.role != Role.SME:
        raise NotAllowed("只有企业可以上传项目材料。")
    project = lock_project(by, pk=project_id)
    if project.state in _ENDED:
        raise WrongState(f"当前状态为“{project.get_state_display()}”，不能修改材料。")
    return project


def _touch(project: Project) -> None:
    """Banks ask by the time of change."""
    project.version += 1
    project.save(update_fields=["version", "updated_at"])
