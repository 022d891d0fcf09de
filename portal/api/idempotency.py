"""A POST sent twice acts once: the answer is kept beside its effect and given again."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.models import User
from portal.api.models import IdempotentRequest
from portal.api.parsers import check_size
from portal.api.permissions import machine_user
from portal.api.problems import CONTENT_TYPE, problem

KEY = re.compile(r"[\x21-\x7e]{8,80}")
# Answers that another try may change are not kept.
NOT_KEPT = {
    HTTPStatus.FORBIDDEN,
    HTTPStatus.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED,
    HTTPStatus.TOO_MANY_REQUESTS,
}
Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """Make a view's POST handler demand an Idempotency-Key and act once per client and key.

    The handler's effect and the kept answer are one transaction, held under an advisory lock of the key. A process
    that dies takes its lock and its effect with it, so there is no stale lock to take over: the repetition acts.
    """

    @wraps(handler)
    def wrapper(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        check_size(request)
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.fullmatch(key):
            raise ValidationError({"Idempotency-Key": ["请求头须带 Idempotency-Key：8 至 80 个可见 ASCII 字符。"]})
        client, fingerprint = machine_user(request), _fingerprint(request)
        with transaction.atomic():
            if not _lock(client.pk, key):
                return problem(
                    HTTPStatus.CONFLICT, "in_progress", "相同幂等键的请求正在处理。", headers={"Retry-After": "1"}
                )
            kept = IdempotentRequest.objects.filter(client=client, key=key).first()
            if kept is not None:
                return _replay(kept, fingerprint)
            response = _run(handler, view, request, *args, **kwargs)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
            elif response.status_code not in NOT_KEPT:
                _keep(client, key, fingerprint, response)
        return response

    return wrapper


def _run(handler: Handler, view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
    try:
        with transaction.atomic():  # a refusal undoes whatever the handler wrote before it
            return handler(view, request, *args, **kwargs)
    except Exception as error:  # noqa: BLE001 - the view's own handler answers every kind
        response: Response = view.handle_exception(error)
        return response


def _lock(client_id: int | None, key: str) -> bool:
    """Take the key's lock until the transaction ends; False while another request holds it."""
    digest = hashlib.sha256(f"{client_id}:{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
        return bool(cursor.fetchone()[0])


def _fingerprint(request: Request) -> str:
    head = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def _replay(kept: IdempotentRequest, fingerprint: str) -> Response:
    if kept.fingerprint != fingerprint:
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused", "该幂等键已用于另一个内容不同的请求。"
        )
    content_type = CONTENT_TYPE if kept.status_code >= HTTPStatus.BAD_REQUEST else None
    headers = {"Idempotent-Replayed": "true"}
    return Response(kept.body, status=kept.status_code, headers=headers, content_type=content_type)


def _keep(client: User, key: str, fingerprint: str, response: Response) -> None:
    IdempotentRequest.objects.create(
        client=client,
        key=key,
        fingerprint=fingerprint,
        status_code=response.status_code,
        body=json.loads(JSONRenderer().render(response.data)) if response.data is not None else None,
    )
