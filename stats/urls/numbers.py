"""Addresses of the figures: indicators, dashboard, bulletins."""

from django.urls import path

from stats.views import bulletins, dashboard, history, indicators, pledge, suspicions

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("screen/", dashboard.screen, name="screen"),
    path("charts/<str:chart>/", dashboard.chart_export, name="chart_export"),
    path("recompute/", dashboard.recompute, name="recompute"),
    path("definitions/", indicators.definitions, name="definitions"),
    path("indicators/<str:code>/", indicators.indicator, name="indicator"),
    path("indicators/<str:code>/export/", indicators.indicator_export, name="indicator_export"),
    path("indicators/<str:code>/rows/", indicators.rows, name="rows"),
    path("indicators/<str:code>/rows/export/", indicators.rows_export, name="rows_export"),
    path("rows/<int:pk>/", indicators.row, name="row"),
    path("suspicions/", suspicions.suspicions, name="suspicions"),
    path("suspicions/<int:pk>/", suspicions.suspicion, name="suspicion"),
    path("history/", history.history, name="history"),
    path("history/template/", history.history_template, name="history_template"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/new/", bulletins.new, name="bulletin_new"),
    path("bulletins/<str:ref>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<str:ref>/file.<str:ending>", bulletins.bulletin_file, name="bulletin_file"),
    path("bulletins/<str:ref>/send/", bulletins.send, name="bulletin_send"),
    path("bulletins/<str:ref>/receive/", bulletins.receive, name="bulletin_receive"),
    path("bulletins/<str:ref>/revise/", bulletins.revise, name="bulletin_revise"),
    path("pledge/", pledge.pledge, name="pledge"),
    path("pledge/export/", pledge.pledge_export, name="pledge_export"),
    path("pledge/rows/", pledge.pledge_rows, name="pledge_rows"),
    path("pledge/rows/export/", pledge.pledge_rows_export, name="pledge_rows_export"),
]
