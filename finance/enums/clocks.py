"""How long an institution may take, and what a firm may say about it."""

from django.db.models import TextChoices

ANSWER_CLOCK = "finance_answer_clock"
"""Kind of the rule versions that hold the time for an answer."""


class ComplaintState(TextChoices):
    OPEN = "open", "待答复"
    ANSWERED = "answered", "已答复"
