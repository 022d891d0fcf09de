"""What a product brought, year by year, and its recognition as patent-intensive product."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from patents.queries.cultivation import end_of_validity
from patents.services.moves import lock, move, require_past, require_text, rule_on
from portal import clock, refs
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish
from stats.enums.products import PRODUCT_EDITABLE, IntensiveState, ProductState, YearState
from stats.models.products import IntensiveProduct, Product, ProductYear
from stats.policy.jumps import FACTOR, is_jump
from stats.queries.products import year_before
from stats.services.products import own_firm
from stats.workflow.products import INTENSIVE_FLOW, YEAR_FLOW

RENEW_DAYS = 180
"""A recognition that ends within so many calendar days may be asked for anew (own default)."""
METHOD = "intensive_product"
"""The kind of the rule that says by which method patent-intensive products are recognised."""
_AMOUNTS = {
    "revenue_amount": "销售收入",
    "tax_amount": "税收",
    "export_amount": "出口额",
    "rd_amount": "研发投入",
}
_COMPARED = {"unit_count": "销售数量", **_AMOUNTS}


@dataclass(frozen=True, slots=True)
class YearFacts:
    """A calendar year of a product, amounts in yuan; `confirmed_jump` says why a figure changed so much."""

    year: int
    unit_count: int
    unit_name: str
    revenue_amount: Decimal
    profit_amount: Decimal
    tax_amount: Decimal
    export_amount: Decimal
    rd_amount: Decimal
    patent_share: Decimal
    confirmed_jump: str = ""

    def values(self) -> dict[str, Any]:
        """The columns besides the year."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "year"}


@transaction.atomic
def save_year(*, product_id: int, by: User, facts: YearFacts) -> ProductYear:
    """Write a year of the own product: before the filing as part of it, afterwards for review by the city.

    Raises:
        Invalid: a figure that cannot be, or one that changed tenfold without a word why.
        WrongState: the year was confirmed already, or the filing is with the officials.
    """
    own_firm(by)
    product = lock(Product, by, pk=product_id)
    if product.state not in PRODUCT_EDITABLE | {ProductState.FILED}:
        raise WrongState(f"当前状态为“{product.get_state_display()}”，不能填报年度数据。")
    facts = _check_year(product, facts)
    is_with_firm = product.state in PRODUCT_EDITABLE
    state = YearState.WITH_FILING if is_with_firm else YearState.SUBMITTED
    row = product.years.select_for_update().filter(year=facts.year).first()
    if row is None:
        row = ProductYear.objects.create(
            product=product, year=facts.year, state=state, submitted_at=clock.now(), **facts.values()
        )
    else:
        if row.state == YearState.CONFIRMED and not is_with_firm:
            raise WrongState(f"{facts.year} 年的数据已经核实，不能修改。", code="year_confirmed")
        for name, value in facts.values().items():
            setattr(row, name, value)
        row.state, row.note, row.submitted_at = state, "", clock.now()
        row.save()
    record(by=by, verb="填报专利产品年度数据", target=product, year=facts.year, revenue=str(facts.revenue_amount))
    publish("stats.product_year.submitted", key=product.ref, product_ref=product.ref, year=facts.year)
    return row


def _check_year(product: Product, facts: YearFacts) -> YearFacts:
    """What is stored: a reason is kept only where a figure jumped."""
    today = clock.today()
    if not product.first_sold_on.year <= facts.year <= today.year:
        raise Invalid(f"年度应在首次销售年 {product.first_sold_on.year} 至 {today.year} 之间。", field="year")
    require_text(facts.unit_name, "请填写计量单位。", field="unit_name")
    for name, label in _AMOUNTS.items():
        if getattr(facts, name) < 0:
            raise Invalid(f"{label}不能为负数。", field=name)
    if facts.export_amount > facts.revenue_amount:
        raise Invalid("出口额不能超过销售收入。", field="export_amount")
    if not 0 <= facts.patent_share <= 1:
        raise Invalid("占比应在 0 至 100% 之间。", field="patent_share")
    before = year_before(product, facts.year)
    jumped = [name for name in _COMPARED if before and is_jump(getattr(facts, name), getattr(before, name))]
    reason = facts.confirmed_jump.strip()
    if jumped and not reason:
        raise Invalid(
            f"{_COMPARED[jumped[0]]}与 {facts.year - 1} 年的 {getattr(before, jumped[0])} 相差 {FACTOR} 倍以上，"
            "请核对；无误的，请填写差异说明后再提交。",
            field="confirmed_jump",
            code="jump",
        )
    return replace(facts, confirmed_jump=reason if jumped else "")


@transaction.atomic
def confirm_year(*, year_id: int, by: User, note: str = "") -> ProductYear:
    """The firm's city has checked a year of a filed product."""
    return _decide_year(year_id, YearState.CONFIRMED, by, note.strip())


@transaction.atomic
def return_year(*, year_id: int, by: User, note: str) -> ProductYear:
    """Give a year back, saying what to change."""
    return _decide_year(year_id, YearState.RETURNED, by, require_text(note, "请填写退回意见。", field="note"))


def _decide_year(year_id: int, to: YearState, by: User, note: str) -> ProductYear:
    row = lock(ProductYear, by, pk=year_id)
    if row.state == YearState.WITH_FILING:
        raise WrongState("产品尚未备案，年度数据随备案一并审核。")
    move(row, YEAR_FLOW, to, by=by, note=note)
    record(by=by, verb=f"专利产品年度数据{to.label}", target=row, note=note)
    publish(f"stats.product_year.{to}", key=row.product.ref, product_ref=row.product.ref, year=row.year)
    _tell(row.product, f"{row.year} 年数据{to.label}", note)
    return row


