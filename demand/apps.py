"""App configuration."""

from django.apps import AppConfig


class DemandConfig(AppConfig):
    name = "demand"
    verbose_name = "专利转化需求库"
