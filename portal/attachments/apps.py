"""App configuration."""

from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "portal.attachments"
    verbose_name = "附件"
