"""Many answers and ledger entries in one request, each with a result of its own."""

from typing import Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from finance.api.serializers.batch import BatchResultsSerializer, BatchSerializer
from finance.api.views.answers import ANSWER_SCOPE, LOAN_SCOPE, require_scope, take_answer
from finance.api.views.loans import take_entry
from portal.api.idempotency import idempotent
from portal.api.problems import exception_handler
from portal.errors import ServiceError


class Batch(APIView):
    """One request, many reports."""

    required_scopes: ClassVar = {"POST": [ANSWER_SCOPE, LOAN_SCOPE]}

    @extend_schema(
        operation_id="submitBatch",
        summary="批量报送",
        description="一次提交多项答复或台账。每项单独成败，整个请求返回 200；请逐项检查 status。"
        "失败的项可改正后另行提交，已成功的项重复提交不会重复记录。",
        tags=["批量"],
        request=BatchSerializer,
        responses={status.HTTP_200_OK: BatchResultsSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        serializer = BatchSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        items = serializer.validated_data["items"]
        return Response({"results": [self._take(request, index, item) for index, item in enumerate(items)]})

    def _take(self, request: Request, index: int, item: dict[str, Any]) -> dict[str, Any]:
        try:
            with transaction.atomic():
                return {"index": index, "status": status.HTTP_201_CREATED, "body": _one(request, item)}
        except (ServiceError, APIException) as refusal:
            answer = exception_handler(refusal, {"view": self})
            return {"index": index, "status": answer.status_code, "body": answer.data}


def _one(request: Request, item: dict[str, Any]) -> dict[str, Any]:
    if item["operation"] == "answer":
        return take_answer(request, item["project_ref"], item["body"])
    require_scope(request, LOAN_SCOPE)
    return take_entry(request, item["project_ref"], item["body"])
