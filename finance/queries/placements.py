"""Where a project stands with each institution."""

from finance.enums import PlacementState
from finance.models import Placement, Project
from finance.queries.clocks import clocks, due_on
from portal import clock
from portal.outbox.models import Delivery, DeliveryState

PUSHED_EVENT = "finance.placement.pushed"
_SENDING = {
    DeliveryState.PENDING: "发送中",
    DeliveryState.SENDING: "发送中",
    DeliveryState.DELIVERED: "机构已收到",
    DeliveryState.RETRYING: "失败重试中",
    DeliveryState.DEAD: "发送失败，平台正在处理",
}


def placements_of(project: Project) -> list[Placement]:
    """Where the project stands with each institution; `status_word` tells the firm in its own words."""
    placements = list(
        project.placements.select_related("institution", "product", "loan", "project", "complaint").order_by("id")
    )
    deliveries = Delivery.objects.filter(
        event__name=PUSHED_EVENT,
        event__key=project.ref,
        endpoint__organisation__in=[placement.institution_id for placement in placements],
    ).order_by("id")
    states = dict(deliveries.values_list("endpoint__organisation_id", "state"))
    pick = clocks()
    for placement in placements:
        placement.answer_due_on = due_on(placement, pick)
        placement.is_overdue = placement.answer_due_on is not None and clock.today() > placement.answer_due_on
        placement.status_word = status_word(placement, states.get(placement.institution_id))
    return placements


def status_word(placement: Placement, delivery_state: str | None) -> str:
    """How far the push to one institution has come, in the words the firm reads."""
    if placement.state == PlacementState.WITHDRAWN:
        return "已撤回"
    if placement.state != PlacementState.PUSHED:
        return "已答复"
    if delivery_state is None:
        return "待机构通过接口查询"
    return _SENDING[DeliveryState(delivery_state)]
