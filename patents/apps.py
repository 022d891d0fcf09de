"""App configuration."""

from django.apps import AppConfig


class PatentsConfig(AppConfig):
    name = "patents"
    verbose_name = "高价值专利运营库"
