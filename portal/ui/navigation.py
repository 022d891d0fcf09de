"""What each role finds in the navigation."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.enums import Role

PUBLIC = (
    ("首页", "home"),
    ("专利检索", "patents:search"),
    ("登记窗口", "patents:window_guide"),
    ("开放许可", "patents:open_licences"),
    ("培育中心", "patents:centres"),
    ("认定企业", "patents:recognised_firms"),
    ("运营体系", "patents:bodies"),
    ("权益改革", "patents:reform_register"),
    ("对接活动", "events:list"),
    ("质押融资统计", "stats:pledge"),
)
OF_ROLE = {
    Role.SME: (
        ("我的技术需求", "demand:list"),
        ("已接受的开放许可", "patents:acceptances"),
        ("洽谈与合同", "patents:deals"),
        ("质押融资", "finance:list"),
        ("我的认定", "patents:recognitions"),
        ("本单位信息", "accounts:organisation"),
    ),
    Role.HOLDER: (
        ("本单位专利", "patents:mine"),
        ("年费提醒", "patents:fees"),
        ("批量导入", "patents:upload"),
        ("本单位开放许可", "patents:my_open_licences"),
        ("申请前评估", "patents:prefiling"),
        ("数据冲突", "patents:conflicts"),
        ("匹配到的需求", "demand:matched"),
        ("洽谈与合同", "patents:deals"),
        ("本单位信息", "accounts:organisation"),
    ),
    Role.PROVINCE: (
        ("批量导入", "patents:upload"),
        ("数据冲突", "patents:conflicts"),
        ("认定名单导入", "patents:recognition_upload"),
        ("申请前评估", "patents:prefiling_coverage"),
        ("管理后台", "admin:index"),
    ),
    Role.CITY: (
        ("批量导入", "patents:upload"),
        ("数据冲突", "patents:conflicts"),
        ("认定名单导入", "patents:recognition_upload"),
        ("申请前评估", "patents:prefiling_coverage"),
        ("管理后台", "admin:index"),
    ),
    Role.FINANCE: (("管理后台", "admin:index"),),
}


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    url: str
    is_current: bool


def entries(request: HttpRequest) -> list[Entry]:
    """The navigation of who is signed in, with the present place marked."""
    user: Any = getattr(request, "user", None)
    wanted = PUBLIC + (OF_ROLE.get(user.role, ()) if user and user.is_authenticated else ())
    urls = [(label, reverse(name)) for label, name in wanted]
    # The longest address that the present one starts with is where the reader is.
    here = max((url for _, url in urls if _is_within(request.path, url)), key=len, default="")
    return [Entry(label, url, url == here) for label, url in urls]


def _is_within(path: str, url: str) -> bool:
    return path == url or (url != reverse("home") and path.startswith(url))
