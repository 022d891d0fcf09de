"""Addresses of subsidy calculations."""

from django.urls import path

from subsidies import views

app_name = "subsidies"
urlpatterns = [
    path("", views.calculation_list, name="list"),
    path("projects/<str:ref>/", views.calculation, name="calculation"),
]
