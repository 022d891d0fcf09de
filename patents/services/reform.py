"""Verbs of the reform register."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from patents.enums.reform import MIN_USE_YEARS, REFORM_EDITABLE, ReformDocument, ReformKind, ReformState
from patents.models import RightsReform
from patents.services.moves import lock, move, own_organisation, require_past, require_text
from patents.workflow.reform import REFORM_FLOW
from portal import clock, refs
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Invalid, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish

_TO_EMPLOYEES = (ReformKind.OWNERSHIP, ReformKind.LONG_TERM_USE)


@dataclass(frozen=True, slots=True)
class ReformFacts:
    """What an institution has introduced."""

    kind: str
    title: str
    document_number: str
    adopted_on: dt.date
    use_years: int | None
    has_agreement: bool
    agreement_count: int
    patent_count: int
    person_count: int
    summary: str

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def open_reform(*, by: User, facts: ReformFacts) -> RightsReform:
    """Start an entry for the own university, institute or state firm."""
    owner = own_organisation(by, Role.HOLDER)
    _check(facts)
    pk, ref = refs.reserve(RightsReform, "QY")
    reform = RightsReform.objects.create(pk=pk, ref=ref, organisation=owner, **facts.values())
    record(by=by, verb="新建权益分配改革", target=reform, kind=facts.kind)
    return reform


@transaction.atomic
def change_reform(*, reform_id: int, by: User, facts: ReformFacts) -> RightsReform:
    """Change a draft, or an entry that was returned."""
    reform = _lock_editable(reform_id, by)
    _check(facts)
    for name, value in facts.values().items():
        setattr(reform, name, value)
    reform.save(update_fields=[*facts.values(), "updated_at"])
    record(by=by, verb="修改权益分配改革", target=reform)
    return reform


@transaction.atomic
def attach_evidence(*, reform_id: int, by: User, purpose: str, file: Any, file_name: str) -> Attachment:
    """Add a document while the entry is with its institution."""
    reform = _lock_editable(reform_id, by)
    if purpose not in ReformDocument.values:
        raise Invalid("请从列出的材料种类中选择。", field="purpose")
    return attachments.attach(target=reform, purpose=purpose, file=file, file_name=file_name, by=by)


@transaction.atomic
def submit_reform(*, reform_id: int, by: User) -> RightsReform:
    """Hand the entry in with its evidence: the rule, and a written agreement where rights go to employees."""
    reform = lock(RightsReform, by, pk=reform_id)
    own_organisation(by, Role.HOLDER)
    needed = [ReformDocument.RULE, *([ReformDocument.AGREEMENT] if reform.kind in _TO_EMPLOYEES else [])]
    given = set(Attachment.objects.of(reform).values_list("purpose", flat=True))
    if missing := [one.label for one in needed if one not in given]:
        raise Invalid(f"还缺材料：{'、'.join(missing)}。", code="documents_missing")
    _move(reform, ReformState.SUBMITTED, by=by, submitted_at=clock.now(), note="")
    return reform


@transaction.atomic
def confirm_reform(*, reform_id: int, by: User, note: str = "") -> RightsReform:
    """The province has seen the evidence: the entry is public."""
    reform = lock(RightsReform, by, pk=reform_id)
    _move(reform, ReformState.CONFIRMED, by=by, confirmed_at=clock.now(), note=note.strip())
    _tell(reform, "已核实并公布", note.strip())
    return reform


@transaction.atomic
def return_reform(*, reform_id: int, by: User, note: str) -> RightsReform:
    """Give the entry back, saying what to change."""
    note = require_text(note, "请填写退回意见。", field="note")
    reform = lock(RightsReform, by, pk=reform_id)
    _move(reform, ReformState.RETURNED, by=by, note=note)
    _tell(reform, "退回修改", note)
    return reform


@transaction.atomic
def end_reform(*, reform_id: int, by: User, note: str) -> RightsReform:
    """The rule is no longer in force; the register says since when and why."""
    note = require_text(note, "请填写终止理由。", field="note")
    reform = lock(RightsReform, by, pk=reform_id)
    _move(reform, ReformState.ENDED, by=by, ended_on=clock.today(), note=note)
    return reform


def _check(facts: ReformFacts) -> None:
    if facts.kind not in ReformKind.values:
        raise Invalid("请从列出的方式中选择。", field="kind")
    require_text(facts.title, "请填写名称。", field="title")
    require_text(facts.summary, "请填写主要做法。", field="summary")
    require_past(facts.adopted_on, "施行日", field="adopted_on")
    if facts.kind == ReformKind.LONG_TERM_USE and (facts.use_years or 0) < MIN_USE_YEARS:
        raise Invalid(f"长期使用权不少于 {MIN_USE_YEARS} 年。", field="use_years")
    if facts.kind != ReformKind.LONG_TERM_USE and facts.use_years is not None:
        raise Invalid("只有赋予长期使用权的填写年限。", field="use_years")
    if facts.kind in _TO_EMPLOYEES and not facts.has_agreement:
        raise Invalid("赋予所有权或长期使用权须与成果完成人签订书面协议。", field="has_agreement")
    if facts.has_agreement and facts.agreement_count < 1:
        raise Invalid("请填写已签协议份数。", field="agreement_count")


def _lock_editable(reform_id: int, by: User) -> RightsReform:
    own_organisation(by, Role.HOLDER)
    reform = lock(RightsReform, by, pk=reform_id)
    if reform.state not in REFORM_EDITABLE:
        raise WrongState(f"当前状态为“{reform.get_state_display()}”，不能修改。")
    return reform


def _move(reform: RightsReform, to: ReformState, *, by: User, **values: Any) -> None:
    move(reform, REFORM_FLOW, to, by=by, **values)
    record(by=by, verb=f"权益分配改革{to.label}", target=reform, note=str(values.get("note", "")))
    publish(
        f"patents.rights_reform.{to}",
        key=reform.ref,
        reform_ref=reform.ref,
        kind=reform.kind,
        organisation_id=reform.organisation_id,
    )


def _tell(reform: RightsReform, what: str, body: str) -> None:
    notify(
        recipient=reform.organisation,
        kind="patents.rights_reform",
        title=f"权益分配改革 {reform.ref} {what}",
        body=body,
        link=reform.get_absolute_url(),
    )
