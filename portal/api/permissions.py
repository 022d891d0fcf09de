"""Who may call the banks' API."""

from typing import Any, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from portal.accounts.enums import LENDER_KINDS, OrganisationKind, RegistrationState, Role
from portal.accounts.models import Organisation, User

BANK_CLIENTS = frozenset({"bank_clients"})
OFFICE_CLIENTS = frozenset({"office_clients"})


def for_bank_clients(view: Any) -> Any:
    """Say of an address that only banks' tokens open it; a signed-in person of whatever role gets 401."""
    view.access = BANK_CLIENTS
    return view


def for_office_clients(view: Any) -> Any:
    """Say of an address that only the authority's own programs open it."""
    view.access = OFFICE_CLIENTS
    return view


def machine_user(request: Request) -> User:
    """The bank's machine user, once the request is authenticated."""
    return cast("User", request.user)


def institution(request: Request) -> Organisation:
    """The lender that calls, once the request is permitted."""
    return cast("Organisation", machine_user(request).organisation)


class BankClientHasScope(BasePermission):
    """An active machine user of an approved lender, whose token carries a scope that the view asks for.

    The view's `required_scopes` names them by method: any one suffices here, a handler may ask for a certain one. A
    method without a name is refused.
    """

    message = "该客户端无权执行此操作，或访问令牌缺少所需的权限范围。"
    code = "insufficient_scope"

    def has_permission(self, request: Request, view: Any) -> bool:
        token: Any = request.auth
        if token is None:
            return False
        if request.method not in view.allowed_methods:
            return True  # the view has nothing to permit: it answers 405
        user = machine_user(request)
        organisation = user.organisation
        if not user.is_active or organisation is None or not self.is_welcome(user, organisation):
            return False
        scopes = getattr(view, "required_scopes", {}).get(request.method, ())
        return any(token.allow_scopes([scope]) for scope in scopes)

    def is_welcome(self, user: User, organisation: Organisation) -> bool:
        """Whether such a caller may use the view at all."""
        return (
            user.role == Role.BANK
            and organisation.kind in LENDER_KINDS
            and organisation.state == RegistrationState.APPROVED
        )


class OfficeClientHasScope(BankClientHasScope):
    """An active machine user of the province's authority, whose token carries a scope that the view asks for."""

    def is_welcome(self, user: User, organisation: Organisation) -> bool:
        return user.role == Role.PROVINCE and organisation.kind == OrganisationKind.AUTHORITY_PROVINCE
