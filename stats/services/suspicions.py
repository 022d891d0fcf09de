"""Looking for deals and loans made for the statistics, and what officers make of them.

The limits are parameters of a dated version (own, unconfirmed). A suspicion only marks: its rows stay counted and are
shown apart until an officer clears it with a reason.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from patents.services.moves import require_role, require_text
from portal import clock, money, regions
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import NotFound
from portal.policy.facts import Facts
from portal.policy.models import RuleVersion
from stats.enums.figures import FlagKind, FlagState, SubjectKind
from stats.models import Suspicion
from stats.queries.definitions import suspicion_rule
from stats.services.refresh import renumber_marked
from stats.workflow.suspicions import SUSPICION_FLOW

Found = tuple[str, int, str, str, str]
"""Subject, its number, reference, area, reason."""
_SIGNED = """patents_deal d JOIN patents_dealcontract c ON c.deal_id = d.id AND (c.confirmed_at IS NOT NULL OR d.recorded_on IS NOT NULL)
    JOIN patents_dealparty g ON g.deal_id = d.id AND g.side = 'giver' AND g.is_lead
    JOIN patents_dealparty r ON r.deal_id = d.id AND r.side = 'receiver' AND r.is_lead"""
_RELATED = f"SELECT d.id, d.ref, r.city_code FROM {_SIGNED} WHERE c.is_related_party"  # noqa: S608
_FREE = f"SELECT d.id, d.ref, r.city_code FROM {_SIGNED} WHERE c.pricing = 'free'"  # noqa: S608
_NO_MONEY = f"""SELECT d.id, d.ref, r.city_code, c.value_amount, c.signed_on FROM {_SIGNED}
    WHERE c.value_amount > 0 AND d.kind <> 'investment' AND c.signed_on < %(today)s - %(no_money_days)s
    AND coalesce((SELECT sum(m.amount) FROM patents_moneyreceived m WHERE m.deal_id = d.id), 0) <= 0"""  # noqa: S608
_ROUND_TRIP = f"""WITH sold AS (SELECT d.id, d.ref, r.city_code, i.patent_id, c.signed_on,
        coalesce(nullif(g.uscc, ''), g.name) AS giver, coalesce(nullif(r.uscc, ''), r.name) AS receiver
        FROM {_SIGNED} JOIN patents_dealpatent i ON i.deal_id = d.id WHERE d.kind = 'transfer'),
    pair AS (SELECT a.id AS first_id, a.ref AS first_ref, a.city_code AS first_city, b.id, b.ref, b.city_code
        FROM sold a JOIN sold b ON b.patent_id = a.patent_id AND b.id <> a.id AND b.receiver = a.giver
        AND b.signed_on >= a.signed_on AND b.signed_on < a.signed_on + make_interval(months => %(round_trip_months)s))
    SELECT first_id, first_ref, first_city, ref FROM pair UNION SELECT id, ref, city_code, first_ref FROM pair"""  # noqa: S608
_CHAIN_PLEDGE = """WITH lent AS (SELECT l.id, p.ref, p.city_code, p.organisation_id, c.patent_id FROM finance_loan l
        JOIN finance_placement pl ON pl.id = l.placement_id JOIN finance_project p ON p.id = pl.project_id
        JOIN finance_projectpatent c ON c.project_id = p.id),
    chain AS (SELECT patent_id, count(DISTINCT id) AS loans, count(DISTINCT organisation_id) AS firms FROM lent
        GROUP BY 1 HAVING count(DISTINCT id) > %(chain_loans)s OR count(DISTINCT organisation_id) > 1)
    SELECT lent.id, min(lent.ref), min(lent.city_code), max(chain.loans), max(chain.firms)
    FROM lent JOIN chain USING (patent_id) GROUP BY 1"""
_REPEATED = f"""WITH small AS (SELECT d.id, d.ref, r.city_code, g.name AS giver, count(*) OVER (
        PARTITION BY coalesce(nullif(g.uscc, ''), g.name), coalesce(nullif(r.uscc, ''), r.name) ORDER BY c.signed_on
        RANGE BETWEEN make_interval(days => %(repeated_days)s) PRECEDING
            AND make_interval(days => %(repeated_days)s) FOLLOWING) AS deals
        FROM {_SIGNED} WHERE c.value_amount <= %(repeated_amount)s)
    SELECT id, ref, city_code, deals FROM small WHERE deals >= %(repeated_count)s"""  # noqa: S608
_QUARTER_END = """WITH dated AS (SELECT subject, id, ref, area_code, city_code, year, quarter,
        (date_trunc('quarter', "on") + interval '3 months')::date - "on" <= %(quarter_end_days)s AS is_late
        FROM (SELECT 'deal' AS subject, scope_id AS id, * FROM (SELECT scope_id, ref, area_code, city_code, year, quarter,
                "on" FROM stats_countedrow WHERE kind = 'contract' AND city_code <> '') deals
            UNION ALL SELECT 'loan', source_id, source_id, ref, area_code, city_code, year, quarter, "on"
            FROM stats_countedrow WHERE kind = 'loan' AND city_code <> '') rows),
    crowd AS (SELECT subject, city_code, year, quarter, count(*) FILTER (WHERE is_late) AS late, count(*) AS total
        FROM dated GROUP BY 1, 2, 3, 4)
    SELECT d.subject, d.id, d.ref, d.city_code, d.year, d.quarter, crowd.late, crowd.total
    FROM dated d JOIN crowd USING (subject, city_code, year, quarter)
    WHERE d.is_late AND crowd.late >= %(quarter_end_least)s AND crowd.late >= crowd.total * %(quarter_end_share)s"""


@transaction.atomic
def find_suspicions() -> int:
    """Look at everything; returns how many suspicions are new. What an officer has cleared stays cleared."""
    rule = suspicion_rule()
    given = limits_of(rule)
    rows = [
        Suspicion(
            kind=kind,
            subject_kind=subject,
            subject_id=pk,
            ref=ref,
            city_code=regions.city_of(area) if area else "",
            reason=reason[:500],
            rule_code=rule.code,
        )
        for kind, found in _search(given)
        for subject, pk, ref, area, reason in found
    ]
    known = set(Suspicion.objects.values_list("subject_kind", "subject_id", "kind"))
    fresh = [row for row in rows if (str(row.subject_kind), row.subject_id, str(row.kind)) not in known]
    Suspicion.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=2000)
    return len(fresh)


def limits_of(rule: RuleVersion) -> dict[str, Any]:
    """What the search is given: the limits of a version, and today. Raises Invalid for one that cannot be read."""
    terms = Facts(rule.parameters, "parameters")
    names = (
        "round_trip_months", "chain_loans", "no_money_days", "quarter_end_days", "quarter_end_least", "repeated_count",
        "repeated_days",
    )  # fmt: skip
    return {
        **{name: terms.whole(name) for name in names},
        "quarter_end_share": terms.fraction("quarter_end_share"),
        "repeated_amount": terms.money("repeated_amount"),
        "today": clock.today(),
    }


def _search(given: dict[str, Any]) -> Iterable[tuple[str, Iterable[Found]]]:
    deal, loan = SubjectKind.DEAL, SubjectKind.LOAN
    yield FlagKind.RELATED, [(deal, *row, "合同双方申报为同一实际控制人。") for row in _rows(_RELATED, given)]
    yield FlagKind.FREE, [(deal, *row, "合同约定无偿。") for row in _rows(_FREE, given)]
    yield (
        FlagKind.NO_MONEY,
        [
            (
                deal,
                pk,
                ref,
                area,
                f"{signed} 签订，合同额 {money.short(value)}，{given['no_money_days']} 天后仍无到账。",
            )
            for pk, ref, area, value, signed in _rows(_NO_MONEY, given)
        ],
    )
    yield (
        FlagKind.ROUND_TRIP,
        [
            (deal, pk, ref, area, f"同一专利在 {given['round_trip_months']} 个月内又转回原转让方，见 {other}。")
            for pk, ref, area, other in _rows(_ROUND_TRIP, given)
        ],
    )
    yield (
        FlagKind.CHAIN_PLEDGE,
        [
            (loan, pk, ref, area, f"质押专利先后担保 {loans} 笔贷款，涉及 {firms} 家企业。")
            for pk, ref, area, loans, firms in _rows(_CHAIN_PLEDGE, given)
        ],
    )
    yield (
        FlagKind.REPEATED,
        [
            (deal, pk, ref, area, f"同一双方在 {given['repeated_days']} 天内签订 {deals} 份小额合同。")
            for pk, ref, area, deals in _rows(_REPEATED, given)
        ],
    )
    yield (
        FlagKind.QUARTER_END,
        [
            (
                subject, pk, ref, area,
                f"{year} 年第 {quarter} 季度该市 {total} 项中有 {late} 项集中在最后 {given['quarter_end_days']} 天。",
            )
            for subject, pk, ref, area, year, quarter, late, total in _rows(_QUARTER_END, given)
        ],
    )  # fmt: skip


def _rows(sql: str, given: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


@transaction.atomic
def decide_suspicion(*, suspicion_id: int, by: User, state: str, reason: str) -> Suspicion:
    """Clear a suspicion, or confirm it; a decision can be taken again with another reason. The marks follow at once.

    Raises:
        NotFound: none that the officer may see. NotAllowed: only the province decides. Invalid: no reason.
    """
    require_role(by, Role.PROVINCE, message="存疑交易由省级管理人员核实。")
    found = Suspicion.objects.select_for_update().filter(pk=suspicion_id).first()
    if found is None:
        raise NotFound("没有这条存疑记录。")
    text = require_text(reason, "请写明核实情况和理由。", field="reason")
    SUSPICION_FLOW.require(found.state, state, actor=by)
    found.state, found.decision, found.decided_by, found.decided_at = state, text, by, clock.now()
    found.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    renumber_marked()
    record(by=by, verb=f"存疑交易{FlagState(state).label}", target=found, note=text)
    return found
