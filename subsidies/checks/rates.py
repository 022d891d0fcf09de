"""Validation that the form and the service share."""

import datetime as dt

from portal import clock
from portal.errors import Invalid
from subsidies.enums import RateSeries
from subsidies.models import ReferenceRate

# A rate is published every month: a value confirmed for longer would hide one that was not loaded.
LONGEST_VALID = dt.timedelta(days=45)


def check_rate(rate: ReferenceRate) -> None:
    """Refuse a rate that does not follow the newest of its series, lies in the future or claims to hold too long.

    Raises:
        Invalid: `field` names the date at fault.
    """
    newest = ReferenceRate.objects.filter(series=rate.series).order_by("-published_on").first()
    if newest and rate.published_on <= newest.known_until:
        name = RateSeries(rate.series).label
        raise Invalid(f"公布日须晚于{name}已确认适用至的 {newest.known_until}。", field="published_on")
    if rate.published_on > clock.today():
        raise Invalid("公布日不得晚于今天。", field="published_on")
    if not rate.published_on <= rate.known_until <= rate.published_on + LONGEST_VALID:
        raise Invalid("确认适用至应在公布日之后、下一次公布之前，一般为公布当月月末。", field="known_until")
    if not rate.source.strip():
        raise Invalid("请填写公布来源。", field="source")
