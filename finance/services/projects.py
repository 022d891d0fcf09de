"""What the firm and its city do with a project."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db import transaction

from finance.checks.projects import Right, check_registered, check_wish
from finance.enums import PlacementState, ProjectState
from finance.models import Placement, Product, Project, ProjectPatent, ProjectRight
from finance.policy.admission import refusing
from finance.policy.screening import REFUSAL_GROUNDS, Finding, failed
from finance.queries.admission import admission_findings, findings_as_stored, screening_rule
from finance.queries.placements import PUSHED_EVENT
from finance.queries.pool import pool_terms
from finance.queries.products import fitting_products, lenders_on_sale
from finance.queries.projects import current_size_class, own_patents
from finance.queries.screening import as_stored, screening_of
from finance.services.moves import (
    hold_patents,
    lock_project,
    move_placement,
    move_project,
    release_patents,
    tell_firm,
    withdraw_open_placements,
)
from finance.workflow.projects import EDITABLE
from patents.models import Patent
from portal import clock, refs
from portal.accounts.enums import Role, SizeClass
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Invalid, NotAllowed, WrongState
from portal.outbox.services import publish, send


@transaction.atomic
def create_project(
    *,
    by: User,
    amount: Decimal,
    term_months: int,
    purpose: str,
    patent_ids: Collection[int],
    rights: Sequence[Right] = (),
) -> Project:
    """Start a draft for the firm of `by`: amount in yuan, term in months, patents the firm holds, other rights."""
    firm = _firm_of(by)
    check_wish(amount=amount, term_months=term_months, purpose=purpose, patent_ids=patent_ids)
    pk, ref = refs.reserve(Project, "RZ")
    project = Project.objects.create(
        pk=pk,
        ref=ref,
        organisation=firm,
        city_code=firm.city_code,
        amount=amount,
        term_months=term_months,
        purpose=purpose.strip(),
    )
    _choose_patents(project, patent_ids)
    _choose_rights(project, rights)
    record(by=by, verb="新建融资项目", target=project, amount=str(amount), term_months=term_months)
    return project


@transaction.atomic
def update_project(  # noqa: PLR0913 - the facts of one wish
    *,
    project_id: int,
    by: User,
    amount: Decimal,
    term_months: int,
    purpose: str,
    patent_ids: Collection[int],
    rights: Sequence[Right] = (),
) -> Project:
    """Change a draft, or a project that the city returned."""
    _firm_of(by)
    project = lock_project(by, pk=project_id)
    if project.state not in EDITABLE:
        raise WrongState(f"当前状态为“{project.get_state_display()}”，不能修改。")
    check_wish(amount=amount, term_months=term_months, purpose=purpose, patent_ids=patent_ids)
    project.amount, project.term_months, project.purpose = amount, term_months, purpose.strip()
    project.version += 1
    project.save(update_fields=["amount", "term_months", "purpose", "version", "updated_at"])
    _choose_patents(project, patent_ids)
    _choose_rights(project, rights)
    record(by=by, verb="修改融资项目", target=project, amount=str(amount), term_months=term_months)
    return project


@transaction.atomic
def submit_project(*, project_id: int, by: User, consent: bool, recipients: Collection[int] | None = None) -> Project:
    """Hand a project to the firm's city, with the consent to share it (PIPL art. 23).

    The consent names its recipients: institutions with a product on sale, by id; None means all of them. The
    project is pushed to nobody else.
    """
    project = lock_project(by, pk=project_id)
    if not consent:
        raise Invalid("请阅读并勾选同意共享项目信息，否则不能提交。", field="consent")
    offered = {lender.pk: lender for lender in lenders_on_sale()}
    chosen = set(offered) if recipients is None else set(recipients)
    if not chosen or chosen - set(offered):
        raise Invalid("请至少选择一家金融机构接收项目信息。", field="recipients")
    check_registered(project.organisation)
    now = clock.now()
    move_project(project, ProjectState.SUBMITTED, by=by, consented_at=now, submitted_at=now, review_note="")
    project.recipients.set(chosen)
    names = [offered[pk].name for pk in sorted(chosen)]
    record(by=by, verb="提交融资项目并同意共享", target=project, recipients=names)
    publish("finance.project.submitted", key=project.ref, project_ref=project.ref, city_code=project.city_code)
    return project


@transaction.atomic
def return_project(*, project_id: int, by: User, note: str) -> Project:
    """Give a submitted project back to the firm, saying what to change."""
    if not note.strip():
        raise Invalid("请填写退回意见，企业据此修改。", field="note")
    project = lock_project(by, pk=project_id)
    move_project(project, ProjectState.RETURNED, by=by, review_note=note.strip())
    record(by=by, verb="退回融资项目", target=project, note=note.strip())
    publish("finance.project.returned", key=project.ref, project_ref=project.ref)
    tell_firm(project, "finance.project.returned", f"融资项目 {project.ref} 被退回修改", note.strip())
    return project


@transaction.atomic
def admit_project(*, project_id: int, by: User, note: str = "") -> Project:
    """Take a submitted project into the pool and push it to the institutions whose products fit.

    The size class is computed anew, every refusal ground of pledge registration and every condition of the screening
    version in force is checked; one that stands against it refuses the admission. From here until the project ends, its patents serve no other project.
    """
    project = lock_project(by, pk=project_id)
    size = current_size_class(project.organisation)
    if size == SizeClass.LARGE:
        raise Invalid("按现有数据该企业为大型企业，不属于中小企业，不能入库。", code="not_sme")
    # Two projects with one patent, admitted at once: the second waits here and then sees it held.
    patents = Patent.objects.select_for_update(no_key=True).filter(projects=project)
    list(patents.order_by("pk").values_list("pk"))
    findings = screening_of(project)
    if against := failed(findings):
        raise Invalid(f"入库预检未通过：{told_of(against)}。", code="screening_failed")
    rule = screening_rule()
    conditions = admission_findings(project, rule)
    if unmet := refusing(conditions):
        told = "；".join(f"{one.text}（{one.fact}，{one.source}）" for one in unmet)
        raise Invalid(f"不符合入库筛选条件：{told}。", code="admission_refused")
    move_project(
        project,
        ProjectState.ADMITTED,
        by=by,
        size_class=size,
        screening=as_stored(findings),
        admission=findings_as_stored(conditions),
        admission_rule=rule,
        review_note=note.strip(),
        admitted_at=clock.now(),
        expires_on=pool_terms().expires_on(clock.today()),
        expiry_told_on=None,
    )
    hold_patents(project)
    record(by=by, verb="融资项目入库", target=project, note=note.strip(), size_class=size.value)
    publish("finance.project.admitted", key=project.ref, project_ref=project.ref, city_code=project.city_code)
    pushed = push_to_fitting(project)
    names = "、".join(product.institution.name for product in pushed) or "暂无产品条件相符的机构"
    tell_firm(project, "finance.project.admitted", f"融资项目 {project.ref} 已入库", f"推送机构：{names}。")
    return project


@transaction.atomic
def push_project(*, project_id: int, by: User) -> list[Product]:
    """Push an admitted project to institutions that fit now and have not had it; returns their products."""
    project = lock_project(by, pk=project_id)
    if by.role != Role.CITY:
        raise NotAllowed("只有企业所在市的管理人员可以推送项目。")
    if project.state != ProjectState.ADMITTED:
        raise WrongState(f"当前状态为“{project.get_state_display()}”，不能推送。")
    if against := failed(screening_of(project)):
        raise Invalid(f"质押登记预检未通过，不能推送：{told_of(against)}。", code="screening_failed")
    pushed = push_to_fitting(project)
    record(by=by, verb="推送融资项目", target=project, institutions=[p.institution.name for p in pushed])
    return pushed


@transaction.atomic
def close_project(*, project_id: int, by: User, note: str = "") -> Project:
    """End a project before any loan: the firm takes its consent back, and nobody sees the project any more."""
    project = lock_project(by, pk=project_id)
    move_project(project, ProjectState.CLOSED, by=by)
    withdraw_open_placements(project, reason="firm_withdrew")
    release_patents(project)
    record(by=by, verb="撤回融资项目", target=project, note=note)
    publish("finance.project.closed", key=project.ref, project_ref=project.ref)
    return project


def _firm_of(by: User) -> Organisation:
    if by.role != Role.SME or by.organisation is None:
        raise NotAllowed("只有企业可以填报融资项目。")
    return by.organisation


def _choose_patents(project: Project, patent_ids: Collection[int]) -> None:
    chosen = set(own_patents(project.organisation).filter(pk__in=patent_ids).values_list("pk", flat=True))
    if chosen != set(patent_ids):
        raise Invalid("只能选择登记在本企业名下的专利。", field="patents")
    leaving = project.collateral.exclude(patent__in=chosen)
    if leaving.filter(valuations__isnull=False).exists():
        raise Invalid("已登记评估的专利不能从项目中移除。", field="patents")
    leaving.delete()
    kept = set(project.collateral.values_list("patent_id", flat=True))
    ProjectPatent.objects.bulk_create(
        ProjectPatent(project=project, patent_id=patent_id) for patent_id in sorted(chosen - kept)
    )


def _choose_rights(project: Project, rights: Sequence[Right]) -> None:
    project.rights.all().delete()
    ProjectRight.objects.bulk_create(
        ProjectRight(project=project, kind=right.kind, number=right.number, title=right.title) for right in rights
    )


def push_to_fitting(project: Project) -> list[Product]:
    """Push to each recipient whose product fits and that has not had the project; its row is locked."""
    fitting, _ = fitting_products(project, SizeClass(project.size_class))
    rows = project.placements.select_for_update(of=("self",)).filter(
        state=PlacementState.WITHDRAWN, answers__isnull=True
    )
    again = {row.institution_id: row for row in rows}
    had = set(project.placements.values_list("institution_id", flat=True)) - again.keys()
    fresh = [product for product in fitting if product.institution_id not in had]
    for product in fresh:
        _place(project, product, again.get(product.institution_id))
        event = publish(PUSHED_EVENT, key=project.ref, project_ref=project.ref)
        send(event, organisation=product.institution)
    return fresh


def _place(project: Project, product: Product, earlier: Placement | None) -> None:
    if earlier is None:
        Placement.objects.create(project=project, institution=product.institution, product=product)
        return
    earlier.project = project
    move_placement(
        earlier, PlacementState.PUSHED, by=None, product=product, pushed_at=clock.now(), answered_at=None, chase_level=0
    )


def told_of(findings: list[Finding]) -> str:
    """Findings against a project in one sentence."""
    return "；".join(f"{f.patent} {REFUSAL_GROUNDS[f.ground]}（{f.fact}）" for f in findings)
