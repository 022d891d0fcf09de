"""Evaluation of last year with an appeal, and the one of this year half way."""

import datetime as dt

from portal import clock, regions
from portal.accounts.demo import Cast
from portal.accounts.models import User
from portal.demo.chance import stream
from portal.demo.documents import sample_pdf
from stats.demos.workplan import COLLEAGUE
from stats.models import CityEvaluation, EvaluationScheme
from stats.services import evaluation as services

WAITING_CITIES = ("370100", "371400", "371700")
APPEALING = "370900"


def load_evaluations(cast: Cast, seed: int) -> None:
    """Two years of the cities' evaluation."""
    story = _Evaluations(cast, seed)
    story.past(clock.today().year - 1)
    story.present(clock.today().year)


class _Evaluations:
    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.province = cast, cast.province
        # Who scored does not decide about the appeal.
        self.colleague = User.objects.get(username=COLLEAGUE)
        self.rng = stream(seed, "evaluation")

    def past(self, year: int) -> None:
        """A whole evaluation: reported, scored, announced, appealed, final."""
        day = dt.date(year, 12, 8)
        with clock.told(day):
            scheme = self._publish(year, day + dt.timedelta(days=12))
        with clock.told(day + dt.timedelta(days=10)):
            for evaluation in scheme.evaluations.all():
                self._report(evaluation)
                self._score(evaluation)
        with clock.told(day + dt.timedelta(days=14)):
            services.announce(scheme_id=scheme.pk, by=self.province)
            evaluation = scheme.evaluations.get(city_code=APPEALING)
            found = services.appeal(
                evaluation_id=evaluation.pk,
                by=self.cast.official_of(APPEALING),
                criterion="c4",
                grounds="有两笔质押贷款已在年内放款，佐证材料第 3 页可查。",
            )
        with clock.told(day + dt.timedelta(days=40)):
            evaluation.refresh_from_db()
            best = min(evaluation.scores["c4"] + 2, 20)
            services.decide_appeal(
                appeal_id=found.pk, by=self.colleague, score=best, decision="经核对银行回执，两笔贷款属实。"
            )
            services.close_scheme(scheme_id=scheme.pk, by=self.province)

    def present(self, year: int) -> None:
        """The evaluation of this year: most cities have reported, one was given back, some are scored."""
        today = clock.today()
        with clock.told(today - dt.timedelta(days=15)):
            scheme = self._publish(year, today + dt.timedelta(days=10))
        for place, evaluation in enumerate(scheme.evaluations.exclude(city_code__in=WAITING_CITIES)):
            self._report(evaluation)
            if place % 4 == 0:
                self._score(evaluation)
            elif place == 5:
                services.return_evaluation(
                    evaluation_id=evaluation.pk, by=self.province, note="请补充对接活动的签约清单。"
                )

    def _publish(self, year: int, due_on: dt.date) -> EvaluationScheme:
        terms = services.SchemeTerms(
            year=year,
            title="专利转化工作评价",
            document_number=f"演示〔{year}〕66 号",
            due_on=due_on,
            appeal_days=5,
        )
        scheme = services.save_scheme(by=self.province, terms=terms)
        return services.publish_scheme(scheme_id=scheme.pk, by=self.province)

    def _report(self, evaluation: CityEvaluation) -> None:
        by = self.cast.official_of(evaluation.city_code)
        name = regions.name_of(evaluation.city_code)
        scores, texts = {}, {}
        for row in evaluation.scheme.criteria:
            scores[row["code"]] = row["max"] - self.rng.randrange(0, row["max"] // 3)
            texts[row["code"]] = f"{row['guide']}：完成年度安排，清单和文件见佐证。"
            file = sample_pdf(f"{name} {row['label']} 佐证")
            services.attach_evidence(
                evaluation_id=evaluation.pk, by=by, criterion=row["code"], file=file, file_name=str(file.name)
            )
        services.submit_evaluation(evaluation_id=evaluation.pk, by=by, scores=scores, statements=texts)

    def _score(self, evaluation: CityEvaluation) -> None:
        evaluation.refresh_from_db()
        scores, reasons = dict(evaluation.self_scores), {}
        for row in evaluation.scheme.criteria[2:4]:
            code = row["code"]
            less = self.rng.randrange(0, 4)
            if less:
                scores[code] = max(scores[code] - less, 0)
                reasons[code] = "部分活动没有成效佐证。"
        services.score_evaluation(evaluation_id=evaluation.pk, by=self.province, scores=scores, reasons=reasons)
