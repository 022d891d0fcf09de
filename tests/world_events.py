"""Rows that hang on the world's event: programme, a person of the firm, a file, what came of it."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from events import services
from events.models import EventReport, EventSeries, Outcome
from events.tokens import badge_token, door_token
from portal import clock
from tests.factories.events import ExhibitFactory, SignupFactory, SlotFactory, SpeakerFactory

PDF = b"%PDF-1.7\n%%EOF\n"


def event_rows(event, patent, *, firm, city):
    """The part of an address to the key that fills it."""
    slot = SlotFactory(event=event, speaker=SpeakerFactory())
    exhibit = ExhibitFactory(event=event, patent=patent)
    signup = SignupFactory(event=event, organisation=firm.organisation)
    outcome = Outcome.objects.create(
        event=event, basis="statement", source="hand", kind="enquiry", happened_on=clock.today(), recorded_by=city
    )
    EventReport.objects.create(event=event, state="overdue", due_at=clock.now() + dt.timedelta(days=30))
    EventSeries.objects.create(name="专利路演")
    paper = services.attach_file(event_id=event.pk, by=city, kind="material", file=SimpleUploadedFile("手册.pdf", PDF))
    badge, door = badge_token(signup.pk, 1), door_token(event.pk, event.door_version)
    return {
        "<int:slot_id>": slot.pk,
        "<int:exhibit_id>": exhibit.pk,
        "<int:signup_id>": signup.pk,
        "<int:outcome_id>": outcome.pk,
        "events/badge/<str:token>": badge,
        "door/badge/<str:token>": badge,
        "events/door/<str:token>": door,
        "month/<int:year>/<int:number>": {"year": 2026, "number": 12},
        "events/<int:pk>/files/<int:attachment_id>": {"pk": event.pk, "attachment_id": paper.pk},
        "events/<int:pk>/manage/files/<int:attachment_id>": {"pk": event.pk, "attachment_id": paper.pk},
        "events/<int:pk>/door/badge/<str:token>": {"pk": event.pk, "token": badge},
    }
