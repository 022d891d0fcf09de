"""App configuration."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "portal.ui"
    verbose_name = "界面"
