"""Legal events reported and read by the authority's own programs."""

from typing import ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from patents.api.filters import LegalEventFilter
from patents.api.serializers import LegalEventSerializer, NewEventSerializer
from patents.enums import SourceKind
from patents.models import LegalEvent, Patent
from patents.services import record_event
from portal.api.idempotency import idempotent
from portal.api.permissions import OfficeClientHasScope, machine_user
from portal.errors import NotFound

READ_SCOPE, WRITE_SCOPE = "legal-events:read", "legal-events:write"


class LegalEvents(generics.ListAPIView):
    """Events in the order in which they were recorded; new ones are added under the transition table."""

    required_scopes: ClassVar = {"GET": [READ_SCOPE], "POST": [WRITE_SCOPE]}
    permission_classes = (OfficeClientHasScope,)
    serializer_class = LegalEventSerializer
    filterset_class = LegalEventFilter

    def get_queryset(self) -> QuerySet[LegalEvent]:
        return LegalEvent.objects.select_related("patent").defer("patent__abstract", "patent__search_tokens")

    @extend_schema(
        operation_id="listLegalEvents",
        summary="法律事件列表",
        description="平台登记的专利法律事件，先登记的在前。须有 legal-events:read。",
        tags=["法律事件"],
    )
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="reportLegalEvent",
        summary="报送法律事件",
        description="登记一项法律事件，法律状态和法律负担随之变化。重复、早于最近一次事件或者与在先登记相抵触的返回 409，"
        "什么也不改变。须有 legal-events:write。",
        tags=["法律事件"],
        request=NewEventSerializer,
        responses={status.HTTP_201_CREATED: LegalEventSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        given = NewEventSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        number = given.validated_data["number"]
        key = Patent.objects.filter(number=number.value).values_list("pk", flat=True).first()
        if key is None:
            raise NotFound("库中没有这件专利。", field="number")
        event = record_event(patent_id=key, event=given.event(), by=machine_user(request), source=SourceKind.API)
        return Response(LegalEventSerializer(event).data, status=status.HTTP_201_CREATED)
