"""Numbers of the small world: counted, one under suspicion, one bulletin sent to the cities."""

from portal import clock
from stats.enums.figures import FlagKind, RefreshKind, SubjectKind
from stats.models import CountedRow, HistoricFigure, Suspicion
from stats.services import Text, freeze_bulletin, refresh, send_bulletin


def number_rows(*, loan, province, city, upload):
    """The loan counted and doubted, and a bulletin on it; returns what names them in addresses."""
    HistoricFigure.objects.create(
        indicator="I11", year=2020, city_code="370000", split="patent", value=12_553_000_000, basis="公报",
        source_import=upload, source_row=2, source_cell="F2",
    )  # fmt: skip
    refresh(kind=RefreshKind.ALL)
    doubt = Suspicion.objects.create(
        subject_kind=SubjectKind.LOAN,
        subject_id=loan.pk,
        ref=loan.placement.project.ref,
        city_code=city.organisation.city_code,
        kind=FlagKind.CHAIN_PLEDGE,
        reason="质押专利先后担保 3 笔贷款。",
        rule_code="STATS-SUSPICION/1",
    )
    bulletin = freeze_bulletin(by=province, year=clock.today().year, quarter=0, text=Text("年度通报"))
    send_bulletin(bulletin_id=bulletin.pk, by=province)
    row = CountedRow.objects.get(kind="loan", source_id=loan.pk)
    return {
        "stats/charts/<str:chart>": "targets",
        "stats/indicators/<str:code>": "I11",
        "stats/rows/<int:pk>": row.pk,
        "stats/suspicions/<int:pk>": doubt.pk,
        "stats/bulletins/<str:ref>/file.<str:ending>": {"ref": bulletin.ref, "ending": "docx"},
        "stats/bulletins/<str:ref>": bulletin.ref,
    }
