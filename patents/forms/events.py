"""The form in which officials record a legal event."""

from typing import Any

from django import forms

from patents.enums import EventCode, LicenceKind
from patents.policy.events import EventFacts
from patents.services.legal import FACTS, MAX_FACT
from portal.ui.handling import DayInput

ASKED = (
    "pledgor",
    "pledgee",
    "licence_kind",
    "licensor",
    "licensee",
    "transferee",
    "old_name",
    "new_name",
    "court",
    "note",
)


class EventForm(forms.Form):
    """One event; of the gazette's facts only what its kind needs is filled in."""

    code = forms.ChoiceField(
        label="法律事件", choices=[(code.value, f"{code.value} {code.label}") for code in EventCode]
    )
    on = forms.DateField(label="生效日（公告日）", widget=DayInput())
    reference = forms.CharField(label="登记号（备案号、文号）", required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ASKED:
            self.fields[name] = forms.CharField(label=FACTS[name], required=False, max_length=MAX_FACT)
        kinds = [("", "非许可备案"), *LicenceKind.choices]
        self.fields["licence_kind"] = forms.ChoiceField(label=FACTS["licence_kind"], required=False, choices=kinds)
        self.fields["transferee"].help_text = "转移登记填写；多个以分号分隔，按登记顺序。"


def event_of(given: dict[str, Any]) -> EventFacts:
    """The event that was filled in."""
    facts = {name: given[name].strip() for name in ASKED if given.get(name, "").strip()}
    return EventFacts(EventCode(given["code"]), given["on"], given["reference"].strip(), facts)
