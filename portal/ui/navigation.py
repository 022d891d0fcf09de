"""What each role finds in the navigation."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.enums import Role

# Groups in the order of the bar; a group of one is a plain link.
Groups = Mapping[str, Sequence[tuple[str, str]]]
PUBLIC: Groups = {
    "首页": (("首页", "home"),),
    "专利检索": (("专利检索", "patents:search"),),
    "转化服务": (
        ("开放许可", "patents:open_licences"),
        ("登记窗口", "patents:window_guide"),
    ),
    "培育与运营": (
        ("培育中心", "patents:centres"),
        ("认定企业", "patents:recognised_firms"),
        ("运营体系", "patents:bodies"),
        ("权益改革", "patents:reform_register"),
        ("专利导航项目", "stats:navigation"),
    ),
    "补贴公开": (
        ("补贴试算", "subsidies:what_if"),
        ("补贴公示", "subsidies:publicity_list"),
        ("拨付公开数据", "subsidies:open_data"),
        ("复核决定", "subsidies:decisions"),
    ),
    "对接活动": (
        ("对接活动", "events:list"),
        ("活动月历", "events:month"),
        ("路演对接场次", "events:target"),
        ("人才培训", "events:training"),
        ("难题清单", "demand:difficulties"),
    ),
    "统计监测": (
        ("统计监测", "stats:dashboard"),
        ("指标口径", "stats:definitions"),
        ("质押融资统计", "stats:pledge"),
        ("专利产品公开查询", "stats:certificates"),
    ),
}
OF_ROLE: dict[str, Groups] = {
    Role.SME: {
        "我的需求": (
            ("我的技术需求", "demand:list"),
            ("我的关注", "demand:watches"),
        ),
        "合作与融资": (
            ("洽谈与合同", "patents:deals"),
            ("已接受的开放许可", "patents:acceptances"),
            ("质押融资", "finance:list"),
            ("我的报名", "events:mine"),
            ("调查问卷", "finance:questionnaires"),
        ),
        "补贴": (
            ("我的补贴", "subsidies:claims"),
            ("申报批次", "subsidies:rounds"),
            ("贷款贴息预计", "subsidies:list"),
        ),
        "本单位": (
            ("我的认定", "patents:recognitions"),
            ("专利产品", "stats:products"),
            ("本单位培训", "events:my_training"),
            ("本单位信息", "accounts:organisation"),
        ),
    },
    Role.HOLDER: {
        "本单位专利": (
            ("本单位专利", "patents:mine"),
            ("批量导入", "patents:upload"),
            ("数据冲突", "patents:conflicts"),
            ("年费提醒", "patents:fees"),
            ("价值评价", "patents:evaluations"),
        ),
        "合作转化": (
            ("匹配到的需求", "demand:matched"),
            ("企业反馈", "demand:feedback"),
            ("我的关注", "demand:watches"),
            ("洽谈与合同", "patents:deals"),
            ("本单位开放许可", "patents:my_open_licences"),
            ("我的报名", "events:mine"),
        ),
        "本单位": (
            ("申请前评估", "patents:prefiling"),
            ("专利产品", "stats:products"),
            ("我的补贴", "subsidies:claims"),
            ("本单位培训", "events:my_training"),
            ("培训管理", "events:keep"),
            ("本单位信息", "accounts:organisation"),
        ),
    },
    Role.FINANCE: {
        "补贴": (
            ("补贴申领", "subsidies:claims"),
            ("拨付批次", "subsidies:batches"),
            ("规则版本比较", "subsidies:compare"),
        ),
        "工作推进": (
            ("工作任务进展", "stats:workplan"),
            ("数据采集", "stats:collections"),
            ("年度评价", "stats:evaluations"),
        ),
        "管理后台": (
            ("管理后台", "admin:index"),
            ("金融机构答复情况", "finance:banks"),
            ("银行对账", "finance:statements"),
        ),
    },
}
OF_ROLE[Role.CITY] = {
    "数据管理": (
        ("批量导入", "patents:upload"),
        ("数据冲突", "patents:conflicts"),
        ("认定名单导入", "patents:recognition_upload"),
        ("申请前评估", "patents:prefiling_coverage"),
        ("需求导入", "demand:upload"),
        ("培训学时与基地", "events:training_hours"),
        ("供需匹配质量", "demand:quality"),
        ("需求与匹配参数", "demand:rules"),
        ("质押融资调查问卷", "finance:questionnaires"),
    ),
    "补贴": (
        ("补贴申领", "subsidies:claims"),
        ("获奖名单导入", "subsidies:award_list"),
        ("其他渠道拨付导入", "subsidies:payment_list"),
        ("规则版本比较", "subsidies:compare"),
    ),
    "工作推进": (
        ("工作任务进展", "stats:workplan"),
        ("数据采集", "stats:collections"),
        ("年度评价", "stats:evaluations"),
    ),
    "管理后台": (("管理后台", "admin:index"), ("金融机构答复情况", "finance:banks")),
    "通报核查": (
        ("通报", "stats:bulletins"),
        ("存疑交易", "stats:suspicions"),
    ),
}
OF_ROLE[Role.PROVINCE] = {
    **OF_ROLE[Role.CITY],
    "通报核查": (*OF_ROLE[Role.CITY]["通报核查"], ("平台前历史数", "stats:history")),
}


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one word of the bar."""

    label: str
    entries: Sequence[Entry]

    @property
    def is_current(self) -> bool:
        return any(entry.is_current for entry in self.entries)


def groups(request: HttpRequest) -> list[Group]:
    """The navigation of who is signed in, with the present place marked."""
    user: Any = getattr(request, "user", None)
    found = _links(user.role if user and user.is_authenticated else "")
    # The longest address that the present one starts with is where the reader is.
    addresses = [url for links in found.values() for _, url in links]
    home = reverse("home")
    here = max((url for url in addresses if _is_within(request.path, url, home)), key=len, default="")
    return [Group(label, [Entry(text, url, url == here) for text, url in links]) for label, links in found.items()]


def public_groups() -> list[Group]:
    """What everybody finds, for the site map."""
    return [
        Group(label, [Entry(text, url, is_current=False) for text, url in links]) for label, links in _links("").items()
    ]


@functools.cache
def _links(role: str) -> Groups:
    """The groups with addresses in place of their names; no page works them out again: they are a hundred."""
    wanted = {**PUBLIC, **OF_ROLE.get(role, {})}
    return {label: [(text, reverse(name)) for text, name in entries] for label, entries in wanted.items()}


def _is_within(path: str, url: str, home: str) -> bool:
    return path == url or (url != home and path.startswith(url))
