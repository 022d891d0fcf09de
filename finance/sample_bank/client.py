"""Calling the portal's API with OAuth 2 client credentials."""

from typing import Any

import httpx

UNAUTHORIZED = 401


class PortalClient:
    """Fetches a token when it has none, and a new one when the portal no longer takes it."""

    def __init__(self, *, portal_url: str, client_id: str, client_secret: str) -> None:
        # The portal is named by configuration; a proxy of the environment has no part in it.
        self._http = httpx.Client(base_url=f"{portal_url.rstrip('/')}/api/v1/", timeout=15, trust_env=False)
        self._credentials = (client_id, client_secret)
        self._token = ""

    def project(self, ref: str) -> httpx.Response:
        """Fetch a project."""
        return self._send("GET", f"projects/{ref}/")

    def answer(self, ref: str, body: dict[str, Any], *, idempotency_key: str) -> httpx.Response:
        """Answer a project; sent again with the same key it counts once."""
        return self._send("POST", f"projects/{ref}/answers/", json=body, headers={"Idempotency-Key": idempotency_key})

    def report(self, ref: str, body: dict[str, Any], *, idempotency_key: str) -> httpx.Response:
        """Report a line of the loan's ledger."""
        return self._send("POST", f"projects/{ref}/entries/", json=body, headers={"Idempotency-Key": idempotency_key})

    def batch(self, items: list[dict[str, Any]], *, idempotency_key: str) -> httpx.Response:
        """Many answers and reports in one request, each with a result of its own."""
        return self._post("batch/", {"items": items}, idempotency_key)

    def documents(self, ref: str) -> httpx.Response:
        """List a project's documents."""
        return self._send("GET", f"projects/{ref}/documents/")

    def link(self, ref: str, document_id: int, *, idempotency_key: str) -> httpx.Response:
        """Ask for a link to a document; it lasts ten minutes."""
        return self._post(f"projects/{ref}/documents/{document_id}/links/", {}, idempotency_key)

    def download(self, url: str) -> bytes:
        """Fetch what a link stands for; it needs no token."""
        return self._http.get(url).raise_for_status().content

    def acknowledge(self, alert_id: int, *, idempotency_key: str) -> httpx.Response:
        """Say that an alert was taken note of."""
        return self._post(f"collateral-alerts/{alert_id}/acknowledgement/", {"note": "已知悉"}, idempotency_key)

    def statement(self, body: dict[str, Any], *, idempotency_key: str) -> httpx.Response:
        """Send the statement of a day."""
        return self._post("statements/", body, idempotency_key)

    def _post(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        return self._send("POST", path, json=body, headers={"Idempotency-Key": key})

    def _send(self, method: str, path: str, **parts: Any) -> httpx.Response:
        if not self._token:
            self._fetch_token()
        response = self._request(method, path, **parts)
        if response.status_code == UNAUTHORIZED:
            self._fetch_token()
            response = self._request(method, path, **parts)
        return response

    def _request(self, method: str, path: str, headers: dict[str, str] | None = None, **parts: Any) -> httpx.Response:
        headers = {**(headers or {}), "Authorization": f"Bearer {self._token}"}
        return self._http.request(method, path, headers=headers, **parts)

    def _fetch_token(self) -> None:
        response = self._http.post("oauth/token", data={"grant_type": "client_credentials"}, auth=self._credentials)
        response.raise_for_status()
        self._token = response.json()["access_token"]
