"""App configuration."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    name = "portal.outbox"
    verbose_name = "消息外发"

    def ready(self) -> None:
        """Register every app's consumers: all models are loaded by now."""
        autodiscover_modules("consumers")
