"""The table plan of the demonstration: a matching meeting to come, with firms, patent owners and banks."""

import datetime as dt

from django.db.models import Max

from demand.enums import DemandState
from demand.models import Match
from events.enums import Audience, EventKind, EventState, SignupState, WishKind, audience_of
from events.models import Event, Signup
from events.queries.plans import guests_of, hosts_of
from events.services import plan_wishes, plans
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind

FIRMS, HOLDERS, BANKS = 16, 10, 3
TALKS = dt.timedelta(hours=2)
CONFLICT = "参股关系，按回避要求不安排同桌。"


def load_tables(*, cast: Cast) -> None:
    """Let firms and the holders of their matched patents come to the next matching meeting, and plan its tables."""
    coming = Event.objects.filter(kind=EventKind.MATCHING, state=EventState.PUBLISHED, starts_at__gt=clock.now())
    event = coming.order_by("starts_at").first()
    if event is None:
        return
    official = cast.official_of(event.city_code)
    _come(event, cast)
    layout = plans.Layout(max(event.starts_at, event.ends_at - TALKS), event.ends_at, 20, 5, 12)
    plans.lay_rounds(event_id=event.pk, by=official, layout=layout)
    firms, hosts = list(guests_of(event)), list(hosts_of(event))
    people = {member.organisation.pk: member.user for member in cast.members}
    for place, firm in enumerate(firms):
        user = people.get(firm.pk)
        if user:
            wish = WishKind.MUST if place % 5 == 0 else WishKind.LIKE
            plan_wishes.save_wishes(event_id=event.pk, by=user, wishes={hosts[place % len(hosts)].pk: wish})
    plan_wishes.add_conflict(
        event_id=event.pk, by=official, guest_id=firms[-1].pk, host_id=hosts[0].pk, reason=CONFLICT
    )  # fmt: skip
    asked = plans.request_plan(event_id=event.pk, by=official)
    plans.compute_plan(plan_id=asked.pk, number=asked.number)
    plans.publish_plan(event_id=event.pk, by=official)


def _come(event: Event, cast: Cast) -> None:
    """Places for those who have something to talk about; who has signed up already keeps that place."""
    matches = Match.objects.filter(demand__state=DemandState.PUBLISHED, patent__holder__isnull=False).order_by("-score")
    firms: dict[int, None] = {cast.account("sme").organisation.pk: None}
    holders: dict[int, None] = {cast.account("university").organisation.pk: None}
    for firm, holder in matches.values_list("demand__organisation_id", "patent__holder_id")[:2000]:
        if len(firms) < FIRMS and firm is not None:
            firms[firm] = None
        if firm in firms and holder is not None and len(holders) < HOLDERS:
            holders[holder] = None
    members = {member.organisation.pk: member for member in cast.members}
    banks = list(cast.of(OrganisationKind.BANK))[:BANKS]
    found = [*(members[pk] for pk in (*firms, *holders) if pk in members), *banks]
    there = set(event.signups.confirmed().values_list("organisation_id", flat=True))
    number = event.signups.aggregate(last=Max("number"))["last"] or 0
    Signup.objects.bulk_create(
        _signup(event, member, number + place)
        for place, member in enumerate((one for one in found if one.organisation.pk not in there), 1)
    )


def _signup(event: Event, member: Member, number: int) -> Signup:
    organisation, user = member.organisation, member.user
    made_at = clock.now() - dt.timedelta(days=3)
    audience = audience_of(organisation.kind)
    return Signup(
        event=event,
        number=number,
        state=SignupState.CONFIRMED,
        audience=audience,
        organisation=organisation,
        organisation_name=organisation.name,
        person_name=str(user) if user else "客户经理" if audience == Audience.LENDER else "联系人",
        person_phone=f"1370000{number:04d}",
        made_by=user,
        made_at=made_at,
        confirmed_at=made_at,
    )
