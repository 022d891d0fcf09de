"""What the matching service keeps of a ranking, and with which vectors it ranks."""

from decimal import Decimal

import pytest

from demand import services
from demand.models import Demand, DemandVector
from demand.queries.needs import rows_of
from demand.ranking import RANKING_VERSION
from patents.vectors.encoders import encoder
from patents.vectors.models import PatentVector
from patents.vectors.services import make_vectors
from tests.factories.demand import gear_patent, indexed_pool, published_demand

pytestmark = pytest.mark.django_db


def test_vector_of_a_need_is_made_once_and_again_when_its_text_changes(bundled):
    demand = published_demand()
    indexed_pool(gear_patent())
    make_vectors(seconds=60)

    services.match_demand(demand_id=demand.pk)
    first = DemandVector.objects.get(demand=demand)
    DemandVector.objects.filter(demand=demand).update(embedding=[1.0] + [0.0] * 383)
    services.match_demand(demand_id=demand.pk)

    assert DemandVector.objects.get(demand=demand).embedding == [1.0] + [0.0] * 383
    Demand.objects.filter(pk=demand.pk).update(title="齿轮热处理")
    services.match_demand(demand_id=demand.pk)
    again = DemandVector.objects.get(demand=demand)
    assert (again.model, again.text_digest == first.text_digest) == (bundled.name, False)


def test_match_keeps_its_version_inputs_and_what_is_missing(bundled):
    demand = published_demand(budget_amount=Decimal("50000.00"), cooperation_way="licence")
    patent = gear_patent(transfer_way="licence", price_amount=Decimal("80000.00"), city_code="370200")
    indexed_pool(patent)
    make_vectors(seconds=60)

    services.match_demand(demand_id=demand.pk)

    best = demand.matches.get(patent=patent)
    assert (best.rank, best.version) == (1, RANKING_VERSION)
    assert best.inputs == {
        "model": bundled.name,
        "need": {
            "cooperation_way": "licence",
            "budget_amount": "50000.00",
            "city_code": demand.city_code,
            "target_figures": "",
        },
        "patent": {
            "main_class": "C21D9/32",
            "legal_status": "valid",
            "maturity": None,
            "transfer_way": "licence",
            "price_amount": "80000.00",
            "city_code": "370200",
        },
    }
    assert best.missing == ["need_figures", "patent_maturity"]
    assert {name: best.parts[name] for name in ("price", "way", "legal", "maturity")} == {
        "price": "0.3200",
        "way": "0.8000",
        "legal": "1.0000",
        "maturity": "0.0000",
    }


def test_need_is_matched_by_words_while_the_model_server_is_down(settings):
    settings.EMBEDDINGS_URL = "http://127.0.0.1:9/v1"
    encoder.cache_clear()
    demand = published_demand()
    patent = gear_patent()
    indexed_pool(patent)
    PatentVector.objects.create(patent=patent, model="multilingual-e5-small", embedding=[1.0] + [0.0] * 383)

    services.match_demand(demand_id=demand.pk)

    best = demand.matches.get(rank=1)
    assert (best.parts["meaning"], best.inputs["model"]) == ("0.0000", "")
    assert not DemandVector.objects.exists()
    encoder.cache_clear()


def test_holder_is_not_shown_what_its_price_counts(bundled):
    demand = published_demand(budget_amount=Decimal("50000.00"))
    indexed_pool(gear_patent(price_amount=Decimal("40000.00")))
    services.match_demand(demand_id=demand.pk)
    match = demand.matches.get(rank=1)

    (to_firm,), (to_holder,) = rows_of([match]), rows_of([match], to_holder=True)

    assert [fact["label"] for fact in to_firm.facts] == ["价格与预算", "同城", "法律状态"]
    assert [fact["label"] for fact in to_holder.facts] == ["同城", "法律状态"]
    assert to_firm.score - to_holder.score == Decimal("0.8")
