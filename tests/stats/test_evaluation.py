import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from stats.models import CityEvaluation, EvaluationScheme
from stats.policy.evaluation import grade_of, places
from stats.queries import evaluation as queries
from stats.services import evaluation as services
from tests.factories.accounts import city_user, finance_user, province_user, sme_user
from tests.factories.evaluation_city import (
    SCORES,
    TEXTS,
    announced,
    prove,
    published_scheme,
    reported,
    scored,
    terms,
)
from tests.stats.refusals import refuse

NOW = dt.datetime(2026, 6, 10, 10, tzinfo=clock.SHANGHAI)
TODAY = NOW.date()
GRADES = [{"label": "优秀", "at_least": 90}, {"label": "合格", "at_least": 60}, {"label": "不合格", "at_least": 0}]


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)


def later(monkeypatch, days):
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(days=days))


@pytest.mark.parametrize(
    ("total", "grade"), [(100, "优秀"), (90, "优秀"), (89, "合格"), (60, "合格"), (59, "不合格"), (0, "不合格")]
)
def test_the_grade_is_the_first_whose_bound_is_reached(total, grade):
    assert grade_of(total, GRADES) == grade


@given(st.lists(st.integers(0, 100), max_size=20))
def test_places_follow_the_points(totals):
    found = places(totals)

    assert all(
        (found[left] < found[right]) == (totals[left] > totals[right])
        for left in range(len(totals))
        for right in range(len(totals))
    )
    assert sorted(found)[:1] == ([1] if totals else [])


def test_equal_points_share_a_place_and_leave_out_the_next():
    assert places([80, 95, 80, 60]) == [2, 1, 2, 4]


@pytest.mark.django_db
def test_a_scheme_begins_with_the_default_and_asks_all_cities():
    official = city_user("370200")

    scheme = published_scheme()

    assert (len(scheme.criteria), sum(row["max"] for row in scheme.criteria)) == (6, 100)
    assert scheme.evaluations.count() == 16
    assert Notice.objects.get(recipient=official.organisation).title == "请自评：2026 年 专利转化工作评价"


@pytest.mark.django_db
def test_the_next_year_begins_with_the_criteria_of_the_last():
    by = province_user()
    scheme = services.save_scheme(by=by, terms=terms())
    services.drop_criterion(scheme_id=scheme.pk, by=by, code="c6")
    services.add_criterion(scheme_id=scheme.pk, by=by, label="创新做法", points=15)
    services.publish_scheme(scheme_id=scheme.pk, by=by)

    following = services.save_scheme(by=by, terms=terms(year=2027))

    assert [row["code"] for row in following.criteria] == ["c1", "c2", "c3", "c4", "c5", "c6"]
    assert following.criteria[-1]["label"] == "创新做法"


@pytest.mark.django_db
def test_points_must_add_up_and_a_year_has_one_scheme():
    by = province_user()
    scheme = services.save_scheme(by=by, terms=terms())
    services.drop_criterion(scheme_id=scheme.pk, by=by, code="c6")

    refuse(
        Invalid,
        lambda: services.publish_scheme(scheme_id=scheme.pk, by=by),
        message="各项满分合计应为 100 分，现为 85 分。",
    )
    refuse(Conflict, lambda: services.save_scheme(by=by, terms=terms()), code="year_taken")
    for user in (city_user(), finance_user(), sme_user()):
        refuse(NotAllowed, lambda user=user: services.save_scheme(by=user, terms=terms(year=2025)))


@pytest.mark.django_db
def test_published_criteria_stand_even_against_sql():
    scheme = published_scheme()

    refuse(
        WrongState,
        lambda: services.drop_criterion(scheme_id=scheme.pk, by=province_user(), code="c1"),
        code="published",
    )
    with pytest.raises(DatabaseError, match="criteria_frozen"), transaction.atomic():
        EvaluationScheme.objects.filter(pk=scheme.pk).update(criteria=[])


@pytest.mark.django_db
def test_a_self_report_needs_words_evidence_and_points_within_the_maximum():
    scheme, official = published_scheme(), city_user()
    evaluation = scheme.evaluations.get(city_code="370100")

    def submit(scores=SCORES, statements=TEXTS, by=official):
        return services.submit_evaluation(evaluation_id=evaluation.pk, by=by, scores=scores, statements=statements)

    refuse(Invalid, submit, field="c1", code="evidence_missing")
    prove(evaluation, official, ["c1", "c2", "c3", "c4", "c5"])
    refuse(Invalid, submit, field="c6", code="evidence_missing")
    refuse(Invalid, lambda: submit(SCORES | {"c1": 11}), field="c1")
    refuse(Invalid, lambda: submit(statements=TEXTS | {"c2": " "}), field="c2")
    refuse(NotFound, lambda: submit(by=city_user("370200")))
    refuse(NotAllowed, lambda: submit(by=province_user()))
    # What a city gives itself no points for needs no evidence.
    assert submit(SCORES | {"c6": 0}).self_total == 70


