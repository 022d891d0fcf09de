"""Quarterly collections of the last year: closed ones, and one that is being filled in."""

import datetime as dt
from random import Random

from portal import clock, regions
from portal.accounts.demo import Cast
from portal.demo.chance import stream
from stats.models import CitySheet, CollectionForm, CollectionPeriod
from stats.policy.collection import period_before
from stats.services import collection as services

FIELDS = (
    services.FieldTerms(
        "政策惠及中小企业", "家", "count", is_required=True, help="享受转化、质押、补贴任一政策，一家计一次"
    ),
    services.FieldTerms("惠及企业营业收入", "万元", "amount", is_required=True, help="惠及企业当期营业收入合计"),
    services.FieldTerms("惠及企业从业人员", "人", "count", is_required=True, help="期末人数合计"),
    services.FieldTerms("组织对接活动", "场", "count", is_required=True, help="路演、供需对接、银企对接"),
    services.FieldTerms("参加活动企业", "家次", "count", is_required=False),
)
PERIODS = 4
"""Quarters before the present one that are closed."""
WAITING_CITIES = ("370100", "370400", "371600")
JUMPED = "370800"


def load_collections(cast: Cast, seed: int) -> None:
    """One form for every quarter, and the present quarter half way."""
    story = _Collections(cast, stream(seed, "collections"))
    today = clock.today()
    present = (today.year, (today.month + 2) // 3)
    quarters = [present]
    while len(quarters) <= PERIODS:
        quarters.append(period_before(*quarters[-1]))
    form = story.form(*quarters[-1])
    for year, quarter in reversed(quarters[1:]):
        story.closed(form, year, quarter)
    story.running(form, *present)
    story.draft()


class _Collections:
    def __init__(self, cast: Cast, rng: Random) -> None:
        self.cast, self.province, self.rng = cast, cast.province, rng
        self.base = {code: rng.randrange(25, 160) for code in regions.CITIES}

    def form(self, year: int, quarter: int) -> CollectionForm:
        """The form that all quarters use."""
        terms = services.FormTerms("政策惠及企业和活动情况", "quarter", "按季度期末数填报；金额按万元填报。", 10)
        with clock.told(dt.date(year, quarter * 3 - 2, 8)):
            form = services.save_form(by=self.province, terms=terms)
            for field in FIELDS:
                services.add_field(form_id=form.pk, by=self.province, terms=field)
            return services.publish_form(form_id=form.pk, by=self.province, year=year, quarter=quarter)

    def draft(self) -> None:
        """A yearly form in the making."""
        terms = services.FormTerms("知识产权运营基金情况（年报）", "year", "", 10)
        form = services.save_form(by=self.province, terms=terms)
        field = services.FieldTerms("基金规模", "万元", "amount", is_required=True)
        services.add_field(form_id=form.pk, by=self.province, terms=field)

    def closed(self, form: CollectionForm, year: int, quarter: int) -> None:
        """A quarter that every city sent and the province closed."""
        day = dt.date(year, quarter * 3, 20)
        with clock.told(day):
            period = self._open(form, year, quarter, day)
        with clock.told(day + dt.timedelta(days=12)):
            for sheet in period.sheets.all():
                self._send(sheet, quarter)
                services.accept_sheet(sheet_id=sheet.pk, by=self.province)
            services.close_period(period_id=period.pk, by=self.province)

    def running(self, form: CollectionForm, year: int, quarter: int) -> None:
        """The present quarter: most cities have sent, some wait, one was given back, one explained a jump."""
        today = clock.today()
        with clock.told(today - dt.timedelta(days=12)):
            period = self._open(form, year, quarter, today - dt.timedelta(days=12))
        sheets = [sheet for sheet in period.sheets.all() if sheet.city_code not in WAITING_CITIES]
        for place, sheet in enumerate(sheets):
            self._send(sheet, quarter, factor=12 if sheet.city_code == JUMPED else 1)
            if place % 3 == 0:
                services.accept_sheet(sheet_id=sheet.pk, by=self.province)
            elif place == 4:
                services.return_sheet(
                    sheet_id=sheet.pk,
                    by=self.province,
                    note="从业人员与企业数不匹配，请核对。",
                    due_on=today + dt.timedelta(days=5),
                )
        services.chase_sheets()

    def _open(self, form: CollectionForm, year: int, quarter: int, day: dt.date) -> CollectionPeriod:
        return services.open_period(
            form_id=form.pk, by=self.province, year=year, quarter=quarter, due_on=day + dt.timedelta(days=15)
        )

    def _send(self, sheet: CitySheet, quarter: int, *, factor: int = 1) -> None:
        firms = (self.base[sheet.city_code] + quarter * self.rng.randrange(2, 9)) * factor
        values = {
            "f1": firms,
            "f2": firms * self.rng.randrange(900, 2_400) * 10_000,
            "f3": firms * self.rng.randrange(60, 140),
            "f4": self.rng.randrange(2, 9),
            "f5": self.rng.randrange(30, 200),
        }
        reason = "本季度起含县域企业。"
        services.submit_sheet(
            sheet_id=sheet.pk,
            by=self.cast.official_of(sheet.city_code),
            values=values,
            explained=dict.fromkeys(("f1", "f2", "f3", "f4", "f5"), reason),
        )
