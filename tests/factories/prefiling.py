"""Adoptions and evaluations, made by the services."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from patents.services import prefiling as services
from portal import clock
from tests.factories.accounts import holder_user, province_user

PDF = b"%PDF-1.7 rule"
SECRET = "气凝胶配方含三氧化二钇百分之七"


def reported_adoption(user=None, **changes):
    values = {
        "title": "专利申请前评估办法",
        "document_number": "校科〔2023〕5号",
        "adopted_on": dt.date(2023, 5, 1),
        "department": "科研处",
    } | changes
    rule = services.AdoptedRule(**values)
    file = SimpleUploadedFile("办法.pdf", PDF)
    return services.report_adoption(by=user or holder_user(), rule=rule, file=file, file_name=file.name)


def confirmed_adoption(user=None, **changes):
    return services.confirm_adoption(adoption_id=reported_adoption(user, **changes).pk, by=province_user())


def disclosed_case(user=None, **changes):
    values = {
        "title": f"{SECRET}的制备",
        "inventor_names": "方砚溪",
        "disclosure": f"{SECRET}，强度提高。",
        "disclosed_on": clock.today(),
    }
    return services.disclose(by=user or holder_user(), **values | changes)


def case_at(state, user=None, *, secrecy="open", ownership="service", advice="file_cn", decision=None):
    """An evaluation that has come to `state`."""
    user = user or holder_user()
    case = disclosed_case(user)
    given = {"case_id": case.pk, "by": user}
    steps = {
        "screened": lambda: services.screen_case(**given, secrecy=secrecy, ownership=ownership, screening_note=SECRET),
        "searched": lambda: services.search_case(**given, search_scope=SECRET, search_findings=SECRET, novelty="clear"),
        "scored": lambda: services.score_case(
            **given, technical_score=80, market_score=60, legal_score=70, scoring_note=SECRET
        ),
        "advised": lambda: services.advise_case(**given, advice=advice, advice_reason=SECRET),
        "decided": lambda: services.decide_case(
            **given, decision=decision or advice, decision_reason=SECRET, decided_on=clock.today()
        ),
        "offered": lambda: services.offer_to_inventors(**given, offered_on=clock.today()),
    }
    if state != "disclosed":
        for name, step in steps.items():
            case = step()
            if name == state:
                break
    return case
