"""HTTP calls that go straight into the portal, in the test's own transaction."""

import httpx
from django.test import Client


def transport():
    """For httpx: each request is answered by Django's test client."""

    def answer(request):
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
        response = Client().generic(
            request.method,
            request.url.raw_path.decode(),
            request.content,
            content_type=headers.pop("content-type", "application/octet-stream"),
            headers=headers,
        )
        content = b"".join(response.streaming_content) if response.streaming else response.content
        return httpx.Response(response.status_code, headers=dict(response.headers), content=content)

    return httpx.MockTransport(answer)
