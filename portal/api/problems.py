"""Every refusal and failure of the API in one shape: application/problem+json (RFC 9457)."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from portal.errors import ServiceError

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
# Stable codes and their sentences; services bring their own.
TITLES = {
    "invalid_request": "请求内容不符合要求",
    "malformed": "请求内容无法解析",
    "not_authenticated": "未提供有效的访问令牌",
    "certificate_mismatch": "客户端证书不符",
    "insufficient_scope": "无权执行此操作",
    "not_found": "没有找到",
    "method_not_allowed": "不支持该请求方法",
    "not_acceptable": "无法提供所要求的格式",
    "unsupported_media_type": "请求内容须为 application/json",
    "payload_too_large": "请求内容过大",
    "precondition_failed": "数据已被修改",
    "throttled": "请求过于频繁",
    "server_error": "服务器内部错误",
}
CODES = {"parse_error": "malformed", "authentication_failed": "not_authenticated", "permission_denied": "not_allowed"}


class PreconditionFailed(exceptions.APIException):
    """The If-Match header names another version than the stored one."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = "数据在您读取之后已被修改，请重新读取后再提交。"


def problem(
    status: int, code: str, detail: str, *, errors: list[dict[str, str]] | None = None, headers: Any = None
) -> Response:
    """One problem document. `errors` name the fields at fault, each with a stable code and a sentence."""
    body = {
        "type": f"urn:patent-portal:problem:{code}",
        "title": TITLES.get(code, detail),
        "status": int(status),
        "code": code,
        "detail": detail,
        "errors": errors or [],
    }
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response:
    """Turn whatever a view raised into a problem document; what nobody foresaw is logged and becomes a bare 500."""
    if isinstance(exc, ServiceError):
        errors = [{"field": exc.field, "code": exc.code, "message": exc.message}] if exc.field else []
        return problem(exc.status, exc.code, exc.message, errors=errors)
    if isinstance(exc, RequestDataTooBig):
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payload_too_large", TITLES["payload_too_large"])
    if isinstance(exc, Http404):
        exc = exceptions.NotFound("没有找到该地址或对象。")
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, SuspiciousOperation):
        exc = exceptions.ParseError("请求无效。")
    if isinstance(exc, exceptions.ValidationError):
        errors = list(_field_errors(exc.get_full_details()))
        return problem(exc.status_code, "invalid_request", TITLES["invalid_request"], errors=errors)
    if isinstance(exc, exceptions.APIException):
        return _from_api_exception(exc)
    log.error("api_failed", view=type(context.get("view")).__name__, exc_info=exc)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "server_error", "服务器内部错误，请稍后重试。")


def _from_api_exception(exc: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    code = str(getattr(exc.detail, "code", exc.default_code))
    return problem(exc.status_code, CODES.get(code, code), str(exc.detail), headers=headers)


def _field_errors(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Flatten REST framework's nested error details; a path reads `facts.principal` or `items[2].ref`."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"field": path, "code": str(details["code"]), "message": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            is_whole = name == "non_field_errors"
            yield from _field_errors(inner, path if is_whole else f"{path}.{name}".strip("."))
    else:
        for index, inner in enumerate(details):
            is_message = isinstance(inner, dict) and set(inner) == {"message", "code"}
            yield from _field_errors(inner, path if is_message else f"{path}[{index}]")
