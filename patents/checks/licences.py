"""What an open licence must state; form and service share it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from patents.enums import STATABLE_OVERLAYS, WITH_FIXED, WITH_ROYALTY, PatentKind, PaymentKind, RoyaltyBase, Settlement
from patents.models import Patent
from patents.policy.licences import FeeTerms
from portal.accounts.enums import OrganisationKind
from portal.errors import Invalid

FEN = Decimal("0.01")
MIN_INSTALMENTS, MAX_INSTALMENTS = 2, 60


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a holder writes: the five fields of the implementing rules art. 85, and the proofs art. 86 asks for.

    The first field, the patent number, is the patent itself.
    """

    owner_name: str
    terms: FeeTerms
    payment_way: str
    licence_from: dt.date
    licence_to: dt.date
    other_matters: str
    report_number: str = ""
    report_on: dt.date | None = None
    report_is_positive: bool = False
    co_owner_consent: str = ""
    stated_overlays: Sequence[str] = ()
    pledgee_consent: str = ""
    is_free_of_state_secrets: bool = False
    is_free_of_trade_secrets: bool = False
    secrecy_document: str = ""

    @property
    def texts(self) -> dict[str, str]:
        """The free texts that are made public, by their label."""
        return {"使用费支付方式": self.payment_way, "其他需要说明的事项": self.other_matters}


def check_declaration(declaration: Declaration) -> None:
    """Refuse a declaration that lacks one of the five fields or whose terms contradict each other.

    Raises:
        Invalid: `field` names the input.
    """
    for field, label in (
        ("owner_name", "专利权人"),
        ("payment_way", "使用费支付方式"),
        ("other_matters", "其他需要说明的事项"),
    ):
        if not getattr(declaration, field).strip():
            raise Invalid(f"请填写{label}；没有其他事项请写“无”。", field=field)
    if declaration.licence_to < declaration.licence_from:
        raise Invalid("许可期限止不能早于许可期限起。", field="licence_to")
    if unknown := set(declaration.stated_overlays) - set(STATABLE_OVERLAYS):
        raise Invalid(f"未知的权利负担“{unknown.pop()[:20]}”。", field="stated_overlays")
    check_terms(declaration.terms)


def check_terms(terms: FeeTerms) -> None:
    """Refuse terms that miss what their kind of payment needs, or state what it has no use for."""
    if terms.kind not in PaymentKind.values:
        raise Invalid("请选择使用费支付形式。", field="payment_kind")
    _check_money(terms)
    kind = PaymentKind(terms.kind)
    _require(
        kind in WITH_FIXED,
        terms.fixed_amount is not None,
        "fixed_amount",
        "固定费用（一次总付、分期总额或入门费）",
        kind,
    )
    _require(kind == PaymentKind.INSTALMENTS, terms.instalment_count is not None, "instalment_count", "分期数", kind)
    _require(kind in WITH_ROYALTY, terms.royalty_rate is not None, "royalty_rate", "提成比例", kind)
    _require(kind in WITH_ROYALTY, bool(terms.royalty_base), "royalty_base", "提成基数", kind)
    _require(kind != PaymentKind.ONE_OFF, bool(terms.settlement), "settlement", "结算周期", kind)
    _refuse(kind in WITH_ROYALTY, terms.minimum_year_amount is None, "minimum_year_amount", "年最低使用费", kind)
    _refuse(kind in WITH_ROYALTY, terms.cap_total_amount is None, "cap_total_amount", "累计付费上限", kind)
    _check_ranges(terms)


def _require(needed: bool, given: bool, field: str, label: str, kind: PaymentKind) -> None:
    if needed and not given:
        raise Invalid(f"“{kind.label}”须填写{label}。", field=field)
    _refuse(needed, not given, field, label, kind)


def _refuse(used: bool, absent: bool, field: str, label: str, kind: PaymentKind) -> None:
    if not used and not absent:
        raise Invalid(f"“{kind.label}”不填写{label}。", field=field)


def _check_money(terms: FeeTerms) -> None:
    for field in ("fixed_amount", "minimum_year_amount", "cap_total_amount"):
        amount = getattr(terms, field)
        if amount is not None and (amount <= 0 or amount != amount.quantize(FEN)):
            raise Invalid("金额应大于零，最多两位小数。", field=field)


