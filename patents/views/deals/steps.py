"""What can be done with a deal: each step with its form, and to whom it is open in which state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from patents.enums.deals import PUBLIC_INSTITUTIONS, RUNNING_STATES, SIGNED_STATES, DealKind, DealState, Side
from patents.forms import deals as forms
from patents.models import Deal
from patents.policy.deal_terms import Consent, MoneyFacts, Publicity, RecordFacts
from patents.services import deals as services
from portal.accounts.models import User

ENQUIRY, TALKS = DealState.ENQUIRY, DealState.TALKS
CONTRACT, RECORDED, PAYING = DealState.CONTRACT, DealState.RECORDED, DealState.PAYING
OPEN = (ENQUIRY, TALKS, CONTRACT, RECORDED, PAYING)
TALKING_OR_SIGNED = (TALKS, *RUNNING_STATES)
GIVER, RECEIVER = frozenset({Side.GIVER}), frozenset({Side.RECEIVER})
BOTH = GIVER | RECEIVER


@dataclass(frozen=True, slots=True)
class Step:
    """One act. `run` calls the service with the cleaned values, files among them."""

    code: str
    label: str
    form: type[forms.DealForm]
    sides: frozenset[Side]
    states: tuple[DealState, ...]
    run: Callable[[Deal, User, dict[str, Any]], object]
    is_main: bool = False
    done: str = "已办理。"
    help: str = ""


def _consent(deal: Deal, by: User, data: dict[str, Any]) -> object:
    file = data.pop("file")
    return services.add_consent(deal_id=deal.pk, by=by, consent=Consent(**data), file=file)


def _publicity(deal: Deal, by: User, data: dict[str, Any]) -> object:
    file = data.pop("file")
    return services.start_publicity(deal_id=deal.pk, by=by, facts=Publicity(**data), file=file)


def _technical(deal: Deal, by: User, data: dict[str, Any]) -> object:
    return services.register_technical_contract(
        deal_id=deal.pk, by=by, number=data["technical_contract_number"], file=data["file"]
    )


def _record(deal: Deal, by: User, data: dict[str, Any]) -> object:
    file = data.pop("file")
    return services.record_deal(deal_id=deal.pk, by=by, facts=RecordFacts(**data), file=file)


def _money(deal: Deal, by: User, data: dict[str, Any]) -> object:
    file = data.pop("file")
    return services.record_money(deal_id=deal.pk, by=by, facts=MoneyFacts(**data), file=file)


def _end(deal: Deal, by: User, data: dict[str, Any]) -> object:
    return services.end_deal(deal_id=deal.pk, by=by, reason=data["end_reason"], note=data["end_note"])


def _with(service: Callable[..., object]) -> Callable[[Deal, User, dict[str, Any]], object]:
    return lambda deal, by, data: service(deal_id=deal.pk, by=by, **data)


STEPS = (
    Step("answer", "答复意向", forms.AnswerForm, GIVER, (ENQUIRY,), _with(services.answer_enquiry), True, "已答复，进入洽谈。"),
    Step(
        "message", "留言", forms.MessageForm, BOTH, OPEN,
        lambda deal, by, data: services.post_message(deal_id=deal.pk, by=by, message=data["message"]), False, "留言已发送。",
    ),
    Step("publicity", "登记价格公示", forms.PublicityForm, GIVER, TALKING_OR_SIGNED, _publicity, False,
         "公示已登记并对外公开。"),
    Step("withdraw-publicity", "撤回公示", forms.ReasonForm, GIVER, (TALKS,), _with(services.withdraw_publicity)),
    Step("objection", "登记异议", forms.ObjectionForm, GIVER, TALKING_OR_SIGNED, _with(services.record_objection)),
    Step("consent", "登记同意证明", forms.ConsentForm, GIVER, TALKING_OR_SIGNED, _consent),
    Step("confirm", "确认合同", forms.EmptyForm, RECEIVER, SIGNED_STATES, _with(services.confirm_contract), True,
         "合同已确认。", "确认登记的合同与双方签订的一致。"),
    Step("confirm-supplement", "确认补充协议", forms.EmptyForm, RECEIVER, RUNNING_STATES,
         _with(services.confirm_supplement), True, "补充协议已确认，合同按变更后的内容执行。",
         "确认登记的补充协议与双方签署的一致；确认后合同金额、期限和付款计划随之变更，原内容保留。"),
    Step("refuse-supplement", "不同意补充协议", forms.ReasonForm, RECEIVER, RUNNING_STATES,
         _with(services.refuse_supplement), False, "已答复对方，合同不变。"),
    Step("withdraw-supplement", "撤回补充协议", forms.ReasonForm, GIVER, RUNNING_STATES,
         _with(services.withdraw_supplement), False, "补充协议已撤回，合同不变。"),
    Step("record", "登记备案结果", forms.RecordForm, GIVER, (CONTRACT,), _record, True, "备案结果已登记。"),
    Step("money", "登记到账", forms.MoneyForm, GIVER, (CONTRACT, RECORDED, PAYING), _money, True, "到账已登记。"),
    Step("technical", "登记技术合同编号", forms.TechnicalContractForm, GIVER, SIGNED_STATES, _technical),
    Step("document", "上传文件", forms.DocumentForm, BOTH, OPEN, _with(services.add_document), False, "文件已上传。"),
    Step("close", "完成交易", forms.CloseForm, GIVER, (RECORDED, PAYING),
         lambda deal, by, data: services.close_deal(deal_id=deal.pk, by=by, note=data["end_note"]), False, "交易已完成。"),
    Step("end", "终止交易", forms.EndForm, BOTH, OPEN, _end, False, "交易已终止。"),
)  # fmt: skip
BY_CODE = {step.code: step for step in STEPS}


def open_steps(deal: Deal, side: str, *, facts: dict[str, bool]) -> list[Step]:
    """The steps that who is on `side` may take now; `facts` say what is done already."""
    found = [step for step in STEPS if side in step.sides and deal.state in step.states]
    return [
        step for step in found if _is_due(step, facts) and not (step.code == "message" and _must_answer(deal, side))
    ]


def _must_answer(deal: Deal, side: str) -> bool:
    return deal.state == ENQUIRY and side == Side.GIVER


def _is_due(step: Step, facts: dict[str, bool]) -> bool:
    due = {
        # Once signed, only a supplement can ask for another price to be made public.
        "publicity": facts["asks_publicity"] and (facts["is_signed"] or not facts["has_publicity"]),
        "withdraw-publicity": facts["has_publicity"],
        "objection": facts["has_publicity"],
        "consent": not facts["is_open_licence"],
        "record": not facts["is_open_licence"],
        "confirm-supplement": facts["has_supplement"],
        "refuse-supplement": facts["has_supplement"],
        "withdraw-supplement": facts["has_supplement"],
        "confirm": not facts["is_confirmed"],
        "technical": not facts["has_technical_number"],
    }
    return due.get(step.code, True)


def facts_of(deal: Deal, context: dict[str, Any]) -> dict[str, bool]:
    """What `open_steps` needs to know of a deal whose page is shown."""
    contract = context["contract"]
    lead = next(party for party in context["givers"] if party.is_lead)
    return {
        "asks_publicity": lead.kind in PUBLIC_INSTITUTIONS and deal.kind != DealKind.OPEN_LICENCE,
        "is_open_licence": deal.kind == DealKind.OPEN_LICENCE,
        "is_signed": contract is not None,
        "has_supplement": context["waiting_supplement"] is not None,
        "has_publicity": context["publicity"] is not None,
        "is_confirmed": contract is not None and contract.confirmed_at is not None,
        "has_technical_number": contract is not None and bool(contract.technical_contract_number),
    }
