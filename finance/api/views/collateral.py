"""Pledged patents, and alerts that the institution acknowledges."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from finance.api.filters import AlertFilter
from finance.api.serializers.collateral import AcknowledgeSerializer, AlertSerializer, PledgedPatentSerializer
from finance.api.views.answers import ANSWER_SCOPE
from finance.models import CoverAlert, Project, ProjectPatent
from finance.services import acknowledge_alert
from portal.api.idempotency import idempotent
from portal.api.permissions import institution, machine_user

READ_SCOPE = "projects:read"


class PatentList(generics.ListAPIView):
    """A project's patents with their valuations."""

    required_scopes: ClassVar = {"GET": [READ_SCOPE]}
    serializer_class = PledgedPatentSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[ProjectPatent]:
        if getattr(self, "swagger_fake_view", False):
            return ProjectPatent.objects.none()
        project = get_object_or_404(Project.objects.visible_to(self.request.user), ref=self.kwargs["ref"])
        return project.collateral.select_related("patent").prefetch_related("valuations")

    @extend_schema(
        operation_id="listPledgedPatents",
        summary="质押专利及评估",
        description="项目拟质押的专利、法律状态、负担和评估。须有 projects:read。",
        tags=["质押物"],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class AlertList(generics.ListAPIView):
    """Changes of the cover of the institution's loans, oldest first."""

    required_scopes: ClassVar = {"GET": [READ_SCOPE]}
    serializer_class = AlertSerializer
    filterset_class = AlertFilter

    def get_queryset(self) -> QuerySet[CoverAlert]:
        rows = CoverAlert.objects.visible_to(self.request.user)
        return rows.select_related("loan__placement__project", "rule")

    @extend_schema(
        operation_id="listCollateralAlerts",
        summary="质押物预警",
        description="本机构贷款的覆盖率变化：此前、此后、原因和明细。折扣表为平台参数，未经确认。须有 projects:read。",
        tags=["质押物"],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class Acknowledge(APIView):
    """The institution takes note."""

    required_scopes: ClassVar = {"POST": [ANSWER_SCOPE]}

    @extend_schema(
        operation_id="acknowledgeCollateralAlert",
        summary="确认预警",
        description="确认已知悉；首次确认有效，重复确认返回首次的结果。须有 projects:answer。",
        tags=["质押物"],
        request=AcknowledgeSerializer,
        responses={status.HTTP_201_CREATED: AlertSerializer},
    )
    @idempotent
    def post(self, request: Request, alert_id: int) -> Response:
        serializer = AcknowledgeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        alert = acknowledge_alert(
            alert_id=alert_id,
            institution=institution(request),
            note=serializer.validated_data["note"],
            by=machine_user(request),
        )
        return Response(AlertSerializer(alert).data, status=status.HTTP_201_CREATED)