def _check_ranges(terms: FeeTerms) -> None:
    if terms.instalment_count is not None and not MIN_INSTALMENTS <= terms.instalment_count <= MAX_INSTALMENTS:
        raise Invalid(f"分期数应为 {MIN_INSTALMENTS} 至 {MAX_INSTALMENTS}。", field="instalment_count")
    if terms.royalty_rate is not None and not 0 < terms.royalty_rate <= 1:
        raise Invalid("提成比例应大于 0，不超过 100 %。", field="royalty_rate")
    if terms.royalty_base and terms.royalty_base not in RoyaltyBase.values:
        raise Invalid("提成基数应为净销售额或利润。", field="royalty_base")
    if terms.settlement and terms.settlement not in Settlement.values:
        raise Invalid("结算周期应为季、半年或年。", field="settlement")
    if terms.cap_total_amount is not None and terms.cap_total_amount < (terms.fixed_amount or 0):
        raise Invalid("累计付费上限不能低于入门费。", field="cap_total_amount")


def check_proofs(declaration: Declaration, *, patent: Patent, holder_kind: str, others: Sequence[str]) -> None:
    """Refuse a declaration without the proofs that this patent and this holder need; `others` are co-owners.

    Utility models and designs need an evaluation report that found nothing against the grant, co-owned patents the
    consent of all, state firms the confirmation that no state or trade secret is given away.
    """
    if patent.kind in (PatentKind.UTILITY_MODEL, PatentKind.DESIGN):
        if not declaration.report_number.strip() or declaration.report_on is None:
            raise Invalid("实用新型、外观设计专利须提供专利权评价报告的编号和日期。", field="report_number")
        if not declaration.report_is_positive:
            raise Invalid("评价报告结论须为未发现不符合授予专利权条件的缺陷。", field="report_is_positive")
    if others and not declaration.co_owner_consent.strip():
        raise Invalid(
            f"共有专利须全体共有人同意（{'、'.join(others)[:100]}），请填写同意文件。", field="co_owner_consent"
        )
    if holder_kind == OrganisationKind.STATE_FIRM:
        for field, label in (("is_free_of_state_secrets", "国家秘密"), ("is_free_of_trade_secrets", "商业秘密")):
            if not getattr(declaration, field):
                raise Invalid(f"国有企业声明前须确认不涉及{label}。", field=field)
        if not declaration.secrecy_document.strip():
            raise Invalid("请填写保密审查文件的名称、文号和日期。", field="secrecy_document")


@dataclass(frozen=True, slots=True)
class Notice:
    """How a firm takes an open licence: its written notice and its payment, in yuan."""

    text: str
    given_on: dt.date
    paid_amount: Decimal = Decimal(0)
    paid_on: dt.date | None = None
    payment_number: str = ""

    @property
    def effective_on(self) -> dt.date:
        """The day on which both notice and payment were there (patent law art. 51)."""
        return max(self.given_on, self.paid_on or self.given_on)


def check_notice(notice: Notice, *, due: Decimal, published_on: dt.date, licence_to: dt.date, today: dt.date) -> None:
    """Refuse a notice without text, dated wrongly, or with another payment than was announced."""
    if not notice.text.strip():
        raise Invalid("请填写书面通知内容。", field="text")
    if not published_on <= notice.given_on <= today:
        raise Invalid(f"书面通知日应在登记公开日 {published_on} 之后、不晚于今天。", field="given_on")
    if notice.paid_amount != due:
        raise Invalid(
            f"按公告的支付方式，此时应付 {due:,.2f} 元，填写的是 {notice.paid_amount:,.2f} 元。", field="paid_amount"
        )
    if due > 0 and (notice.paid_on is None or not notice.payment_number.strip()):
        raise Invalid("请填写付款日和付款凭证号。", field="paid_on" if notice.paid_on is None else "payment_number")
    if notice.paid_on is not None and not published_on <= notice.paid_on <= today:
        raise Invalid(f"付款日应在登记公开日 {published_on} 之后、不晚于今天。", field="paid_on")
    if notice.effective_on > licence_to:
        raise Invalid(f"许可期限已于 {licence_to} 届满。", field="given_on")
