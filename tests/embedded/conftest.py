import shutil

import pytest

from portal.embedded.places import place_of
from portal.embedded.processes import wait_until
from portal.embedded.servers import postgres_answers


@pytest.fixture
def home(tmp_path):
    """A PORTAL_HOME whose servers must be gone at the end."""
    path = tmp_path / "home"
    path.mkdir()
    yield path
    place = place_of(path)
    assert wait_until(lambda: not postgres_answers(place), seconds=20)
    # Started by root, the data lie outside PORTAL_HOME.
    shutil.rmtree(place.base, ignore_errors=True)
