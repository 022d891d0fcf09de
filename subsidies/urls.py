"""Addresses of subsidies."""

from django.urls import path

from subsidies.views import calculations, claims, officials, publicity, what_if

app_name = "subsidies"
urlpatterns = [
    path("", calculations.calculation_list, name="list"),
    path("projects/<str:ref>/", calculations.calculation, name="calculation"),
    path("what-if/", what_if.what_if, name="what_if"),
    path("claims/", claims.claim_list, name="claims"),
    path("claims/<str:ref>/", claims.claim, name="claim"),
    path("claims/<str:ref>/confirm/", claims.confirm, name="confirm"),
    path("claims/<str:ref>/edit/", claims.edit, name="edit"),
    path("claims/<str:ref>/compute/", claims.compute_again, name="compute_again"),
    path("claims/<str:ref>/withdraw/", claims.withdraw, name="withdraw"),
    path("claims/<str:ref>/documents/", claims.document, name="document"),
    path("claims/<str:ref>/dispute/", claims.dispute, name="dispute"),
    path("rounds/", claims.round_list, name="rounds"),
    path("rounds/<int:pk>/apply/", claims.apply, name="apply"),
    path("publicity/", publicity.publicity_list, name="publicity_list"),
    path("publicity/<str:ref>/", publicity.publicity, name="publicity"),
    path("reexaminations/", publicity.decisions, name="decisions"),
    path("open-data/", publicity.open_data, name="open_data"),
    path("open-data/payments.json", publicity.payments_json, name="payments_json"),
    path("open-data/payments.csv", publicity.payments_csv, name="payments_csv"),
    path("open-data/schema.json", publicity.schema_json, name="schema_json"),
    path("lists/awards/", officials.import_list, {"kind": "awards"}, name="award_list"),
    path("lists/payments/", officials.import_list, {"kind": "payments"}, name="payment_list"),
    path("lists/awards/template/", officials.list_template, {"kind": "awards"}, name="award_template"),
    path("lists/payments/template/", officials.list_template, {"kind": "payments"}, name="payment_template"),
    path("batches/", officials.batch_list, name="batches"),
    path("batches/<str:ref>/", officials.batch, name="batch"),
    path("batches/<str:ref>/export/<str:ending>/", officials.export_batch, name="export_batch"),
    path("compare/", officials.compare, name="compare"),
]
