"""Addresses of the events."""

from django.urls import include, path

from events.views import calendar, door, manage, outcomes, signups

app_name = "events"
urlpatterns = [
    path("training/", include("events.training_urls")),
    path("<int:pk>/", include("events.plan_urls")),
    path("", calendar.event_list, name="list"),
    path("month/", calendar.month, name="month"),
    path("month/<int:year>/<int:number>/", calendar.month, name="month_of"),
    path("feed.ics", calendar.feed, name="feed"),
    path("targets/t07/", calendar.target, name="target"),
    path("mine/", signups.mine, name="mine"),
    path("mine/<int:signup_id>/withdraw/", signups.withdraw, name="withdraw"),
    path("link/", outcomes.link, name="link"),
    path("badge/<str:token>/", signups.badge, name="badge"),
    path("badge/<str:token>/withdraw/", signups.withdraw_badge, name="withdraw_badge"),
    path("badge/<str:token>/feedback/", signups.feedback, name="feedback"),
    path("door/<str:token>/", door.enter, name="enter_door"),
    path("<int:pk>/", calendar.detail, name="detail"),
    path("<int:pk>/event.ics", calendar.calendar, name="calendar"),
    path("<int:pk>/files/<int:attachment_id>/", calendar.file, name="file"),
    path("<int:pk>/sign-up/", signups.sign_up, name="sign_up"),
    path("<int:pk>/exhibits/<int:exhibit_id>/enquire/", outcomes.enquire, name="enquire"),
    path("<int:pk>/door/", door.door, name="door"),
    path("<int:pk>/door/<int:signup_id>/", door.check_in_name, name="check_in_name"),
    path("<int:pk>/door/badge/<str:token>/", door.check_in_badge, name="check_in_badge"),
    path("<int:pk>/manage/", manage.overview, name="manage"),
    path("<int:pk>/manage/programme/", manage.programme, name="programme"),
    path("<int:pk>/manage/programme/<int:slot_id>/remove/", manage.remove_slot, name="remove_slot"),
    path("<int:pk>/manage/exhibits/", manage.exhibits, name="exhibits"),
    path("<int:pk>/manage/exhibits/<int:exhibit_id>/remove/", manage.remove_exhibit, name="remove_exhibit"),
    path("<int:pk>/manage/files/", manage.files, name="files"),
    path("<int:pk>/manage/files/<int:attachment_id>/remove/", manage.remove_file, name="remove_file"),
    path("<int:pk>/manage/signups/", manage.signups, name="signups"),
    path("<int:pk>/manage/signups/sheet/", manage.sheet, name="sheet"),
    path("<int:pk>/manage/signups/<int:signup_id>/withdraw/", manage.withdraw, name="withdraw_other"),
    path("<int:pk>/manage/signups/<int:signup_id>/badge/", manage.reissue, name="reissue"),
    path("<int:pk>/manage/door/", manage.renew_door, name="renew_door"),
    path("<int:pk>/manage/move/", manage.move, name="move"),
    path("<int:pk>/manage/outcomes/", outcomes.outcomes, name="outcomes"),
    path("<int:pk>/manage/outcomes/<int:outcome_id>/void/", outcomes.void, name="void"),
    path("<int:pk>/manage/report/", outcomes.report, name="report"),
]
