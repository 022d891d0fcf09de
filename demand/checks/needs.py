"""Validation that forms, imports and services share."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from demand.enums import Comparison, CooperationWay, Disclosure, NeedPart, StrategicIndustry
from demand.models import IndustryClass
from portal import clock
from portal.accounts.enums import RegistrationState
from portal.accounts.models import Organisation
from portal.errors import Conflict, Invalid
from portal.money import FEN

MIN_DESCRIPTION = 20
MAX_TITLE, MAX_LINE, MAX_TEXT = 200, 200, 5000
MAX_BUDGET = Decimal(10) ** 10
MAX_FIGURES = 10
MAX_QUANTITY, MAX_UNIT = 60, 20
MAX_FIELDS = 5
FIGURE_STEP = Decimal("0.000001")
MAX_FIGURE = Decimal(10) ** 12
_INDUSTRY = re.compile(r"[A-T]?(\d{2,4})?")
_SUBCLASS = re.compile(r"[A-H]\d\d[A-Z]")
LONG_TEXTS = ("description", "target_figures", "constraints_text", "tried_text", "secret_text")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that the answer must reach."""

    quantity: str
    comparison: str
    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What a firm writes about its need. Budget in yuan; `disclosure` says per part who may read it."""

    title: str
    description: str
    object_text: str = ""
    target_figures: str = ""
    constraints_text: str = ""
    tried_text: str = ""
    secret_text: str = ""
    industry_code: str = ""
    industry_name: str = ""
    sei_code: str = ""
    ipc_codes: tuple[str, ...] = ()
    cooperation_way: str = CooperationWay.ANY
    budget_amount: Decimal | None = None
    wanted_by: dt.date | None = None
    disclosure: Mapping[str, str] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()


def check_need(need: Need) -> None:
    """Refuse a need that nobody could understand or that contradicts the calendar."""
    if not 1 <= len(need.title.strip()) <= MAX_TITLE:
        raise Invalid(f"需求名称应为 1 至 {MAX_TITLE} 个字。", field="title")
    if len(need.description.strip()) < MIN_DESCRIPTION:
        raise Invalid(f"请用至少 {MIN_DESCRIPTION} 个字说明要解决的技术问题，匹配以此为依据。", field="description")
    for name in LONG_TEXTS:
        if len(getattr(need, name)) > MAX_TEXT:
            raise Invalid(f"不得超过 {MAX_TEXT} 个字。", field=name)
    if len(need.object_text) > MAX_LINE:
        raise Invalid(f"不得超过 {MAX_LINE} 个字。", field="object_text")
    if need.cooperation_way not in CooperationWay.values:
        raise Invalid("未知的合作方式。", field="cooperation_way")
    budget = need.budget_amount
    if budget is not None and (not 0 <= budget <= MAX_BUDGET or budget != budget.quantize(FEN)):
        raise Invalid("预算不能为负数、最多保留两位小数；如数额过大请核对单位。", field="budget_amount")
    check_industry(need.industry_code, need.sei_code)
    check_fields(need.ipc_codes)
    check_disclosure(need.disclosure)
    check_figures(need.figures)


def check_industry(industry_code: str, sei_code: str) -> None:
    """Refuse codes of no industry; GB/T 4754 is looked up once its list was imported."""
    if industry_code and not _INDUSTRY.fullmatch(industry_code):
        raise Invalid("国民经济行业代码应为门类字母加 2 至 4 位数字，例如 C3512。", field="industry_code")
    known = IndustryClass.objects
    if industry_code and known.exists() and not known.filter(pk=industry_code).exists():
        raise Invalid(f"国民经济行业分类中没有代码 {industry_code}。", field="industry_code")
    if sei_code and sei_code not in StrategicIndustry.values:
        raise Invalid("未知的战略性新兴产业。", field="sei_code")


def check_fields(codes: Iterable[str]) -> None:
    """Refuse what is no IPC subclass."""
    codes = list(codes)
    if len(codes) > MAX_FIELDS or len(set(codes)) != len(codes):
        raise Invalid(f"技术领域最多 {MAX_FIELDS} 个，不得重复。", field="ipc_codes")
    for code in codes:
        if not _SUBCLASS.fullmatch(code):
            raise Invalid(f"“{code[:10]}”不是 IPC 小类，例如 C21D。", field="ipc_codes")


def check_disclosure(disclosure: Mapping[str, str]) -> None:
    """Refuse a part or a level that does not exist."""
    if set(disclosure) - set(NeedPart.values) or set(disclosure.values()) - set(Disclosure.values):
        raise Invalid("未知的公开范围。", field="disclosure")


def check_figures(figures: Iterable[Figure]) -> None:
    """Refuse figures that cannot be compared or kept."""
    figures = list(figures)
    if len(figures) > MAX_FIGURES:
        raise Invalid(f"目标指标最多 {MAX_FIGURES} 项。", field="figures")
    for figure in figures:
        if not 1 <= len(figure.quantity.strip()) <= MAX_QUANTITY or len(figure.unit) > MAX_UNIT:
            raise Invalid(f"指标名称 1 至 {MAX_QUANTITY} 个字，单位最多 {MAX_UNIT} 个字。", field="figures")
        if figure.comparison not in Comparison.values:
            raise Invalid("未知的比较方式。", field="figures")
        if not figure.value.is_finite() or abs(figure.value) >= MAX_FIGURE:
            raise Invalid(f"“{figure.quantity}”的数值过大，请换算单位。", field="figures")
        if figure.value != figure.value.quantize(FIGURE_STEP):
            raise Invalid(f"“{figure.quantity}”的数值最多六位小数。", field="figures")


def check_wanted_by(wanted_by: dt.date | None) -> None:
    """Refuse a date that has passed; checked when a need is handed in, not when it is read again."""
    if wanted_by is not None and wanted_by < clock.today():
        raise Invalid("希望解决时间不能早于今天。", field="wanted_by")


def check_registered(firm: Organisation | None) -> None:
    """Only a firm that its city has approved takes part."""
    if firm is None or firm.state != RegistrationState.APPROVED:
        raise Conflict("企业注册尚未通过审核，暂不能提交需求。", code="registration_not_approved")
