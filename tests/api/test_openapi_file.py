"""The committed OpenAPI file is what the code says; a warning of the generator is an error."""

from pathlib import Path

from django.core.management import call_command

COMMITTED = Path(__file__).parents[2] / "docs/api/openapi.yaml"


def test_the_committed_document_is_what_the_code_says(tmp_path):
    made = tmp_path / "openapi.yaml"

    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(made))

    assert made.read_text() == COMMITTED.read_text(), (
        "run: .venv/bin/python manage.py spectacular --fail-on-warn --validate --file docs/api/openapi.yaml"
    )
