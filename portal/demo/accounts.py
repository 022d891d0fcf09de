"""The accounts of the local demonstration: one for each role, all with one password.

`load_demo` makes them, `demo_accounts` and `make run` print them. Never made in production.
"""

from dataclasses import dataclass

from portal.accounts.enums import OrganisationKind, Role

DEMO_PASSWORD = "Zhuanli-Demo-2026"  # noqa: S105 - known on purpose; load_demo refuses to run in production
DEMO_EMAIL_DOMAIN = "example.com"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account and which of the demonstration organisations it belongs to."""

    username: str
    role: Role
    surname: str
    given_name: str
    label: str
    kind: OrganisationKind
    city_code: str
    is_pending: bool = False


DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount(
        "province", Role.PROVINCE, "王", "审核员", "省级管理人员", OrganisationKind.AUTHORITY_PROVINCE, "370100"
    ),
    DemoAccount("jinan", Role.CITY, "李", "管理员", "济南市管理人员", OrganisationKind.AUTHORITY_CITY, "370100"),
    DemoAccount("qingdao", Role.CITY, "张", "管理员", "青岛市管理人员", OrganisationKind.AUTHORITY_CITY, "370200"),
    DemoAccount("finance", Role.FINANCE, "赵", "会计师", "财政部门人员", OrganisationKind.FINANCE_DEPARTMENT, "370100"),
    DemoAccount("university", Role.HOLDER, "陈", "老师", "高校经办人", OrganisationKind.UNIVERSITY, "370100"),
    DemoAccount("sme", Role.SME, "周", "经理", "企业经办人（济南）", OrganisationKind.SME, "370100"),
    DemoAccount("sme-qingdao", Role.SME, "吴", "经理", "企业经办人（青岛）", OrganisationKind.SME, "370200"),
    DemoAccount("sme-pending", Role.SME, "郑", "经理", "企业经办人（待审核）", OrganisationKind.SME, "370100", True),
)
