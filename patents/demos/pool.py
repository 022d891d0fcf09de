"""What hangs on the demonstration's patents: owners, legal events, fees, offers, and a few contradictions."""

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

from patents.enums import (
    IN_FORCE,
    EventCode,
    FeeReduction,
    LegalStatus,
    ListingState,
    PartyRole,
    PatentKind,
    SourceKind,
    TransferWay,
)
from patents.models import FieldConflict, LegalEvent, Listing, Patent, PatentParty
from patents.policy.fees import year_of
from patents.policy.terms import fee_due_on, last_day_of_protection
from patents.queries.legal import state_after
from portal.accounts.enums import HOLDER_KINDS
from portal.dates import add_months

SHARE_COMPLETE, SHARE_CO_OWNED, SHARE_LATE, SHARE_REDUCED = 0.8, 0.05, 0.4, 0.3
UNDISTURBED_FROM = dt.date(2019, 1, 1)
"""Patents filed since carry no burden and have one owner: the demonstration's open licences are declared on them."""
BURDENS = ((0.012, "pledge"), (0.003, "freeze"), (0.012, "exclusive"), (0.02, "ordinary"), (0.003, "dispute"),
           (0.004, "invalidation"))  # fmt: skip
SHARE_CONFLICTS = 0.002
AGENCIES = ("济南泉知专利代理事务所", "青岛海智专利代理有限公司", "烟台东岳知识产权代理事务所", "淄博齐创专利事务所")
PARTNERS = ("山东恒远机械有限公司", "齐鲁新材料研究院有限公司", "鲁中装备制造有限公司", "黄海智能科技有限公司")
LENDERS = ("齐鲁试验银行", "胶东试验银行")
PROBLEMS = ("现有装置调整费时、精度不稳定", "现有工艺能耗高、废液难处理", "现有产品寿命短、更换频繁")
EFFECTS = ("单件工时由 12 分钟降到 7 分钟", "综合能耗下降 18%", "使用寿命由 6 个月延长到 14 个月")
COMPARISONS = (
    "现有方案每件 4.2 元，采用后每件 3.1 元",
    "一条产线每年节约电费约 26 万元",
    "设备投入增加 8%，一年内收回",
)
APPLICATIONS = ("轴承、齿轮加工", "食品包装机械", "化工过程控制", "海洋装备", "农业机械")
CONTACTS = ("刘老师", "王工", "陈老师", "孙工")


