"""Documents of the projects pushed to the caller's institution."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from finance.api.serializers.documents import DocumentSerializer, LinkSerializer
from finance.models import Project
from finance.services import link_to, open_link
from portal.api.idempotency import idempotent
from portal.api.permissions import machine_user
from portal.attachments.models import Attachment

READ_SCOPE = "projects:read"


class DocumentList(generics.ListAPIView):
    """A project's documents, oldest first."""

    required_scopes: ClassVar = {"GET": [READ_SCOPE]}
    serializer_class = DocumentSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Attachment]:
        if getattr(self, "swagger_fake_view", False):
            return Attachment.objects.none()
        project = get_object_or_404(Project.objects.visible_to(self.request.user), ref=self.kwargs["ref"])
        return Attachment.objects.of(project)

    @extend_schema(
        operation_id="listDocuments",
        summary="材料列表",
        description="企业为该项目上传的材料。须有 projects:read。",
        tags=["材料"],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class LinkCreate(APIView):
    """A link that soon runs out."""

    required_scopes: ClassVar = {"POST": [READ_SCOPE]}

    @extend_schema(
        operation_id="createDocumentLink",
        summary="获取下载链接",
        description="签发一个 10 分钟内有效的下载链接。企业撤回同意或者移除材料后，链接即失效。须有 projects:read。",
        tags=["材料"],
        request=None,
        responses={status.HTTP_201_CREATED: LinkSerializer},
    )
    @idempotent
    def post(self, request: Request, ref: str, document_id: int) -> Response:
        link = link_to(project_ref=ref, attachment_id=document_id, by=machine_user(request))
        url = request.build_absolute_uri(reverse("api:document", args=[link.token]))
        shown = LinkSerializer({"url": url, "expires_at": link.expires_at}).data
        return Response(shown, status=status.HTTP_201_CREATED)


class Download(APIView):
    """What a link stands for."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(
        operation_id="downloadDocument",
        summary="下载材料",
        description="凭链接下载，无须令牌；每次下载均有记录。",
        tags=["材料"],
        auth=[],
        responses={(status.HTTP_200_OK, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, token: str) -> HttpResponseBase:
        kept = open_link(token=token, address=request.META.get("REMOTE_ADDR") or None)
        response = FileResponse(
            kept.file.open("rb"), as_attachment=True, filename=kept.file_name, content_type="application/octet-stream"
        )
        response["Cache-Control"] = "private, no-store"
        return response
