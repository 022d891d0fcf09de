"""To whom a firm lets its project be shown (PIPL arts 15 and 23): one recipient at a time, given and taken back."""

from django.db import transaction

from finance.enums import ANSWERABLE, PlacementState, ProjectState
from finance.models import Placement, Project
from finance.queries.products import lenders_on_sale
from finance.services.moves import lock_project, move_placement
from finance.services.projects import push_to_fitting
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Invalid, NotAllowed, WrongState
from portal.outbox.services import publish, send

_SHARED = frozenset({ProjectState.SUBMITTED, ProjectState.ADMITTED})


@transaction.atomic
def share_with(*, project_id: int, institution_id: int, by: User, consent: bool) -> Project:
    """Let one more institution have the project; it is pushed at once where a product of it fits.

    Raises:
        WrongState: the project is not on its way to a loan.
        Invalid: consent was not given, the institution has no product on sale, or has had the project already.
    """
    project = _lock_own(project_id, by)
    if not consent:
        raise Invalid("请勾选同意共享项目信息。", field="consent")
    if project.state not in _SHARED:
        raise WrongState(f"当前状态为“{project.get_state_display()}”，不能增加接收机构。")
    institution = next((lender for lender in lenders_on_sale() if lender.pk == institution_id), None)
    if institution is None:
        raise Invalid("该机构目前没有在售的产品。", field="institution")
    if project.placements.filter(institution=institution).exists():
        raise Invalid("项目已推送给该机构。", field="institution")
    project.recipients.add(institution)
    record(by=by, verb="同意共享", target=project, recipient=institution.name)
    publish("finance.consent.given", key=project.ref, project_ref=project.ref, institution_id=institution.pk)
    if project.state == ProjectState.ADMITTED:
        push_to_fitting(project)
    return project


@transaction.atomic
def withdraw_from(*, project_id: int, institution_id: int, by: User) -> Project:
    """Take the consent back from one institution: it is told, and sees nothing of the project from now on.

    Raises:
        WrongState: the institution has lent; its contract stands on the data.
        Invalid: the institution has no consent.
    """
    project = _lock_own(project_id, by)
    institution = project.recipients.filter(pk=institution_id).first()
    if institution is None:
        raise Invalid("未向该机构共享本项目。", field="institution")
    placement = project.placements.select_for_update(of=("self",)).filter(institution=institution).first()
    if placement is not None and placement.state in (PlacementState.LENT, PlacementState.REPAID):
        raise WrongState("该机构已放款，贷款合同履行期间不能撤回同意。")
    project.recipients.remove(institution)
    if placement is not None:
        _take_back(project, placement, institution)
    record(by=by, verb="撤回共享同意", target=project, recipient=institution.name)
    publish("finance.consent.withdrawn", key=project.ref, project_ref=project.ref, institution_id=institution.pk)
    return project


def _take_back(project: Project, placement: Placement, institution: Organisation) -> None:
    if placement.state not in ANSWERABLE:
        return
    placement.project = project
    move_placement(placement, PlacementState.WITHDRAWN, by=None)
    reason = "consent_withdrawn"
    event = publish("finance.placement.withdrawn", key=project.ref, project_ref=project.ref, reason=reason)
    send(event, organisation=institution)


def _lock_own(project_id: int, by: User) -> Project:
    if by.role != Role.SME:
        raise NotAllowed("只有企业可以给出或者撤回共享同意。")
    return lock_project(by, pk=project_id)
