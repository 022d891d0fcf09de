"""Recognitions, made by the services."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from patents.services import recognition as services
from portal import clock
from tests.factories.accounts import city_user, province_user, sme_user

PDF = b"%PDF-1.7 certificate"


def draft_recognition(user=None, kind="ip_standard", *, with_evidence=True):
    user = user or sme_user()
    found = services.open_recognition(by=user, kind=kind, statement="已建立知识产权管理体系。")
    if with_evidence:
        file = SimpleUploadedFile("证书.pdf", PDF)
        services.attach_evidence(recognition_id=found.pk, by=user, file=file, file_name=file.name)
    return found


def submitted_recognition(user=None, kind="ip_standard"):
    user = user or sme_user()
    return services.submit_recognition(recognition_id=draft_recognition(user, kind).pk, by=user)


def recommended_recognition(user=None, kind="ip_standard"):
    found = submitted_recognition(user, kind)
    return services.recommend(recognition_id=found.pk, by=city_user(found.city_code))


def recognised(user=None, kind="ip_standard", granted_on=None):
    found = recommended_recognition(user, kind)
    return services.recognise_firm(
        recognition_id=found.pk,
        by=province_user(),
        document_number="试验〔2026〕2号",
        granted_on=granted_on or clock.today() - dt.timedelta(days=1),
    )
