"""Collection forms, periods and sheets, made by the services."""

import datetime as dt

from portal import clock
from stats.services import collection as services
from tests.factories.accounts import city_user, province_user

FIELDS = (
    services.FieldTerms("政策惠及中小企业", "家", "count", is_required=True, help="按企业计一次"),
    services.FieldTerms("营业收入", "万元", "amount", is_required=True),
    services.FieldTerms("举办活动", "场", "count", is_required=False),
)
VALUES = {"f1": 120, "f2": "35000000", "f3": 4}


def draft_form(by=None, *, cadence="quarter", fields=FIELDS):
    by = by or province_user()
    terms = services.FormTerms("政策惠及企业情况", cadence, "按统计期末数填报。", 10)
    form = services.save_form(by=by, terms=terms)
    for one in fields:
        form = services.add_field(form_id=form.pk, by=by, terms=one)
    return form


def published_form(year=None, quarter=1, **kwargs):
    form = draft_form(**kwargs)
    year = year or clock.today().year
    return services.publish_form(form_id=form.pk, by=province_user(), year=year, quarter=quarter)


def opened(form=None, *, year=None, quarter=1, days=20):
    form = form or published_form()
    return services.open_period(
        form_id=form.pk,
        by=province_user(),
        year=year or clock.today().year,
        quarter=quarter,
        due_on=clock.today() + dt.timedelta(days=days),
    )


def sent(period, city="370100", by=None, **values):
    sheet = period.sheets.get(city_code=city)
    return services.submit_sheet(sheet_id=sheet.pk, by=by or city_user(city), values=VALUES | values)


def accepted(period, city="370100", **values):
    return services.accept_sheet(sheet_id=sent(period, city, **values).pk, by=province_user())


def closed(period):
    """Accept every city's sheet, and close."""
    for sheet in period.sheets.filter(state="waiting"):
        accepted(period, sheet.city_code)
    return services.close_period(period_id=period.pk, by=province_user())
