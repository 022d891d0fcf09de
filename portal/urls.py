"""All addresses. One of the three places that may name every app."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from portal import operations
from portal.accounts.access import public
from portal.ui import views
from stats.home import home

admin.site.site_title = admin.site.site_header = "管理后台"

urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include("portal.accounts.urls")),
    path("attachments/", include("portal.attachments.urls")),
    path("notices/", include("portal.notices.urls")),
    path("patents/", include("patents.urls")),
    path("demands/", include("demand.urls")),
    path("finance/", include("finance.urls")),
    path("subsidies/", include("subsidies.urls")),
    path("events/", include("events.urls")),
    path("stats/", include("stats.urls")),
    path("design/", views.design, name="design"),
    path("site-map/", views.site_map, name="site_map"),
    path("report-fault/", views.report_fault, name="report_fault"),
    path("api/v1/", include("portal.api.urls")),
    # One sign-in for all, with lockout and second factor.
    path("admin/login/", public(RedirectView.as_view(pattern_name="accounts:login", query_string=True))),
    path("admin/", admin.site.urls),
    path("health/live", operations.live),
    path("health/ready", operations.ready),
    path("metrics", operations.metrics),
]
