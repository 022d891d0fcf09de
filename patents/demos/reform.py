"""Entries of the reform register in each state."""

import datetime as dt

from patents.services import reform as services
from portal import clock
from portal.accounts.demo import Cast
from portal.accounts.enums import OrganisationKind
from portal.accounts.models import User
from portal.demo.documents import sample_pdf

# kind, title, years of use, agreements, patents, persons, state
ENTRIES = (
    ("long_term_use", "职务科技成果长期使用权赋权办法", 10, 12, 31, 64, "confirmed"),
    ("ownership", "职务科技成果所有权改革实施细则", None, 7, 15, 28, "confirmed"),
    ("income", "科技成果转化收益分配办法", None, 0, 52, 140, "confirmed"),
    ("long_term_use", "科技成果使用权管理办法", 12, 5, 9, 17, "confirmed"),
    ("income", "专利转化股权和分红激励办法", None, 3, 20, 36, "submitted"),
    ("ownership", "职务发明权属约定办法", None, 2, 4, 6, "returned"),
    ("long_term_use", "成果长期使用权试点方案", 10, 1, 2, 3, "ended"),
)


def load_reforms(cast: Cast) -> None:
    """Give each of some institutions one entry; the shown university has two."""
    shown = cast.account("university")
    others = [one for one in cast.of(OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE) if one is not shown]
    for place, (member, entry) in enumerate(zip((shown, *others), ENTRIES, strict=False)):
        _load(cast, member.acting_user, entry, place)
    _load(cast, shown.acting_user, ("income", "科技成果转化收益分享办法（修订）", None, 0, 12, 40, "draft"), 8)


def _load(cast: Cast, user: User, entry: tuple[object, ...], place: int) -> None:
    kind, title, years, agreements, patents, persons, state = entry
    adopted_on = dt.date(2022, 1, 10) + dt.timedelta(days=70 * place)
    facts = services.ReformFacts(
        kind=str(kind),
        title=str(title),
        document_number=f"演示发〔{adopted_on.year}〕{11 + place} 号",
        adopted_on=adopted_on,
        use_years=years if isinstance(years, int) else None,
        has_agreement=kind != "income",
        agreement_count=int(str(agreements)),
        patent_count=int(str(patents)),
        person_count=int(str(persons)),
        summary="成果完成人提出申请，单位公示后签订书面协议，约定权利期限、收益比例和后续责任；转化收益按约定及时兑现。",
    )
    with clock.told(clock.today() - dt.timedelta(days=40)):
        reform = services.open_reform(by=user, facts=facts)
        for purpose, name in (("rule", "改革办法"), ("agreement", "书面协议样本")):
            file = sample_pdf(f"{name} {reform.ref}")
            services.attach_evidence(reform_id=reform.pk, by=user, purpose=purpose, file=file, file_name=str(file.name))
        if state == "draft":
            return
        services.submit_reform(reform_id=reform.pk, by=user)
        if state == "returned":
            services.return_reform(reform_id=reform.pk, by=cast.province, note="协议扫描件缺少签字页。")
        if state in ("confirmed", "ended"):
            services.confirm_reform(reform_id=reform.pk, by=cast.province)
        if state == "ended":
            services.end_reform(reform_id=reform.pk, by=cast.province, note="试点期满，由新办法替代。")
