"""Awards that won twice: an officer decides whether the second is paid."""

from django.db import transaction

from patents.services.moves import require_role, require_text
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid, NotFound, WrongState
from portal.outbox.services import publish
from subsidies.enums import DoubleDecision
from subsidies.models import Award, Claim
from subsidies.queries.claims import other_level_won
from subsidies.services.claims import COMPUTABLE, compute_claim


@transaction.atomic
def decide_double_award(*, award_id: int, by: User, decision: str, reason: str) -> Award:
    """Decide whether an award is paid whose patent also won at the other level; its claim is computed anew.

    Raises:
        WrongState: the patent did not win twice, or the claim's money is held back already.
    """
    require_role(by, Role.PROVINCE, message="重复获奖由省级管理人员决定。")
    if decision not in DoubleDecision.values:
        raise Invalid("请选择决定。", field="decision")
    award = Award.objects.select_for_update(of=("self",)).filter(pk=award_id).first()
    if award is None:
        raise NotFound("没有这项专利奖。")
    if not other_level_won(award):
        raise WrongState("该专利没有在两级获奖，不需要决定。")
    claim = Claim.objects.filter(award=award).first()
    if claim is not None and claim.state not in COMPUTABLE:
        raise WrongState("该奖励已经核定，不能再改变决定。")
    award.double_decision, award.double_reason = decision, require_text(reason, "请填写理由。", field="reason")
    award.save(update_fields=["double_decision", "double_reason"])
    record(by=by, verb="决定重复获奖", target=award, note=award.double_reason, decision=decision)
    publish("subsidies.award.double_decided", key=f"award:{award.pk}", award_id=award.pk, decision=decision)
    if claim is not None:
        compute_claim(claim_id=claim.pk, by=by)
    return award
