"""The institution's answers, one by one or many at once."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from finance.api.serializers.answers import ANSWER_SERIALIZERS, AnswerSerializer, parse_answer
from finance.enums import AnswerKind
from finance.models import Project
from finance.services import record_answer
from portal.api.idempotency import idempotent
from portal.api.permissions import institution, machine_user
from portal.api.preconditions import require_match
from portal.errors import NotFound

ANSWER_SCOPE = "projects:answer"
LOAN_SCOPE = "loans:write"
LOAN_KINDS = frozenset({AnswerKind.LEND, AnswerKind.REPAY})
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="可选：读取项目时的 ETag，已变化时返回 412。"
)


class AnswerCreate(APIView):
    """The institution's answers."""

    required_scopes: ClassVar = {"POST": [ANSWER_SCOPE, LOAN_SCOPE]}

    @extend_schema(
        operation_id="answerProject",
        summary="答复项目",
        description="受理、要求补充材料、审批和拒绝须有 projects:answer，放款和结清须有 loans:write。"
        "同一答复重复提交只记录一次。",
        tags=["项目"],
        parameters=[IF_MATCH],
        request=PolymorphicProxySerializer(
            component_name="ProjectAnswer",
            serializers={str(kind): serializer for kind, serializer in ANSWER_SERIALIZERS.items()},
            resource_type_field_name="kind",
        ),
        responses={status.HTTP_201_CREATED: AnswerSerializer},
    )
    @idempotent
    def post(self, request: Request, ref: str) -> Response:
        return Response(take_answer(request, ref, request.data), status=status.HTTP_201_CREATED)


def take_answer(request: Request, ref: str, body: Any) -> dict[str, Any]:
    """Record the answer in `body` on a project; what the caller is told."""
    kind, facts = parse_answer(body)
    require_scope(request, LOAN_SCOPE if kind in LOAN_KINDS else ANSWER_SCOPE)
    require_match(request, lambda: locked_version(request, ref))
    answer = record_answer(
        project_ref=ref, institution=institution(request), kind=kind, facts=facts, by=machine_user(request)
    )
    return dict(AnswerSerializer(answer).data)


def require_scope(request: Any, scope: str) -> None:
    """Refuse a token without `scope`: the scope of an answer depends on its kind."""
    if not request.auth.allow_scopes([scope]):
        raise PermissionDenied(f"访问令牌缺少权限范围 {scope}。", code="insufficient_scope")


def locked_version(request: Request, ref: str) -> int:
    """The project's version, its row locked for the answer that follows in the same transaction."""
    project = Project.objects.visible_to(request.user).select_for_update(of=("self",)).filter(ref=ref).first()
    if project is None:
        raise NotFound("没有这个融资项目。")
    return project.version
