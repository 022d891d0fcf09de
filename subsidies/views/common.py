"""What the pages share: calling a service and telling its refusal."""

from typing import TypeVar

PAGE_SIZE = 20
ResultT = TypeVar("ResultT")
