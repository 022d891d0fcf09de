"""What banks read about a project."""

from rest_framework import serializers

from finance.enums import LoanState, PlacementState
from finance.models import Loan, Placement
from patents.enums import LegalStatus, PatentKind
from patents.models import Patent
from portal import regions
from portal.accounts.enums import SizeClass
from portal.accounts.models import Organisation


class FirmSerializer(serializers.ModelSerializer):
    name = serializers.CharField(help_text="企业名称。")
    uscc = serializers.CharField(help_text="统一社会信用代码，18 位。")
    city_code = serializers.CharField(help_text="所在市行政区划代码（GB/T 2260），6 位。")
    city_name = serializers.SerializerMethodField(help_text="所在市名称。")
    address = serializers.CharField(help_text="住所，可为空。")
    industry_code = serializers.CharField(help_text="国民经济行业代码（GB/T 4754—2017），可为空。")
    employee_count = serializers.IntegerField(allow_null=True, help_text="从业人员，人。")
    revenue_amount = serializers.DecimalField(18, 2, allow_null=True, help_text="营业收入，元。")
    assets_amount = serializers.DecimalField(18, 2, allow_null=True, help_text="资产总额，元。")

    class Meta:
        model = Organisation
        fields = (
            "name",
            "uscc",
            "city_code",
            "city_name",
            "address",
            "industry_code",
            "employee_count",
            "revenue_amount",
            "assets_amount",
        )

    def get_city_name(self, firm: Organisation) -> str:
        return regions.name_of(firm.city_code)


class PatentSerializer(serializers.ModelSerializer):
    number = serializers.CharField(source="display_number", help_text="申请号，带校验位，例如 201710601862.3。")
    kind = serializers.ChoiceField(choices=PatentKind.choices, help_text="专利类型。")
    title = serializers.CharField(help_text="发明名称。")
    main_class = serializers.CharField(help_text="主分类号，可为空。")
    applicant_names = serializers.CharField(help_text="申请人，多个以分号分隔。")
    filed_on = serializers.DateField(allow_null=True, help_text="申请日。")
    granted_on = serializers.DateField(allow_null=True, help_text="授权公告日。")
    legal_status = serializers.ChoiceField(choices=LegalStatus.choices, help_text="平台掌握的法律状态。")

    class Meta:
        model = Patent
        fields = (
            "number",
            "kind",
            "title",
            "main_class",
            "applicant_names",
            "filed_on",
            "granted_on",
            "legal_status",
        )


class LoanSerializer(serializers.ModelSerializer):
    bank_ref = serializers.CharField(help_text="银行合同号。")
    principal = serializers.DecimalField(16, 2, help_text="本金，元。")
    annual_rate = serializers.DecimalField(7, 6, help_text="年利率，小数。")
    drawn_on = serializers.DateField(help_text="放款日。")
    due_on = serializers.DateField(help_text="到期日。")
    repaid_on = serializers.DateField(allow_null=True, help_text="结清日。")
    interest_paid = serializers.DecimalField(16, 2, allow_null=True, help_text="已付利息，元。")

    balance = serializers.DecimalField(16, 2, help_text="本金余额，元，按已报送的台账计算。")
    state = serializers.ChoiceField(choices=LoanState.choices, help_text="贷款状态。")

    class Meta:
        model = Loan
        fields = (
            "bank_ref",
            "principal",
            "balance",
            "state",
            "annual_rate",
            "drawn_on",
            "due_on",
            "repaid_on",
            "interest_paid",
        )


class ProjectSummarySerializer(serializers.ModelSerializer):
    ref = serializers.CharField(source="project.ref", help_text="项目编号。")
    state = serializers.ChoiceField(choices=PlacementState.choices, help_text="该项目在本机构的状态。")
    version = serializers.IntegerField(source="project.version", help_text="版本，每次变化加一；与 ETag 相同。")
    product = serializers.CharField(source="product.name", help_text="推送所依据的本机构产品。")
    amount = serializers.DecimalField(16, 2, source="project.amount", help_text="融资金额，元。")
    term_months = serializers.IntegerField(source="project.term_months", help_text="期限，月。")
    city_code = serializers.CharField(source="project.city_code", help_text="企业所在市行政区划代码。")
    pushed_at = serializers.DateTimeField(help_text="推送时间。")
    updated_at = serializers.DateTimeField(source="project.updated_at", help_text="最近变化时间。")

    class Meta:
        model = Placement
        fields: tuple[str, ...] = (
            "ref",
            "state",
            "version",
            "product",
            "amount",
            "term_months",
            "city_code",
            "pushed_at",
            "updated_at",
        )


class ProjectSerializer(ProjectSummarySerializer):
    purpose = serializers.CharField(source="project.purpose", help_text="资金用途。")
    size_class = serializers.ChoiceField(
        choices=SizeClass.choices, source="project.size_class", help_text="入库时按国家标准计算的企业规模。"
    )
    consented_at = serializers.DateTimeField(source="project.consented_at", help_text="企业同意共享的时间。")
    admitted_at = serializers.DateTimeField(source="project.admitted_at", help_text="入库时间。")
    refusal_reason = serializers.CharField(help_text="本机构拒绝的理由，未拒绝时为空。")
    firm = FirmSerializer(source="project.organisation", help_text="融资企业。")
    patents = PatentSerializer(source="project.patents", many=True, help_text="拟质押的专利。")
    loan = serializers.SerializerMethodField(help_text="本机构报送的贷款，未放款时为 null。")

    class Meta(ProjectSummarySerializer.Meta):
        fields = (
            *ProjectSummarySerializer.Meta.fields,
            "purpose",
            "size_class",
            "consented_at",
            "admitted_at",
            "refusal_reason",
            "firm",
            "patents",
            "loan",
        )

    def get_loan(self, placement: Placement) -> LoanSerializer(allow_null=True):  # type: ignore[valid-type]
        loan = getattr(placement, "loan", None)
        return LoanSerializer(loan).data if loan else None
