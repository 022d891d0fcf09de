"""What a stored match says can be worked out again from what was stored with it."""

from decimal import Decimal
from itertools import groupby

import pytest

from demand import services
from demand.models import Judgement
from demand.ranking import NeedFacts
from demand.ranking.facts import count_facts
from demand.services import matching
from patents.index.corpus import PatentFacts, PatentText
from tests.factories.accounts import OrganisationFactory, sme_user
from tests.factories.demand import gear_patent, indexed_pool, published_demand

pytestmark = pytest.mark.django_db

FACTS = {
    "transfer_way": "licence",
    "price_amount": Decimal("80000.00"),
    "city_code": "370100",
    "maturity": 5,
    "abstract": "本发明公开了一种行星齿轮渗碳淬火方法，控制渗碳淬火变形量，磨齿余量降到150 μm。",
}
NEED = {
    "budget_amount": Decimal("50000.00"),
    "cooperation_way": "licence",
    "target_figures": "磨齿余量不高于 0.2 mm；成品率不低于 95 %",
}


@pytest.fixture
def match():
    patent = gear_patent(holder=OrganisationFactory(kind="university"), **FACTS)
    demand = published_demand(**NEED)
    indexed_pool(patent)
    services.match_demand(demand_id=demand.pk)
    return demand.matches.get(patent=patent)


def facts_of(inputs):
    """The stored inputs, as the ranking takes them."""
    need, patent = inputs["need"], inputs["patent"]
    budget, price = need["budget_amount"], patent["price_amount"]
    return (
        NeedFacts(**need | {"budget_amount": None if budget is None else Decimal(budget)}),
        PatentFacts(**patent | {"price_amount": None if price is None else Decimal(price)}),
    )


def test_the_score_is_the_sum_of_its_stored_parts(match):
    assert sum(Decimal(amount) for amount in match.parts.values()) == match.score


def test_the_facts_count_again_what_is_stored_from_the_stored_inputs(match):
    need, listing = facts_of(match.inputs)

    counts = count_facts(need, listing, PatentText(match.patent.title, match.patent.abstract))

    assert {count.part: f"{count.points:.4f}" for count in counts} == {
        "figures": "0.6000", "maturity": "0.4000", "price": "0.3200", "way": "0.8000", "city": "0.4000",
        "legal": "1.0000",
    }  # fmt: skip
    assert {part: match.parts[part] for part in ("figures", "maturity", "price", "way", "city", "legal")} == {
        count.part: f"{count.points:.4f}" for count in counts
    }


def test_the_words_add_up_to_the_parts_by_words(match):
    words = sorted(match.words, key=lambda word: word["part"])

    sums = {part: sum(Decimal(one["amount"]) for one in of) for part, of in groupby(words, lambda word: word["part"])}

    assert {part: abs(amount - Decimal(match.parts[part])) < Decimal("0.005") for part, amount in sums.items()} == (
        dict.fromkeys(sums, True)
    )


def test_ranking_the_same_need_again_gives_the_same_row(match):
    before = match.demand.matches.values().order_by("rank")
    rows = list(before)

    services.match_demand(demand_id=match.demand_id)

    assert list(match.demand.matches.values().order_by("rank")) == rows


def test_a_new_version_leaves_stored_matches_and_judgements_as_they_were(match, monkeypatch):
    firm = sme_user(organisation=match.demand.organisation)
    services.refuse_match(demand_id=match.demand_id, by=firm, patent_id=match.patent_id, reasons=["price"])
    old, stored = match.version, list(match.demand.matches.values())
    monkeypatch.setattr(matching, "RANKING_VERSION", "parts-next")
    other = published_demand(title="行星齿轮渗碳")

    services.match_demand(demand_id=other.pk)

    assert list(match.demand.matches.values()) == stored
    assert set(other.matches.values_list("version", flat=True)) == {"parts-next"}
    # Matched anew the need shows the new version's row; what was judged keeps the old one's.
    services.match_demand(demand_id=match.demand_id)
    assert match.demand.matches.get(patent=match.patent).version == "parts-next"
    assert (Judgement.objects.get().matched["version"], Judgement.objects.get().matched["inputs"]) == (
        old, match.inputs,
    )  # fmt: skip
