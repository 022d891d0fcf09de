"""Addresses of the pool."""

from django.urls import path, re_path

from patents.views import search, upload

app_name = "patents"
urlpatterns = [
    path("", search.search, name="search"),
    path("mine/", search.mine, name="mine"),
    path("uploads/", upload.uploads, name="uploads"),
    re_path(r"^(?P<number>\d{8}|\d{12})/$", search.detail, name="detail"),
    re_path(r"^(?P<number>\d{8}|\d{12})/listing/$", search.listing, name="listing"),
]
