"""Forms of patent products."""

from typing import Any

from django import forms

from patents.classifications import SEI
from portal.ui.fields import PercentField, WanField
from portal.ui.handling import DayInput
from stats.enums.products import FirmPart, PatentBasis, PatentPart, YearState
from stats.models.products import Product, ProductYear
from stats.services.product_years import YearFacts
from stats.services.products import ProductFacts


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ProductForm(forms.Form):
    """The product itself."""

    name = forms.CharField(label="产品名称", max_length=200)
    model_number = forms.CharField(label="型号规格", max_length=100, help_text="没有型号的填“无”。")
    brand = forms.CharField(label="品牌（商标）", max_length=100, required=False)
    part = forms.ChoiceField(label="本单位是产品的", choices=FirmPart.choices, widget=forms.RadioSelect)
    industry_code = forms.CharField(label="国民经济行业代码", max_length=5, help_text="GB/T 4754，例如 C3512。")
    sei_code = forms.ChoiceField(
        label="战略性新兴产业",
        required=False,
        choices=[("", "不属于")] + [(code, f"{code} {name}") for code, name in SEI.items()],
    )
    first_sold_on = forms.DateField(label="首次销售日", widget=DayInput())
    description = forms.CharField(label="专利在产品中的作用", max_length=2000, widget=_text(4))
    contact_name = forms.CharField(label="联系人", max_length=50)
    contact_phone = forms.CharField(label="联系电话", max_length=30, help_text="仅审核部门可见。")

    def facts(self) -> ProductFacts:
        """What the service takes."""
        return ProductFacts(**self.cleaned_data)


def initial_of(product: Product) -> dict[str, Any]:
    """A product as the form's first values."""
    return {name: getattr(product, name) for name in ProductForm.base_fields}


class PatentForm(forms.Form):
    """One main patent."""

    number = forms.CharField(label="申请号（专利号）", max_length=40, help_text="例如 201710601862.3。")
    basis = forms.ChoiceField(label="权利来源", choices=PatentBasis.choices)
    part = forms.ChoiceField(label="在产品中的作用", choices=PatentPart.choices)
    title = forms.CharField(
        label="专利名称", max_length=400, required=False, help_text="专利库中有的自动带出，可以不填。"
    )


class YearForm(forms.Form):
    """A calendar year's figures."""

    year = forms.IntegerField(label="年度", min_value=1985, max_value=2100)
    unit_count = forms.IntegerField(label="销售数量", min_value=0, max_value=10**15)
    unit_name = forms.CharField(label="计量单位", max_length=10, help_text="例如：台、套、吨。")
    revenue_amount = WanField(label="销售收入（万元）", max_length=30, help_text="不写单位时按万元计。")
    profit_amount = WanField(label="利润（万元）", max_length=30, help_text="没有利润的填 0。")
    tax_amount = WanField(label="税收（万元）", max_length=30)
    export_amount = WanField(label="出口额（万元）", max_length=30, help_text="没有出口的填 0。")
    rd_amount = WanField(label="研发投入（万元）", max_length=30)
    patent_share = PercentField(label="归功于专利的收入占比（%）", max_length=10)
    confirmed_jump = forms.CharField(
        label="与上年差异的说明",
        max_length=300,
        required=False,
        widget=_text(2),
        help_text="与上年相差 10 倍以上的，请核对后说明原因。",
    )

    def facts(self) -> YearFacts:
        """What the service takes."""
        return YearFacts(**self.cleaned_data)


def initial_of_year(row: ProductYear) -> dict[str, Any]:
    """A year as the form's first values."""
    return {name: getattr(row, name) for name in YearForm.base_fields}


class IntensiveForm(forms.Form):
    """The application for recognition."""

    year = forms.TypedChoiceField(label="评价年度", coerce=int)
    statement = forms.CharField(label="评价说明", max_length=4000, widget=_text(6))

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = product.years.filter(state=YearState.CONFIRMED).values_list("year", flat=True)
        self.fields["year"].choices = [(str(year), f"{year} 年") for year in years]  # type: ignore[attr-defined]


class RecognitionForm(forms.Form):
    """The decision's document and day."""

    document_number = forms.CharField(label="认定文号", max_length=100)
    recognised_on = forms.DateField(label="认定日", widget=DayInput())


class CertificateForm(forms.Form):
    """What the public looks for."""

    q = forms.CharField(label="编号、产品或企业名称", max_length=100, required=False)
