"""Evaluations for tests, made by the services."""

from decimal import Decimal

from patents.models import Patent
from patents.policy.evaluation import required_codes
from patents.policy.indicators import computed_values
from patents.queries import evaluation as queries
from patents.services import evaluation as services
from portal import clock
from tests.factories.accounts import holder_user, province_user
from tests.factories.licences import own_patent

TABLE = "PVD-2012"


def opened(holder=None, patent=None, scene="licence_transfer"):
    """An open round and its holder's user."""
    user = holder or holder_user()
    found = patent or own_patent(user)
    evaluation = services.open_evaluation(patent_id=found.pk, by=user, table_code=TABLE, scene=scene)
    return evaluation, user


def wanted(evaluation):
    """The indicators that a person must fill."""
    table = queries.table_of(evaluation.table)
    patent = Patent.objects.get(pk=evaluation.patent_id)
    return required_codes(table, list(computed_values(table, queries.patent_facts(patent, clock.today()))))


def values(evaluation, value="6"):
    """The same value for each of them."""
    return {code: Decimal(value) for code in wanted(evaluation)}


def owner_scored(value="6", **fields):
    """A round with a self-assessment."""
    evaluation, user = opened(**fields)
    services.score_by_owner(ref=evaluation.ref, by=user, values=values(evaluation, value))
    return evaluation, user


def asked(evaluation, expert=None):
    """An expert of another university who was asked."""
    user = expert or holder_user()
    services.ask_expert(ref=evaluation.ref, by=province_user(), username=user.username)
    return user


def judged(evaluation, value="8", expert=None):
    """An expert who has answered."""
    user = asked(evaluation, expert)
    services.score_by_expert(
        ref=evaluation.ref, by=user, values=values(evaluation, value), opinion="可实施。", has_no_conflict=True
    )
    return user
