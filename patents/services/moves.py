"""Steps that the programme's workflows share; each runs inside a verb's transaction."""

from typing import Any, TypeVar

from django.db import models

from portal import clock
from portal.accounts.enums import RegistrationState
from portal.accounts.models import Organisation, User
from portal.errors import Invalid, NotAllowed, NotFound
from portal.flow import Flow
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on

ModelT = TypeVar("ModelT", bound=models.Model)


def lock(model: type[ModelT], by: User, **which: Any) -> ModelT:
    """The row that `by` may see, locked until the transaction ends. Raises NotFound."""
    manager: Any = model._default_manager
    found: ModelT | None = manager.visible_to(by).select_for_update(of=("self",)).filter(**which).first()
    if found is None:
        raise NotFound(f"没有这个{model._meta.verbose_name}。")
    return found


def move(row: Any, flow: Flow, to: str, *, by: User | None, **values: Any) -> None:
    """Make a move of the row's table and write `values` with it."""
    flow.require(row.state, to, actor=by)
    for name, value in {"state": to, **values}.items():
        setattr(row, name, value)
    stamp = ["updated_at"] if any(field.name == "updated_at" for field in row._meta.fields) else []
    row.save(update_fields=["state", *values, *stamp])


def own_organisation(by: User, *roles: str) -> Organisation:
    """The registered organisation that `by` acts for. Raises NotAllowed for other roles, Invalid before approval."""
    if by.role not in roles or by.organisation is None:
        raise NotAllowed("您的账号不能办理该事项。")
    if by.organisation.state != RegistrationState.APPROVED:
        raise Invalid("单位注册尚未通过审核，不能办理。")
    return by.organisation


def require_role(by: User, *roles: str, message: str) -> None:
    """Raise NotAllowed with `message` unless `by` has one of the roles."""
    if by.role not in roles:
        raise NotAllowed(message)


def require_text(value: str, message: str, *, field: str) -> str:
    """The text without blanks around it; Invalid when there is none."""
    text = value.strip()
    if not text:
        raise Invalid(message, field=field)
    return text


def require_past(day: Any, label: str, *, field: str) -> None:
    """Raise Invalid for a day that has not come."""
    if day > clock.today():
        raise Invalid(f"{label}不能晚于今天。", field=field)


def rule_on(kind: str, day: Any, label: str) -> RuleVersion:
    """The rule version of a kind in force on `day`. Raises Invalid when none was."""
    rule = in_force_on(kind, day).first()
    if rule is None:
        raise Invalid(f"{day} 没有生效的{label}规则，请省级管理人员先发布规则版本。", code="no_rule")
    return rule
