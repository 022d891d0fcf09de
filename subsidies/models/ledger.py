"""What other bodies paid, and where that touches a claim of ours."""

from django.db import models

from portal.history import tracked
from subsidies.enums import Verdict
from subsidies.models.claims import YUAN, Claim, person


class OtherPayment(models.Model):
    """One row of another body's list of payments."""

    payer = models.CharField("发放单位", max_length=100)
    programme = models.CharField("资金名称", max_length=200, blank=True)
    firm_name = models.CharField("企业名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, db_index=True)
    loan_ref = models.CharField("贷款合同号", max_length=60, blank=True)
    loan_key = models.CharField("合同号归一", max_length=60, blank=True, db_index=True)
    patent_number = models.CharField("专利号", max_length=20, blank=True, db_index=True)
    principal = models.DecimalField("贷款本金（元）", null=True, blank=True, **YUAN)
    amount = models.DecimalField("补贴金额（元）", **YUAN)
    paid_on = models.DateField("拨付日")
    source_sha256 = models.CharField("文件指纹", max_length=64)
    source_row = models.PositiveIntegerField("行号")

    class Meta:
        verbose_name = verbose_name_plural = "其他渠道拨付"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "uscc", "loan_key", "patent_number", "paid_on", "amount"], name="other_payment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.firm_name} {self.amount}"


@tracked()
class DoubleFinding(models.Model):
    """A claim and a payment of another body that are, or look like, the same."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="findings", verbose_name="申领")
    payment = models.ForeignKey(OtherPayment, on_delete=models.PROTECT, related_name="findings", verbose_name="拨付")
    is_exact = models.BooleanField("编号一致")
    likeness = models.CharField("相近之处", max_length=200)
    verdict = models.CharField("甄别结论", max_length=10, choices=Verdict, default=Verdict.OPEN)
    reason = models.CharField("理由", max_length=300, blank=True)
    decided_by = person("甄别人")
    decided_at = models.DateTimeField("甄别时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "重复补贴甄别"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["claim", "payment"], name="double_finding_once")]

    def __str__(self) -> str:
        return f"{self.claim.ref} 与 {self.payment}"
