"""Needs for tests, and pools whose index is ready to be matched against."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from demand import services
from demand.checks.needs import Need
from demand.loading import load_rules
from demand.models import Demand
from patents.index.services import refresh_index
from portal.policy.models import RuleVersion
from tests.factories.accounts import OrganisationFactory, city_user
from tests.factories.patents import PatentFactory

GEAR_TITLE = "风电齿轮箱行星齿轮渗碳淬火变形控制"
GEAR_TEXT = "风电增速箱行星齿轮渗碳淬火后齿圈变形大，需要控制渗碳淬火变形量的热处理工艺，降低磨齿余量。"


class DemandFactory(DjangoModelFactory):
    class Meta:
        model = Demand

    ref = factory.Sequence(lambda n: f"XQ2026-9{n:05d}")
    organisation = factory.SubFactory(OrganisationFactory)
    city_code = factory.SelfAttribute("organisation.city_code")
    title = GEAR_TITLE
    description = GEAR_TEXT
    posted_on = dt.date(2026, 3, 2)


def published_demand(**fields):
    """A need that waits for matching."""
    # Tests with real transactions empty the tables that the migrations filled.
    load_rules(RuleVersion)
    demand = DemandFactory(state="submitted", **fields)
    return services.publish_demand(demand_id=demand.pk, by=city_user(demand.city_code))


def gear_patent(**fields):
    """A patent that answers the need above."""
    values = {
        "title": "一种风电齿轮箱行星齿轮的渗碳淬火方法",
        "abstract": "本发明公开了一种行星齿轮渗碳淬火方法，控制渗碳淬火变形量，减小磨齿余量。",
        "main_class": "C21D9/32",
    }
    return PatentFactory(**values | fields)


def indexed_pool(*patents):
    """Other patents beside `patents`, and the index over all of them."""
    subjects = ("玉米播种", "污水曝气", "锂电池隔膜", "轴承夹具", "果蔬冷藏", "混凝土养护", "光伏支架", "轮胎模具")
    for subject in subjects:
        PatentFactory(title=f"一种{subject}用机构", abstract=f"本发明公开了一种{subject}机构，包括底座和传动轴。")
    refresh_index()
    return patents


def matched_demand(*patents, **fields):
    """A published need matched against `patents` and the others of the pool."""
    indexed_pool(*patents)
    demand = published_demand(**fields)
    return services.match_demand(demand_id=demand.pk)


def difficulty(**fields):
    """A published need that the pool has no good answer to."""
    text = {"title": "稀土永磁体晶界扩散", "description": "钕铁硼磁体晶界扩散重稀土利用率低，矫顽力提升有限。"}
    demand = matched_demand(**text, **fields)
    demand.refresh_from_db()
    return demand


def need(**changes):
    """What a firm writes."""
    return Need(**{"title": GEAR_TITLE, "description": GEAR_TEXT} | changes)
