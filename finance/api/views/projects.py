"""Projects pushed to the caller's institution."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from finance.api.filters import PlacementFilter
from finance.api.serializers.projects import ProjectSerializer, ProjectSummarySerializer
from finance.models import Placement
from portal.api.preconditions import etag


def placements_of(request: Request) -> QuerySet[Placement]:
    """What was pushed to the caller's institution and is still shared with it."""
    return Placement.objects.visible_to(request.user).select_related("project", "product")


class ProjectList(generics.ListAPIView):
    """What was pushed to the institution, oldest push first."""

    required_scopes: ClassVar = {"GET": ["projects:read"]}
    serializer_class = ProjectSummarySerializer
    filterset_class = PlacementFilter

    def get_queryset(self) -> QuerySet[Placement]:
        return placements_of(self.request)

    @extend_schema(
        operation_id="listProjects",
        summary="项目列表",
        description="列出已推送给本机构的融资项目，最早推送的在前。须有 projects:read。",
        tags=["项目"],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class ProjectDetail(generics.RetrieveAPIView):
    """One project, with its version as ETag."""

    required_scopes: ClassVar = {"GET": ["projects:read"]}
    serializer_class = ProjectSerializer
    lookup_url_kwarg = "ref"
    lookup_field = "project__ref"

    def get_queryset(self) -> QuerySet[Placement]:
        rows = placements_of(self.request).select_related("project__organisation", "loan")
        return rows.prefetch_related("project__patents")

    @extend_schema(
        operation_id="getProject",
        summary="项目详情",
        description="企业情况、拟质押专利、同意共享时间和本机构报送的贷款；应答头 ETag 为版本。须有 projects:read。",
        tags=["项目"],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        placement = self.get_object()
        data = self.get_serializer(placement).data
        return Response(data, headers={"ETag": etag(placement.project.version)})
