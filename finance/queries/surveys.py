"""Questionnaires and what firms answered."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from finance.models import Question, Questionnaire, SurveyResponse
from finance.queries.admission import in_words
from portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question with its answer in words; empty when it was left out."""

    question: Question
    answer: str


def questionnaires_for(user: User) -> QuerySet[Questionnaire]:
    """The questionnaires that `user` may see, newest first, with how many questions and answers it may see."""
    mine = SurveyResponse.objects.visible_to(user).filter(questionnaire=OuterRef("pk")).order_by("-id")
    counted = SurveyResponse.objects.visible_to(user).values("pk")
    return (
        Questionnaire.objects.visible_to(user)
        .annotate(
            question_count=Count("questions", distinct=True),
            firm_count=Count("responses__organisation", filter=Q(responses__pk__in=counted), distinct=True),
            newest_at=Subquery(mine.values("filled_at")[:1]),
        )
        .order_by("-id")
    )


def responses_for(user: User, questionnaire: Questionnaire) -> QuerySet[SurveyResponse]:
    """The answers to one questionnaire that `user` may see, newest first."""
    rows = SurveyResponse.objects.visible_to(user).filter(questionnaire=questionnaire)
    return rows.select_related("organisation", "visit", "filled_by").order_by("-id")


def answer_rows(response: SurveyResponse) -> list[AnswerRow]:
    """Every question of the questionnaire with what was answered."""
    given: dict[str, Any] = response.answers
    return [
        AnswerRow(one, in_words(given[one.code], one.kind) if one.code in given else "")
        for one in response.questionnaire.questions.order_by("place")
    ]
