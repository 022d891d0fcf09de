"""The front page: the three pools in figures, and for who is signed in what comes next."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from demand.enums import DemandState, InterestState, Side
from demand.models import Demand, Interest, Match
from demand.queries.needs import invitations_to
from events.enums import EventState
from events.models import Event
from finance.enums import ProjectState
from finance.models import Project
from patents.models import Patent
from portal import clock
from portal.accounts.access import public
from portal.accounts.enums import Role

LATEST_EVENTS = 4
COUNT_LIMIT = 100_000
NOT_ADMITTED = (ProjectState.DRAFT, ProjectState.SUBMITTED, ProjectState.RETURNED)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do or look at."""

    figure: int
    label: str
    url: str
    action: str


@public
def home(request: HttpRequest) -> HttpResponse:
    """Show the front page, with the own tasks of a firm or holder on top."""
    now = clock.now()
    user: Any = request.user
    context = {
        "patent_count": _count(Patent.objects.all()),
        "demand_count": _count(Demand.objects.filter(state=DemandState.PUBLISHED)),
        "project_count": _count(Project.objects.exclude(state__in=NOT_ADMITTED)),
        "events": Event.objects.filter(state=EventState.PUBLISHED, ends_at__gte=now).order_by("starts_at")[
            :LATEST_EVENTS
        ],
        "tasks": _tasks(user) if user.is_authenticated else [],
    }
    return render(request, "home.html", context)


def _count(rows: QuerySet[Any]) -> int:
    return len(rows.order_by().values_list("pk", flat=True)[:COUNT_LIMIT])


def _tasks(user: Any) -> list[Task]:
    if user.role == Role.SME:
        demands, projects = Demand.objects.visible_to(user), Project.objects.visible_to(user)
        matches = Match.objects.filter(demand__in=demands.filter(state=DemandState.PUBLISHED))
        answers = Interest.objects.visible_to(user).filter(state=InterestState.OPEN, side=Side.HOLDER)
        return [
            *_waiting(_count(answers), "项应答等待答复", reverse("demand:list"), "去答复"),
            Task(_count(demands), "项技术需求", reverse("demand:new"), "发布技术需求"),
            Task(_count(matches), "件匹配专利", reverse("demand:list"), "查看匹配结果"),
            Task(_count(projects), "个融资项目", reverse("finance:new"), "申请质押融资"),
        ]
    if user.role == Role.HOLDER:
        patents = Patent.objects.filter(holder_id=user.organisation_id)
        return [
            *_waiting(len(invitations_to(user.organisation)), "项难题邀请应答", reverse("demand:matched"), "查看难题"),
            Task(_count(patents), "件本单位专利", reverse("patents:mine"), "维护转化信息"),
            Task(_count(patents.filter(transfer_way="")), "件未填写转化方式", reverse("patents:mine"), "去完善"),
            Task(_count(Demand.objects.visible_to(user)), "项匹配到的需求", reverse("demand:matched"), "查看需求"),
        ]
    return []


def _waiting(figure: int, label: str, url: str, action: str) -> list[Task]:
    """What the other side waits for comes first; nothing where nobody waits."""
    return [Task(figure, label, url, action)] if figure else []
