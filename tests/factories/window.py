"""Cases of the registration window, made by the services."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from patents.queries import window as queries
from patents.services import window as services
from portal import clock
from tests.factories.accounts import city_user, sme_user
from tests.factories.patents import PatentFactory

PDF = b"%PDF-1.7 signed by both sides"


_OF_KIND = {
    "pledge": {"secured_amount": Decimal("3000000.00")},
    "licence": {"licence_kind": "ordinary", "licence_until": dt.date(2030, 12, 31)},
    "transfer": {},
}


def filing(*numbers, **changes):
    """A pledge that is filed online at Jinan."""
    made = services.Filing(
        kind="pledge",
        channel="online",
        agency="370100",
        counterpart_name="岱麓银行股份有限公司",
        counterpart_uscc="",
        contract_on=clock.today() - dt.timedelta(days=2),
        has_agent=False,
        has_valuation=False,
        is_co_owned=False,
        is_pledged=False,
        numbers=numbers,
    )
    made = replace(made, **changes)
    return replace(made, **_OF_KIND.get(made.kind, {}) | changes)


def own_patent(user, **fields):
    return PatentFactory(holder=user.organisation, applicant_names=user.organisation.name, **fields)


def draft_case(user=None, *, with_documents=True, patents=None, **changes):
    """A case with all its documents, not handed in."""
    user = user or sme_user()
    patents = patents or [own_patent(user)]
    case = services.open_case(by=user, filing=filing(*[patent.number for patent in patents], **changes))
    if with_documents:
        give_documents(case, user)
    return case


def give_documents(case, user):
    for place, one in enumerate(queries.missing_of(case)):
        file = SimpleUploadedFile(f"{one.code}.pdf", PDF + bytes([place]))
        services.attach_document(case_id=case.pk, by=user, purpose=one.code, file=file, file_name=file.name)


def submitted_case(user=None, **changes):
    user = user or sme_user()
    return services.submit_case(case_id=draft_case(user, **changes).pk, by=user)


def accepted_case(user=None, **changes):
    case = submitted_case(user, **changes)
    return services.accept_case(case_id=case.pk, by=city_user(case.agency))


def handed_over_case(user=None, **changes):
    case = accepted_case(user, **changes)
    return services.hand_over(case_id=case.pk, by=city_user(case.agency), on=clock.today(), receipt_number="20260001")
