"""Help from the city: a firm asks for an adviser, the city names one."""

from django.db import transaction

from demand.checks.interests import MAX_NOTE, check_adviser, check_message
from demand.enums import AdviserState, DemandState
from demand.models import AdviserRequest, Demand
from demand.services.demands import lock_demand, publish_event, tell_firm
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState


@transaction.atomic
def ask_adviser(*, demand_id: int, by: User, message: str, patent_id: int | None = None) -> AdviserRequest:
    """The firm asks its city for help with a published need, or with one of its matched patents."""
    if by.role != Role.SME:
        raise NotAllowed("只有需求企业可以请求顾问。")
    demand = lock_demand(demand_id, by)
    if demand.state != DemandState.PUBLISHED:
        raise WrongState(f"需求当前状态为“{demand.get_state_display()}”，不能请求顾问。")
    text = check_message(message)
    if patent_id is not None and not demand.matches.filter(patent_id=patent_id).exists():
        raise Invalid("该专利不在本需求的匹配结果中。", field="patent")
    if demand.adviser_requests.filter(state=AdviserState.OPEN).exists():
        raise Conflict("本需求已有待安排的顾问请求。", code="adviser_asked")
    asked = AdviserRequest.objects.create(demand=demand, patent_id=patent_id, message=text, made_by=by)
    record(by=by, verb="请求对接顾问", target=demand, request_id=asked.pk)
    publish_event("demand.adviser.asked", demand, request_id=asked.pk)
    return asked


@transaction.atomic
def arrange_adviser(*, request_id: int, by: User, name: str, phone: str, answer: str = "") -> AdviserRequest:
    """The city names the adviser; the firm is told."""
    if by.role not in (Role.CITY, Role.PROVINCE):
        raise NotAllowed("只有管理人员可以安排顾问。")
    found = AdviserRequest.objects.visible_to(by).filter(pk=request_id).values("demand_id").first()
    if found is None:
        raise NotFound("没有这个顾问请求。")
    demand = Demand.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=found["demand_id"])
    asked = AdviserRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if asked.state != AdviserState.OPEN:
        raise WrongState("该请求已安排顾问。")
    asked.adviser_name, asked.adviser_phone = check_adviser(name, phone)
    if len(answer) > MAX_NOTE:
        raise Invalid(f"答复最多 {MAX_NOTE} 个字。", field="answer")
    asked.state, asked.answer, asked.arranged_at = AdviserState.ARRANGED, answer.strip(), clock.now()
    asked.save(update_fields=["state", "adviser_name", "adviser_phone", "answer", "arranged_at"])
    record(by=by, verb="安排对接顾问", target=demand, request_id=asked.pk, adviser=asked.adviser_name)
    publish_event("demand.adviser.arranged", demand, request_id=asked.pk)
    title = f"需求 {demand.ref} 的对接顾问：{asked.adviser_name}，{asked.adviser_phone}"
    tell_firm(demand, "demand.adviser", title, asked.answer)
    return asked
