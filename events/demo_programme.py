"""What fills the demonstration's meetings: programme, people, doors, what came of them. Names are made up."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from random import Random

from demand.enums import DemandState
from demand.models import Demand
from events import services
from events.checks.agenda import SlotFacts
from events.enums import CheckInWay, EventKind, EventState, SignupState, SlotKind, audience_of
from events.models import Event, Exhibit, Feedback, Signup, Speaker
from events.services import NewPlace, Statement
from finance.models import Product, Project
from patents.enums.deals import DealState
from patents.models import Deal, Listing
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind
from portal.accounts.models import User
from portal.demo.documents import sample_pdf
from portal.demo.people import person_name
from portal.errors import Conflict, Invalid

SPEAKERS = (
    ("季砚川", "演示大学", "教授"), ("罗溯霁", "演示材料研究院", "研究员"), ("穆禾青", "演示银行", "产品经理"),
    ("申屿朗", "演示技术转移中心", "技术经理人"), ("田珩野", "演示律师事务所", "律师"), ("冉桓舒", "演示评估公司", "评估师"),
)  # fmt: skip
PART_OF_THE_DAY = (
    ("主办单位致辞和活动说明", SlotKind.OTHER, 20),
    ("专利推介与答疑", SlotKind.TALK, 60),
    ("茶歇", SlotKind.BREAK, 20),
    ("交流与对接", SlotKind.OTHER, 60),
)
COMMENTS = ("希望多安排一对一洽谈。", "材料能提前发给企业更好。", "找到了合适的院所团队。", "")
SENDERS = (
    OrganisationKind.SME, OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE, OrganisationKind.STATE_FIRM,
    OrganisationKind.BANK,
)  # fmt: skip
SHOWN_PATENTS, SHOWN_NEEDS, SHOWN_PRODUCTS = 4, 3, 3
CAME, MET = 0.8, 0.4
REPORT_AFTER_DAYS = 10
SPENT = Decimal("18600.00")


def fill_events(events: Sequence[Event], *, cast: Cast, rng: Random) -> None:
    """Give every meeting its programme and people; those that are over their doors, outcomes and reports."""
    speakers = Speaker.objects.bulk_create(
        Speaker(name=name, organisation_name=body, title=title) for name, body, title in SPEAKERS
    )
    members = list(cast.of(*SENDERS))
    _put_on_show(events)
    for place, event in enumerate(events):
        by = cast.official_of(event.city_code)
        if event.state != EventState.CANCELLED:
            _programme(event, speakers[place % len(speakers)], by)
        _people(event, rng.sample(members, k=min(len(members), rng.randint(9, 16))), rng)
    held = [event for event in events if event.state == EventState.PUBLISHED and event.is_over]
    coming = [event for event in events if event.state == EventState.PUBLISHED and not event.is_over]
    _outcomes(held, cast)
    _reports(held, cast)
    services.chase_reports()
    _coming(coming, cast)


def _programme(event: Event, speaker: Speaker, by: User) -> None:
    at = event.starts_at
    for title, kind, minutes in PART_OF_THE_DAY:
        end = min(at + dt.timedelta(minutes=minutes), event.ends_at)
        spoken = speaker if kind == SlotKind.TALK else None
        services.add_slot(event_id=event.pk, by=by, facts=SlotFacts(kind, title, at, end, "主会场", spoken))
        at = end


def _put_on_show(events: Sequence[Event]) -> None:
    """Patents, needs and products in turn, each at one meeting of their kind."""
    patents = iter(Listing.objects.running().order_by("id").values_list("patent_id", flat=True)[: 4 * len(events)])
    needs = iter(Demand.objects.filter(state=DemandState.PUBLISHED).order_by("id").values_list("pk", flat=True))
    products = list(Product.objects.on_sale().order_by("id")[:SHOWN_PRODUCTS])
    rows = []
    for event in events:
        if event.kind in (EventKind.ROADSHOW, EventKind.MATCHING, EventKind.AGRICULTURE):
            rows += [Exhibit(event=event, kind="patent", patent_id=key) for key in _take(patents, SHOWN_PATENTS)]
        if event.kind == EventKind.MATCHING:
            rows += [Exhibit(event=event, kind="need", demand_id=key) for key in _take(needs, SHOWN_NEEDS)]
        if event.kind == EventKind.BANK_MEETING:
            rows += [Exhibit(event=event, kind="product", product=product) for product in products]
    Exhibit.objects.bulk_create(rows)


def _take(keys: Iterator[int], count: int) -> list[int]:
    return list(islice(keys, count))


def _people(event: Event, senders: Sequence[Member], rng: Random) -> None:
    """People with places and, above the capacity, on the waiting list; of a meeting that is over most came."""
    rows = []
    for number, sender in enumerate(senders, start=1):
        has_place = event.capacity is None or number <= event.capacity
        made_at = event.starts_at - dt.timedelta(days=rng.randint(2, 12), minutes=rng.randint(1, 600))
        came = has_place and event.is_over and event.state == EventState.PUBLISHED and rng.random() < CAME
        rows.append(
            Signup(
                event=event,
                number=number,
                state=SignupState.CONFIRMED if has_place else SignupState.WAITING,
                audience=audience_of(sender.organisation.kind),
                organisation=sender.organisation,
                organisation_name=sender.organisation.name,
                person_name=person_name(rng),
                person_phone=f"1390000{number:04d}",
                position=rng.choice(("经理", "总工程师", "主任", "")),
                made_by=sender.user,
                made_at=made_at,
                confirmed_at=made_at if has_place else None,
                checked_in_at=event.starts_at - dt.timedelta(minutes=rng.randint(1, 40)) if came else None,
                checked_in_via=rng.choice((CheckInWay.QR, CheckInWay.QR, CheckInWay.NAME)) if came else "",
                door="东门 小王" if came else "",
            )
        )
    made = Signup.objects.bulk_create(rows)
    Feedback.objects.bulk_create(
        Feedback(
            signup=row,
            content_rating=rng.choice((5, 5, 4, 3)),
            service_rating=rng.choice((5, 4, 4)),
            met_partner=rng.random() < MET,
            comment=rng.choice(COMMENTS),
            given_at=event.ends_at,
        )
        for row in made[::2]
        if row.checked_in_at
    )


def _outcomes(held: Sequence[Event], cast: Cast) -> None:
    """Deals and projects that began after a meeting are linked to it; one thing of each kind at most a meeting."""
    deals = list(Deal.objects.exclude(state=DealState.ENDED).order_by("-id")[:40])
    projects = list(Project.objects.filter(submitted_at__isnull=False).order_by("-id")[:40])
    for event in held:
        by = cast.province
        refs = [row.ref for row in (projects if event.kind == EventKind.BANK_MEETING else deals)]
        linked = 0
        for ref in refs:
            try:
                services.link_by_hand(event_id=event.pk, ref=ref, by=by)
            except (Conflict, Invalid):
                continue  # Counted elsewhere, or begun before the meeting.
            linked += 1
            if linked == 2:  # noqa: PLR2004 - two are enough to look at
                break
    if held:
        services.state_outcome(
            event_id=held[0].pk,
            by=cast.province,
            statement=Statement(
                "deal",
                clock.today(),
                "演示企业与演示大学当场签订普通许可合同",
                Decimal("150000.00"),
                sample_pdf("签约证明"),
            ),
        )


def _reports(held: Sequence[Event], cast: Cast) -> None:
    """All but the oldest meeting are reported: that one is chased."""
    for event in sorted(held, key=lambda event: event.starts_at)[1:]:
        if event.ends_at < clock.now() - dt.timedelta(days=REPORT_AFTER_DAYS):
            services.file_report(
                event_id=event.pk,
                by=cast.official_of(event.city_code),
                text="活动按计划举办，现场答疑踊跃，会后由所在市跟进意向企业。",
                spent_amount=SPENT,
            )


def _coming(coming: Sequence[Event], cast: Cast) -> None:
    """One meeting to come has a paper; another was moved by a day."""
    if len(coming) < 2:  # noqa: PLR2004 - nothing to show it on
        return
    first, last = coming[0], coming[-1]
    by = cast.official_of(first.city_code)
    services.attach_file(event_id=first.pk, by=by, kind="material", file=sample_pdf("参会手册"))
    day = dt.timedelta(days=1)
    to = NewPlace(last.starts_at + day, last.ends_at + day, last.place, "主讲人行程调整")
    services.move_event(event_id=last.pk, by=cast.official_of(last.city_code), to=to)
