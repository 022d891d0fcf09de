import pytest

from patents.vectors.encoders import encoder


@pytest.fixture
def bundled(settings):
    """The model in the package at work, as in an installation without any variable."""
    settings.EMBEDDINGS_URL = ""
    encoder.cache_clear()
    yield encoder()
    encoder.cache_clear()
