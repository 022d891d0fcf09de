"""Addresses of the table plan of one event."""

from django.urls import path

from events.views import plans, talks

urlpatterns = [
    path("plan/", plans.plan, name="plan"),
    path("plan/rounds/", plans.rounds, name="plan_rounds"),
    path("plan/compute/", plans.compute, name="plan_compute"),
    path("plan/publish/", plans.publish, name="plan_publish"),
    path("plan/release/", plans.release, name="plan_release"),
    path("plan/seat/", plans.seat, name="plan_seat"),
    path("plan/meetings/<int:meeting_id>/pin/", plans.pin, name="plan_pin"),
    path("plan/parties/", plans.parties, name="plan_parties"),
    path("plan/parties/<int:organisation_id>/", plans.party, name="plan_party"),
    path("plan/conflicts/", plans.conflicts, name="plan_conflicts"),
    path("plan/conflicts/<int:conflict_id>/remove/", plans.remove_conflict, name="plan_remove_conflict"),
    path("plan/sheet/", plans.plan_sheet, name="plan_sheet"),
    path("wishes/", talks.wishes, name="wishes"),
    path("wishes/times/", talks.availability, name="availability"),
    path("timetable/", talks.timetable, name="timetable"),
]
