"""Payments as open data: columns, schema and rows. Firms are public in publicity; accounts and persons never are."""

from collections.abc import Iterator
from typing import Any

from subsidies.enums import ClaimState, RuleKind
from subsidies.models import Claim
from subsidies.queries.claims import paid_claims

CHUNK = 2_000
COLUMNS: dict[str, tuple[str, dict[str, Any]]] = {
    "ref": ("申领编号", {"type": "string", "pattern": r"^BT\d{4}-\d{6,}$"}),
    "year": ("申报年度", {"type": "integer", "minimum": 2016}),
    "kind": ("种类代码", {"enum": list(RuleKind.values)}),
    "kind_name": ("种类", {"type": "string"}),
    "rule": ("规则版本", {"type": "string", "minLength": 1}),
    "document_number": ("文号", {"type": "string"}),
    "firm": ("单位名称", {"type": "string", "minLength": 1}),
    "uscc": ("统一社会信用代码", {"type": ["string", "null"], "pattern": "^[0-9A-HJ-NP-RTUWXY]{18}$"}),
    "city": ("所在市代码", {"type": "string", "pattern": r"^37\d{4}$"}),
    "subject": ("事项", {"type": "string"}),
    "amount": ("金额（元）", {"type": "string", "pattern": r"^\d+\.\d{2}$"}),
    "paid_on": ("到账日", {"type": "string", "format": "date"}),
    "recovered_amount": ("决定追回（元）", {"type": "string", "pattern": r"^\d+\.\d{2}$"}),
}
"""Name, what it is, and the type of its value in JSON. Money is text: a JSON number would lose fen."""

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "专利转化专项资金拨付公开数据",
    "type": "object",
    "required": ["published_on", "payments"],
    "additionalProperties": False,
    "properties": {
        "published_on": {"type": "string", "format": "date"},
        "payments": {
            "type": "array",
            "items": {
                "type": "object",
                "required": list(COLUMNS),
                "additionalProperties": False,
                "properties": {name: {"description": label, **rule} for name, (label, rule) in COLUMNS.items()},
            },
        },
    },
}


def payment_rows() -> Iterator[dict[str, Any]]:
    """Every payment, the newest first."""
    for claim in paid_claims().iterator(chunk_size=CHUNK):
        yield _row(claim)


def _row(claim: Claim) -> dict[str, Any]:
    recovery = claim.recovery if claim.state == ClaimState.REVOKED else None
    return {
        "ref": claim.ref,
        "year": claim.year,
        "kind": claim.kind,
        "kind_name": claim.get_kind_display(),
        "rule": claim.rule.code,
        "document_number": claim.rule.document_number,
        "firm": claim.organisation.name,
        "uscc": claim.organisation.uscc,
        "city": claim.city_code,
        "subject": claim.subject,
        "amount": f"{claim.approved_amount:.2f}",
        "paid_on": str(claim.paid_on),
        "recovered_amount": f"{recovery.amount if recovery else 0:.2f}",
    }
