"""The small demonstration, loaded once for all tests of this folder that use it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings


def pytest_collection_modifyitems(items):
    """One worker runs them all: loading takes longer than they do."""
    for item in items:
        if item.path.parent == Path(__file__).parent and "demo_data" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("demo"))


@pytest.fixture(scope="package")
def demo_data(django_db_setup, django_db_blocker, tmp_path_factory):
    """What `load_demo --size small` printed; rolled back at the end, so that other tests find an empty database."""
    output = StringIO()
    home = tmp_path_factory.mktemp("demo_home")
    with override_settings(PORTAL_HOME=home), django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", size="small", stdout=output)
        yield output.getvalue()
        transaction.set_rollback(True)
