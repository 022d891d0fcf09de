"""Stopgap by the lead (UI helper: overwrite)."""
from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls)]
for prefix, app in [("patents","patents"),("demands","demand"),("finance","finance"),("subsidies","subsidies"),("events","events"),("stats","stats"),("accounts","portal.accounts"),("notices","portal.notices"),("api/v1","portal.api")]:
    try:
        urlpatterns.append(path(f"{prefix}/", include(f"{app}.urls")))
    except ImportError:
        pass
