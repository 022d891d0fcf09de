"""What the parties of a table plan want: wishes, times, and who may say so."""

import pytest
from django.db import transaction

from events.models import PlanParty
from events.policy.tables import Pair, Wish
from events.queries.plans import facts_for
from events.services import plan_wishes
from portal.accounts.models import User
from portal.errors import Invalid, NotFound
from tests.factories.accounts import sme_user
from tests.factories.plans import come, person_of, scene, written

pytestmark = pytest.mark.django_db


def test_wishes_are_about_the_other_side_and_few_are_musts():
    found = scene(firms=4)
    event, holder = found.event.pk, person_of(found.holders[0])
    plan_wishes.save_wishes(event_id=event, by=holder, wishes={one.pk: "must" for one in found.firms[:3]})
    before = written()

    for by, wishes, message in (
        (holder, {found.firms[3].pk: "must"}, "“一定要见”最多 3 家。"),
        (holder, {found.bank.pk: "like"}, "请从列出的参会单位和意愿中选择。"),
        (holder, {found.firms[0].pk: "perhaps"}, "请从列出的参会单位和意愿中选择。"),
        (person_of(found.firms[0]), {found.firms[1].pk: "like"}, "请从列出的参会单位和意愿中选择。"),
        (sme_user(), {found.holders[0].pk: "like"}, "贵单位没有报名成功，不能填写洽谈意愿。"),
    ):
        users = User.objects.count()
        with pytest.raises((Invalid, NotFound)) as refusal, transaction.atomic():
            plan_wishes.save_wishes(event_id=event, by=by, wishes=wishes)
        assert (refusal.value.message, User.objects.count()) == (message, users)

    assert written() == before
    plan_wishes.save_wishes(event_id=event, by=holder, wishes={found.firms[0].pk: ""})
    plan_wishes.save_wishes(event_id=event, by=holder, wishes={found.firms[3].pk: "must"})
    assert facts_for(found.event).problem.pairs == tuple(
        Pair(one.pk, found.holders[0].pk, 0, None, Wish.MUST) for one in found.firms[1:]
    )


def test_official_speaks_for_a_party():
    found = scene()
    a, u = found.firms[0], found.holders[0]

    plan_wishes.save_wishes(event_id=found.event.pk, by=found.official, wishes={u.pk: "like"}, organisation_id=a.pk)

    assert facts_for(found.event).problem.pairs == (Pair(a.pk, u.pk, 0, Wish.LIKE),)


def test_party_says_when_it_cannot_come():
    found = scene()
    a = found.firms[0]
    come(found.event, found.bank, "lender", 50)

    plan_wishes.save_party(
        event_id=found.event.pk, by=person_of(a), most_meetings=1, absent_slots=[found.slots[1].pk]
    )  # fmt: skip

    person = facts_for(found.event).problem.guests[0]
    assert (person.key, person.slots, person.most) == (a.pk, frozenset({0}), 1)
    for values, message in (
        ({"most_meetings": 0, "absent_slots": []}, "最多洽谈场数应为 1 至 60，不限请留空。"),
        ({"most_meetings": 1, "absent_slots": [0]}, "不能参加的时段不是本活动的洽谈时段。"),
    ):
        with pytest.raises(Invalid) as refusal:
            plan_wishes.save_party(event_id=found.event.pk, by=person_of(a), **values)
        assert refusal.value.message == message
    assert PlanParty.objects.get().most_meetings == 1
