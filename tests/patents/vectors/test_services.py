import numpy as np
import psycopg2
import pytest
from django.db import connection

from patents.models import Patent
from patents.vectors import services
from patents.vectors.encoders import BundledEncoder, TextVector, passage_text
from patents.vectors.models import PatentVector
from patents.vectors.nearness import closeness, nearest
from patents.vectors.services import Progress, make_vectors, vector_progress
from portal.outbox.models import Event
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


def test_each_patent_gets_the_vector_of_its_text(bundled):
    patent = PatentFactory(title="循环水箱", abstract="一种水箱。")
    PatentFactory(title="止血器", abstract="")

    assert make_vectors(seconds=60) is False
    assert vector_progress() == Progress(2, 2)
    stored = PatentVector.objects.get(patent=patent)
    expected = bundled.passages([passage_text("循环水箱", "一种水箱。")])[0]
    assert stored.model == "multilingual-e5-small-q4"
    assert stored.embedding == pytest.approx(expected.tolist(), abs=1e-3)


def test_a_run_that_is_out_of_time_says_that_some_are_left_and_the_next_goes_on(bundled, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 1)
    PatentFactory.create_batch(2)

    assert make_vectors(seconds=0) is True
    assert vector_progress() == Progress(1, 2)
    assert make_vectors(seconds=60) is False
    assert vector_progress() == Progress(2, 2)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"title": "储能水箱"}, 0),
        ({"abstract": "另一种水箱。"}, 0),
        ({"price_amount": 100}, 1),
        ({"title": "循环水箱"}, 1),
    ],
)
def test_a_changed_text_loses_its_vector_and_nothing_else_does(bundled, change, left):
    patent = PatentFactory(title="循环水箱", abstract="一种水箱。")
    make_vectors(seconds=60)

    Patent.objects.filter(pk=patent.pk).update(**change)

    assert PatentVector.objects.count() == left


def test_a_text_that_changes_while_it_is_encoded_gets_no_vector_of_the_old_one(bundled, monkeypatch):
    patent = PatentFactory(title="循环水箱")
    encode = BundledEncoder.passages

    def passages(self, texts):
        Patent.objects.filter(title="循环水箱").update(title="储能水箱")
        return encode(self, texts)

    monkeypatch.setattr(BundledEncoder, "passages", passages)

    assert make_vectors(seconds=60) is False
    expected = bundled.passages([passage_text("储能水箱", patent.abstract)])[0]
    assert PatentVector.objects.get().embedding == pytest.approx(expected.tolist(), abs=1e-3)


def test_vectors_of_another_model_are_made_anew(bundled):
    patent = PatentFactory()
    PatentVector.objects.create(patent=patent, model="former", embedding=np.ones(384, np.float32))

    make_vectors(seconds=60)

    assert list(PatentVector.objects.values_list("model", flat=True)) == [bundled.name]


def test_while_one_process_makes_vectors_another_returns_at_once(bundled):
    PatentFactory()
    other = psycopg2.connect(**{**connection.get_connection_params(), "cursor_factory": None})
    try:
        other.cursor().execute("SELECT pg_advisory_lock(%s)", [services._LOCK])

        assert make_vectors(seconds=60) is False
        assert vector_progress() == Progress(0, 1)
    finally:
        other.close()


def test_without_a_model_nothing_is_made():
    PatentFactory()

    assert make_vectors(seconds=60) is False
    assert vector_progress() == Progress(0, 1)


def test_nearest_and_closeness_are_cosines_of_vectors_of_the_same_model():
    units = np.eye(384, dtype=np.float32)
    patents = PatentFactory.create_batch(4)
    for patent, model, vector in zip(
        patents, ("a", "a", "a", "b"), (units[0], units[1], (units[0] + units[1]) / np.sqrt(2), units[0]), strict=True
    ):
        PatentVector.objects.create(patent=patent, model=model, embedding=vector)
    asked = TextVector("a", units[0])

    assert nearest(asked, 2) == {patents[0].pk: pytest.approx(1), patents[2].pk: pytest.approx(0.7071, abs=1e-3)}
    assert closeness(asked, [patents[1].pk, patents[3].pk, 0]) == {patents[1].pk: 0}
    assert closeness(asked, []) == {}


def test_needs_are_told_once_all_patents_have_their_vectors(bundled, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 1)
    PatentFactory.create_batch(2)

    make_vectors(seconds=0)
    assert not Event.objects.filter(name="patents.vectors.completed").exists()
    make_vectors(seconds=60)
    make_vectors(seconds=60)

    told = Event.objects.filter(name="patents.vectors.completed")
    assert list(told.values_list("payload", flat=True)) == [{"model": bundled.name}]
