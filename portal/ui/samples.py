"""Content of the design page."""

from decimal import Decimal
from typing import Any

from django import forms


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="企业名称", help_text="与营业执照一致。")
    amount = forms.DecimalField(label="融资金额（万元）", decimal_places=2, help_text="最多两位小数。")
    industry = forms.ChoiceField(
        label="所属行业", choices=[("", "请选择"), ("C", "制造业"), ("I", "信息技术服务业")], required=False
    )
    way = forms.ChoiceField(
        label="合作方式",
        choices=[("transfer", "受让专利"), ("licence", "许可使用")],
        widget=forms.RadioSelect,
        required=False,
    )
    text = forms.CharField(label="需求描述", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    consent = forms.BooleanField(label="同意将上述信息提供给金融机构", required=False)


def context() -> dict[str, Any]:
    """The values that the design page shows."""
    return {
        "colours": [
            ("主色", "fill-0"), ("浅主色", "fill-1"), ("青", "fill-2"), ("强调", "fill-3"), ("紫", "fill-4"),
        ],
        "states": [
            ("draft", "草稿"), ("submitted", "待审核"), ("published", "已发布"), ("returned", "退回修改"), ("refused", "已拒绝"),
        ],
        "steps": [
            {"label": "填写", "state": "done"}, {"label": "市级审核", "state": "current", "note": "2026-11-24 提交"},
            {"label": "推送银行", "state": "todo"}, {"label": "放款", "state": "todo"},
        ],
        "amounts": [Decimal("935.50"), Decimal("567890.12"), Decimal(1230000000)],
        "parts": [
            {"label": "名称用词", "value": 4.2}, {"label": "摘要用词", "value": 2.1}, {"label": "相邻字", "value": 1.3},
        ],
        "total": 7.6,
    }  # fmt: skip
