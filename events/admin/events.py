"""Events as officials keep them: the facts in a form, publishing and cancelling by services."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from events import services
from events.checks.events import EventFacts, check_event
from events.enums import EventState
from events.models import Event, EventReport, EventSeries
from events.workflow.events import EDITABLE, EVENT_FLOW, ORGANISERS
from portal import regions
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.errors import Invalid, ServiceError
from portal.ui.admin import PortalAdmin, ReadOnlyAdmin, admin
from portal.ui.calls import tell

WORDS = {EventState.PUBLISHED: "发布", EventState.CANCELLED: "取消"}
WHEN_AND_WHERE = ("city_code", "place", "starts_at", "ends_at")
"""Moved on a page of its own once the event is published, because everybody must be told."""
SIGN_UP = (
    "takes_signups", "takes_persons", "takes_walk_ins", "capacity", "per_organisation", "signup_opens_at",
    "signup_closes_at",
)  # fmt: skip
FACTS = (
    "kind", "series", "title", "summary", "organiser", "city_code", "place_kind", "place", "online_url", "starts_at",
    "ends_at", "budget_amount", *SIGN_UP,
)  # fmt: skip
OF_THE_PROVINCE = ("organiser", "city_code")


class EventForm(forms.ModelForm):
    """The facts. A city is its own organiser, so its form does not ask who and in which city."""

    user: User

    class Meta:
        model = Event
        fields = FACTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "city_code" in self.fields:
            self.fields["city_code"] = forms.ChoiceField(
                label="举办地", choices=[("", "请选择"), *regions.CITY_CHOICES], widget=UnfoldAdminSelectWidget
            )

    def clean(self) -> dict[str, Any]:
        """Check the facts as the service will."""
        given = super().clean() or {}
        if not self.errors:
            try:
                check_event(self.facts)
            except Invalid as refusal:
                self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return given

    @property
    def facts(self) -> EventFacts:
        """What the form says; what it does not ask stays as it is."""
        own: dict[str, Any] = {}
        if self.user.role == Role.CITY:
            own = {"organiser": self.user.organisation, "city_code": self.user.city_code}
        if self.instance.pk:
            own |= {name: getattr(self.instance, name) for name in FACTS if name not in self.cleaned_data}
        return EventFacts(**{name: self.cleaned_data[name] for name in FACTS if name in self.cleaned_data}, **own)


class MoveForm(forms.Form):
    """What becomes of the event now."""

    decision = forms.ChoiceField(label="处理", widget=forms.RadioSelect)
    note = forms.CharField(
        label="取消原因",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="取消时必填，公众能看到。",
    )

    def __init__(self, *args: Any, states: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [(to, WORDS[EventState(to)]) for to in states]  # type: ignore[attr-defined]


@admin.register(Event)
class EventAdmin(PortalAdmin):
    roles = editor_roles = ORGANISERS
    form = EventForm
    list_display = ("title", "kind", "shown_city", "place", "starts_at", "shown_state")
    list_filter = ("state", "kind", "city_code")
    search_fields = ("title", "place")
    autocomplete_fields = ("organiser", "series")
    readonly_fields = ("state", "cancel_reason", "published_at")
    actions = ("publish_selected",)
    actions_detail = ("move", "organise")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """A city keeps what it organises; published events of others are on the public page."""
        rows: Any = super().get_queryset(request)
        managed: QuerySet[Event] = rows.managed_by(request.user)
        return managed

    def get_fields(self, request: HttpRequest, obj: Event | None = None) -> list[str]:
        """Leave out what a city's official does not choose."""
        hidden = OF_THE_PROVINCE if user_of(request).role == Role.CITY else ()
        names = [name for name in FACTS if name not in hidden]
        if "city_code" in self.get_readonly_fields(request, obj):
            names = ["shown_city" if name == "city_code" else name for name in names]
        return [*names, *(self.readonly_fields if obj else ())]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Leave time and place of what is published to the page that tells everybody."""
        moved = WHEN_AND_WHERE if obj is not None and obj.state != EventState.DRAFT else ()
        return [*self.readonly_fields, *moved, "shown_city"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Tell the form who fills it in."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"user": user_of(request)})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state in EDITABLE)

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        """Let the service write; the admin goes on with the row it made."""
        by = user_of(request)
        if change:
            services.update_event(event_id=obj.pk, by=by, facts=form.facts)
        else:
            obj.pk = services.create_event(by=by, facts=form.facts).pk

    @display(description="举办地", ordering="city_code")
    def shown_city(self, event: Event) -> str:
        return regions.name_of(event.city_code)

    @display(
        description="状态",
        ordering="state",
        label={EventState.PUBLISHED.label: "success", EventState.CANCELLED.label: "danger"},
    )
    def shown_state(self, event: Event) -> str:
        return event.get_state_display()

    @action(description="发布或取消", url_path="move", permissions=["move"])
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Publish a draft, or cancel what is published."""
        event: Any = self.get_object(request, str(object_id))
        if event is None:
            raise Http404
        back = reverse("admin:events_event_change", args=[event.pk])
        form = MoveForm(request.POST or None, states=EVENT_FLOW.next_states(event.state, actor=user_of(request)))
        if request.method == "POST" and form.is_valid() and self._moved(request, event, form):
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": f"发布或取消活动 {event}",
            "opts": self.opts,
            "facts": render_to_string("events/admin/facts.html", {"event": event}),
            "form": form,
            "back": back,
        }
        return render(request, "review/page.html", context)

    @action(description="议程、报名、签到和成果", url_path="organise")
    def organise(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the pages on which the event is organised."""
        if self.get_object(request, str(object_id)) is None:
            raise Http404
        return redirect("events:manage", pk=object_id)

    def has_move_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether something can become of the event now."""
        if not self.has_view_permission(request):
            return False
        event: Any = self.get_object(request, str(object_id)) if object_id else None
        # An event of another: the page itself answers 404.
        return event is None or bool(EVENT_FLOW.next_states(event.state, actor=user_of(request)))

    def _moved(self, request: HttpRequest, event: Event, form: MoveForm) -> bool:
        by, given = user_of(request), form.cleaned_data
        try:
            if given["decision"] == EventState.PUBLISHED:
                services.publish_event(event_id=event.pk, by=by)
            else:
                services.cancel_event(event_id=event.pk, by=by, reason=given["note"])
        except ServiceError as refusal:
            tell(form, refusal)
            return False
        messages.success(request, f"已{WORDS[given['decision']]}：{event}。")
        return True

    @admin.action(description="发布")
    def publish_selected(self, request: HttpRequest, rows: QuerySet[Event]) -> None:
        """Publish each selected draft."""
        by = user_of(request)
        self.run_for_each(request, rows, lambda row: services.publish_event(event_id=row.pk, by=by), "已发布")


@admin.register(EventSeries)
class EventSeriesAdmin(PortalAdmin):
    roles = editor_roles = ORGANISERS
    list_display = ("name", "summary")
    search_fields = ("name",)
    fields = ("name", "summary")

    def save_model(self, request: HttpRequest, obj: EventSeries, form: Any, change: bool) -> None:
        """Let the service write; the admin goes on with the row it made."""
        given = form.cleaned_data
        series = services.save_series(
            by=user_of(request), series_id=obj.pk, name=given["name"], summary=given["summary"]
        )
        obj.pk = series.pk


@admin.register(EventReport)
class EventReportAdmin(ReadOnlyAdmin):
    roles = ORGANISERS
    list_display = ("event", "state", "due_at", "chase_count", "filed_at")
    list_filter = ("state",)
    list_select_related = ("event",)
    actions_detail = ("file",)

    @action(description="填报总结", url_path="file")
    def file(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the page on which the report is written."""
        report: Any = self.get_object(request, str(object_id))
        if report is None:
            raise Http404
        return redirect("events:report", pk=report.event_id)
