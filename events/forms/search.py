"""What a reader of the calendar looks for."""

import datetime as dt

from django import forms

from events.enums import EventKind
from events.models import EventQuerySet
from events.queries.events import events_for, events_on
from portal import regions
from portal.ui.handling import DayInput

PAST = "past"


class FilterForm(forms.Form):
    """City and kind, as they stand in the address."""

    city = forms.ChoiceField(label="举办地", required=False, choices=[("", "全省"), *regions.CITY_CHOICES])
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "不限"), *EventKind.choices])

    @property
    def wanted(self) -> dict[str, str]:
        """What narrows the rows."""
        return {"city_code": self.cleaned_data["city"], "kind": self.cleaned_data["kind"]}


class EventSearchForm(FilterForm):
    """The list as it stands in the address."""

    when = forms.ChoiceField(label="时间", required=False, choices=[("", "即将举办"), (PAST, "已经结束")])
    on = forms.DateField(label="日期", required=False, widget=DayInput())

    @property
    def is_past(self) -> bool:
        return bool(self.cleaned_data["when"] == PAST)

    @property
    def day(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        return day

    def found(self, user: object) -> EventQuerySet:
        """The events that the valid inputs ask for."""
        if self.day is not None:
            return events_on(user, self.day, **self.wanted)
        return events_for(user, is_past=self.is_past, **self.wanted)
