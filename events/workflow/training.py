"""Who may move a training base, a course, a session, an enrolment or a certificate."""

from events.enums.training import BaseState, CertificateState, CourseState, EnrolmentState, SessionState
from portal.accounts.enums import Role
from portal.flow import Flow

# A base is an organisation of the portal; its own people teach. The province steps in for each.
TEACHING = frozenset({Role.HOLDER, Role.SME, Role.PROVINCE})
LEARNING = frozenset({Role.HOLDER, Role.SME, Role.BANK})

BASE_FLOW = Flow(dict(BaseState.choices), {BaseState.RECOGNISED: {BaseState.REVOKED: {Role.PROVINCE}}})
COURSE_FLOW = Flow(
    dict(CourseState.choices),
    {
        CourseState.DRAFT: {CourseState.OPEN: TEACHING},
        CourseState.OPEN: {CourseState.CLOSED: TEACHING},
        CourseState.CLOSED: {CourseState.OPEN: TEACHING},
    },
)
SESSION_FLOW = Flow(dict(SessionState.choices), {SessionState.PLANNED: {SessionState.CANCELLED: TEACHING}})
ENROLMENT_FLOW = Flow(
    dict(EnrolmentState.choices),
    {
        EnrolmentState.ENROLLED: {
            EnrolmentState.ATTENDED: TEACHING,
            EnrolmentState.WITHDRAWN: LEARNING | {Role.PROVINCE},
        },
        # Hours that were entered wrongly are entered again, until a certificate is issued.
        EnrolmentState.ATTENDED: {EnrolmentState.ATTENDED: TEACHING},
    },
)
CERTIFICATE_FLOW = Flow(
    dict(CertificateState.choices), {CertificateState.ISSUED: {CertificateState.REVOKED: {Role.PROVINCE}}}
)
