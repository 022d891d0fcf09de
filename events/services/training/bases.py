"""Recognising bases, letting their recognition run on, and taking it back."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from events.enums.training import BaseState, TrainingField
from events.models import TrainingBase
from events.queries.training import training_rule
from events.services.training.common import require_role, trace
from events.workflow.training import BASE_FLOW
from portal import clock, refs, regions
from portal.accounts.enums import RegistrationState, Role
from portal.accounts.models import Organisation, User
from portal.dates import add_months
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.notices.services import notify

_TEXTS = (("name", "基地名称"), ("summary", "基地简介"), ("document_number", "认定文号"))


@dataclass(frozen=True, slots=True)
class BaseFacts:
    """What the register says of a base."""

    name: str
    organisation: Organisation
    city_code: str
    field: str
    summary: str
    document_number: str
    recognised_on: dt.date

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def recognise_base(*, by: User, facts: BaseFacts, base_id: int | None = None) -> TrainingBase:
    """Enter a recognised base in the register, or correct an entry that stands. For the province.

    It is valid for the years of the rule in force on the day of recognition, that day's date included.
    """
    require_role(by, Role.PROVINCE, message="人才培养基地由省级管理人员认定。")
    check_base(facts, base_id)
    rule = training_rule(facts.recognised_on)
    valid_until = add_months(facts.recognised_on, 12 * rule.parameters["validity_years"]) - dt.timedelta(days=1)
    try:
        with transaction.atomic():
            base = _write(facts, base_id, {"rule": rule, "valid_until": valid_until})
    except IntegrityError as error:
        raise Conflict("刚刚登记了同名基地。", field="name") from error
    trace(by, "认定人才培养基地" if base_id is None else "修改人才培养基地", base, "base_recognised")
    if base_id is None:
        _tell(base, f"认定为知识产权人才培养基地：{base}", f"认定文号 {base.document_number}，有效期至 {valid_until}。")
    return base


def _write(facts: BaseFacts, base_id: int | None, more: dict[str, Any]) -> TrainingBase:
    if base_id is None:
        pk, ref = refs.reserve(TrainingBase, "JD")
        return TrainingBase.objects.create(pk=pk, ref=ref, **facts.values(), **more)
    base = _lock(base_id)
    if base.state != BaseState.RECOGNISED:
        raise WrongState("基地已撤销，不能修改。")
    if base.recognised_on == facts.recognised_on:
        # A recognition that was prolonged keeps its end when other facts are corrected.
        more = {}
    for name, value in {**facts.values(), **more}.items():
        setattr(base, name, value)
    base.save(update_fields=[*facts.values(), *more])
    return base


def check_base(facts: BaseFacts, base_id: int | None) -> None:
    """Raise Invalid or Conflict, naming the field, for what the register cannot hold."""
    for field, label in _TEXTS:
        if not getattr(facts, field).strip():
            raise Invalid(f"请填写{label}。", field=field)
    if facts.field not in TrainingField.values:
        raise Invalid("请从列出的方向中选择。", field="field")
    if facts.city_code not in regions.CITIES:
        raise Invalid("请从列出的城市中选择。", field="city_code")
    if facts.organisation.state != RegistrationState.APPROVED:
        raise Invalid("依托单位尚未通过注册审核。", field="organisation")
    if facts.recognised_on > clock.today():
        raise Invalid("认定日不能晚于今天。", field="recognised_on")
    if TrainingBase.objects.filter(name=facts.name).exclude(pk=base_id or 0).exists():
        raise Conflict("已有同名基地。", field="name")


@transaction.atomic
def prolong_base(*, base_id: int, by: User, valid_until: dt.date, note: str) -> TrainingBase:
    """Let a recognition run on after a new assessment; the document is named in `note`."""
    require_role(by, Role.PROVINCE, message="人才培养基地由省级管理人员认定。")
    base = _lock(base_id)
    if base.state != BaseState.RECOGNISED:
        raise WrongState("基地已撤销，不能延续。")
    if not note.strip():
        raise Invalid("请填写延续的依据。", field="note")
    if valid_until <= base.valid_until:
        raise Invalid(f"新的有效期应晚于 {base.valid_until}。", field="valid_until")
    base.valid_until = valid_until
    base.save(update_fields=["valid_until"])
    trace(by, "延续人才培养基地", base, "base_prolonged", note.strip(), valid_until=str(valid_until))
    _tell(base, f"{base}认定有效期延续", f"有效期至 {valid_until}。{note.strip()}")
    return base


@transaction.atomic
def revoke_base(*, base_id: int, by: User, note: str) -> TrainingBase:
    """Take a recognition back, with the reason; certificates that were issued stand."""
    base = _lock(base_id)
    BASE_FLOW.require(base.state, BaseState.REVOKED, actor=by)
    if not note.strip():
        raise Invalid("请填写撤销理由。", field="note")
    base.state, base.revoked_on, base.revoke_reason = BaseState.REVOKED, clock.today(), note.strip()
    base.save(update_fields=["state", "revoked_on", "revoke_reason"])
    trace(by, "撤销人才培养基地", base, "base_revoked", note.strip())
    _tell(base, f"{base}认定已撤销", f"理由：{note.strip()}")
    return base


def _lock(base_id: int) -> TrainingBase:
    base = TrainingBase.objects.select_for_update(of=("self",)).filter(pk=base_id).first()
    if base is None:
        raise NotFound("没有这个培养基地。")
    return base


def _tell(base: TrainingBase, title: str, body: str) -> None:
    notify(
        recipient=base.organisation, kind="events.training_base", title=title, body=body, link=base.get_absolute_url()
    )
