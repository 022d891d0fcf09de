"""Addresses of documents."""

from django.urls import path

from portal.attachments import views

app_name = "attachments"
urlpatterns = [path("<int:attachment_id>/", views.download, name="download")]
