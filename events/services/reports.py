"""After the event: the organiser's report, chasing it, what participants said, and reminding them before."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from events.enums import EventState, ReportState, SignupState
from events.models import Event, EventReport, Feedback, Signup
from events.queries.reports import to_remind, unreported
from events.services.moves import announce, lock_managed
from events.tokens import read_badge
from portal import clock
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.notices.services import Message, notify, notify_many

REPORT_DAYS = 30
"""Issue: an event without a report after 30 (calendar) days is chased."""
CHASE_AGAIN_DAYS = 14
BATCH = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What one participant says; 5 is best."""

    content_rating: int
    service_rating: int
    met_partner: bool
    comment: str = ""


@transaction.atomic
def file_report(*, event_id: int, by: User, text: str, spent_amount: Decimal) -> EventReport:
    """The organiser reports: what was done and what it cost; who came is counted from the door.

    Raises:
        WrongState: the event did not take place, or is not over.
        Invalid: no text, or a cost below zero.
    """
    event = lock_managed(event_id, by)
    if event.state != EventState.PUBLISHED or not event.is_over:
        raise WrongState("活动结束后才能上报总结。")
    if not text.strip():
        raise Invalid("请填写活动总结。", field="text")
    if spent_amount < 0:
        raise Invalid("实际支出不能为负数。", field="spent_amount")
    values = {
        "state": ReportState.FILED,
        "text": text.strip(),
        "spent_amount": spent_amount,
        "attendee_count": event.signups.filter(checked_in_at__isnull=False).count(),
        "filed_by": by,
        "filed_at": clock.now(),
    }
    due_at = event.ends_at + dt.timedelta(days=REPORT_DAYS)
    report, _ = EventReport.objects.update_or_create(
        event=event, defaults=values, create_defaults={**values, "due_at": due_at}
    )
    record(by=by, verb="上报活动总结", target=event, spent_amount=str(spent_amount))
    announce("events.report.filed", event)
    return report


@transaction.atomic
def chase_reports() -> int:
    """Ask organisers for reports that are overdue, again every CHASE_AGAIN_DAYS; returns how many were asked."""
    now = clock.now()
    due = now - dt.timedelta(days=REPORT_DAYS)
    events = list(unreported(due, now - dt.timedelta(days=CHASE_AGAIN_DAYS)).select_for_update(of=("self",))[:BATCH])
    for event in events:
        _chase(event, now)
    return len(events)


@transaction.atomic
def give_feedback(*, token: str, said: Said) -> Feedback:
    """A participant answers the questions, once, from the day of the event on.

    Raises:
        NotFound: the badge is not the portal's, or was replaced.
        WrongState: not a participant, or too early.
        Conflict: answered already.
    """
    badge = read_badge(token)
    row = Signup.objects.select_for_update(of=("self",)).select_related("event").filter(pk=badge.key).first()
    if row is None or row.badge_version != badge.version:
        raise NotFound("没有这条报名。")
    if row.state != SignupState.CONFIRMED or row.event.state != EventState.PUBLISHED:
        raise WrongState("只有参会人员可以反馈。")
    if not row.event.has_begun:
        raise WrongState("活动开始后可以反馈。")
    if Feedback.objects.filter(signup=row).exists():
        raise Conflict("您已提交过反馈。")
    for field in ("content_rating", "service_rating"):
        if not 1 <= getattr(said, field) <= 5:  # noqa: PLR2004 - five stars
            raise Invalid("评分应为 1 至 5。", field=field)
    given = Feedback.objects.create(
        signup=row, content_rating=said.content_rating, service_rating=said.service_rating,
        met_partner=said.met_partner, comment=said.comment.strip(),
    )  # fmt: skip
    record(by=None, verb="活动反馈", target=row.event, signup_id=row.pk)
    announce("events.feedback.given", row.event, feedback_id=given.pk)
    return given


@transaction.atomic
def remind() -> int:
    """Remind those who come tomorrow, each once; returns how many persons."""
    rows = list(to_remind(clock.now()).select_for_update(of=("self",), skip_locked=True)[:BATCH])
    by_sender: dict[tuple[int, int], list[Signup]] = {}
    for row in rows:
        if row.organisation_id is not None:
            by_sender.setdefault((row.event_id, row.organisation_id), []).append(row)
    notify_many(kind="events.event.tomorrow", messages=[_reminder(group) for group in by_sender.values()])
    Signup.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=clock.now())
    return len(rows)


def _reminder(rows: list[Signup]) -> Message:
    event, organisation = rows[0].event, rows[0].organisation
    if not isinstance(organisation, Organisation):
        raise TypeError("a reminder goes to an organisation")
    when = f"{event.starts_at.astimezone(clock.SHANGHAI):%m月%d日 %H:%M}"
    names = "、".join(row.person_name for row in rows)
    return Message(
        organisation,
        f"明天的活动：{event.title}",
        f"{when}，{event.place}。参会人：{names}。请带好二维码。",
        event.get_absolute_url(),
    )


def _chase(event: Event, now: dt.datetime) -> None:
    report, _ = EventReport.objects.get_or_create(
        event=event,
        defaults={"state": ReportState.OVERDUE, "due_at": event.ends_at + dt.timedelta(days=REPORT_DAYS)},
    )
    report.chased_at, report.chase_count = now, report.chase_count + 1
    report.save(update_fields=["chased_at", "chase_count"])
    notify(
        recipient=event.organiser,
        kind="events.report.overdue",
        title=f"请上报活动总结：{event.title}",
        body=f"活动结束已超过 {REPORT_DAYS} 天，尚未上报总结。这是第 {report.chase_count} 次催报。",
        link=f"{event.get_absolute_url()}manage/report/",
    )
    record(by=None, verb="催报活动总结", target=event, count=report.chase_count)
    announce("events.report.overdue", event, count=report.chase_count)
