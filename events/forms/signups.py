"""Forms of who comes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from events.checks.signups import MAX_PEOPLE, Person, parse_phone
from events.enums import Audience
from events.services import Said
from portal import codes
from portal.accounts.enums import RegistrationState
from portal.accounts.models import Organisation
from portal.errors import Invalid

CONSENT = (
    "我同意主办单位和本平台为组织本次活动使用以上姓名和联系电话（个人信息保护法第十三条），活动结束后仅用于签到核对和回访；"
    "不填写不影响浏览活动信息。"
)


class PersonForm(forms.Form):
    """One person."""

    name = forms.CharField(label="姓名", max_length=50)
    phone = forms.CharField(label="手机", max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    position = forms.CharField(label="职务", max_length=100, required=False)

    def clean_phone(self) -> str:
        """Figures only."""
        try:
            return parse_phone(self.cleaned_data["phone"])
        except Invalid as refusal:
            raise ValidationError(refusal.message) from refusal

    @property
    def person(self) -> Person:
        given = self.cleaned_data
        return Person(given["name"], given["phone"], given["position"], given.get("note", ""))


PeopleFormSet = forms.formset_factory(PersonForm, extra=0, min_num=1, max_num=MAX_PEOPLE, absolute_max=MAX_PEOPLE)


class SelfForm(PersonForm):
    """A person who comes on their own."""

    organisation_name = forms.CharField(label="单位", max_length=200, required=False)
    has_consented = forms.BooleanField(label=CONSENT, error_messages={"required": "请阅读并同意个人信息使用说明。"})


class WalkInForm(PersonForm):
    """A person at the door."""

    organisation_name = forms.CharField(label="单位", max_length=200, required=False)


class EntryForm(PersonForm):
    """A person whom the organiser enters."""

    audience = forms.ChoiceField(label="对象", choices=Audience.choices)
    uscc = forms.CharField(
        label="单位统一社会信用代码", max_length=30, required=False, help_text="平台单位填写后，通知会发给该单位。"
    )
    organisation_name = forms.CharField(label="单位名称", max_length=200, required=False)

    organisation: Organisation | None = None

    def clean_uscc(self) -> str:
        """Find the organisation of the code."""
        text = self.cleaned_data["uscc"]
        if not text:
            return ""
        try:
            code = codes.parse_uscc(text)
        except Invalid as refusal:
            raise ValidationError(refusal.message) from refusal
        self.organisation = Organisation.objects.filter(uscc=code, state=RegistrationState.APPROVED).first()
        if self.organisation is None:
            raise ValidationError("平台上没有这个单位，请改填单位名称。")
        return code


class QuotaForm(forms.Form):
    """The limit of each group; an empty one is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for value, label in Audience.choices:
            self.fields[value] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=100_000, help_text="留空为不单独限制"
            )


class HelperForm(forms.Form):
    """Who helps at which door."""

    door = forms.CharField(label="签到处和姓名", max_length=40, help_text="例如：东门 小王。签到记录会写明。")


STARS = [(5, "5 很满意"), (4, "4 满意"), (3, "3 一般"), (2, "2 不满意"), (1, "1 很不满意")]


class FeedbackForm(forms.Form):
    """What a participant says."""

    content_rating = forms.TypedChoiceField(label="活动内容", choices=STARS, coerce=int, widget=forms.RadioSelect)
    service_rating = forms.TypedChoiceField(label="组织服务", choices=STARS, coerce=int, widget=forms.RadioSelect)
    met_partner = forms.BooleanField(label="找到了有意合作的对象", required=False)
    comment = forms.CharField(
        label="意见建议", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    @property
    def said(self) -> Said:
        return Said(**self.cleaned_data)
