"""A bank is known by its access token; it acts as the machine user of its OAuth application."""

from typing import Any

from drf_spectacular.contrib.django_oauth_toolkit import DjangoOAuthToolkitScheme
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from oauth2_provider.models import AccessToken
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from portal.accounts.models import User
from portal.api.certificates import shows_its_certificate


class BankClientAuthentication(OAuth2Authentication):
    """Tokens of the client-credentials grant carry no user of their own: the application's is taken."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        _, token = found
        if token.application is None or token.application.user is None:
            return None
        user = token.application.user
        if not shows_its_certificate(request, user.organisation):
            raise AuthenticationFailed("客户端证书与该机构绑定的证书主题不符。", code="certificate_mismatch")
        return user, token


class BankClientScheme(DjangoOAuthToolkitScheme):  # type: ignore[no-untyped-call]
    """How the OpenAPI document names the scopes of each operation."""

    target_class = "portal.api.authentication.BankClientAuthentication"
    name = "oauth2"

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        return [{self.name: [scope]} for scope in auto_schema.view.required_scopes.get(auto_schema.method, ())]
