"""Addresses of the API that belong to no app: tokens, the document, and whatever does not exist."""

import hashlib
import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View
from drf_spectacular.views import SpectacularAPIView
from oauth2_provider.models import AccessToken
from oauth2_provider.views.mixins import OAuthLibMixin
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.api.certificates import shows_its_certificate
from portal.api.throttles import ClientThrottle

GRANT = "client_credentials"


@method_decorator(csrf_exempt, name="dispatch")
class TokenView(OAuthLibMixin, View):
    """OAuth 2 token endpoint, client credentials only. Its errors have the shape of RFC 6749, section 5.2."""

    http_method_names = ["post"]

    def post(self, request: Any) -> HttpResponse:
        throttle = ClientThrottle()
        # Checking a client's secret costs a password hash: nobody may ask for many.
        if not throttle.allow_request(request, self):
            refusal = self._refuse("slow_down", HTTPStatus.TOO_MANY_REQUESTS)
            refusal["Retry-After"] = str(int(throttle.wait() or 1) + 1)
            return refusal
        if request.POST.get("grant_type") != GRANT:
            return self._refuse("unsupported_grant_type", HTTPStatus.BAD_REQUEST)
        _, headers, body, status = self.create_token_response(request)
        if status == HTTPStatus.OK and not self._is_bound_here(request, body):
            return self._refuse("invalid_client", HTTPStatus.UNAUTHORIZED)
        return HttpResponse(body, status=status, headers=headers)

    def _is_bound_here(self, request: Any, body: str) -> bool:
        """A token is given only over the certificate that its institution is bound to; another's is taken back."""
        checksum = hashlib.sha256(json.loads(body)["access_token"].encode()).hexdigest()
        token = AccessToken.objects.select_related("application__user__organisation").get(token_checksum=checksum)
        user: Any = token.application.user if token.application else None
        if user is None or shows_its_certificate(request, user.organisation):
            return True
        token.delete()
        return False

    def _refuse(self, error: str, status: HTTPStatus) -> HttpResponse:
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        return HttpResponse(json.dumps({"error": error}), status=status, headers=headers)


class SchemaView(SpectacularAPIView):
    """The OpenAPI document. Public: what the interface looks like is no secret, and it is committed too."""


def docs(request: HttpRequest) -> HttpResponse:
    """Page to read and try the interface on; everything it needs comes from this server."""
    return render(request, "api/docs.html")


class Unknown(APIView):
    """Any other address under the API, answered in the API's own shape."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound("没有这个接口地址。")
