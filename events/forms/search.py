"""What a reader of the calendar looks for."""

from django import forms

from events.enums import EventKind
from events.models import EventQuerySet
from events.queries.events import events_for
from portal import regions

PAST = "past"


class EventSearchForm(forms.Form):
    """The calendar as it stands in the address."""

    when = forms.ChoiceField(label="时间", required=False, choices=[("", "即将举办"), (PAST, "已经结束")])
    city = forms.ChoiceField(label="举办地", required=False, choices=[("", "全省"), *regions.CITY_CHOICES])
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "不限"), *EventKind.choices])

    @property
    def is_past(self) -> bool:
        return bool(self.cleaned_data["when"] == PAST)

    def found(self, user: object) -> EventQuerySet:
        """The events that the valid inputs ask for."""
        given = self.cleaned_data
        return events_for(user, is_past=self.is_past, city_code=given["city"], kind=given["kind"])
