"""What every operation of the OpenAPI document shares: problems as errors, the idempotency key of each POST."""

from typing import Any

PROBLEMS = {
    "400": "请求内容不符合要求，errors 指出字段",
    "401": "未提供有效的访问令牌",
    "403": "无权执行此操作或缺少权限范围",
    "404": "没有找到，或属于其他机构",
    "406": "无法提供所要求的格式",
    "429": "请求过于频繁，Retry-After 给出等待秒数",
    "500": "服务器内部错误",
}
WRITE_PROBLEMS = {
    "409": "与当前状态或先前的答复冲突，或相同幂等键的请求正在处理",
    "412": "If-Match 所示版本已变化",
    "413": "请求内容过大",
    "415": "请求内容须为 application/json",
    "422": "业务规则不允许，或幂等键已用于另一请求",
}
FIELD_ERROR = {
    "type": "object",
    "required": ["field", "code", "message"],
    "properties": {
        "field": {"type": "string", "description": "出错的字段或请求头。"},
        "code": {"type": "string", "description": "稳定的错误代码。"},
        "message": {"type": "string", "description": "说明。"},
    },
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details。请按 code 判断错误种类，不要解析文字。",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": FIELD_ERROR},
    },
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{8,80}$"},
    "description": "由调用方生成的唯一值；重试时须原样重发，平台返回首次的答复（应答头 Idempotent-Replayed: true）。",
}


def add_shared_parts(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Post-processing hook of drf-spectacular."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path in result["paths"].values():
        for method, operation in path.items():
            is_write = method == "post"
            if is_write:
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
            for response in operation["responses"].values():
                response["description"] = response["description"] or "成功"
            for status, text in (PROBLEMS | (WRITE_PROBLEMS if is_write else {})).items():
                operation["responses"].setdefault(
                    status,
                    {
                        "description": text,
                        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                    },
                )
    return result