@pytest.mark.django_db
def test_a_report_given_back_takes_more_evidence():
    scheme, official = published_scheme(), city_user()
    evaluation = reported(scheme, by=official)
    refuse(WrongState, lambda: prove(evaluation, official, ["c1"]))

    services.return_evaluation(evaluation_id=evaluation.pk, by=province_user(), note="请补充交易清单。")
    again = reported(scheme, by=official)

    assert (again.state, again.note) == ("submitted", "")


@pytest.mark.django_db
def test_points_that_differ_from_the_citys_own_need_a_reason():
    scheme = published_scheme()
    evaluation = reported(scheme)

    def score(scores, **reasons):
        return services.score_evaluation(
            evaluation_id=evaluation.pk, by=province_user(), scores=scores, reasons=reasons
        )

    refuse(Invalid, lambda: score(SCORES | {"c3": 15}), field="c3", code="reason_missing")
    first = score(SCORES | {"c3": 15}, c3="两场活动没有签到表。")
    second = score(SCORES)

    assert (first.total, second.total, second.reasons) == (80, 85, {})
    refuse(NotAllowed, lambda: services.score_evaluation(
        evaluation_id=evaluation.pk, by=city_user(), scores=SCORES, reasons={}
    ))  # fmt: skip


@pytest.mark.django_db
def test_results_are_announced_when_every_city_is_scored():
    scheme = published_scheme()
    scored(scheme)

    refuse(WrongState, lambda: services.announce(scheme_id=scheme.pk, by=province_user()), code="not_scored")


@pytest.mark.django_db
def test_announced_results_have_places_grades_and_a_last_day_for_appeals():
    scheme = announced(c3=25, c4=20)

    rows = queries.ranking(scheme)

    # Five working days after Wednesday 10 June 2026.
    assert scheme.appeal_until == dt.date(2026, 6, 17)
    assert [(place, row.city_code, row.total, row.grade) for place, row in rows[:3]] == [
        (1, "370100", 94, "优秀"),
        (2, "370200", 85, "良好"),
        (2, "370300", 85, "良好"),
    ]
    evaluation = rows[0][1]
    refuse(
        WrongState,
        lambda: services.score_evaluation(evaluation_id=evaluation.pk, by=province_user(), scores=SCORES, reasons={}),
        code="announced",
    )


@pytest.mark.django_db
def test_an_appeal_is_decided_by_another_official_and_changes_total_and_grade():
    judge, official = province_user(), city_user()
    scheme = announced(by=judge, official=official, c3=19)
    evaluation = scheme.evaluations.get(city_code="370100")
    found = services.appeal(evaluation_id=evaluation.pk, by=official, criterion="c3", grounds="有签到表。")

    def decide(by, score=25, decision="补充材料属实。"):
        return services.decide_appeal(appeal_id=found.pk, by=by, score=score, decision=decision)

    other = province_user()
    refuse(NotAllowed, lambda: decide(judge))
    refuse(NotAllowed, lambda: decide(official))
    refuse(Invalid, lambda: decide(other, decision=" "), field="decision")
    refuse(Invalid, lambda: decide(other, score=26), field="score")
    refuse(Invalid, lambda: decide(other, score=19), field="score")
    upheld = decide(other)

    evaluation.refresh_from_db()
    assert (upheld.state, upheld.score_before, upheld.score_after) == ("upheld", 19, 25)
    assert (evaluation.total, evaluation.grade, evaluation.scores["c3"]) == (90, "优秀", 25)
    refuse(WrongState, lambda: decide(other))


@pytest.mark.django_db
def test_a_dismissed_appeal_leaves_the_points():
    official = city_user()
    scheme = announced(official=official)
    evaluation = scheme.evaluations.get(city_code="370100")
    found = services.appeal(evaluation_id=evaluation.pk, by=official, criterion="c1", grounds="应得满分。")

    services.decide_appeal(appeal_id=found.pk, by=province_user(), decision="没有新材料。")

    evaluation.refresh_from_db()
    assert (evaluation.total, evaluation.appeals.get().state) == (85, "dismissed")


