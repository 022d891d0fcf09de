"""The institution's daily statements."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from finance.api.filters import StatementFilter
from finance.api.serializers.statements import StatementSerializer, StatementWriteSerializer
from finance.api.views.answers import LOAN_SCOPE
from finance.models import Difference, Statement
from finance.services import take_statement
from portal.api.idempotency import idempotent
from portal.api.permissions import institution, machine_user


class Statements(generics.ListAPIView):
    """What the institution sent, oldest first, with the differences found."""

    required_scopes: ClassVar = {"GET": ["projects:read"], "POST": [LOAN_SCOPE]}
    serializer_class = StatementSerializer
    filterset_class = StatementFilter

    def get_queryset(self) -> QuerySet[Statement]:
        ordered = Prefetch("differences", Difference.objects.order_by("id"))
        return Statement.objects.visible_to(self.request.user).prefetch_related(ordered)

    @extend_schema(
        operation_id="listStatements",
        summary="对账单列表",
        description="本机构报送的对账单及差异。须有 projects:read。",
        tags=["对账"],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="submitStatement",
        summary="报送对账单",
        description="每日报送全部贷款的余额，平台按台账逐笔核对，差异列为待办，不会自行消失。须有 loans:write。",
        tags=["对账"],
        request=StatementWriteSerializer,
        responses={status.HTTP_201_CREATED: StatementSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        serializer = StatementWriteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        statement = take_statement(
            institution=institution(request), by=machine_user(request), **serializer.validated_data
        )
        return Response(StatementSerializer(statement).data, status=status.HTTP_201_CREATED)
