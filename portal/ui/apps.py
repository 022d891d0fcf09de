"""App configuration."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "portal.ui"
    verbose_name = "界面"

    def ready(self) -> None:
        """Show JSON in the admin without colours: unfold writes them into style attributes, which the policy refuses."""
        import unfold.fields

        from portal.ui.fields import pretty_json

        unfold.fields.prettify_json = pretty_json
