"""Awards as officials see them; those won at both levels wait for a decision."""

from django.contrib import admin

from portal.accounts.enums import OFFICIALS, Role
from portal.ui.handling import HandlingAdmin, Step
from portal.ui.history import HistoryMixin
from subsidies import services
from subsidies.forms.officials import DoubleAwardForm
from subsidies.models import Award
from subsidies.queries.claims import other_level_won


@admin.register(Award)
class AwardAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("year", "level", "grade", "patent_number", "title", "winner_name", "double_decision")
    list_filter = ("level", "year", "grade", "double_decision")
    search_fields = ("=patent_number", "=uscc", "winner_name", "title")
    steps = (
        Step(
            "decide", "决定是否重复奖励", DoubleAwardForm,
            lambda row, by, data: services.decide_double_award(award_id=row.pk, by=by, **data),
            lambda row, user: user.role == Role.PROVINCE and other_level_won(row),
        ),
    )  # fmt: skip
