"""Facts that a calculation could not do without: what each is and who can supply it."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """One fact. `who` supplies it."""

    field: str
    fact: str
    who: str

    def as_json(self) -> dict[str, str]:
        """As the claim keeps it."""
        return asdict(self)


FIRM, BANK, PROVINCE, CITY = "企业", "贷款银行", "省级主管部门", "所在市主管部门"
_KNOWN = {
    "claimant.uscc": ("统一社会信用代码", FIRM),
    "claimant.size_class": ("企业规模（在“本单位信息”中填报营业收入、从业人员等）", FIRM),
    "claimant.city": ("企业所在地", FIRM),
    "premium.kind": ("保险种类", FIRM),
    "premium.paid": ("已付保费", FIRM),
    "fee.paid": ("已付评估费", FIRM),
    "award.grade": ("奖励等级", PROVINCE),
    "years_granted": ("已享受贴息年数", CITY),
}
BASE_NOT_STATED = Missing("rule", "适用规则没有写明计算基数或金额，各种读法并列，暂不能支付", PROVINCE)
CHECK_NOT_PASSED = Missing("grant.check", "培育中心年度核查合格，前期经费已拨付", PROVINCE)
PAID_ALREADY = Missing("grant.paid_on", "该期经费已在培育中心管理中登记拨付，不再支付", PROVINCE)
DOUBLE_AWARD = Missing("award.double_award", "同一专利两级获奖，是否重复奖励", PROVINCE)


def missing_fact(field: str | None, message: str) -> Missing:
    """The fact at `field`; what the bank reports of a loan is the bank's."""
    name = field or ""
    fact, who = _KNOWN.get(name, (message, BANK if name.startswith("loan") else FIRM))
    return Missing(name, fact, who)
