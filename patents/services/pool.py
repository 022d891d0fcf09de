"""Verbs that change a patent of the pool."""

from decimal import Decimal

from django.db import transaction

from patents.checks.pool import check_listing
from patents.enums import IN_FORCE
from patents.models import Patent
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import WrongState
from portal.outbox.services import publish


@transaction.atomic
def update_listing(
    *, patent_id: int, by: User, maturity: int | None, transfer_way: str, price_amount: Decimal | None
) -> Patent:
    """State how a patent is offered: maturity (TRL 1-9), way of transfer, asking price in yuan.

    Only a right in force, or one whose status nobody has stated yet, can be offered (RULES section 1,
    pool_entry_requires). Raises Patent.DoesNotExist for a patent that `by` may not edit.
    """
    patent = Patent.objects.editable_by(by).select_for_update(of=("self",)).get(pk=patent_id)
    check_listing(maturity=maturity, price_amount=price_amount)
    if transfer_way and patent.legal_status not in {*IN_FORCE, "unknown"}:
        raise WrongState(f"该专利法律状态为“{patent.get_legal_status_display()}”，不能对外提供。")
    before = _listing(patent)
    patent.maturity, patent.transfer_way, patent.price_amount = maturity, transfer_way, price_amount
    if before == _listing(patent):
        return patent
    patent.save(update_fields=["maturity", "transfer_way", "price_amount", "updated_at"])
    record(by=by, verb="更新转化信息", target=patent, before=before, after=_listing(patent))
    publish("patents.listing.updated", key=f"patent:{patent.number}", patent_number=patent.number)
    return patent


def _listing(patent: Patent) -> dict[str, str]:
    return {
        "maturity": str(patent.maturity or ""),
        "transfer_way": patent.transfer_way,
        "price_amount": str(patent.price_amount if patent.price_amount is not None else ""),
    }
