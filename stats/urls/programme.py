"""Addresses of the programme's own work: collection, patent products, navigation projects, work plan, evaluation."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
