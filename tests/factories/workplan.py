"""Tasks of the work plan, made by the services."""

import datetime as dt
from dataclasses import replace

from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from stats.models import PlanMeasure
from stats.services import workplan as services
from tests.factories.accounts import city_user, province_user

PDF = b"%PDF-1.7 stamped"


def plan(**changes):
    today = clock.today()
    made = services.BreakDown(
        year=today.year,
        title="征集中小企业技术需求",
        department="市级知识产权管理部门",
        cities=("370100",),
        starts_on=today - dt.timedelta(days=60),
        due_on=today + dt.timedelta(days=120),
        milestones=(
            ("制定征集方案", today + dt.timedelta(days=30)),
            ("完成征集", today + dt.timedelta(days=120)),
        ),
    )
    return replace(made, **changes)


def tasks(measure="5.1", by=None, **changes):
    found = PlanMeasure.objects.get(code=measure)
    return services.break_down(measure_id=found.pk, by=by or province_user(), plan=plan(**changes))


def task(**changes):
    return tasks(**changes)[0]


def evidence(name="佐证.pdf"):
    return SimpleUploadedFile(name, PDF)


def reported(step, by=None):
    return services.report_milestone(
        milestone_id=step.pk, by=by or city_user(step.task.city_code), report="方案已印发。", file=evidence()
    )


def confirmed(step, by=None):
    reported(step, by)
    return services.confirm_milestone(milestone_id=step.pk, by=province_user())
