"""Statements of banks, and who sends them."""

from django.db.models import Count, Q, QuerySet

from finance.enums import DifferenceState
from finance.models import Loan, Statement
from portal.accounts.models import Organisation, User


def lenders_with_loans() -> QuerySet[Organisation]:
    """The institutions that have lent."""
    return Organisation.objects.filter(pk__in=Loan.objects.values("placement__institution_id")).order_by("id")


def statements_for(user: User) -> QuerySet[Statement]:
    """The statements that `user` may see, newest first, with how many differences there were and are open."""
    return (
        Statement.objects.visible_to(user)
        .select_related("institution", "received_by")
        .defer("lines")
        .annotate(
            difference_count=Count("differences"),
            open_count=Count("differences", filter=Q(differences__state=DifferenceState.OPEN)),
        )
        .order_by("-id")
    )
