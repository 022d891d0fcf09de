"""Meetings of the demonstration: some over, some to come."""

import datetime as dt
from decimal import Decimal

from events.demo_programme import fill_events
from events.enums import EventKind, EventState, PlaceKind
from events.models import Event, EventSeries
from portal import clock
from portal.accounts.demo import Cast
from portal.demo.chance import stream
from portal.regions import CITIES

CANCEL_REASON = "场地临时封闭施工，改期另行通知。"
# kind, title, summary, place, days from today, hours
MEETINGS = (
    (EventKind.ROADSHOW, "化工新材料专利路演", "聚氨酯、氟材料等方向的可转化专利集中推介。", "化工园区服务中心", -96, 3),
    (EventKind.TRAINING, "专利开放许可实务培训", "开放许可声明、许可费估算与合同备案。", "线上会议室", -75, 3),
    (EventKind.BANK_MEETING, "知识产权质押融资入园惠企（生物医药园）", "银行、担保、评估机构现场答疑。", "生物医药产业园", -58, 3),
    (EventKind.ROADSHOW, "高校院所高价值专利路演（新材料专场）", "12 项新材料专利现场路演，发明人答疑。", "科技成果转化中心报告厅", -40, 3),
    (EventKind.MATCHING, "橡胶轮胎产业专利供需对接会", "围绕低滚阻、耐切割等需求安排一对一洽谈。", "会展中心二层", -21, 4),
    (EventKind.BANK_MEETING, "知识产权质押融资入园惠企活动", "银行讲解产品条件，现场受理融资意向。", "高新区创业服务中心", -9, 3),
    (EventKind.TRAINING, "企业专利转化实务培训", "许可、转让合同要点与技术合同登记。", "市民中心培训教室", -3, 6),
    (EventKind.ROADSHOW, "绿色低碳技术专利路演", "余热利用、碳捕集、储能方向专利推介。", "会展中心三层", 4, 3),
    (EventKind.MATCHING, "海洋装备与海工技术供需对接会", "院所与企业按匹配结果分桌洽谈。", "海洋科技馆会议厅", 8, 4),
    (EventKind.BANK_MEETING, "银企对接会（中小微企业专场）", "预先推送项目，银行现场答复。", "金融大厦三层", 15, 3),
    (EventKind.AGRICULTURE, "农机装备与大蒜加工专利进县域", "面向农业大县的适用技术推介。", "农业科技园", 23, 3),
    (EventKind.MATCHING, "食品加工产业专利供需对接会", "乳制品、果蔬、粮油加工企业与院所一对一洽谈。", "产业技术研究院", 28, 4),
    (EventKind.TRAINING, "高价值专利培育与布局培训", "申请前评估、布局与维持策略。", "知识产权服务中心", 35, 6),
)  # fmt: skip
CANCELLED = (3, 9)
"""Places of the meetings that were called off: one gone by, one to come."""
FULL, FEW_PLACES = 7, 8
"""The meeting that has more people than places."""
PLACES = 60
SERIES = "专利转化“321”对接季"
FIRST_HOUR = 9
BUDGET = Decimal("20000.00")
_PLACE_KINDS = {EventKind.BANK_MEETING: PlaceKind.PARK, EventKind.AGRICULTURE: PlaceKind.COUNTY}


def load_events(*, cast: Cast, seed: int) -> None:
    """Make the meetings, each of the city in turn, and one draft of Jinan; fill them with what belongs to them."""
    chance = stream(seed, "events")
    cities = list(CITIES)
    chance.shuffle(cities)
    series = EventSeries.objects.create(name=SERIES, summary="高校院所专利与企业需求的系列对接。")
    meetings = list(zip(MEETINGS, cities, strict=False))
    rows = [
        _event(cast, meeting, city, EventState.CANCELLED if place in CANCELLED else EventState.PUBLISHED)
        for place, (meeting, city) in enumerate(meetings)
    ]
    for place, row in enumerate(rows):
        row.series = series if row.kind == EventKind.MATCHING else None
        row.capacity = FEW_PLACES if place == FULL else PLACES
    Event.objects.bulk_create([*rows, _event(cast, MEETINGS[-1], "370100", EventState.DRAFT)])
    fill_events(rows, cast=cast, rng=chance)


def _event(cast: Cast, meeting: tuple[EventKind, str, str, str, int, int], city: str, state: EventState) -> Event:
    kind, title, summary, place, days, hours = meeting
    day = clock.today() + dt.timedelta(days=days)
    starts_at = dt.datetime.combine(day, dt.time(FIRST_HOUR), tzinfo=clock.SHANGHAI)
    return Event(
        kind=kind,
        title=title,
        summary=summary,
        organiser=cast.official_of(city).organisation,
        city_code=city,
        place=place,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=hours),
        place_kind=_PLACE_KINDS.get(kind, PlaceKind.VENUE),
        budget_amount=BUDGET,
        published_at=None if state == EventState.DRAFT else starts_at - dt.timedelta(days=20),
        state=state,
        cancel_reason=CANCEL_REASON if state == EventState.CANCELLED else "",
    )
