"""One world for all tests that visit every address; nothing in it is changed, so it is made once."""

import pytest
from django.db import transaction
from django.test import override_settings

from tests.visiting import Visits
from tests.world import make_world


@pytest.fixture(scope="package")
def visits(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media"), transaction.atomic():
        yield Visits(make_world(folder))
        transaction.set_rollback(True)
