"""The form of the public search."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse_lazy

from patents.classifications import PATENT_INTENSIVE, SEI, ipc_levels, ipc_prefix
from patents.enums import LegalStatus, PatentKind, Sorting, TransferWay
from patents.queries.search import PatentSearch
from portal import regions
from portal.ui.fields import WanField

ANY = [("", "不限")]
LEVELS = [(level, f"{level} 级") for level in range(1, 10)]
# Names are suggested while one is typed; without script it is a plain field.
SUGGESTED = {
    "list": "holder-names",
    "autocomplete": "off",
    "hx-get": reverse_lazy("patents:holder_names"),
    "hx-trigger": "input changed delay:300ms",
    "hx-target": "#holder-names",
    "hx-swap": "innerHTML",
    "hx-push-url": "false",
}
CODED_IPC = "例如 G06F 或 G06F16；精确到大组"


def _choice(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=ANY + list(choices))


class PatentSearchForm(forms.Form):
    """The search as it stands in the address."""

    q = forms.CharField(label="关键词或申请号", required=False, max_length=200)
    kind = _choice("专利类型", PatentKind.choices)
    city = _choice("所在市", regions.CITIES.items())
    way = _choice("转化方式", TransferWay.choices)
    status = _choice("法律状态", LegalStatus.choices)
    ipc = forms.CharField(label="国际专利分类号", required=False, max_length=20, help_text=CODED_IPC)
    sei = _choice("战略性新兴产业", [(code, f"{code} {name}") for code, name in SEI.items()])
    intensive = _choice("专利密集型产业", PATENT_INTENSIVE.items())
    holder = forms.CharField(
        label="申请人或权利人",
        required=False,
        max_length=100,
        help_text="名称中的任意一段",
        widget=forms.TextInput(attrs=SUGGESTED),
    )
    org = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    maturity_from = forms.TypedChoiceField(
        label="成熟度不低于", required=False, choices=[*ANY, *LEVELS], coerce=int, empty_value=None
    )
    maturity_to = forms.TypedChoiceField(
        label="成熟度不高于", required=False, choices=[*ANY, *LEVELS], coerce=int, empty_value=None
    )
    price_from = WanField(label="价格不低于（万元）", required=False, max_length=30)
    price_to = WanField(label="价格不高于（万元）", required=False, max_length=30)
    licence = forms.BooleanField(label="已声明开放许可", required=False)
    sort = forms.ChoiceField(label="排序", required=False, choices=[("", "默认"), *Sorting.choices])

    def clean_ipc(self) -> str:
        written = self.cleaned_data["ipc"]
        if not written:
            return ""
        levels = ipc_levels(ipc_prefix(written))
        if not levels:
            raise forms.ValidationError(f"不是国际专利分类号。{CODED_IPC}。")
        return levels[-1]

    def wanted(self, **fixed: Any) -> PatentSearch:
        """The search these inputs mean; an input that is wrong does not narrow, and the page says so."""
        self.is_valid()
        given = self.cleaned_data
        return PatentSearch(
            words=given.get("q", ""),
            kind=given.get("kind", ""),
            city=given.get("city", ""),
            ipc=given.get("ipc", ""),
            sei=given.get("sei", ""),
            intensive=given.get("intensive", ""),
            status=given.get("status", ""),
            way=given.get("way", ""),
            holder_name=given.get("holder", ""),
            maturity_from=given.get("maturity_from"),
            maturity_to=given.get("maturity_to"),
            price_from=given.get("price_from"),
            price_to=given.get("price_to"),
            has_open_licence=given.get("licence", False),
            sorting=given.get("sort", ""),
            **{"holder_id": given.get("org"), **fixed},
        )


class SaveSearchForm(forms.Form):
    """A name for the search that is on the page."""

    name = forms.CharField(label="名称", max_length=60)
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        """Only conditions of a search, in one order, so that the same search is kept once."""
        given = QueryDict(self.cleaned_data["query"])
        kept = QueryDict(mutable=True)
        for name in sorted(PatentSearchForm.base_fields):
            if value := given.get(name, "").strip():
                kept[name] = value
        return kept.urlencode()


def wanted_by(query: str) -> PatentSearch:
    """The search that the conditions of an address mean."""
    return PatentSearchForm(QueryDict(query)).wanted()
