"""What the programme's pages share: calling a service and telling its refusal."""

from typing import Any, TypeVar

from django.http import HttpRequest

from portal.errors import Invalid

ResultT = TypeVar("ResultT")


def file_of(request: HttpRequest) -> dict[str, Any]:
    """The uploaded file as services take it. Raises Invalid when none came."""
    file = request.FILES.get("file")
    if file is None:
        raise Invalid("请选择文件。", field="file")
    return {"file": file, "file_name": file.name}
