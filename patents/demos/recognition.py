"""Recognised firms: a list that was imported, applications in each state, some about to end, one revoked."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files import File

from patents.enums.recognition import RecognitionKind
from patents.imports import recognitions
from patents.models import Recognition
from patents.services import recognition as services
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind
from portal.demo.documents import sample_pdf
from portal.sheets import services as sheets
from portal.sheets.writing import export_workbook

HISTORIES = ("recognised", "submitted", "recommended", "returned", "draft", "revoked")


def load_recognitions(cast: Cast) -> None:
    """Import the list of the firms' own, then tell the stories of some that apply."""
    firms = list(cast.of(OrganisationKind.SME))
    shown = cast.account("sme")
    rest = [firm for firm in firms if firm is not shown]
    _import(cast, rest[6:66])
    for firm, history in zip((shown, *rest), HISTORIES, strict=False):
        _apply(cast, firm, history)
    listed = Recognition.objects.filter(kind=RecognitionKind.PROVINCIAL_DEMO).order_by("pk").first()
    if listed:
        services.revoke_recognition(recognition_id=listed.pk, by=cast.province, note="年度抽查发现管理体系已停止运行。")


def _import(cast: Cast, firms: list[Member]) -> None:
    today = clock.today()
    rows = []
    for place, firm in enumerate(firms):
        organisation = firm.organisation
        granted_on = today - dt.timedelta(days=60 + 17 * place)
        kinds = [RecognitionKind.IP_STANDARD]
        if place % 3 == 0:
            kinds.append(RecognitionKind.PROVINCIAL_DEMO)
        if place % 12 == 0:
            kinds.append(RecognitionKind.NATIONAL_ADVANTAGE)
        if place % 24 == 0:
            kinds.append(RecognitionKind.NATIONAL_DEMO)
        for step, kind in enumerate(kinds):
            day = granted_on + dt.timedelta(days=step * 12)
            until = day + dt.timedelta(days=3 * 365)
            rows.append(
                [organisation.name, organisation.uscc, organisation.city_name, kind.label, f"演示〔{day.year}〕{12 + step} 号",
                 day.isoformat(), until.isoformat()]
            )  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / "认定企业名单（演示）.xlsx"
        path.write_bytes(export_workbook([column.heading for column in recognitions.COLUMNS], rows))
        with path.open("rb") as stream:
            received = sheets.receive(
                kind=recognitions.KIND,
                file=File(stream),
                file_name=path.name,
                organisation=cast.province.organisation,
                by=cast.province,
            )
    recognitions.check_sheet(import_id=received.pk)
    sheets.confirm(import_id=received.pk, by=cast.province)
    recognitions.apply_sheet(import_id=received.pk)


def _apply(cast: Cast, firm: Member, history: str) -> None:
    user, city = firm.acting_user, cast.official_of(firm.organisation.city_code)
    with clock.told(clock.today() - dt.timedelta(days=30)):
        found = services.open_recognition(
            by=user,
            kind=RecognitionKind.IP_STANDARD,
            statement="已按 GB/T 29490 建立知识产权管理体系并运行一年，配备专职人员，年度有评审记录。",
        )
        if history == "draft":
            return
        file = sample_pdf("知识产权管理体系认证证书")
        services.attach_evidence(recognition_id=found.pk, by=user, file=file, file_name=str(file.name))
        services.submit_recognition(recognition_id=found.pk, by=user)
        if history == "returned":
            services.return_recognition(recognition_id=found.pk, by=city, note="证书扫描件不清晰，请重新上传。")
        if history in ("submitted", "returned"):
            return
        services.recommend(recognition_id=found.pk, by=city, note="现场核查属实。")
        if history == "recommended":
            return
        services.recognise_firm(
            recognition_id=found.pk, by=cast.province, document_number="演示认字 6 号", granted_on=clock.today()
        )
    if history == "revoked":
        services.revoke_recognition(recognition_id=found.pk, by=cast.province, note="认证证书已被认证机构撤销。")
