"""Forms of the table plan: the officials' and the parties'."""

from typing import Any

from django import forms

from events.enums import WishKind
from events.forms.training import MomentField
from events.models import AgendaSlot, Event, MeetingTable
from events.queries.plans import guests_of, hosts_of, meeting_slots
from events.services.plans import MOST_TABLES, Layout, Seat
from portal import clock
from portal.accounts.models import Organisation

WISH = "wish-"
UNDECIDED = ("", "都可以")


class RoundsForm(forms.Form):
    """When the talks take place, how long each is, at how many tables."""

    starts_at = MomentField(label="洽谈开始")
    ends_at = MomentField(label="洽谈结束")
    slot_minutes = forms.IntegerField(label="每场洽谈（分钟）", min_value=5, max_value=240, initial=20)
    gap_minutes = forms.IntegerField(label="换桌时间（分钟）", min_value=0, max_value=60, initial=5)
    table_count = forms.IntegerField(label="洽谈桌（张）", min_value=1, max_value=MOST_TABLES, initial=20)

    def layout(self) -> Layout:
        """What the service takes."""
        return Layout(**self.cleaned_data)


class ReleaseForm(forms.Form):
    """Why the plan is taken back."""

    reason = forms.CharField(
        label="撤销原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="已公布的，参会单位能看到。",
    )


class PairForm(forms.Form):
    """A firm and the other side."""

    guest = forms.ModelChoiceField(label="企业", queryset=Organisation.objects.none(), empty_label="请选择")
    host = forms.ModelChoiceField(label="对方", queryset=Organisation.objects.none(), empty_label="请选择")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guest"].queryset = guests_of(event)  # type: ignore[attr-defined]
        self.fields["host"].queryset = hosts_of(event)  # type: ignore[attr-defined]


class SeatForm(PairForm):
    """Who is to meet whom, when and where."""

    slot = forms.ModelChoiceField(label="时段", queryset=AgendaSlot.objects.none(), empty_label="请选择")
    table = forms.ModelChoiceField(label="洽谈桌", queryset=MeetingTable.objects.none(), empty_label="请选择")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        slots: Any = self.fields["slot"]
        slots.queryset = event.slots.filter(pk__in=[slot.pk for slot in meeting_slots(event)])
        slots.label_from_instance = slot_label
        tables: Any = self.fields["table"]
        tables.queryset = event.tables.order_by("number")

    def seat(self) -> Seat:
        """What the service takes."""
        return Seat(**{f"{name}_id": value.pk for name, value in self.cleaned_data.items()})


class ConflictForm(PairForm):
    """Two that must not meet."""

    reason = forms.CharField(label="原因", max_length=200, help_text="例如：控股关系、正在诉讼。")


class PartyForm(forms.Form):
    """When an organisation cannot come and how often it wants to meet at most."""

    most_meetings = forms.IntegerField(
        label="最多洽谈场数", required=False, min_value=1, max_value=60, help_text="留空为不限。"
    )
    absent_slots = forms.ModelMultipleChoiceField(
        label="不能参加的时段",
        required=False,
        queryset=AgendaSlot.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slots: Any = self.fields["absent_slots"]
        slots.queryset = event.slots.filter(pk__in=[slot.pk for slot in meeting_slots(event)])
        slots.label_from_instance = slot_label


class WishesForm(forms.Form):
    """A choice for each organisation of the other side; those that are shown, no others."""

    def __init__(self, *args: Any, others: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for other in others:
            self.fields[f"{WISH}{other.pk}"] = forms.ChoiceField(
                label=other.name,
                required=False,
                choices=[UNDECIDED, *WishKind.choices],
                initial=other.own_wish or "",
            )

    def wishes(self) -> dict[int, str]:
        """What the service takes."""
        return {int(name.removeprefix(WISH)): wish for name, wish in self.cleaned_data.items()}


def slot_label(slot: Any) -> str:
    """A slot by its time."""
    starts_at, ends_at = (at.astimezone(clock.SHANGHAI) for at in (slot.starts_at, slot.ends_at))
    return f"{starts_at:%m-%d %H:%M}-{ends_at:%H:%M}"
