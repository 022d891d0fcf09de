"""The institution's loans and what it reports of them."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from finance.api.filters import LoanFilter
from finance.api.serializers.loans import (
    ENTRY_SERIALIZERS,
    EntrySerializer,
    LoanDetailSerializer,
    LoanListSerializer,
    parse_entry,
)
from finance.api.views.answers import IF_MATCH, LOAN_SCOPE, locked_version
from finance.models import Loan, LoanEntry
from finance.services import record_entry
from portal.api.idempotency import idempotent
from portal.api.permissions import institution, machine_user
from portal.api.preconditions import etag, require_match

READ_SCOPE = "projects:read"


def loans_of(request: Request) -> QuerySet[Loan]:
    """The loans of the caller's institution."""
    return Loan.objects.visible_to(request.user).select_related("placement__project")


class LoanList(generics.ListAPIView):
    """The institution's loans, oldest first."""

    required_scopes: ClassVar = {"GET": [READ_SCOPE]}
    serializer_class = LoanListSerializer
    filterset_class = LoanFilter

    def get_queryset(self) -> QuerySet[Loan]:
        return loans_of(self.request)

    @extend_schema(
        operation_id="listLoans",
        summary="贷款列表",
        description="列出本机构报送的贷款及本金余额。须有 projects:read。",
        tags=["贷款"],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class LoanDetail(generics.RetrieveAPIView):
    """One loan with its whole ledger."""

    required_scopes: ClassVar = {"GET": [READ_SCOPE]}
    serializer_class = LoanDetailSerializer
    lookup_url_kwarg = "ref"
    lookup_field = "placement__project__ref"

    def get_queryset(self) -> QuerySet[Loan]:
        entries = LoanEntry.objects.select_related("reverses").order_by("id")
        return loans_of(self.request).prefetch_related(Prefetch("entries", entries))

    @extend_schema(
        operation_id="getLoan",
        summary="贷款详情",
        description="一个项目的贷款及其台账；应答头 ETag 为项目版本。须有 projects:read。",
        tags=["贷款"],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        loan = self.get_object()
        return Response(self.get_serializer(loan).data, headers={"ETag": etag(loan.placement.project.version)})


class EntryCreate(APIView):
    """Reports of a running loan."""

    required_scopes: ClassVar = {"POST": [LOAN_SCOPE]}

    @extend_schema(
        operation_id="recordLoanEntry",
        summary="报送贷款台账",
        description="提款、利率调整、结息、还款、逾期及解除、呆账、结清和冲正，可按任意先后报送；"
        "台账只增不改，差错以 reversal 冲正。须有 loans:write。",
        tags=["贷款"],
        parameters=[IF_MATCH],
        request=PolymorphicProxySerializer(
            component_name="LoanEntryReport",
            serializers={str(kind): serializer for kind, serializer in ENTRY_SERIALIZERS.items()},
            resource_type_field_name="kind",
        ),
        responses={status.HTTP_201_CREATED: EntrySerializer},
    )
    @idempotent
    def post(self, request: Request, ref: str) -> Response:
        return Response(take_entry(request, ref, request.data), status=status.HTTP_201_CREATED)


def take_entry(request: Request, ref: str, body: Any) -> dict[str, Any]:
    """Record the ledger entry in `body`; what the caller is told."""
    kind, facts = parse_entry(body)
    require_match(request, lambda: locked_version(request, ref))
    entry = record_entry(
        project_ref=ref, institution=institution(request), kind=kind, facts=facts, by=machine_user(request)
    )
    return dict(EntrySerializer(entry).data)
