"""Asking inventors when the pool has no good answer."""

from collections.abc import Sequence

from demand.models import Demand, Invitation
from demand.queries.rules import need_rules
from demand.ranking import RankedPatent
from patents.enums import IN_FORCE
from patents.models import Patent
from patents.queries import legal
from portal.notices.services import notify


def invite_inventors(demand: Demand, nearest: Sequence[RankedPatent]) -> int:
    """Ask the holders of the nearest patents to pass the need on to the inventors; each holder once for a need.

    Runs inside the transaction of the match; returns how many were asked.
    """
    limit = need_rules().invited_holders - demand.invitations.count()
    if limit <= 0:
        return 0
    patents = Patent.objects.select_related("holder").defer("abstract", "search_tokens")
    by_id = patents.in_bulk([patent.patent_id for patent in nearest])
    asked = set(demand.invitations.values_list("holder_id", flat=True)) | {demand.organisation_id, None}
    count = 0
    for ranked in nearest:
        patent = by_id.get(ranked.patent_id)
        if patent is None or patent.holder is None or patent.holder_id in asked or count >= limit:
            continue
        if legal.status_of(patent) not in IN_FORCE:
            continue
        asked.add(patent.holder_id)
        Invitation.objects.create(demand=demand, patent=patent, holder=patent.holder)
        notify(
            recipient=patent.holder,
            kind="demand.invited",
            title=f"难题征集：{demand.title}",
            body=f"专利库中暂无合适的专利，贵单位的 {patent.display_number} 最接近。请转请发明人{_names(patent)}看看能否解决。",
            link=demand.get_absolute_url(),
        )
        count += 1
    return count


def _names(patent: Patent) -> str:
    shown = patent.inventors[:3]
    return f"（{'、'.join(shown)}）" if shown else ""