@transaction.atomic
def apply_intensive(*, product_id: int, by: User, year: int, statement: str) -> IntensiveProduct:
    """Ask for the recognition of an own filed product, or hand a returned application in again.

    The method is that of the rule version in force on the day of submission.

    Raises:
        WrongState: the product is not filed.
        Invalid: the year's figures are not confirmed.
        Conflict: an application or a recognition stands.
    """
    own_firm(by)
    product = lock(Product, by, pk=product_id)
    if product.state != ProductState.FILED:
        raise WrongState("产品备案后才能申请认定专利密集型产品。")
    statement = require_text(statement, "请填写评价说明。", field="statement")
    if not product.years.filter(year=year, state=YearState.CONFIRMED).exists():
        raise Invalid(f"{year} 年的数据尚未核实，不能作为评价年度。", field="year")
    if product.recognitions.valid_on(clock.today() + dt.timedelta(days=RENEW_DAYS)).exists():
        raise Conflict(f"该产品已有有效的认定，到期前 {RENEW_DAYS} 天内可重新申请。", code="recognised_already")
    values = {
        "year": year,
        "statement": statement,
        "rule": rule_on(METHOD, clock.today(), "专利密集型产品认定"),
        "submitted_at": clock.now(),
    }
    row = product.recognitions.select_for_update().filter(state=IntensiveState.RETURNED).first()
    if row is not None:
        move(row, INTENSIVE_FLOW, IntensiveState.SUBMITTED, by=by, note="", **values)
    else:
        row = _new_application(product, values)
    record(by=by, verb="申请认定专利密集型产品", target=row, year=year)
    publish("stats.intensive.submitted", key=row.ref, ref=row.ref, product_ref=product.ref)
    return row


def _new_application(product: Product, values: dict[str, Any]) -> IntensiveProduct:
    pk, ref = refs.reserve(IntensiveProduct, "MJ")
    try:
        with transaction.atomic():
            return IntensiveProduct.objects.create(pk=pk, ref=ref, product=product, **values)
    except IntegrityError as error:
        raise Conflict("该产品已有认定申请在办理。", code="applied_already") from error


@transaction.atomic
def withdraw_intensive(*, intensive_id: int, by: User) -> IntensiveProduct:
    """Take the own application back."""
    own_firm(by)
    return _decide_intensive(intensive_id, IntensiveState.WITHDRAWN, by)


@transaction.atomic
def recognise_product(*, intensive_id: int, by: User, document_number: str, recognised_on: dt.date) -> IntensiveProduct:
    """Record the recognition; its last day is the day before the anniversary of the rule's number of years.

    The portal does not score: no figures of the method could be read, so an officer decides and names the document.
    """
    row = lock(IntensiveProduct, by, pk=intensive_id)
    document_number = require_text(document_number, "请填写认定文号。", field="document_number")
    require_past(recognised_on, "认定日", field="recognised_on")
    if row.product.filed_on is None or recognised_on < row.product.filed_on:
        raise Invalid("认定日不能早于备案日。", field="recognised_on")
    return _decide_intensive(
        intensive_id,
        IntensiveState.RECOGNISED,
        by,
        document_number=document_number,
        recognised_on=recognised_on,
        valid_until=end_of_validity(recognised_on, row.rule.parameters["validity_years"]),
    )


@transaction.atomic
def return_intensive(*, intensive_id: int, by: User, note: str) -> IntensiveProduct:
    """Give the application back, saying what to change."""
    note = require_text(note, "请填写退回意见。", field="note")
    return _decide_intensive(intensive_id, IntensiveState.RETURNED, by, note=note)


@transaction.atomic
def turn_down_intensive(*, intensive_id: int, by: User, note: str) -> IntensiveProduct:
    """Decide against the recognition, with the reason."""
    note = require_text(note, "请填写未认定的理由。", field="note")
    return _decide_intensive(intensive_id, IntensiveState.NOT_RECOGNISED, by, note=note)


@transaction.atomic
def revoke_intensive(*, intensive_id: int, by: User, note: str) -> IntensiveProduct:
    """Take a recognition back from today, with the reason."""
    note = require_text(note, "请填写撤销理由。", field="note")
    return _decide_intensive(intensive_id, IntensiveState.REVOKED, by, note=note, revoked_on=clock.today())


def _decide_intensive(intensive_id: int, to: IntensiveState, by: User, **values: Any) -> IntensiveProduct:
    row = lock(IntensiveProduct, by, pk=intensive_id)
    move(row, INTENSIVE_FLOW, to, by=by, **values)
    note = str(values.get("note", ""))
    record(by=by, verb=f"专利密集型产品{to.label}", target=row, note=note)
    publish(f"stats.intensive.{to}", key=row.ref, ref=row.ref, product_ref=row.product.ref)
    _tell(row.product, f"专利密集型产品{to.label}", note or f"{row.ref}，有效期至 {row.valid_until or '—'}。")
    return row


def _tell(product: Product, what: str, body: str) -> None:
    notify(
        recipient=product.organisation,
        kind="stats.product",
        title=f"{product.name}：{what}",
        body=body,
        link=product.get_absolute_url(),
    )
