"""Addresses of the pool."""

from django.urls import path, re_path

from patents.views import search, upload

app_name = "patents"
urlpatterns = [
    path("", search.search, name="search"),
    path("mine/", search.mine, name="mine"),
    path("uploads/", upload.upload, name="upload"),
    path("uploads/template/", upload.upload_template, name="upload_template"),
    path("uploads/<int:pk>/", upload.upload_detail, name="upload_detail"),
    path("uploads/<int:pk>/confirm/", upload.upload_confirm, name="upload_confirm"),
    path("uploads/<int:pk>/errors/", upload.upload_errors, name="upload_errors"),
    re_path(r"^(?P<number>\d{8}|\d{12}|CN\d{7,9})/$", search.detail, name="detail"),
    re_path(r"^(?P<number>\d{8}|\d{12}|CN\d{7,9})/listing/$", search.listing, name="listing"),
]
