"""Size classes of enterprises (工信部联企业〔2011〕300号), RULES section 3."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from string import ascii_letters

from portal.accounts.enums import SizeClass
from portal.errors import Invalid
from portal.industries import section_of


class Metric(StrEnum):
    EMPLOYEES = "emp"
    REVENUE = "rev"
    ASSETS = "assets"


METRIC_NAMES = {Metric.EMPLOYEES: "从业人员", Metric.REVENUE: "营业收入", Metric.ASSETS: "资产总额"}
# Industries by GB/T 4754-2017 code prefix; the longest prefix wins. Rail (53) is in no class of the notice.
INDUSTRY_PREFIXES: dict[str, tuple[str, ...]] = {
    "agriculture": ("A",),
    "industry": ("B", "C", "D"),
    "construction": ("E",),
    "wholesale": ("51",),
    "retail": ("52",),
    "transport": ("54", "55", "56", "57", "58"),
    "storage": ("59",),
    "post": ("60",),
    "accommodation": ("61",),
    "catering": ("62",),
    "information_transmission": ("63", "64"),
    "software_it_services": ("65",),
    "real_estate_development": ("7010",),
    "property_management": ("7020",),
    "leasing_business_services": ("71", "72"),
    "other_unlisted": ("M", "N", "O", "Q", "R"),
}
# (large, medium, small): the floor of each class, "以上" includes it. People; revenue and assets in 万元.
Floors = tuple[int, int, int]
THRESHOLDS: dict[str, Mapping[Metric, Floors]] = {
    "agriculture": {Metric.REVENUE: (20000, 500, 50)},
    "industry": {Metric.EMPLOYEES: (1000, 300, 20), Metric.REVENUE: (40000, 2000, 300)},
    "construction": {Metric.REVENUE: (80000, 6000, 300), Metric.ASSETS: (80000, 5000, 300)},
    "wholesale": {Metric.EMPLOYEES: (200, 20, 5), Metric.REVENUE: (40000, 5000, 1000)},
    "retail": {Metric.EMPLOYEES: (300, 50, 10), Metric.REVENUE: (20000, 500, 100)},
    "transport": {Metric.EMPLOYEES: (1000, 300, 20), Metric.REVENUE: (30000, 3000, 200)},
    "storage": {Metric.EMPLOYEES: (200, 100, 20), Metric.REVENUE: (30000, 1000, 100)},
    "post": {Metric.EMPLOYEES: (1000, 300, 20), Metric.REVENUE: (30000, 2000, 100)},
    "accommodation": {Metric.EMPLOYEES: (300, 100, 10), Metric.REVENUE: (10000, 2000, 100)},
    "catering": {Metric.EMPLOYEES: (300, 100, 10), Metric.REVENUE: (10000, 2000, 100)},
    "information_transmission": {Metric.EMPLOYEES: (2000, 100, 10), Metric.REVENUE: (100000, 1000, 100)},
    "software_it_services": {Metric.EMPLOYEES: (300, 100, 10), Metric.REVENUE: (10000, 1000, 50)},
    "real_estate_development": {Metric.REVENUE: (200000, 1000, 100), Metric.ASSETS: (10000, 5000, 2000)},
    "property_management": {Metric.EMPLOYEES: (1000, 300, 100), Metric.REVENUE: (5000, 1000, 500)},
    "leasing_business_services": {Metric.EMPLOYEES: (300, 100, 10), Metric.ASSETS: (120000, 8000, 100)},
    "other_unlisted": {Metric.EMPLOYEES: (300, 100, 10)},
}
_CLASSES = (SizeClass.LARGE, SizeClass.MEDIUM, SizeClass.SMALL, SizeClass.MICRO)
_YUAN = {Metric.EMPLOYEES: 1, Metric.REVENUE: 10_000, Metric.ASSETS: 10_000}


def industry_of(code: str) -> str:
    """The notice's industry for a GB/T 4754-2017 code such as `C3512`, `3512`, `65` or `M`.

    Raises:
        Invalid: unknown code, or an industry the notice leaves out (finance, public bodies, education, rail).
    """
    section = section_of(code)
    digits = code.strip().lstrip(ascii_letters)
    if section:
        for industry, prefixes in INDUSTRY_PREFIXES.items():
            if section in prefixes or digits.startswith(prefixes):
                return industry
    raise Invalid(f"国民经济行业“{code[:10]}”不在中小企业划型标准的适用范围内，不能划型。", field="industry_code")


def size_class(
    industry: str, emp: int | None = None, rev: Decimal | None = None, assets: Decimal | None = None
) -> SizeClass:
    """The size class of an enterprise: the lowest class that any metric of its industry reaches.

    Args:
        industry: a key of `THRESHOLDS`, see `industry_of`.
        emp: people employed.
        rev: revenue of the last year in yuan.
        assets: total assets in yuan.

    Raises:
        Invalid: a figure that the industry is judged by is missing or negative.
    """
    given: dict[Metric, int | Decimal | None] = {Metric.EMPLOYEES: emp, Metric.REVENUE: rev, Metric.ASSETS: assets}
    if industry not in THRESHOLDS:
        raise Invalid("该行业不在中小企业划型标准的适用范围内，不能划型。", field="industry_code")
    worst = 0
    for metric, floors in THRESHOLDS[industry].items():
        value = given[metric]
        if value is None or value < 0:
            raise Invalid(f"缺少{METRIC_NAMES[metric]}，不能划型。", field=metric)
        reached = next((i for i, floor in enumerate(floors) if value >= floor * _YUAN[metric]), len(floors))
        worst = max(worst, reached)
    return _CLASSES[worst]
