"""Addresses of deals, below /patents/deals/."""

from django.urls import path

from patents.views.deals import contract, income, pages

urlpatterns = [
    path("", pages.board, name="deals"),
    path("list/", pages.deal_list, name="deal_list"),
    path("new/", pages.start, name="deal_new"),
    path("share-rules/", income.share_rules, name="share_rules"),
    path("<str:ref>/", pages.detail, name="deal"),
    path("<str:ref>/contract/", contract.sign, name="deal_sign"),
    path("<str:ref>/contract/supplement/", contract.amend, name="deal_amend"),
    path("<str:ref>/step/<slug:code>/", pages.act, name="deal_step"),
    path("<str:ref>/documents/<int:pk>/", pages.document, name="deal_document"),
    path("<str:ref>/objections/<int:pk>/", pages.handle_objection, name="deal_objection"),
    path("<str:ref>/money/<int:pk>/reverse/", pages.reverse_money, name="deal_reverse_money"),
    path("<str:ref>/income/", income.statement, name="deal_income"),
    path("<str:ref>/income/money/<int:pk>/", income.worksheet, name="deal_worksheet"),
    path("<str:ref>/income/<int:pk>/confirm/", income.confirm, name="deal_worksheet_confirm"),
    path("<str:ref>/income/<int:pk>/void/", income.void, name="deal_worksheet_void"),
    path("<str:ref>/income/shares/<int:pk>/pay/", income.pay, name="deal_pay"),
    path("<str:ref>/income/payouts/<int:pk>/reverse/", income.reverse_payout, name="deal_reverse_payout"),
    path("<str:ref>/proof/", income.pack, name="deal_proof"),
]
