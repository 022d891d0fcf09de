"""The form of the public search."""

from typing import Any

from django import forms

from patents.enums import PatentKind, TransferWay
from patents.queries.search import PatentSearch
from portal import regions

SECTIONS = {
    "A": "人类生活必需",
    "B": "作业；运输",
    "C": "化学；冶金",
    "D": "纺织；造纸",
    "E": "固定建筑物",
    "F": "机械工程；照明；加热；武器；爆破",
    "G": "物理",
    "H": "电学",
}
ANY = [("", "不限")]


class PatentSearchForm(forms.Form):
    """The search as it stands in the address."""

    q = forms.CharField(label="关键词或申请号", required=False, max_length=200)
    kind = forms.ChoiceField(label="专利类型", required=False, choices=ANY + PatentKind.choices)
    city = forms.ChoiceField(label="所在市", required=False, choices=ANY + list(regions.CITIES.items()))
    section = forms.ChoiceField(
        label="国际专利分类（部）",
        required=False,
        choices=ANY + [(key, f"{key} {name}") for key, name in SECTIONS.items()],
    )
    way = forms.ChoiceField(label="转化方式", required=False, choices=ANY + TransferWay.choices)

    def wanted(self, **fixed: Any) -> PatentSearch:
        """The search these inputs mean; an input that is not among the choices does not narrow."""
        self.is_valid()
        given = self.cleaned_data
        return PatentSearch(
            words=given.get("q", ""),
            kind=given.get("kind", ""),
            city_code=given.get("city", ""),
            section=given.get("section", ""),
            transfer_way=given.get("way", ""),
            **fixed,
        )
