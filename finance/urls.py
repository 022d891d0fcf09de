"""Addresses of the firm's financing projects."""

from django.urls import path

from finance.views import clocks, collateral, consent, papers, projects

app_name = "finance"
urlpatterns = [
    path("projects/", projects.project_list, name="list"),
    path("banks/", clocks.banks, name="banks"),
    path("estimate/", consent.estimate, name="estimate"),
    path("projects/new/", projects.edit, name="new"),
    path("projects/<str:ref>/", projects.project, name="project"),
    path("projects/<str:ref>/edit/", projects.edit, name="edit"),
    path("projects/<str:ref>/close/", projects.close, name="close"),
    path("projects/<str:ref>/valuations/new/", collateral.value, name="value"),
    path("projects/<str:ref>/complaints/<int:placement_id>/", clocks.complain, name="complain"),
    path("projects/<str:ref>/recipients/<int:institution_id>/", consent.share, name="share"),
    path("projects/<str:ref>/recipients/<int:institution_id>/withdraw/", consent.withdraw, name="withdraw"),
    path("projects/<str:ref>/papers/", papers.attach, name="attach"),
    path("projects/<str:ref>/papers/<int:attachment_id>/remove/", papers.remove, name="remove_paper"),
]
