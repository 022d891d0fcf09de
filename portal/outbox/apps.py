"""App configuration."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from portal.celery import app


class OutboxConfig(AppConfig):
    name = "portal.outbox"
    verbose_name = "消息外发"

    def ready(self) -> None:
        """Let every process send its tasks to our broker, and register every app's consumers: all models are loaded."""
        app.set_default()
        autodiscover_modules("consumers")
