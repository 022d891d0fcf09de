"""Who may call the banks' API."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from portal.accounts.enums import LENDER_KINDS, RegistrationState, Role


class BankClientHasScope(BasePermission):
    """An active machine user of an approved lender, whose token carries a scope that the view asks for.

    The view's `required_scopes` names them by method: any one suffices here, a handler may ask for a certain one. A
    method without a name is refused.
    """

    message = "该客户端无权执行此操作，或访问令牌缺少所需的权限范围。"
    code = "insufficient_scope"

    def has_permission(self, request: Request, view: Any) -> bool:
        user, token = request.user, request.auth
        if token is None or not user.is_active or user.role != Role.BANK:
            return False
        organisation = user.organisation
        if organisation.kind not in LENDER_KINDS or organisation.state != RegistrationState.APPROVED:
            return False
        scopes = getattr(view, "required_scopes", {}).get(request.method, ())
        return any(token.allow_scopes([scope]) for scope in scopes)
