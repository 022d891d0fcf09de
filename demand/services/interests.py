"""Interest of either side, the answer to it, and the adviser between them."""

from collections.abc import Sequence

from django.db import transaction

from demand.checks.interests import check_adviser, check_message, check_reasons
from demand.enums import DemandState, InterestState, JudgementSource, Side
from demand.models import Demand, Interest, Release
from demand.queries.rules import need_rules
from demand.services.demands import lock_demand, publish_event, tell_firm
from demand.services.judgements import judge
from demand.services.refusals import refuse
from demand.workflow.interests import INTEREST_FLOW
from patents.enums import IN_FORCE
from patents.enums.deals import Origin
from patents.models import Patent
from patents.queries import legal
from patents.services.deals import enquire
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import notify


@transaction.atomic
def answer_need(*, demand_id: int, by: User, patent_id: int, message: str) -> Interest:
    """A holder offers one of its patents for a published need that it may see; the firm decides."""
    if by.role != Role.HOLDER or by.organisation is None:
        raise NotAllowed("只有专利权人可以应答需求。")
    demand = _running(demand_id, by)
    text = check_message(message)
    patent = _patent(patent_id)
    if patent.holder_id != by.organisation.pk:
        raise Invalid("只能用本单位的专利应答。", field="patent")
    interest = _open(demand, patent, by.organisation, Side.HOLDER, by, text)
    record(by=by, verb="应答技术需求", target=demand, patent=patent.display_number)
    publish_event("demand.interest.made", demand, interest_id=interest.pk, side=Side.HOLDER.value)
    title = f"{by.organisation.name}用专利应答需求 {demand.ref}"
    tell_firm(demand, "demand.answered", title, f"{patent.display_number} {patent.title}\n{text}")
    return interest


@transaction.atomic
def ask_for_patent(*, demand_id: int, by: User, patent_id: int, kind: str, message: str) -> Interest:
    """A firm asks for a patent for its need: an enquiry of a deal, which its holder answers.

    The holder learns the firm's name: no talks without it.
    """
    demand = _own(demand_id, by)
    patent = _patent(patent_id)
    if patent.holder is None:
        raise Invalid("该专利的权利人尚未在平台登记，请联系所在市协助。", field="patent")
    interest = _open(demand, patent, patent.holder, Side.FIRM, by, check_message(message))
    _enquire(interest, demand, by, kind, message)
    record(by=by, verb="对匹配专利提出意向", target=demand, patent=patent.display_number)
    publish_event("demand.interest.made", demand, interest_id=interest.pk, side=Side.FIRM.value)
    return interest


@transaction.atomic
def accept_interest(
    *, interest_id: int, by: User, kind: str = "", message: str = "", with_secrets: bool = False
) -> Interest:
    """The firm wants to talk: an enquiry of a deal follows, and the parts not public are released if it says so."""
    interest, demand = _lock(interest_id, by)
    _require_answering(interest, demand, by)
    _move(interest, InterestState.ACCEPTED, by)
    if demand.organisation is not None:
        _enquire(interest, demand, by, kind, message)
    if with_secrets:
        _release(demand, interest.holder, by)
    note_contact(demand)
    judge(demand, interest.patent_id, need_rules().grade_of_contact, JudgementSource.CONTACT)
    record(by=by, verb="同意洽谈", target=demand, interest_id=interest.pk)
    publish_event("demand.interest.accepted", demand, interest_id=interest.pk)
    _tell_holder(interest, "demand.accepted", f"需求 {demand.ref} 的企业同意与贵单位洽谈", message)
    return interest


@transaction.atomic
def refuse_interest(*, interest_id: int, by: User, reasons: Sequence[str], note: str = "") -> Interest:
    """The firm does not want this patent, and says why."""
    interest, demand = _lock(interest_id, by)
    _require_answering(interest, demand, by)
    chosen = check_reasons(reasons, note)
    _move(interest, InterestState.REFUSED, by)
    refuse(demand, interest.patent, Side.FIRM, chosen, note=note, by=by)
    publish_event("demand.interest.refused", demand, interest_id=interest.pk, reasons=chosen)
    return interest


@transaction.atomic
def withdraw_interest(*, interest_id: int, by: User) -> Interest:
    """A holder takes its answer back while the firm has not decided."""
    interest, demand = _lock(interest_id, by)
    if interest.side != Side.HOLDER or by.organisation_id != interest.holder_id:
        raise NotAllowed("只有提出应答的单位可以撤回。")
    _move(interest, InterestState.WITHDRAWN, by)
    record(by=by, verb="撤回应答", target=demand, interest_id=interest.pk)
    publish_event("demand.interest.withdrawn", demand, interest_id=interest.pk)
    return interest


@transaction.atomic
def release_secrets(*, demand_id: int, by: User, holder_id: int) -> Release:
    """The firm lets one holder, by name, read the parts that are released only; once given it is not taken back."""
    demand = _own(demand_id, by)
    holder = Organisation.objects.filter(pk=holder_id).first()
    is_near = (
        demand.matches.filter(patent__holder_id=holder_id).exists()
        or demand.interests.filter(holder_id=holder_id).exists()
    )
    if holder is None or not is_near:
        raise Invalid("只能向匹配到的或者应答的权利人公开。", field="holder")
    return _release(demand, holder, by)


