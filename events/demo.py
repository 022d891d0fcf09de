"""Meetings of the demonstration: some over, some to come."""

import datetime as dt

from events.enums import EventKind, EventState
from events.models import Event
from portal import clock
from portal.accounts.demo import Cast
from portal.demo.chance import stream
from portal.regions import CITIES

# kind, title, summary, place, days from today, hours
MEETINGS = (
    (EventKind.ROADSHOW, "高校院所高价值专利路演（新材料专场）", "12 项新材料专利现场路演，发明人答疑。", "科技成果转化中心报告厅", -40, 3),
    (EventKind.MATCHING, "橡胶轮胎产业专利供需对接会", "围绕低滚阻、耐切割等需求安排一对一洽谈。", "会展中心二层", -21, 4),
    (EventKind.BANK_MEETING, "知识产权质押融资入园惠企活动", "银行讲解产品条件，现场受理融资意向。", "高新区创业服务中心", -9, 3),
    (EventKind.TRAINING, "企业专利转化实务培训", "许可、转让合同要点与技术合同登记。", "市民中心培训教室", -3, 6),
    (EventKind.MATCHING, "海洋装备与海工技术供需对接会", "院所与企业按匹配结果分桌洽谈。", "海洋科技馆会议厅", 8, 4),
    (EventKind.BANK_MEETING, "银企对接会（中小微企业专场）", "预先推送项目，银行现场答复。", "金融大厦三层", 15, 3),
    (EventKind.ROADSHOW, "农机装备与大蒜加工专利路演", "面向农业大县的适用技术推介。", "农业科技园", 23, 3),
    (EventKind.TRAINING, "高价值专利培育与布局培训", "申请前评估、布局与维持策略。", "知识产权服务中心", 35, 6),
)  # fmt: skip
FIRST_HOUR = 9


def load_events(*, cast: Cast, seed: int) -> None:
    """Make the meetings, each of the city in turn, and one draft of Jinan."""
    cities = list(CITIES)
    stream(seed, "events").shuffle(cities)
    meetings = list(zip(MEETINGS, cities, strict=False))
    rows = [
        _event(cast, meeting, city, EventState.PUBLISHED if place else EventState.CANCELLED)
        for place, (meeting, city) in enumerate(meetings)
    ]
    rows.append(_event(cast, MEETINGS[-1], "370100", EventState.DRAFT))
    Event.objects.bulk_create(rows)


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
        state=state,
    )
