"""Banks as callers of the API, with real applications and tokens."""

import datetime as dt

from oauth2_provider.models import AccessToken, Application
from rest_framework.test import APIClient

from portal import clock

ALL_SCOPES = "projects:read projects:answer loans:write"


class BankClient(APIClient):
    """Calls as one bank; each POST carries an idempotency key of its own unless one is given."""

    def __init__(self, bank, scope=ALL_SCOPES):
        super().__init__()
        self.bank, self._count = bank, 0
        application = Application.objects.create(
            user=bank,
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        )
        self.token = AccessToken.objects.create(
            application=application,
            token=f"token-{application.pk}",
            scope=scope,
            expires=clock.now() + dt.timedelta(minutes=5),
        )
        self.credentials(HTTP_AUTHORIZATION=f"Bearer {self.token.token}")

    def answer(self, ref, key=None, headers=None, **body):
        self._count += 1
        headers = {"Idempotency-Key": key or f"key-{self.token.pk}-{self._count:04d}", **(headers or {})}
        return self.post(f"/api/v1/projects/{ref}/answers/", body, format="json", headers=headers)
