"""Issuing credentials for the API, to banks and to the authority's own programs."""

import secrets
from dataclasses import dataclass

from django.db import transaction
from oauth2_provider.models import Application

from portal.accounts.enums import LENDER_KINDS, OrganisationKind, Role
from portal.accounts.models import Organisation, User
from portal.api.models import ClientBinding
from portal.audit import services as audit
from portal.errors import Invalid, NotAllowed


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a bank signs in with; the secret is stored hashed and cannot be shown again."""

    client_id: str
    client_secret: str


@transaction.atomic
def issue_office_credentials(*, organisation: Organisation, by: User | None) -> Credentials:
    """Give a program of the province's authority new API credentials; earlier ones stop working at once.

    `by` is None for a command run by the operator.
    """
    if by is not None and by.role != Role.PROVINCE:
        raise NotAllowed("只有省级管理人员可以发放接口凭据。")
    if organisation.kind != OrganisationKind.AUTHORITY_PROVINCE:
        raise Invalid("只有省级知识产权管理部门可以使用法律事件接口。", field="organisation")
    return _issue(organisation, f"office-api-{organisation.pk}", Role.PROVINCE, by)


@transaction.atomic
def issue_credentials(*, organisation: Organisation, by: User) -> Credentials:
    """Give a lender new API credentials. Earlier ones, and every token issued with them, stop working at once."""
    if by.role != Role.PROVINCE:
        raise NotAllowed("只有省级管理人员可以发放接口凭据。")
    if organisation.kind not in LENDER_KINDS:
        raise Invalid("只有银行、保险和担保机构可以使用银行接口。", field="organisation")
    return _issue(organisation, f"bank-api-{organisation.pk}", Role.BANK, by)


@transaction.atomic
def bind_certificate(*, organisation: Organisation, subject: str, is_active: bool, by: User) -> ClientBinding:
    """Let an institution's programs in only with a certificate of this subject, as the proxy writes it.

    Raises:
        Invalid: no lender, or no subject; `field` names which.
    """
    if by.role != Role.PROVINCE:
        raise NotAllowed("只有省级管理人员可以绑定客户端证书。")
    if organisation.kind not in LENDER_KINDS:
        raise Invalid("只有银行、保险和担保机构可以使用银行接口。", field="organisation")
    if not subject.strip():
        raise Invalid("请填写证书主题。", field="subject")
    bound, _ = ClientBinding.objects.update_or_create(
        organisation=organisation, defaults={"subject": subject.strip(), "is_active": is_active}
    )
    audit.record(by=by, verb="绑定客户端证书", target=organisation, subject=bound.subject, is_active=is_active)
    return bound


def _issue(organisation: Organisation, username: str, role: Role, by: User | None) -> Credentials:
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    machine = _machine_user(organisation, username, role)
    Application.objects.filter(user=machine).delete()
    client_secret = secrets.token_urlsafe(32)
    application = Application.objects.create(
        name=organisation.name,
        user=machine,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        client_secret=client_secret,
    )
    audit.record(by=by, verb="签发接口凭证", target=organisation, client_id=application.client_id)
    return Credentials(application.client_id, client_secret)


def _machine_user(organisation: Organisation, username: str, role: Role) -> User:
    machine, created = User.objects.get_or_create(
        username=username, defaults={"role": role, "organisation": organisation}
    )
    if created:
        machine.set_unusable_password()
        machine.save(update_fields=["password"])
    return machine
