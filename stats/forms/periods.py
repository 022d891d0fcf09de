"""What a reader asks of the statistics."""

from typing import Any

from django import forms

from portal import clock, regions
from portal.errors import Invalid
from stats.periods import FIRST_YEAR, QUARTERS, Period, period_of


class PeriodForm(forms.Form):
    """A year, or one of its quarters; nothing given means the present year."""

    year = forms.TypedChoiceField(label="年份", required=False, coerce=int, empty_value=None)
    quarter = forms.ChoiceField(label="季度", required=False, choices=[("", "全年"), *QUARTERS.items()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = clock.today().year
        year: Any = self.fields["year"]
        year.choices = [(year, f"{year} 年") for year in range(present, FIRST_YEAR - 1, -1)]
        year.error_messages["invalid_choice"] = f"年份应在 {FIRST_YEAR} 至 {present} 之间。"
        self.fields["quarter"].error_messages["invalid_choice"] = "季度应为 1 至 4，或不填写。"

    def clean(self) -> dict[str, Any]:
        """Make the period; a quarter that has not begun is refused."""
        given = super().clean() or {}
        if not self.errors:
            try:
                given["period"] = period_of(given["year"] or clock.today().year, given["quarter"])
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)
        return given

    @property
    def period(self) -> Period:
        found: Period = self.cleaned_data["period"]
        return found


class RowsForm(PeriodForm):
    """Which number's rows are opened: of a city or of the whole province, of the period or of the year before."""

    city = forms.ChoiceField(
        label="所在市", required=False, choices=[("", "全省"), *regions.CITY_CHOICES, (regions.PROVINCE_CODE, "省属")]
    )
    before = forms.ChoiceField(label="上年同期", required=False, choices=[("", "本期"), ("1", "上年同期")])

    def clean_before(self) -> bool:
        return bool(self.cleaned_data["before"])

    @property
    def counted_period(self) -> Period:
        """The period whose loans are listed."""
        return self.period.year_before if self.cleaned_data["before"] else self.period
