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
            # Longer than any run of the suite: a world is visited for minutes after it was made.
            expires=clock.now() + dt.timedelta(days=1),
        )
        self.credentials(HTTP_AUTHORIZATION=f"Bearer {self.token.token}")

    def answer(self, ref, key=None, headers=None, **body):
        return self.keyed(f"/api/v1/projects/{ref}/answers/", body, key=key, headers=headers)

    def report(self, ref, key=None, headers=None, **body):
        """A line of the loan's ledger."""
        return self.keyed(f"/api/v1/projects/{ref}/entries/", body, key=key, headers=headers)

    def batch(self, items, key=None):
        return self.keyed("/api/v1/batch/", {"items": items}, key=key)

    def keyed(self, url, body=None, *, key=None, headers=None):
        """A POST with an idempotency key."""
        self._count += 1
        headers = {"Idempotency-Key": key or f"key-{self.token.pk}-{self._count:04d}", **(headers or {})}
        return self.post(url, body, format="json", headers=headers)
