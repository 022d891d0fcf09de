"""Addresses of needs."""

from django.urls import path

from demand.views import analysis, feedback, interests, needs, quality, rules, sheets, watches

app_name = "demand"
urlpatterns = [
    path("", needs.demand_list, name="list"),
    path("new/", needs.edit, name="new"),
    path("help/", needs.draft_help, name="help"),
    path("matched/", needs.matched, name="matched"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("difficulties/", needs.difficulties, name="difficulties"),
    path("watches/", watches.watch_list, name="watches"),
    path("watches/add/", watches.watch, name="watch"),
    path("watches/<int:watch_id>/", watches.news, name="watch_news"),
    path("watches/<int:watch_id>/remove/", watches.unwatch, name="unwatch"),
    path("quality/", quality.board, name="quality"),
    path("quality/rows/", quality.rows, name="quality_rows"),
    path("rules/", rules.rules, name="rules"),
    path("upload/", sheets.upload, name="upload"),
    path("template/", sheets.template, name="template"),
    path("<str:ref>/", needs.demand, name="demand"),
    path("<str:ref>/edit/", needs.edit, name="edit"),
    path("<str:ref>/help/", needs.draft_help, name="help_for"),
    path("<str:ref>/close/", needs.close, name="close"),
    path("<str:ref>/withdraw/", needs.withdraw, name="withdraw_need"),
    path("<str:ref>/renew/", needs.renew, name="renew"),
    path("<str:ref>/release/", interests.release, name="release"),
    path("<str:ref>/analysis/", analysis.analysis, name="analysis"),
    path("<str:ref>/answer/", interests.answer, name="answer"),
    path("<str:ref>/adviser/", interests.adviser, name="adviser"),
    path("<str:ref>/patents/<int:patent_id>/adviser/", interests.adviser, name="adviser_for"),
    path("<str:ref>/patents/<int:patent_id>/ask/", interests.ask, name="ask"),
    path("<str:ref>/patents/<int:patent_id>/refuse/", interests.refuse, name="refuse"),
    path("<str:ref>/interests/<int:interest_id>/accept/", interests.accept, name="accept"),
    path("<str:ref>/interests/<int:interest_id>/decline/", interests.decline, name="decline"),
    path("<str:ref>/interests/<int:interest_id>/withdraw/", interests.withdraw, name="withdraw"),
]
