"""Steps that the verbs share; each runs inside the verb's transaction, with the project row locked."""

from typing import Any

from finance.enums import ANSWERABLE, PlacementState, ProjectState
from finance.models import Placement, Project
from finance.workflow.projects import PLACEMENT_FLOW, PROJECT_FLOW
from portal.accounts.models import User
from portal.errors import NotFound
from portal.notices.services import notify
from portal.outbox.services import publish, send


def lock_project(by: User, **which: Any) -> Project:
    """The project that `by` may see, its row locked until the transaction ends. Raises NotFound."""
    try:
        return (
            Project.objects.visible_to(by).select_for_update(of=("self",)).select_related("organisation").get(**which)
        )
    except Project.DoesNotExist as error:
        raise NotFound("没有这个融资项目。") from error


def move_project(project: Project, to: ProjectState, *, by: User | None, **values: Any) -> None:
    """Make a move of the project's table and write `values` with it."""
    PROJECT_FLOW.require(project.state, to, actor=by)
    for name, value in {"state": to, "version": project.version + 1, **values}.items():
        setattr(project, name, value)
    project.save(update_fields=["state", "version", "updated_at", *values])


def move_placement(placement: Placement, to: PlacementState, *, by: User | None, **values: Any) -> None:
    """Make a move of the placement's table; the project counts as changed too (banks ask by its time of change)."""
    PLACEMENT_FLOW.require(placement.state, to, actor=by)
    for name, value in {"state": to, **values}.items():
        setattr(placement, name, value)
    placement.save(update_fields=["state", *values])
    project = placement.project
    project.version += 1
    project.save(update_fields=["version", "updated_at"])


def withdraw_open_placements(project: Project, *, reason: str) -> None:
    """Take the project back from every institution that has not finished with it, and tell each."""
    rows = project.placements.select_for_update(of=("self",)).filter(state__in=ANSWERABLE)
    for placement in rows.select_related("institution").order_by("pk"):
        placement.project = project
        move_placement(placement, PlacementState.WITHDRAWN, by=None)
        event = publish("finance.placement.withdrawn", key=project.ref, project_ref=project.ref, reason=reason)
        send(event, organisation=placement.institution)


def release_patents(project: Project) -> None:
    """Let the project's patents be offered again; those of a loan that it was to follow go on securing that."""
    project.collateral.update(is_held=False)
    before = project.renewal_of
    if before is not None and before.state == ProjectState.LENT:
        before.collateral.update(is_held=True)


def hold_patents(project: Project) -> None:
    """Let the project's patents serve nothing else. A loan that it is to follow gives them up: they stay its own."""
    if project.renewal_of is not None:
        project.renewal_of.collateral.update(is_held=False)
    project.collateral.update(is_held=True)


def tell_firm(project: Project, kind: str, title: str, body: str = "") -> None:
    """Put a message about the project into the firm's in-tray."""
    notify(recipient=project.organisation, kind=kind, title=title, body=body, link=project.get_absolute_url())
