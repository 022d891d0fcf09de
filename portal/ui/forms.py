"""How forms look: Django's own rendering, with the design system's templates and classes."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.safestring import SafeString

WIDGETS = "django/forms/widgets/"
CHOICES = {f"{WIDGETS}{name}.html" for name in ("checkbox", "checkbox_option", "radio_option", "input_option")}
SELECTS = {f"{WIDGETS}{name}.html" for name in ("select", "select_date")}
BARE = {f"{WIDGETS}{name}.html" for name in ("hidden", "radio", "checkbox_select", "multiple_input")}


class Renderer(TemplatesSetting):
    """Gives each widget that has no class of its own the design system's."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        widget = context.get("widget")
        if widget is not None and template_name not in BARE and "class" not in widget.get("attrs", {}):
            # Copied: a widget's attrs may be shared between its renderings.
            widget["attrs"] = {**widget.get("attrs", {}), "class": _css_class(template_name, widget)}
        rendered: SafeString = super().render(template_name, context, request)  # type: ignore[assignment]
        return rendered


def _css_class(template_name: str, widget: dict[str, Any]) -> str:
    if template_name in CHOICES or widget.get("type") in ("checkbox", "radio"):
        return "form-check-input"
    return "form-select" if template_name in SELECTS else "form-control"
