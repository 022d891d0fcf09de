"""The yearly evaluation of cities in each state, made by the services."""

import datetime as dt
from dataclasses import replace

from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from stats.services import evaluation as services
from tests.factories.accounts import city_user, province_user

SCORES = {"c1": 9, "c2": 13, "c3": 20, "c4": 16, "c5": 12, "c6": 15}
TEXTS = dict.fromkeys(SCORES, "见佐证材料。")


def terms(**changes):
    today = clock.today()
    made = services.SchemeTerms(
        year=today.year,
        title="专利转化工作评价",
        document_number="试验〔2026〕6号",
        due_on=today + dt.timedelta(days=20),
        appeal_days=5,
    )
    return replace(made, **changes)


def published_scheme(by=None, **changes):
    by = by or province_user()
    return services.publish_scheme(scheme_id=services.save_scheme(by=by, terms=terms(**changes)).pk, by=by)


def prove(evaluation, by, codes=SCORES):
    for code in codes:
        file = SimpleUploadedFile(f"{code}.pdf", b"%PDF-1.7 " + code.encode())
        services.attach_evidence(evaluation_id=evaluation.pk, by=by, criterion=code, file=file, file_name=file.name)


def reported(scheme, city="370100", by=None, **scores):
    evaluation = scheme.evaluations.get(city_code=city)
    by = by or city_user(city)
    prove(evaluation, by)
    return services.submit_evaluation(evaluation_id=evaluation.pk, by=by, scores=SCORES | scores, statements=TEXTS)


def scored(scheme, city="370100", by=None, official=None, **scores):
    evaluation = reported(scheme, city, official)
    return services.score_evaluation(
        evaluation_id=evaluation.pk,
        by=by or province_user(),
        scores=SCORES | scores,
        reasons=dict.fromkeys(scores, "按佐证核定。"),
    )


def announced(scheme=None, *, by=None, official=None, city="370100", **scores):
    """Every city scored and the results announced; `scores` change those of `city`, judged by `by`."""
    scheme = scheme or published_scheme()
    for evaluation in scheme.evaluations.all():
        if evaluation.city_code == city:
            scored(scheme, city, by, official, **scores)
        else:
            scored(scheme, evaluation.city_code)
    return services.announce(scheme_id=scheme.pk, by=province_user())
