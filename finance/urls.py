"""Addresses of the firm's financing projects."""

from django.urls import path

from finance.views import clocks, collateral, consent, papers, pool, projects, statements, surveys

app_name = "finance"
urlpatterns = [
    path("projects/", projects.project_list, name="list"),
    path("banks/", clocks.banks, name="banks"),
    path("estimate/", consent.estimate, name="estimate"),
    path("statements/", statements.statements, name="statements"),
    path("statements/template/", statements.statement_template, name="statement_template"),
    path("questionnaires/", surveys.questionnaires, name="questionnaires"),
    path("questionnaires/new/", surveys.edit_questionnaire, name="questionnaire_new"),
    path("questionnaires/<int:pk>/", surveys.questionnaire, name="questionnaire"),
    path("questionnaires/<int:pk>/edit/", surveys.edit_questionnaire, name="questionnaire_edit"),
    path("questionnaires/<int:pk>/move/", surveys.move_questionnaire, name="questionnaire_move"),
    path("questionnaires/<int:pk>/fill/", surveys.fill_questionnaire, name="questionnaire_fill"),
    path("questionnaires/responses/<int:pk>/", surveys.response, name="survey_response"),
    path("projects/new/", projects.edit, name="new"),
    path("projects/<str:ref>/", projects.project, name="project"),
    path("projects/<str:ref>/edit/", projects.edit, name="edit"),
    path("projects/<str:ref>/close/", projects.close, name="close"),
    path("projects/<str:ref>/prolong/", pool.prolong, name="prolong"),
    path("projects/<str:ref>/renew/", pool.renew, name="renew"),
    path("projects/<str:ref>/valuations/new/", collateral.value, name="value"),
    path("projects/<str:ref>/complaints/<int:placement_id>/", clocks.complain, name="complain"),
    path("projects/<str:ref>/recipients/<int:institution_id>/", consent.share, name="share"),
    path("projects/<str:ref>/recipients/<int:institution_id>/withdraw/", consent.withdraw, name="withdraw"),
    path("projects/<str:ref>/papers/", papers.attach, name="attach"),
    path("projects/<str:ref>/papers/<int:attachment_id>/remove/", papers.remove, name="remove_paper"),
]
