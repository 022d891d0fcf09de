import contextlib
import os
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate

from patents.vectors.encoders import encoder
from tests import emptying, template


def pytest_configure(config):
    """Migrate while the workers start; never on servers that somebody named: they may hold databases of earlier runs."""
    if settings.OWN_SERVERS and not hasattr(config, "workerinput"):
        migrating = contextlib.ExitStack()
        migrating.enter_context(template.begun(os.environ["DATABASE_URL"]))
        config.add_cleanup(migrating.close)


def pytest_collection_modifyitems(items):
    """A file is one piece of work: what it sets up is made once, and the controller hands out hundreds of pieces.

    With thousands it worked nearly as long as the tests of the largest app.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(Path(__file__).parent))))


@pytest.fixture
def bundled(settings):
    """The model in the package at work, as in an installation without any variable."""
    settings.EMBEDDINGS_URL = ""
    encoder.cache_clear()
    yield encoder()
    encoder.cache_clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The test database is a copy of the migrated one, where the session has made that."""
    if name := template.ready(os.environ["DATABASE_URL"]):
        connections["default"].settings_dict["TEST"] |= {"TEMPLATE": name, "MIGRATE": False}


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_quickly():
    with pytest.MonkeyPatch.context() as patch:
        emptying.install(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _shipped_rows_outlive_a_flush(django_db_setup):
    """Put back what the migrations loaded whenever a test with real transactions has emptied the tables."""
    from tests.factories.policy import load_shipped  # app ready

    def restore(sender, **_):
        if sender.label == "subsidies":  # Flush tells every app in turn; once is enough.
            load_shipped()

    post_migrate.connect(restore, weak=False, sender=apps.get_app_config("subsidies"))
