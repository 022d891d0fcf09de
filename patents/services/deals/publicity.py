"""An agreed price is made public before it is signed, and objections are handled."""

import datetime as dt

from django.core.files.base import File
from django.db import transaction

from patents.checks.deals import check_amount, check_choice, check_past, check_text
from patents.enums.deals import RUNNING_STATES, DealState, DocumentKind, ObjectionOutcome, Side
from patents.models import Deal, Objection, PricePublicity
from patents.policy.deal_terms import Publicity
from patents.queries import deal_rules
from patents.queries.deals import parties_of, standing_publicity
from patents.services.deals.documents import check_file, keep
from patents.services.deals.moves import announce, lock_deal, require_side, require_state, tell_other_side
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound

_OPEN = (DealState.TALKS, *RUNNING_STATES)


@transaction.atomic
def start_publicity(*, deal_id: int, by: User, facts: Publicity, file: File | None = None) -> PricePublicity:
    """Make the agreed price public. The first day does not count: 15 days from the 1st end on the 16th.

    Once the contract is signed, another price (for a supplement) is made public in the place of the first.

    Raises:
        Invalid: a field is missing, or the period is shorter than the rule's.
        Conflict: a publicity of this deal stands; withdraw it first.
    """
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    require_state(deal, *_OPEN)
    asked = deal_rules.publicity_rule(facts.starts_on, parties_of(deal, Side.GIVER)[0].kind)
    if asked is None:
        raise Invalid("本单位的协议定价不需要公示（仅适用于高等院校和科研院所）。", code="not_required")
    rule, days, article = asked
    _check(facts, days, article)
    if standing := standing_publicity(deal):
        _replace(deal, standing)
    document = keep(deal, check_file(file, field="file"), kind=DocumentKind.PUBLICITY, by=by) if file else None
    made = PricePublicity.objects.create(
        deal=deal,
        result_name=facts.result_name.strip(),
        price_amount=facts.price_amount,
        price_text=facts.price_text.strip(),
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        place=facts.place.strip(),
        objection_contact=facts.objection_contact.strip(),
        document=document,
        rule=rule,
        started_by=by,
    )
    record(by=by, verb="协议定价公示", target=deal, starts_on=str(facts.starts_on), ends_on=str(facts.ends_on))
    announce(deal, "publicity_started", publicity_id=made.pk, ends_on=str(facts.ends_on))
    tell_other_side(deal, Side.GIVER, "patents.deal.publicity", f"交易 {deal.ref} 的价格公示至 {facts.ends_on}")
    return made


def _replace(deal: Deal, standing: PricePublicity) -> None:
    if deal.state == DealState.TALKS:
        raise Conflict("该交易已有公示，如价格有变请先撤回。", code="publicity_exists")
    standing.withdrawn_at = clock.now()
    standing.save(update_fields=["withdrawn_at"])


def _check(facts: Publicity, days: int, article: str) -> None:
    check_text(facts.result_name, field="result_name", label="科技成果名称", limit=300)
    check_text(facts.place, field="place", label="公示地点", limit=300)
    check_text(facts.objection_contact, field="objection_contact", label="异议受理方式", limit=200)
    if facts.price_amount is None and not facts.price_text.strip():
        raise Invalid("请填写拟交易价格，提成等没有固定金额的用文字说明。", field="price_amount")
    if facts.price_amount is not None:
        check_amount(facts.price_amount, field="price_amount", label="拟交易价格")
    check_past(facts.starts_on, field="starts_on", label="公示开始日")
    if facts.ends_on < facts.starts_on + dt.timedelta(days=days):
        earliest = facts.starts_on + dt.timedelta(days=days)
        raise Invalid(f"公示不得少于 {days} 日（首日不计），最早至 {earliest}（{article}）。", field="ends_on")


@transaction.atomic
def withdraw_publicity(*, deal_id: int, by: User, reason: str) -> PricePublicity:
    """Take a publicity back, because the price or the result changed."""
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    require_state(deal, DealState.TALKS)
    why = check_text(reason, field="reason", label="撤回原因", limit=300)
    standing = standing_publicity(deal)
    if standing is None:
        raise NotFound("没有进行中的公示。")
    standing.withdrawn_at = clock.now()
    standing.save(update_fields=["withdrawn_at"])
    record(by=by, verb="撤回价格公示", target=deal, note=why)
    announce(deal, "publicity_withdrawn", publicity_id=standing.pk)
    return standing


@transaction.atomic
def record_objection(*, deal_id: int, by: User, raised_by: str, raised_on: dt.date, content: str) -> Objection:
    """Enter an objection that reached the institution."""
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    require_state(deal, *_OPEN)
    standing = standing_publicity(deal)
    if standing is None:
        raise NotFound("没有进行中的公示。")
    who = check_text(raised_by, field="raised_by", label="提出人", limit=100)
    text = check_text(content, field="content", label="异议内容", limit=2000)
    check_past(raised_on, field="raised_on", label="提出日期")
    if raised_on < standing.starts_on:
        raise Invalid(f"提出日期不得早于公示开始日 {standing.starts_on}。", field="raised_on")
    made = Objection.objects.create(publicity=standing, raised_by=who, raised_on=raised_on, content=text)
    record(by=by, verb="登记公示异议", target=deal)
    announce(deal, "objection_recorded", publicity_id=standing.pk)
    return made


@transaction.atomic
def handle_objection(*, deal_id: int, objection_id: int, by: User, outcome: str, handling: str) -> Objection:
    """Say what came of an objection; one that is upheld stops the contract until the price is made public anew."""
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    rows = Objection.objects.select_for_update(of=("self",)).filter(publicity__deal=deal, pk=objection_id)
    objection = rows.first()
    if objection is None:
        raise NotFound("没有这项异议。")
    decided = (ObjectionOutcome.REJECTED, ObjectionOutcome.UPHELD)
    check_choice(outcome, decided, field="outcome", label="处理结论")
    if objection.outcome != ObjectionOutcome.OPEN:
        raise Conflict("该异议已处理。", code="objection_handled")
    objection.outcome = outcome
    objection.handling = check_text(handling, field="handling", label="处理情况", limit=2000)
    objection.handled_on = clock.today()
    objection.save(update_fields=["outcome", "handling", "handled_on"])
    record(by=by, verb="处理公示异议", target=deal, outcome=outcome)
    announce(deal, "objection_handled", outcome=outcome)
    return objection
