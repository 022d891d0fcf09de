"""Where counted rows come from: one SELECT for each part of the other apps.

Every SELECT gives the columns of COLUMNS. `{scope}` stands for the condition on what is looked at: all, or the objects
whose numbers the parameter `scopes` holds. `changed` finds those that changed since a time; a collector without it is
small and is looked at whole.

Own readings, each with its confidence in the indicators' notes: the lead party of each side decides kind and city; a
loan drawn after an earlier one of the same firm, bank and pledge registration was due is a renewal and counts no
project.
"""

from dataclasses import dataclass

from events.enums import T07_KINDS
from stats.enums.figures import RowKind

COLUMNS = (
    "kind", "source_id", "scope_id", "on", "until", "signed_on", "year", "quarter", "area_code", "giver_area",
    "giver_kind", "receiver_kind", "split", "weight", "amount", "uscc", "name", "partner", "ref", "revenue", "employees",
    "indicator", "source", "source_note", "source_import_id", "source_row", "source_cell",
)  # fmt: skip
DEFAULTS = {
    "until": "NULL::date", "signed_on": "NULL::date", "year": "NULL::int", "quarter": "NULL::int", "area_code": "''",
    "giver_area": "''", "giver_kind": "''", "receiver_kind": "''", "split": "''", "weight": "1", "amount": "0",
    "uscc": "''", "partner": "''", "ref": "''", "revenue": "NULL::numeric", "employees": "NULL::int",
    "indicator": "''", "source": "'form'", "source_note": "''", "source_import_id": "NULL::bigint",
    "source_row": "NULL::int", "source_cell": "''",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Collector:
    """Rows of `kinds` from one part.

    `sql` holds the SELECTs, `scope` the column that `{scope}` compares, `changed` finds what changed since a time.
    """

    kinds: tuple[str, ...]
    sql: str
    scope: str = ""
    changed: str = ""

    def select(self, *, only_changed: bool) -> str:
        """The SELECT for all, or for the objects in the parameter `scopes`."""
        return self.sql.replace("{scope}", f"{self.scope} = ANY(%(scopes)s)" if only_changed else "TRUE")


def _select(rows: str, /, **columns: str) -> str:
    """A SELECT with all columns in their order, from those given and the defaults."""
    filled = DEFAULTS | columns
    return f"SELECT {', '.join(filled[name] for name in COLUMNS)} FROM {rows}"  # noqa: S608  constants of this file


_DEAL = """
deal AS (
    SELECT d.id, d.ref, d.recorded_on, c.id AS contract_id, c.signed_on, c.number, c.value_amount,
        CASE WHEN d.kind IN ('transfer', 'investment') THEN coalesce(d.effective_on, d.recorded_on)
            ELSE d.recorded_on END AS "on",
        CASE d.kind WHEN 'transfer' THEN 'transfer' WHEN 'investment' THEN 'investment' ELSE 'licence' END AS split,
        g.name AS giver, g.kind AS giver_kind, g.city_code AS giver_area,
        r.name AS receiver, r.kind AS receiver_kind, r.city_code AS area_code,
        coalesce(nullif(r.uscc, ''), o.uscc, r.name) AS uscc, o.revenue_amount AS revenue, o.employee_count AS employees
    FROM patents_deal d
    JOIN patents_dealcontract c ON c.deal_id = d.id AND (c.confirmed_at IS NOT NULL OR d.recorded_on IS NOT NULL)
    JOIN patents_dealparty g ON g.deal_id = d.id AND g.side = 'giver' AND g.is_lead
    JOIN patents_dealparty r ON r.deal_id = d.id AND r.side = 'receiver' AND r.is_lead
    LEFT JOIN accounts_organisation o ON o.id = r.organisation_id
    WHERE {scope}
)"""
_SIDES = {
    "scope_id": "deal.id", "signed_on": "deal.signed_on", "area_code": "deal.area_code", "giver_area": "deal.giver_area",
    "giver_kind": "deal.giver_kind", "receiver_kind": "deal.receiver_kind", "split": "deal.split", "uscc": "deal.uscc",
    "ref": "deal.ref",
}  # fmt: skip
_BOTH = "left(deal.giver || ' → ' || deal.receiver, 200)"
DEALS = Collector(
    kinds=(RowKind.PATENT, RowKind.CONTRACT, RowKind.MONEY, RowKind.FIRM_PATENT),
    sql="WITH "
    + _DEAL
    + " "
    + " UNION ALL ".join(
        [
            _select(
                "deal JOIN patents_dealpatent i ON i.deal_id = deal.id JOIN patents_patent p ON p.id = i.patent_id "
                'WHERE deal."on" IS NOT NULL',
                kind="'patent'", source_id="i.id", on='deal."on"', name="p.title", partner=_BOTH, **_SIDES,
            ),
            _select(
                'deal WHERE deal."on" IS NOT NULL',
                kind="'contract'", source_id="deal.contract_id", on='deal."on"', amount="coalesce(deal.value_amount, 0)",
                name="'合同 ' || deal.number", partner=_BOTH, **_SIDES,
            ),
            _select(
                "deal JOIN patents_moneyreceived m ON m.deal_id = deal.id WHERE m.kind <> 'shares'",
                kind="'money'", source_id="m.id", on="m.received_on", amount="m.amount",
                name="CASE WHEN m.reverses_id IS NULL THEN '到账' ELSE '冲销' END", partner=_BOTH, **_SIDES,
            ),
            _select(
                'deal WHERE deal."on" IS NOT NULL',
                kind="'firm_patent'", source_id="deal.id", on='deal."on"', name="deal.receiver", partner="deal.giver",
                revenue="deal.revenue", employees="deal.employees", **_SIDES,
            ),
        ]
    ),
    scope="d.id",
    changed="""
        SELECT id FROM patents_deal WHERE updated_at >= %(since)s
        UNION SELECT deal_id FROM patents_dealcontract WHERE created_at >= %(since)s
        UNION SELECT deal_id FROM patents_dealcontractversion WHERE pgh_created_at >= %(since)s
        UNION SELECT deal_id FROM patents_moneyreceived WHERE created_at >= %(since)s
        UNION SELECT p.deal_id FROM patents_dealparty p JOIN accounts_organisationversion v
            ON v.pgh_obj_id = p.organisation_id WHERE v.pgh_created_at >= %(since)s""",
)  # fmt: skip

_LOAN = """
loan AS (
    SELECT l.*, p.ref, p.city_code, p.organisation_id, pl.institution_id, o.name AS firm, o.uscc, o.kind AS firm_kind,
        o.revenue_amount, o.employee_count, b.name AS bank, a.id AS answer_id,
        coalesce(min(coalesce(l.repaid_on, l.due_on)) OVER (
            PARTITION BY p.organisation_id, pl.institution_id, l.pledge_registered_on ORDER BY l.drawn_on, l.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) <= l.drawn_on, FALSE) AS is_renewal
    FROM finance_loan l
    JOIN finance_placement pl ON pl.id = l.placement_id
    JOIN finance_project p ON p.id = pl.project_id
    JOIN accounts_organisation o ON o.id = p.organisation_id
    JOIN accounts_organisation b ON b.id = pl.institution_id
    LEFT JOIN finance_answer a ON a.placement_id = pl.id AND a.kind = 'lend'
    WHERE {scope}
)"""
_LENT = {
    "scope_id": "loan.organisation_id", "on": "loan.drawn_on", "signed_on": "loan.contract_date",
    "area_code": "loan.city_code", "receiver_kind": "loan.firm_kind", "uscc": "coalesce(loan.uscc, loan.firm)",
    "name": "loan.firm", "partner": "loan.bank", "ref": "loan.ref",
    "source": "CASE WHEN loan.answer_id IS NULL THEN 'form' ELSE 'api' END",
    "source_note": "CASE WHEN loan.answer_id IS NULL THEN '' ELSE '银行接口答复 ' || loan.answer_id || '，合同 ' || loan.bank_ref END",
}  # fmt: skip
LOANS = Collector(
    kinds=(RowKind.LOAN, RowKind.FIRM_LOAN),
    sql="WITH "
    + _LOAN
    + " "
    + _select(
        "loan", kind="'loan'", source_id="loan.id", split="'patent'", amount="loan.principal",
        weight="CASE WHEN loan.is_renewal THEN 0 ELSE 1 END", **_LENT,
    )
    + " UNION ALL "
    + _select(
        "loan", kind="'firm_loan'", source_id="loan.id", revenue="loan.revenue_amount",
        employees="loan.employee_count", **_LENT,
    ),
    scope="p.organisation_id",
    changed="""
        SELECT p.organisation_id FROM finance_loan l JOIN finance_placement pl ON pl.id = l.placement_id
            JOIN finance_project p ON p.id = pl.project_id
            WHERE l.created_at >= %(since)s
                OR l.id IN (SELECT pgh_obj_id FROM finance_loanversion WHERE pgh_created_at >= %(since)s)
        UNION SELECT organisation_id FROM finance_projectversion WHERE pgh_created_at >= %(since)s
        UNION SELECT pgh_obj_id FROM accounts_organisationversion WHERE pgh_created_at >= %(since)s""",
)  # fmt: skip

PAID = Collector(
    kinds=(RowKind.FIRM_PAID,),
    sql=_select(
        "subsidies_paymentline l JOIN subsidies_claim c ON c.id = l.claim_id "
        "JOIN subsidies_paymentbatch b ON b.id = l.batch_id "
        "JOIN accounts_organisation o ON o.id = c.organisation_id WHERE l.state = 'paid' AND {scope}",
        kind="'firm_paid'", source_id="l.id", scope_id="l.id", on="l.paid_on", area_code="c.city_code",
        receiver_kind="o.kind", amount="l.amount", uscc="coalesce(o.uscc, o.name)", name="o.name",
        partner="left(c.subject, 200)", ref="c.ref", revenue="o.revenue_amount", employees="o.employee_count",
        source_note="'拨付批次 ' || b.ref",
    ),
    scope="l.id",
    changed="""
        SELECT id FROM subsidies_paymentline WHERE id IN
            (SELECT pgh_obj_id FROM subsidies_paymentlineversion WHERE pgh_created_at >= %(since)s)
            OR claim_id IN (SELECT c.id FROM subsidies_claim c WHERE c.updated_at >= %(since)s)
        UNION SELECT l.id FROM subsidies_paymentline l JOIN subsidies_claim c ON c.id = l.claim_id
            JOIN accounts_organisationversion v ON v.pgh_obj_id = c.organisation_id
            WHERE v.pgh_created_at >= %(since)s""",
)  # fmt: skip

POOL = Collector(
    kinds=(RowKind.POOL,),
    sql=_select(
        "patents_listing l JOIN patents_patent p ON p.id = l.patent_id "
        "LEFT JOIN accounts_organisation o ON o.id = l.organisation_id "
        "WHERE l.entered_on IS NOT NULL AND l.state <> 'draft' AND {scope}",
        kind="'pool'", source_id="l.id", scope_id="l.id", on="l.entered_on", until="l.ended_on",
        area_code="coalesce(o.city_code, p.city_code)", name="p.title", partner="coalesce(o.name, '')",
        ref="coalesce(p.number, 'CN' || p.publication_number)",
        source="CASE WHEN p.source_import_id IS NULL THEN 'form' ELSE 'sheet' END",
        source_import_id="p.source_import_id", source_row="p.source_row",
    ),
    scope="l.id",
    changed="SELECT id FROM patents_listing WHERE updated_at >= %(since)s",
)  # fmt: skip

_SHANGHAI = "AT TIME ZONE 'Asia/Shanghai'"
DEMANDS = Collector(
    kinds=(RowKind.DEMAND,),
    sql=_select(
        "demand_demand d LEFT JOIN accounts_organisation o ON o.id = d.organisation_id "
        "WHERE d.published_at IS NOT NULL AND d.state IN ('published', 'expired', 'closed')",
        kind="'demand'", source_id="d.id", scope_id="d.id", on=f"(d.published_at {_SHANGHAI})::date",
        until=f"CASE WHEN d.state <> 'published' THEN greatest(coalesce(d.closed_on, d.expires_on), "
        f"(d.published_at {_SHANGHAI})::date) END",
        area_code="d.city_code", name="d.title", partner="coalesce(o.name, '')", ref="d.ref",
        source="CASE WHEN d.source_import_id IS NULL THEN 'form' ELSE 'sheet' END",
        source_import_id="d.source_import_id", source_row="d.source_row",
    ),
)  # fmt: skip
PROJECTS = Collector(
    kinds=(RowKind.PROJECT,),
    sql=_select(
        "finance_project p JOIN accounts_organisation o ON o.id = p.organisation_id "
        "WHERE p.admitted_at IS NOT NULL AND {scope}",
        kind="'project'", source_id="p.id", scope_id="p.id", on=f"(p.admitted_at {_SHANGHAI})::date",
        until=f"CASE WHEN p.state = 'closed' THEN greatest((p.updated_at {_SHANGHAI})::date, "
        f"(p.admitted_at {_SHANGHAI})::date) END",
        area_code="p.city_code", amount="p.amount", name="o.name", ref="p.ref",
    ),
    scope="p.id",
    changed="""
        SELECT id FROM finance_project WHERE updated_at >= %(since)s
        UNION SELECT pgh_obj_id FROM finance_projectversion WHERE pgh_created_at >= %(since)s
        UNION SELECT p.id FROM finance_project p JOIN accounts_organisationversion v
            ON v.pgh_obj_id = p.organisation_id WHERE v.pgh_created_at >= %(since)s""",
)  # fmt: skip
CENTRES = Collector(
    kinds=(RowKind.CENTRE,),
    sql=_select(
        "patents_centre c JOIN accounts_organisation o ON o.id = c.organisation_id",
        kind="'centre'", source_id="c.id", scope_id="c.id", on="c.recognised_on",
        until="least(c.valid_until + 1, c.revoked_on)", area_code="o.city_code", name="c.name", partner="o.name",
        ref="c.number", source_note="c.document_number",
    ),
)  # fmt: skip
RECOGNITIONS = Collector(
    kinds=(RowKind.IP_STANDARD, RowKind.PROVINCIAL_DEMO),
    sql=_select(
        "patents_recognition r WHERE r.granted_on IS NOT NULL AND r.kind IN ('ip_standard', 'provincial_demo') "
        "AND r.state IN ('recognised', 'revoked')",
        kind="r.kind", source_id="r.id", scope_id="r.id", on="r.granted_on",
        until="least(r.valid_until + 1, r.revoked_on)", area_code="r.city_code", uscc="r.uscc", name="r.firm_name",
        ref="r.ref", source="CASE WHEN r.source_import_id IS NULL THEN 'form' ELSE 'sheet' END",
        source_note="r.document_number", source_import_id="r.source_import_id", source_row="r.source_row",
    ),
)  # fmt: skip
INSTITUTIONS = Collector(
    kinds=(RowKind.INSTITUTION, RowKind.ADOPTION),
    sql=_select(
        "patents_provincialinstitution i JOIN accounts_organisation o ON o.id = i.organisation_id",
        kind="'institution'", source_id="i.id", scope_id="i.id", on="i.listed_on", until="i.delisted_on",
        area_code="o.city_code", name="o.name",
    )
    + " UNION ALL "
    + _select(
        "patents_prefilingadoption a JOIN patents_provincialinstitution i ON i.organisation_id = a.organisation_id "
        "JOIN accounts_organisation o ON o.id = a.organisation_id WHERE a.state = 'confirmed'",
        kind="'adoption'", source_id="a.id", scope_id="a.id", on="greatest(a.adopted_on, i.listed_on)",
        until="i.delisted_on", area_code="o.city_code", name="o.name", partner="a.title",
        source_note="a.document_number",
    ),
)  # fmt: skip
_T07 = ", ".join(f"'{kind}'" for kind in sorted(T07_KINDS))
EVENTS = Collector(
    kinds=(RowKind.EVENT,),
    # A meeting is held by the clock alone: no row changes when it is.
    sql=_select(
        "events_event e JOIN accounts_organisation o ON o.id = e.organiser_id "
        "WHERE e.state = 'published' AND e.kind IN (" + _T07 + ") AND e.ends_at < %(now)s",
        kind="'event'", source_id="e.id", scope_id="e.id", on=f"(e.starts_at {_SHANGHAI})::date",
        area_code="e.city_code", name="e.title", partner="o.name",
    ),
)  # fmt: skip
BASES = Collector(
    kinds=(RowKind.BASE,),
    sql=_select(
        "events_trainingbase b JOIN accounts_organisation o ON o.id = b.organisation_id",
        kind="'base'", source_id="b.id", scope_id="b.id", on="b.recognised_on",
        until="least(b.valid_until + 1, b.revoked_on)", area_code="b.city_code", name="b.name", partner="o.name",
        ref="b.ref", source_note="b.document_number",
    ),
)  # fmt: skip
HISTORY = Collector(
    kinds=(RowKind.HISTORY,),
    sql=_select(
        "stats_historicfigure h",
        kind="'history'", source_id="h.id", scope_id="h.id",
        on="(make_date(h.year, CASE WHEN h.quarter = 0 THEN 12 ELSE h.quarter * 3 END, 1) + interval '1 month - 1 day')::date",
        year="h.year", quarter="h.quarter", area_code="h.city_code", giver_area="h.city_code", split="h.split",
        amount="h.value", name="h.basis", indicator="h.indicator", source="'sheet'",
        source_import_id="h.source_import_id", source_row="h.source_row", source_cell="h.source_cell",
    ),
)  # fmt: skip

PRODUCTS = Collector(
    kinds=(RowKind.PRODUCT,),
    sql=_select(
        "stats_product p JOIN accounts_organisation o ON o.id = p.organisation_id WHERE p.filed_on IS NOT NULL",
        kind="'product'", source_id="p.id", scope_id="p.id", on="p.filed_on", until="p.cancelled_on",
        area_code="p.city_code", uscc="coalesce(o.uscc, o.name)", name="p.name || ' ' || p.model_number", partner="o.name",
        ref="p.ref",
    ),
)  # fmt: skip
NAVIGATIONS = Collector(
    kinds=(RowKind.NAVIGATION,),
    # The plan counts projects for the whole province's industries, not those of a city's own.
    sql=_select(
        "stats_navigationproject n JOIN accounts_organisation o ON o.id = n.organisation_id "
        "WHERE n.kind = 'key_industry'",
        kind="'navigation'", source_id="n.id", scope_id="n.id", on="n.approved_on", area_code="o.city_code",
        uscc="coalesce(o.uscc, o.name)", name="n.name", partner="o.name", ref="n.number",
        source_note="n.document_number",
    ),
)  # fmt: skip

COLLECTORS = (
    DEALS, LOANS, PAID, POOL, DEMANDS, PROJECTS, CENTRES, RECOGNITIONS, INSTITUTIONS, EVENTS, BASES, PRODUCTS,
    NAVIGATIONS, HISTORY,
)  # fmt: skip
