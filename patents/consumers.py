"""What the pool keeps of events elsewhere."""

import datetime as dt
from decimal import Decimal

from patents.services.evaluation import keep_pledge_fact
from portal.outbox.models import Event
from portal.outbox.registry import consumer


@consumer("finance.loan.lent")
def keep_pledge_financing(event: Event) -> None:
    """Money lent on a pledge may make an invention a high-value one (kind H4)."""
    lent = event.payload
    for number in lent.get("patent_numbers", []):
        keep_pledge_fact(
            patent_number=number,
            amount=Decimal(lent["principal"]),
            dated_on=dt.date.fromisoformat(lent["drawn_on"]),
            source_ref=lent["project_ref"],
        )
