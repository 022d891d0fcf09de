"""Verbs on organisations and their people."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction

from portal import clock, regions
from portal.accounts.enums import SELF_REGISTERED, OrganisationKind, RegistrationState, SizeClass
from portal.accounts.models import Organisation, User
from portal.accounts.workflow import REGISTRATION_FLOW
from portal.audit import services as audit
from portal.codes import parse_uscc
from portal.errors import Conflict, Invalid
from portal.notices.services import notify
from portal.outbox.services import publish
from portal.size_class import industry_of, size_class


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """What the size class is computed from. Amounts in yuan."""

    industry_code: str
    employee_count: int | None = None
    revenue_amount: Decimal | None = None
    assets_amount: Decimal | None = None

    def size_class(self) -> SizeClass:
        """By 工信部联企业〔2011〕300号; raises Invalid naming the figure that is missing."""
        return size_class(industry_of(self.industry_code), self.employee_count, self.revenue_amount, self.assets_amount)


@dataclass(frozen=True, slots=True)
class Applicant:
    """An organisation that registers itself, with the person who does it."""

    kind: str
    name: str
    uscc: str
    city_code: str
    contact_name: str
    contact_phone: str
    username: str
    password: str
    facts: FirmFacts | None = None


@transaction.atomic
def register_organisation(applicant: Applicant) -> Organisation:
    """Enter an organisation for review by its city; its user can sign in once it is approved.

    Raises:
        Invalid: a code, city or figure is wrong, or the firm is large and so none of the programme's.
        Conflict: the credit code or the user name is taken.
    """
    if applicant.kind not in SELF_REGISTERED:
        raise Invalid("该类单位由省级管理部门开通，不能自行注册。", field="kind")
    organisation = Organisation(
        kind=applicant.kind,
        name=applicant.name.strip(),
        uscc=parse_uscc(applicant.uscc),
        city_code=regions.city_of(applicant.city_code),
        contact_name=applicant.contact_name,
        contact_phone=applicant.contact_phone,
    )
    if applicant.kind == OrganisationKind.SME:
        _set_facts(organisation, applicant.facts or FirmFacts(""))
    if Organisation.objects.filter(uscc=organisation.uscc).exists():
        raise Conflict("该统一社会信用代码已经注册；如忘记账号，请联系所在市知识产权管理部门。", field="uscc")
    if User.objects.filter(username=applicant.username).exists():
        raise Conflict("该用户名已被使用，请换一个。", field="username")
    try:
        with transaction.atomic():
            organisation.save()
            user = User(
                username=applicant.username,
                last_name=applicant.contact_name,
                phone=applicant.contact_phone,
                role=SELF_REGISTERED[OrganisationKind(applicant.kind)],
                organisation=organisation,
                is_active=False,
            )
            user.set_password(applicant.password)
            user.save()
    except IntegrityError as error:
        # Somebody registered the same between the questions above and here.
        raise Conflict("该统一社会信用代码或用户名刚刚被注册，请核对后重试。") from error
    audit.record(by=None, verb="单位注册", target=organisation, user=user.username)
    publish("accounts.organisation.registered", key=f"organisation:{organisation.pk}", organisation_id=organisation.pk)
    return organisation


def approve_organisation(*, organisation_id: int, by: User, note: str = "") -> Organisation:
    """Let an organisation in and its users sign in. For an official of its city, or of the province."""
    return _review(organisation_id, by=by, to=RegistrationState.APPROVED, note=note)


def refuse_organisation(*, organisation_id: int, by: User, note: str) -> Organisation:
    """Turn an organisation down, with the reason."""
    if not note.strip():
        raise Invalid("请填写未通过的原因。", field="note")
    return _review(organisation_id, by=by, to=RegistrationState.REFUSED, note=note)


@transaction.atomic
def _review(organisation_id: int, *, by: User, to: RegistrationState, note: str) -> Organisation:
    found = Organisation.objects.visible_to(by).select_for_update().filter(pk=organisation_id).first()
    if found is None:
        raise Invalid("单位不存在，或不属于您管辖的城市。", code="not_found")
    REGISTRATION_FLOW.require(found.state, to, actor=by)
    found.state = to
    found.review_note = note[:500]
    found.reviewed_at = clock.now()
    found.reviewed_by = by
    found.save(update_fields=["state", "review_note", "reviewed_at", "reviewed_by"])
    is_approved = to == RegistrationState.APPROVED
    found.users.update(is_active=is_approved)
    verb = "单位审核通过" if is_approved else "单位审核未通过"
    audit.record(by=by, verb=verb, target=found, note=note)
    publish(f"accounts.organisation.{to}", key=f"organisation:{found.pk}", organisation_id=found.pk)
    if is_approved:
        notify(recipient=found, kind="registration", title="单位注册已通过审核", body=note)
    return found


@transaction.atomic
def update_facts(*, by: User, facts: FirmFacts, contact_name: str, contact_phone: str) -> Organisation:
    """Bring the own organisation's figures up to date; a firm's size class is computed anew.

    A firm that has grown large stays registered; what it may still ask for is decided where it asks.
    """
    found = Organisation.objects.select_for_update().get(pk=by.organisation_id or 0)
    before = {"size_class": found.size_class, "industry_code": found.industry_code}
    if found.kind == OrganisationKind.SME:
        _set_facts(found, facts, may_be_large=True)
    found.contact_name, found.contact_phone = contact_name, contact_phone
    found.save()
    after = {"size_class": found.size_class, "industry_code": found.industry_code}
    audit.record(by=by, verb="更新单位信息", target=found, before=before, after=after)
    publish("accounts.organisation.updated", key=f"organisation:{found.pk}", organisation_id=found.pk)
    return found


def _set_facts(organisation: Organisation, facts: FirmFacts, *, may_be_large: bool = False) -> None:
    found = facts.size_class()
    if found == SizeClass.LARGE and not may_be_large:
        raise Invalid("按划型标准，贵单位为大型企业，不属于本平台服务的中小企业。", field="kind")
    organisation.industry_code = facts.industry_code.strip().upper()
    organisation.employee_count = facts.employee_count
    organisation.revenue_amount = facts.revenue_amount
    organisation.assets_amount = facts.assets_amount
    organisation.size_class = found
