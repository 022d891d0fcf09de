import re

import pytest

from demand.queries.progress import MatchingProgress, matching_progress
from patents.vectors.services import Progress, make_vectors
from tests.demand.test_confidentiality import signed_in
from tests.factories.accounts import city_user, province_user
from tests.factories.demand import published_demand
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("vectors", "percent"),
    [(None, 100), (Progress(0, 0), 100), (Progress(0, 3), 0), (Progress(599_999, 600_000), 99), (Progress(7, 7), 100)],
)
def test_percent_is_rounded_down(vectors, percent):
    assert MatchingProgress(vectors, 0).percent == percent


def test_progress_counts_vectors_and_waiting_needs(bundled):
    PatentFactory()
    make_vectors(seconds=60)
    PatentFactory()
    published_demand()

    assert matching_progress() == MatchingProgress(Progress(1, 2), 1)


def test_the_province_sees_it_on_its_home_and_a_city_does_not(settings):
    settings.EMBEDDINGS_URL = ""
    PatentFactory.create_batch(3)
    published_demand()

    home = signed_in(province_user()).get("/admin/").content.decode()

    assert re.findall(r"已生成 (\d+) 件，共 (\d+) 件", home) == [("0", "3")]
    assert "后台正在匹配" in home
    assert "专利语义向量" not in signed_in(city_user()).get("/admin/").content.decode()


def test_an_installation_without_encoder_says_so(settings):
    settings.EMBEDDINGS_URL = "off"

    home = signed_in(province_user()).get("/admin/").content.decode()

    assert "未启用，仅按用语匹配" in home
