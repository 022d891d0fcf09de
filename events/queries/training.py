"""Reads of training that services and pages share."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from events.enums.training import CertificateState, CourseState, EnrolmentState, SessionState
from events.models import Certificate, Course, Enrolment, TestQuestion, TrainingBase, TrainingSession
from events.policy.training import Question, Terms
from portal import clock
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on

RULE = "training"
MOST_ROWS = 500


def training_rule(day: dt.date | None = None) -> RuleVersion:
    """The rule version in force. Raises LookupError when there is none."""
    rule = in_force_on(RULE, day or clock.today()).first()
    if rule is None:
        raise LookupError("no rule version training")
    return rule


def bases_counted(day: dt.date) -> QuerySet[TrainingBase]:
    """The bases that target T09 counts on the day, row by row: recognised, valid, not revoked."""
    return TrainingBase.objects.standing_on(day).select_related("organisation").order_by("recognised_on", "id")


def listed_bases() -> QuerySet[TrainingBase]:
    """The register with what each base teaches and has certified; those that stand first."""
    return (
        TrainingBase.objects.select_related("organisation")
        .annotate(
            course_count=Count("courses", filter=Q(courses__state=CourseState.OPEN), distinct=True),
            certificate_count=Count(
                "courses__sessions__enrolments__certificate",
                filter=Q(courses__sessions__enrolments__certificate__state=CertificateState.ISSUED),
                distinct=True,
            ),
        )
        .order_by("state", "-valid_until", "id")
    )


def coming_sessions() -> QuerySet[TrainingSession]:
    """What can be signed up for, the nearest first, with the places taken."""
    rows: QuerySet[TrainingSession] = with_taken(TrainingSession.objects.coming().order_by("starts_at", "id"))
    return rows


def with_taken(rows: Any) -> Any:
    """Each session with `taken`, the places held, and `left`, those that are not."""
    held = ~Q(enrolments__state=EnrolmentState.WITHDRAWN)
    counted = rows.select_related("course__base", "teacher").annotate(taken=Count("enrolments", filter=held))
    return counted.annotate(left=F("capacity") - F("taken"))


def terms_of(course: Course) -> Terms:
    """What the course asks for, by the rule in force now."""
    parameters = training_rule().parameters
    return Terms(Decimal(parameters["attendance_share"]), Decimal(course.pass_mark), course.questions.exists())


def questions_of(course: Course) -> list[Question]:
    """The course's test as the policy marks it."""
    return [Question(one.pk, frozenset(one.right), one.marks) for one in course.questions.all()]


def attempts_allowed() -> int:
    """How often one test may be sat."""
    return int(training_rule().parameters["test_attempts"])


def best_score(enrolment: Enrolment) -> Decimal | None:
    """The best of a participant's attempts; None before the first."""
    best: Decimal | None = enrolment.attempts.aggregate(best=Max("score"))["best"]
    return best


@dataclass(frozen=True, slots=True)
class PersonHours:
    """What one person of an organisation has learned."""

    name: str
    phone: str
    hours: Decimal
    session_count: int
    certificate_count: int


def hours_by_person(organisation_id: int) -> list[PersonHours]:
    """Hours attended by each person that an organisation sent; who changes the telephone is counted anew."""
    rows = (
        Enrolment.objects.filter(organisation_id=organisation_id, state=EnrolmentState.ATTENDED)
        .order_by()
        .values("person_phone")
        .annotate(
            name=Max("person_name"),
            hours=Sum("attended_hours"),
            sessions=Count("pk"),
            certificates=Count("certificate", filter=Q(certificate__state=CertificateState.ISSUED)),
        )
        .order_by("-hours", "person_phone")
    )
    return [
        PersonHours(row["name"], row["person_phone"], row["hours"], row["sessions"], row["certificates"])
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class OrganisationHours:
    """What the people of one organisation have learned together."""

    name: str
    city_code: str
    people: int
    hours: Decimal
    certificates: int


def hours_by_organisation(bases: Iterable[TrainingBase] | None = None) -> list[OrganisationHours]:
    """Hours by sending organisation, the most first; of all bases or of some. At most MOST_ROWS."""
    rows = Enrolment.objects.filter(state=EnrolmentState.ATTENDED)
    if bases is not None:
        rows = rows.filter(session__course__base__in=list(bases))
    found = (
        rows.order_by()
        .values("organisation__name", "organisation__city_code")
        .annotate(
            people=Count("person_phone", distinct=True),
            hours=Sum("attended_hours"),
            certificates=Count("certificate", filter=Q(certificate__state=CertificateState.ISSUED)),
        )
        .order_by("-hours", "organisation__name")[:MOST_ROWS]
    )
    return [
        OrganisationHours(
            row["organisation__name"], row["organisation__city_code"], row["people"], row["hours"], row["certificates"]
        )
        for row in found
    ]


def totals() -> dict[str, Any]:
    """People trained, hours and certificates of all bases together. Two queries."""
    attended = Enrolment.objects.filter(state=EnrolmentState.ATTENDED).aggregate(
        people=Count("person_phone", distinct=True), hours=Sum("attended_hours", default=Decimal("0.0"))
    )
    issued = Certificate.objects.filter(state=CertificateState.ISSUED).count()
    return {**attended, "certificates": issued}


def test_of(code: str) -> Enrolment | None:
    """The participant whose test a code opens, with the course."""
    rows = Enrolment.objects.select_related("session__course__base", "organisation")
    return rows.filter(code=code, session__state=SessionState.PLANNED).first()


def paper_of(course: Course) -> list[TestQuestion]:
    """The questions as they are asked."""
    return list(course.questions.order_by("pk"))
