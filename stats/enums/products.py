"""States and kinds of patent products: filing, yearly figures, recognition as patent-intensive product."""

from django.db.models import TextChoices


class ProductState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待市级审核"
    RETURNED = "returned", "退回修改"
    CITY_PASSED = "city_passed", "待省级备案"
    FILED = "filed", "已备案"
    REFUSED = "refused", "不予备案"
    WITHDRAWN = "withdrawn", "已撤回"
    CANCELLED = "cancelled", "已注销"


PRODUCT_EDITABLE = frozenset({ProductState.DRAFT, ProductState.RETURNED})


class FirmPart(TextChoices):
    """What the firm has to do with the product (RULES section 10: maker or seller)."""

    MAKER = "maker", "生产者"
    SELLER = "seller", "销售者"


class PatentBasis(TextChoices):
    OWNED = "owned", "自有"
    LICENSED = "licensed", "被许可"


class PatentPart(TextChoices):
    """The patent's role in the product."""

    CORE = "core", "核心技术"
    IMPROVEMENT = "improvement", "改进技术"
    PROCESS = "process", "生产方法"
    APPEARANCE = "appearance", "外观"


class PatentFinding(TextChoices):
    """What the pool says about a patent that a firm names."""

    CONFIRMED = "confirmed", "与专利库一致"
    NOT_IN_POOL = "not_in_pool", "专利库中没有，须附证书"
    STATUS_UNKNOWN = "status_unknown", "专利库中法律状态待核，须附证书"
    NOT_IN_FORCE = "not_in_force", "专利不是有效状态"
    OTHER_OWNER = "other_owner", "专利库中权利人不是本单位，须附权属证明"
    NO_LICENCE = "no_licence", "平台没有许可记录，须附许可合同"


NEEDS_PROOF = frozenset(
    {
        PatentFinding.NOT_IN_POOL,
        PatentFinding.STATUS_UNKNOWN,
        PatentFinding.OTHER_OWNER,
        PatentFinding.NO_LICENCE,
    }
)
"""Findings that a document settles; a patent that is not in force is settled by none."""


class YearState(TextChoices):
    WITH_FILING = "with_filing", "随备案审核"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回修改"
    CONFIRMED = "confirmed", "已核实"


class IntensiveState(TextChoices):
    """Recognition as patent-intensive product: the second step after filing."""

    SUBMITTED = "submitted", "待审查"
    RETURNED = "returned", "退回修改"
    RECOGNISED = "recognised", "已认定"
    NOT_RECOGNISED = "not_recognised", "未认定"
    WITHDRAWN = "withdrawn", "已撤回"
    REVOKED = "revoked", "已撤销"


class ProductDocument(TextChoices):
    PICTURE = "picture", "产品照片或说明书"
    SALES = "sales", "销售收入证明"
    PATENT_PROOF = "patent_proof", "专利证书、权属或许可证明"
    OTHER = "other", "其他材料"


REQUIRED_DOCUMENTS = (ProductDocument.PICTURE, ProductDocument.SALES)
