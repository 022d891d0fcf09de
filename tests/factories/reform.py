"""Entries of the reform register, made by the services."""

import datetime as dt
from dataclasses import replace

from django.core.files.uploadedfile import SimpleUploadedFile

from patents.services import reform as services
from tests.factories.accounts import holder_user, province_user

PDF = b"%PDF-1.7 rule"


def facts(**changes):
    made = services.ReformFacts(
        kind="long_term_use",
        title="职务科技成果赋权办法",
        document_number="校发〔2023〕8号",
        adopted_on=dt.date(2023, 3, 1),
        use_years=10,
        has_agreement=True,
        agreement_count=4,
        patent_count=9,
        person_count=21,
        summary="赋予成果完成人不少于十年的使用权。",
    )
    return replace(made, **changes)


def draft_reform(user=None, *, with_documents=True, **changes):
    user = user or holder_user()
    reform = services.open_reform(by=user, facts=facts(**changes))
    for purpose in ("rule", "agreement") if with_documents else ():
        file = SimpleUploadedFile(f"{purpose}.pdf", PDF + purpose.encode())
        services.attach_evidence(reform_id=reform.pk, by=user, purpose=purpose, file=file, file_name=file.name)
    return reform


def submitted_reform(user=None, **changes):
    user = user or holder_user()
    return services.submit_reform(reform_id=draft_reform(user, **changes).pk, by=user)


def confirmed_reform(user=None, **changes):
    return services.confirm_reform(reform_id=submitted_reform(user, **changes).pk, by=province_user())