@transaction.atomic
def assign_adviser(*, interest_id: int, by: User, name: str, phone: str) -> Interest:
    """The city names who brings the two sides together; both are told."""
    if by.role not in (Role.CITY, Role.PROVINCE):
        raise NotAllowed("只有管理人员可以指派顾问。")
    interest, demand = _lock(interest_id, by)
    if interest.state not in (InterestState.OPEN, InterestState.ACCEPTED):
        raise WrongState("意向已结束，不需要顾问。")
    interest.adviser_name, interest.adviser_phone = check_adviser(name, phone)
    interest.save(update_fields=["adviser_name", "adviser_phone"])
    record(by=by, verb="指派对接顾问", target=demand, interest_id=interest.pk, adviser=interest.adviser_name)
    publish_event("demand.interest.adviser_assigned", demand, interest_id=interest.pk)
    title = f"需求 {demand.ref} 的对接顾问：{interest.adviser_name}，{interest.adviser_phone}"
    tell_firm(demand, "demand.adviser", title, "")
    _tell_holder(interest, "demand.adviser", title, "")
    return interest


def end_open_answers(demand: Demand) -> None:
    """A need that is over leaves no answer waiting. Runs inside the transaction of its end, the need locked."""
    waiting = demand.interests.select_for_update(of=("self",)).filter(state=InterestState.OPEN, side=Side.HOLDER)
    for interest in waiting.select_related("holder").order_by("pk"):
        _move(interest, InterestState.ENDED, None)
        publish_event("demand.interest.ended", demand, interest_id=interest.pk)
        title = f"需求 {demand.ref} 已结束，贵单位的应答不再处理"
        notify(recipient=interest.holder, kind="demand.ended", title=title, body=demand.title)


def note_contact(demand: Demand) -> None:
    """Keep when the need first led to talks; later ones change nothing."""
    if demand.contacted_at is None:
        demand.contacted_at = clock.now()
        demand.save(update_fields=["contacted_at"])


def _running(demand_id: int, by: User) -> Demand:
    demand = lock_demand(demand_id, by)
    if demand.state != DemandState.PUBLISHED:
        raise WrongState(f"需求当前状态为“{demand.get_state_display()}”，不能对接。")
    return demand


def _own(demand_id: int, by: User) -> Demand:
    if by.role != Role.SME:
        raise NotAllowed("只有需求企业可以办理。")
    return _running(demand_id, by)


def _patent(patent_id: int) -> Patent:
    rows = Patent.objects.select_related("holder").defer("abstract", "search_tokens")
    patent = rows.filter(pk=patent_id).first()
    if patent is None:
        raise Invalid("没有这件专利。", field="patent")
    status = legal.status_of(patent)
    if status not in IN_FORCE:
        raise Invalid(f"该专利法律状态为“{status.label}”，不能洽谈。", field="patent")
    return patent


def _open(demand: Demand, patent: Patent, holder: Organisation, side: Side, by: User, message: str) -> Interest:
    if demand.organisation_id == holder.pk:
        raise Invalid("需求和专利属于同一单位。", field="patent")
    running = (InterestState.OPEN, InterestState.ACCEPTED)
    if demand.interests.filter(patent=patent, state__in=running).exists():
        raise Conflict("该专利与本需求已有进行中的意向。", code="interest_exists")
    return Interest.objects.create(demand=demand, patent=patent, holder=holder, side=side, message=message, made_by=by)


def _enquire(interest: Interest, demand: Demand, by: User, kind: str, message: str) -> None:
    deal = enquire(
        by=by, patent_ids=[interest.patent_id], kind=kind, message=check_message(message),
        origin=Origin.MATCH, origin_ref=demand.ref,
    )  # fmt: skip
    interest.deal_ref = deal.ref
    interest.save(update_fields=["deal_ref"])


def _release(demand: Demand, holder: Organisation, by: User) -> Release:
    released, is_new = Release.objects.get_or_create(demand=demand, holder=holder, defaults={"released_by": by})
    if is_new:
        record(by=by, verb="向权利人公开保密内容", target=demand, holder=holder.name)
        publish_event("demand.demand.released", demand, holder_id=holder.pk)
        notify(
            recipient=holder,
            kind="demand.released",
            title=f"需求 {demand.ref} 的企业向贵单位公开了保密内容",
            link=demand.get_absolute_url(),
        )
    return released


def _lock(interest_id: int, by: User) -> tuple[Interest, Demand]:
    """The interest and its need, both locked, the need first as everywhere."""
    found = Interest.objects.visible_to(by).filter(pk=interest_id).first()
    if found is None:
        raise NotFound("没有这个意向。")
    rows = Demand.objects.select_for_update(of=("self",)).select_related("organisation")
    demand = rows.get(pk=found.demand_id)
    locked = Interest.objects.select_for_update(of=("self",)).select_related("patent", "holder")
    return locked.get(pk=interest_id), demand


def _require_answering(interest: Interest, demand: Demand, by: User) -> None:
    if interest.side != Side.HOLDER:
        raise NotAllowed("企业提出的意向由权利人在“洽谈与合同”中答复。")
    is_city = by.role in (Role.CITY, Role.PROVINCE) and demand.organisation_id is None
    if not is_city and (by.role != Role.SME or by.organisation_id != demand.organisation_id):
        raise NotAllowed("只有需求企业可以答复；由市收集的需求由所在市答复。")


def _move(interest: Interest, to: InterestState, by: User | None) -> None:
    INTEREST_FLOW.require(interest.state, to, actor=by)
    interest.state, interest.answered_at = to, clock.now()
    interest.save(update_fields=["state", "answered_at"])


def _tell_holder(interest: Interest, kind: str, title: str, body: str) -> None:
    link = interest.demand.get_absolute_url()
    notify(recipient=interest.holder, kind=kind, title=title, body=body, link=link)