class PoolRows:
    """Collects the rows of a batch of patents; `prepare` before the patents are stored, `store` after."""

    def __init__(self, rng: Random, today: dt.date) -> None:
        self.rng, self.today = rng, today
        self.events: list[tuple[Patent, LegalEvent]] = []

    def prepare(self, patent: Patent) -> None:
        """Fill the columns that depend on dates and events."""
        rng = self.rng
        patent.claim_count = rng.randint(3, 12)
        patent.agency_name = rng.choice(AGENCIES)
        if patent.filed_on is None:
            return
        early = patent.granted_on or self.today
        if patent.kind == PatentKind.INVENTION and add_months(patent.filed_on, 12) < early:
            patent.published_on = add_months(patent.filed_on, 10)
        if patent.legal_status in IN_FORCE:
            self._fees(patent, patent.filed_on)
        events = self._announced(patent)
        self.events += [(patent, event) for event in events]
        if events:
            patent.overlays = state_after(LegalStatus(events[0].status_before), events).overlays

    def _fees(self, patent: Patent, filed_on: dt.date) -> None:
        year = year_of(filed_on, self.today)
        patent.fees_paid_through = year
        if self.rng.random() < SHARE_REDUCED:
            patent.fee_reduction = FeeReduction.SINGLE
        overdue = (self.today - fee_due_on(filed_on, year)).days
        is_firms = patent.holder is not None and patent.holder.kind not in HOLDER_KINDS
        if year > 1 and 0 < overdue < 150 and not is_firms and self.rng.random() < SHARE_LATE:
            patent.fees_paid_through = year - 1
            patent.legal_status = LegalStatus.VALID_FEE_GRACE

    def _announced(self, patent: Patent) -> list[LegalEvent]:
        if patent.granted_on is None:
            return []
        events = [_event(patent, EventCode.GR01, patent.granted_on, (LegalStatus.IN_EXAMINATION, LegalStatus.VALID))]
        if patent.legal_status == LegalStatus.LAPSED_UNPAID:
            lapsed_on = min(self.today, add_months(patent.granted_on, 30))
            events.append(_event(patent, EventCode.CF01, lapsed_on, (LegalStatus.VALID, LegalStatus.LAPSED_UNPAID)))
        if patent.legal_status == LegalStatus.EXPIRED and patent.filed_on:
            ended_on = last_day_of_protection(patent.kind, patent.filed_on) + dt.timedelta(days=1)
            events.append(_event(patent, EventCode.CX01, ended_on, (LegalStatus.VALID, LegalStatus.EXPIRED)))
        if patent.legal_status in IN_FORCE and patent.holder and patent.holder.kind in HOLDER_KINDS:
            events += self._burdens(patent, patent.granted_on)
        return events

    def _burdens(self, patent: Patent, granted_on: dt.date) -> list[LegalEvent]:
        chance = self.rng.random()
        if patent.filed_on is None or patent.filed_on >= UNDISTURBED_FROM:
            return []
        for share, word in BURDENS:
            if chance < share:
                return self._burden(patent, word, granted_on)
            chance -= share
        return []

    def _burden(self, patent: Patent, word: str, granted_on: dt.date) -> list[LegalEvent]:
        day = granted_on + (self.today - granted_on) * self.rng.random()
        number = f"Y{day.year}37{self.rng.randrange(10_000, 99_999)}"
        holder = patent.holder.name if patent.holder else ""
        partner = self.rng.choice(PARTNERS)
        codes: dict[str, tuple[EventCode, dict[str, str]]] = {
            "pledge": (EventCode.PE01, {"pledgor": holder, "pledgee": self.rng.choice(LENDERS)}),
            "freeze": (EventCode.PP01, {"court": "试验市中级人民法院"}),
            "exclusive": (EventCode.EE01, {"licensor": holder, "licensee": partner, "licence_kind": "exclusive"}),
            "ordinary": (EventCode.EE01, {"licensor": holder, "licensee": partner, "licence_kind": "ordinary"}),
            "dispute": (EventCode.XOD1, {}),
            "invalidation": (EventCode.XIR1, {}),
        }
        code, facts = codes[word]
        status = LegalStatus.VALID
        return [_event(patent, code, day, (status, status), reference=number, facts=facts)]

    def store(self, patents: list[Patent]) -> None:
        """Store what hangs on the patents, which are stored by now."""
        PatentParty.objects.bulk_create([party for patent in patents for party in self._parties(patent)])
        for patent, event in self.events:
            event.patent = patent
        LegalEvent.objects.bulk_create([event for _, event in self.events])
        self.events = []
        Listing.objects.bulk_create([self._listing(patent) for patent in patents if patent.transfer_way])
        FieldConflict.objects.bulk_create(
            [self._conflict(patent) for patent in patents if self.rng.random() < SHARE_CONFLICTS]
        )

    def _parties(self, patent: Patent) -> list[PatentParty]:
        first = PatentParty(
            patent=patent, role=PartyRole.APPLICANT, position=1, name=patent.applicant_names, organisation=patent.holder
        )
        is_old = patent.filed_on is not None and patent.filed_on < UNDISTURBED_FROM
        is_holders = patent.holder is not None and patent.holder.kind in HOLDER_KINDS
        if not (is_old and is_holders and self.rng.random() < SHARE_CO_OWNED):
            return [first]
        partner = PatentParty(
            patent=patent, role=PartyRole.APPLICANT, position=2, name=self.rng.choice(PARTNERS), share=Decimal("0.3")
        )
        first.share = Decimal("0.7")
        if patent.transfer_way:
            partner.agreed_on, partner.agreement = patent.granted_on, "共有人同意入库的书面函件"
        return [first, partner]

    def _listing(self, patent: Patent) -> Listing:
        rng = self.rng
        listing = Listing(
            patent=patent,
            organisation=patent.holder,
            maturity=patent.maturity,
            transfer_ways=self._ways(patent.transfer_way),
            price_low_amount=patent.price_amount,
            price_high_amount=patent.price_amount and patent.price_amount * rng.choice((1, 1, 2)),
            contact_name=rng.choice(CONTACTS),
            contact_phone=f"0531-8{rng.randrange(1_000_000, 9_999_999)}",
            problem=f"{rng.choice(PROBLEMS)}。",
        )
        if rng.random() >= SHARE_COMPLETE:
            return listing
        entered = max(patent.granted_on or self.today, self.today - dt.timedelta(days=rng.randrange(360)))
        listing.state = ListingState.LISTED
        listing.entered_on, listing.expires_on = entered, add_months(entered, 12)
        listing.effect, listing.comparison = f"{rng.choice(EFFECTS)}。", f"{rng.choice(COMPARISONS)}。"
        listing.application_fields = rng.choice(APPLICATIONS)
        return listing

    def _ways(self, first: str) -> list[str]:
        other = self.rng.choice(TransferWay.values)
        return [first] if other == first else [first, other]

    def _conflict(self, patent: Patent) -> FieldConflict:
        return FieldConflict(
            patent=patent,
            field="title",
            current_value=patent.title,
            offered_value=f"{patent.title}及其使用方法",
            note="",
        )


def _event(
    patent: Patent, code: EventCode, on: dt.date, statuses: tuple[LegalStatus, LegalStatus], **more: Any
) -> LegalEvent:
    before, after = statuses
    return LegalEvent(
        patent=patent, code=code, on=on, status_before=before, status_after=after, source=SourceKind.GAZETTE, **more
    )
