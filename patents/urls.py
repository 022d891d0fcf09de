"""Addresses of the pool."""

from django.urls import path, re_path

from patents.views import acceptances, licences, search, upload, window

app_name = "patents"
urlpatterns = [
    path("", search.search, name="search"),
    path("mine/", search.mine, name="mine"),
    path("uploads/", upload.upload, name="upload"),
    path("uploads/template/", upload.upload_template, name="upload_template"),
    path("uploads/<int:pk>/", upload.upload_detail, name="upload_detail"),
    path("uploads/<int:pk>/confirm/", upload.upload_confirm, name="upload_confirm"),
    path("uploads/<int:pk>/errors/", upload.upload_errors, name="upload_errors"),
    path("window/", window.guide, name="window_guide"),
    path("window/cases/", window.case_list, name="window_list"),
    path("window/cases/new/", window.edit, name="window_new"),
    path("window/cases/<str:ref>/", window.case, name="window_case"),
    path("window/cases/<str:ref>/edit/", window.edit, name="window_edit"),
    path("window/cases/<str:ref>/documents/", window.add_document, name="window_add_document"),
    path(
        "window/cases/<str:ref>/documents/<int:attachment_id>/remove/",
        window.drop_document,
        name="window_drop_document",
    ),
    path("window/cases/<str:ref>/submit/", window.submit, name="window_submit"),
    path("window/cases/<str:ref>/withdraw/", window.withdraw, name="window_withdraw"),
    path("open-licences/", licences.open_licences, name="open_licences"),
    path("open-licences/calculator/", licences.calculator, name="open_licence_calculator"),
    path("open-licences/mine/", licences.my_open_licences, name="my_open_licences"),
    path("open-licences/accepted/", acceptances.acceptances, name="acceptances"),
    path("open-licences/accepted/<str:ref>/", acceptances.acceptance, name="acceptance"),
    path("open-licences/accepted/<str:ref>/record/", acceptances.record_acceptance, name="record_acceptance"),
    path("open-licences/accepted/<str:ref>/payment/", acceptances.confirm_payment, name="confirm_payment"),
    path("open-licences/<str:ref>/", licences.open_licence, name="open_licence"),
    path("open-licences/<str:ref>/edit/", licences.edit_open_licence, name="edit_open_licence"),
    path("open-licences/<str:ref>/submit/", licences.submit_open_licence, name="submit_open_licence"),
    path("open-licences/<str:ref>/withdraw/", licences.withdraw_open_licence, name="withdraw_open_licence"),
    path("open-licences/<str:ref>/encumbrances/", licences.encumber_open_licence, name="encumber_open_licence"),
    path("open-licences/<str:ref>/cnipa/", licences.record_cnipa_step, name="record_cnipa_step"),
    path("open-licences/<str:ref>/accept/", acceptances.accept, name="accept_open_licence"),
    re_path(r"^(?P<number>\d{8}|\d{12}|CN\d{7,9})/open-licence/$", licences.declare, name="declare_open_licence"),
    re_path(r"^(?P<number>\d{8}|\d{12}|CN\d{7,9})/$", search.detail, name="detail"),
    re_path(r"^(?P<number>\d{8}|\d{12}|CN\d{7,9})/listing/$", search.listing, name="listing"),
]
