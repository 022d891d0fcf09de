"""Choosing a document."""

from typing import Any

from django import forms

from portal.attachments.checks import ACCEPTED, HELP


class DocumentField(forms.FileField):
    """One document; its content is checked by the service."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", HELP)
        kwargs.setdefault("error_messages", {"required": "请选择文件。", "empty": "文件是空的，请重新选择。"})
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPTED}))
        super().__init__(**kwargs)


class DocumentForm(forms.Form):
    """A document and what it is."""

    purpose = forms.ChoiceField(label="材料种类")
    file = DocumentField(label="文件")

    def __init__(self, *args: Any, purposes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]
