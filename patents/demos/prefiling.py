"""Pre-filing evaluation: institutions with and without it, and evaluations of the shown university in each state."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from patents.models import PrefilingAdoption, ProvincialInstitution
from patents.services import prefiling as services
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind
from portal.demo.chance import stream
from portal.demo.documents import sample_pdf
from portal.demo.people import person_name

# what, how far, advice
CASES = (
    ("低温固化陶瓷涂层及其喷涂工艺", "closed", "file_cn"),
    ("水下机构的双冗余密封结构", "closed", "keep_secret"),
    ("面向多品种小批量的夹具快换接口", "decided", "file_pct"),
    ("含盐废水的分级结晶方法", "offered", "drop"),
    ("电机转子在线动平衡装置", "advised", "file_cn"),
    ("基于振动特征的刀具磨损判别方法", "scored", "file_cn"),
    ("可降解地膜母料及其制备方法", "searched", "publish"),
    ("齿轮箱油液颗粒在线检测传感器", "screened", "file_cn"),
    ("一种用于果园的自平衡运输底盘", "disclosed", "file_cn"),
)
ORDER = ("disclosed", "screened", "searched", "scored", "advised", "decided", "offered", "closed")
LISTED = dt.date(2021, 4, 19)


def load_prefiling(cast: Cast, seed: int) -> None:
    """List the institutions, let all but two adopt a rule, and evaluate some inventions."""
    rng = stream(seed, "prefiling")
    members = list(cast.of(OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE))
    for place, member in enumerate(members):
        ProvincialInstitution.objects.create(
            organisation=member.organisation, department="省教育主管部门（演示）", listed_on=LISTED
        )
        if place < len(members) - 2:
            adoption = _adopt(member, dt.date(2022, 3, 1) + dt.timedelta(days=55 * place))
            if place < len(members) - 3:
                services.confirm_adoption(adoption_id=adoption.pk, by=cast.province, note="文件齐全。")
    shown = cast.account("university")
    for place, (title, state, advice) in enumerate(CASES):
        _evaluate(shown, title, state, advice, f"{person_name(rng)}、{person_name(rng)}", 70 - 7 * place)
    for member in members[1:6]:
        _evaluate(member, "一种检测装置", "decided", "file_cn", person_name(rng), 30)


def _adopt(member: Member, day: dt.date) -> PrefilingAdoption:
    rule = services.AdoptedRule(
        title="专利申请前评估管理办法",
        document_number=f"演示科〔{day.year}〕8 号",
        adopted_on=day,
        department="科研管理处",
    )
    file = sample_pdf(rule.title)
    return services.report_adoption(by=member.acting_user, rule=rule, file=file, file_name=str(file.name))


def _evaluate(member: Member, title: str, state: str, advice: str, inventors: str, days: int) -> None:
    user, reach = member.acting_user, ORDER.index(state)
    with clock.told(clock.today() - dt.timedelta(days=days)):
        case = services.disclose(
            by=user,
            title=title,
            inventor_names=inventors,
            disclosure=f"{title}：说明要解决的问题、技术方案、试验数据和拟应用的场景（演示内容）。",
            disclosed_on=clock.today(),
        )
        given: dict[str, Any] = {"case_id": case.pk, "by": user}
        is_filed = advice in ("file_cn", "file_pct")
        steps: tuple[Callable[[], object], ...] = (
            lambda: services.screen_case(
                **given, secrecy="open", ownership="service", screening_note="任务书和合同中无保密约定。"
            ),
            lambda: services.search_case(
                **given,
                search_scope="中国专利全文、三种外文专利摘要和期刊，检索式按技术特征组合。",
                search_findings="检得相近文献 3 篇，均未公开关键特征。",
                novelty="clear",
            ),
            lambda: services.score_case(
                **given, technical_score=82, market_score=74, legal_score=70, scoring_note="三人小组分别评分后会商。"
            ),
            lambda: services.advise_case(**given, advice=advice, advice_reason="综合技术先进性、可规避性和市场前景。"),
            lambda: services.decide_case(**given, decision=advice, decision_reason="", decided_on=clock.today()),
        )
        for step in steps[:reach]:
            step()
        if state == "offered" or (state == "closed" and not is_filed):
            services.offer_to_inventors(**given, offered_on=clock.today())
        if state == "closed" and is_filed:
            services.record_filing(**given, filed_number="202310123456.6")
        elif state == "closed":
            services.close_case(**given, inventor_answer="declined")