@pytest.mark.django_db
def test_an_appeal_comes_once_in_time_and_from_the_city(monkeypatch):
    scheme = published_scheme()
    official = city_user()
    evaluation = scheme.evaluations.get(city_code="370100")

    def appeal(by=official, criterion="c1", grounds="理由"):
        return services.appeal(evaluation_id=evaluation.pk, by=by, criterion=criterion, grounds=grounds)

    refuse(WrongState, appeal)
    announced(scheme, official=official)
    refuse(NotFound, lambda: appeal(city_user("370200")))
    refuse(NotAllowed, lambda: appeal(province_user()))
    refuse(Invalid, lambda: appeal(criterion="c9"), field="criterion")
    refuse(Invalid, lambda: appeal(grounds=" "), field="grounds")
    appeal()
    refuse(Conflict, appeal, code="appealed_already")
    later(monkeypatch, 8)
    refuse(WrongState, lambda: appeal(criterion="c2"), code="too_late")


@pytest.mark.django_db
def test_results_become_final_after_the_appeals(monkeypatch):
    official = city_user()
    scheme = announced(official=official)
    evaluation = scheme.evaluations.get(city_code="370100")
    found = services.appeal(evaluation_id=evaluation.pk, by=official, criterion="c1", grounds="理由")

    def close():
        return services.close_scheme(scheme_id=scheme.pk, by=province_user())

    refuse(WrongState, close, code="appeals_open")
    later(monkeypatch, 8)
    refuse(WrongState, close, message="还有申诉没有处理，不能定案。")
    services.decide_appeal(appeal_id=found.pk, by=province_user(), decision="维持。")

    assert close().state == "closed"


@pytest.mark.django_db
def test_cities_see_points_of_others_only_when_announced(client):
    scheme = published_scheme()
    scored(scheme, "370200")
    official = city_user()
    client.force_login(official)
    address = reverse("stats:evaluation", args=[scheme.year])

    before = client.get(address)
    announced_scheme = scheme
    for evaluation in CityEvaluation.objects.exclude(state="scored"):
        scored(announced_scheme, evaluation.city_code)
    services.announce(scheme_id=scheme.pk, by=province_user())
    after = client.get(address)

    assert (len(before.context["rows"]), before.context["sees_scores"]) == (1, False)
    assert (len(after.context["rows"]), after.context["sees_scores"]) == (16, True)
    other = scheme.evaluations.get(city_code="370200")
    assert client.get(reverse("stats:city_evaluation", args=[other.pk])).status_code == 404


@pytest.mark.django_db
def test_a_city_reports_and_the_province_scores_over_the_pages(client):
    scheme, official = published_scheme(), city_user()
    evaluation = scheme.evaluations.get(city_code="370100")
    prove(evaluation, official)
    values = {code: str(points) for code, points in SCORES.items()}
    words = {f"text_{code}": "见材料" for code in SCORES}

    client.force_login(official)
    refused = client.post(reverse("stats:city_evaluation", args=[evaluation.pk]), values)
    client.post(reverse("stats:city_evaluation", args=[evaluation.pk]), values | words)
    client.force_login(province_user())
    address = reverse("stats:city_evaluation_score", args=[evaluation.pk])
    asked = client.post(address, values | {"c1": "5"})
    client.post(address, values | {"c1": "5", "text_c1": "没有配套政策。"})

    evaluation.refresh_from_db()
    assert (refused.status_code, asked.status_code, list(asked.context["form"].errors)) == (422, 422, ["c1"])
    assert (evaluation.state, evaluation.self_total, evaluation.total) == ("scored", 85, 81)


@pytest.mark.django_db
def test_the_province_runs_a_scheme_in_the_admin(client):
    client.force_login(province_user())

    client.post(
        "/admin/stats/evaluationscheme/add/",
        {"year": "2026", "title": "评价", "document_number": "", "due_on": "2026-07-01", "appeal_days": "5"},
    )
    scheme = EvaluationScheme.objects.get()
    client.post(f"/admin/stats/evaluationscheme/{scheme.pk}/handle/", {"step": "publish"})

    scheme.refresh_from_db()
    assert (scheme.state, scheme.evaluations.count()) == ("published", 16)


@pytest.mark.django_db
def test_a_city_official_does_not_read_the_points_in_the_admin_before_they_are_announced(client):
    scheme = published_scheme()
    evaluation = scored(scheme, c3=15)
    client.force_login(city_user())

    page = client.get(f"/admin/stats/cityevaluation/{evaluation.pk}/change/").content.decode()

    assert ("自评总分" in page, "按佐证核定" in page) == (True, False)
