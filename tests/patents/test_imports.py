"""Pool sheets: read, compare, load, and load again."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from patents.imports.load import import_file
from patents.models import FieldConflict, Listing, Patent, PatentParty
from patents.numbers import check_digit
from patents.queries.conflicts import side_by_side
from patents.queries.parties import owners_of
from patents.queries.sources import sources_of
from patents.services.conflicts import decide_conflicts
from portal import clock
from portal.audit.models import AuditEntry
from portal.errors import Invalid
from portal.outbox.models import Event
from portal.sheets.models import SheetImport
from tests.factories.accounts import OrganisationFactory, province_user
from tests.factories.patents import PatentFactory
from tests.real_data import shared_file
from tests.sheets import builders

pytestmark = pytest.mark.django_db
HEADER = ["专利名称", "申请号", "申请人", "申请日", "主分类号", "摘要"]
CLAMP = ["一种夹具", "CN201710601862.3", "甲大学", "2017-07-21", "B23Q3/06", "本发明公开了一种夹具。"]
DRILL = ["一种钻头", "97101765.4", "乙研究所", "1997.03.11", "E21B10/00", "本发明公开了一种钻头。"]


def load(path: Path, **options: Any) -> dict[str, int]:
    outcome = import_file(path=path, **{"holder": None, "by": None, **options})
    counts = outcome.counts()
    return {name: counts[name] for name in counts if counts[name]}


def sheet(tmp_path: Path, *rows: list[Any], header: list[str] = HEADER) -> Path:
    return builders.xlsx(tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx", [header, *rows])


def traces() -> tuple[int, int, int]:
    return SheetImport.objects.count(), Event.objects.count(), AuditEntry.objects.count()


def values(number: str, *names: str) -> tuple[Any, ...]:
    return Patent.objects.values_list(*names).get(number=number)


def test_rows_become_patents_with_their_source(tmp_path: Path) -> None:
    assert load(sheet(tmp_path, CLAMP, DRILL)) == {"row": 2, "new": 2}

    received = SheetImport.objects.get()
    assert values(
        "201710601862", "check_digit", "kind", "title", "applicant_names", "filed_on", "main_class", "abstract",
        "legal_status", "holder_id", "source_import_id", "source_row",
    ) == (
        "3", "invention", "一种夹具", "甲大学", dt.date(2017, 7, 21), "B23Q3/06", "本发明公开了一种夹具。", "unknown", None,
        received.pk, 2,
    )  # fmt: skip
    assert values("97101765", "check_digit", "filed_on", "source_row") == ("4", dt.date(1997, 3, 11), 3)
    assert (received.kind, received.state, received.new_count, received.sheet_name) == (
        "patents.pool",
        "applied",
        2,
        "Sheet1",
    )


def test_imported_patents_can_be_searched_at_once(tmp_path: Path) -> None:
    load(sheet(tmp_path, CLAMP, DRILL))

    assert list(Patent.objects.extra(where=["search_tokens @@ '''夹具'''::tsquery"]).values_list("number")) == [
        ("201710601862",)
    ]


def test_one_event_and_one_audit_entry_per_batch(tmp_path: Path) -> None:
    load(sheet(tmp_path, CLAMP, DRILL))

    received = SheetImport.objects.get()
    event = Event.objects.get()
    assert (event.name, event.key) == ("patents.pool.imported", f"import:{received.pk}")
    assert (event.payload["sheet_import_id"], event.payload["new"]) == (received.pk, 2)
    assert AuditEntry.objects.filter(verb="导入专利").count() == 1


def test_second_import_changes_nothing_and_leaves_no_trace(tmp_path: Path) -> None:
    path = sheet(tmp_path, CLAMP, DRILL)
    load(path)
    before, rows = traces(), list(Patent.objects.order_by("pk").values())

    assert load(path) == {"row": 2, "unchanged": 2}
    assert (traces(), list(Patent.objects.order_by("pk").values())) == (before, rows)


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    assert load(sheet(tmp_path, CLAMP), dry_run=True) == {"row": 1, "new": 1}
    assert (Patent.objects.count(), traces()) == (0, (0, 0, 0))


def test_refused_rows_do_not_hold_up_the_others(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        CLAMP,
        ["错位", "201710601862.4"],
        ["数字", 201710601862.3],
        ["", "97101765.4"],
        ["=A1", "95115608.X"],
        ["将来", "200710308494.X", "甲大学", (clock.today() + dt.timedelta(days=1)).isoformat()],
        ["没有号码", ""],
    )

    outcome = import_file(path=path, holder=None, by=None)

    assert (outcome.new, outcome.refused) == (1, 6)
    assert [str(problem)[:24] for problem in outcome.problems] == [
        "第 3 行 B 列“申请号”：申请号“20171",
        "第 4 行 B 列“申请号”：申请号“20171",
        "第 5 行 A 列“专利名称”：“专利名称”没有",
        "第 6 行 A 列“专利名称”：单元格是公式，请",
        "第 7 行 D 列“申请日”：申请日晚于今天。",
        "第 8 行：“申请号和公布号”都没有填写，无法识",
    ]


def test_repeated_rows_in_a_sheet(tmp_path: Path) -> None:
    path = sheet(tmp_path, CLAMP, CLAMP, [*CLAMP[:2], "丙公司", *CLAMP[3:]])

    outcome = import_file(path=path, holder=None, by=None)

    assert (outcome.new, outcome.repeated, outcome.conflict) == (1, 1, 1)
    assert [str(problem) for problem in outcome.problems] == [
        "第 4 行 C 列“申请人”：与第 2 行是同一件专利，但“申请人”不同；已采用第 2 行。"
    ]
    assert values("201710601862", "applicant_names") == ("甲大学",)


def test_empty_fields_are_filled_and_history_keeps_the_old_row(tmp_path: Path) -> None:
    load(sheet(tmp_path, CLAMP[:3], header=HEADER[:3]))
    patent = Patent.objects.get()

    assert load(sheet(tmp_path, CLAMP)) == {"row": 1, "changed": 1}
    patent.refresh_from_db()
    assert (patent.filed_on, patent.main_class, patent.abstract) == (dt.date(2017, 7, 21), "B23Q3/06", CLAMP[5])
    assert "'夹具':1" in patent.search_tokens
    assert "'公开'" in patent.search_tokens
    assert [version.abstract for version in patent.versions.all()] == [""]


def test_nothing_is_overwritten_silently(tmp_path: Path) -> None:
    load(sheet(tmp_path, CLAMP))
    events = Event.objects.count()
    path = sheet(tmp_path, ["另一个名称", *CLAMP[1:]])

    outcome = import_file(path=path, holder=None, by=None)

    assert (outcome.changed, outcome.unchanged, outcome.conflict) == (0, 0, 1)
    assert [str(problem) for problem in outcome.problems] == ["第 2 行 A 列“专利名称”：库中为“一种夹具”，未作改动。"]
    assert (values("201710601862", "title"), Event.objects.count()) == (("一种夹具",), events)
    conflict = FieldConflict.objects.get()
    assert (conflict.field, conflict.current_value, conflict.offered_value, conflict.state) == (
        "title", "一种夹具", "另一个名称", "open",
    )  # fmt: skip
    assert (conflict.source_import.file_name, conflict.source_row, conflict.source_column) == (path.name, 2, "A")
    before = traces()
    assert load(path) == {"row": 1, "conflict": 1}
    assert (FieldConflict.objects.count(), traces()) == (1, before)


def test_a_design_with_an_ipc_class_is_refused(tmp_path: Path) -> None:
    bottle = ["酒瓶", "CN88301257.X", "某厂", "1988-09-17", "B65D1/02", ""]

    outcome = import_file(path=sheet(tmp_path, bottle), holder=None, by=None)

    assert (outcome.new, outcome.refused, Patent.objects.count()) == (0, 1, 0)
    assert str(outcome.problems[0]) == (
        "第 2 行 E 列“主分类号”：外观设计使用洛迦诺分类号，其他专利使用 IPC 分类号：该分类号与专利类型不符，请核对。"
    )


def test_applicants_become_rows_in_their_order(tmp_path: Path) -> None:
    load(sheet(tmp_path, [*CLAMP[:2], "甲大学 ; 乙公司 ; ", *CLAMP[3:]]))

    parties = PatentParty.objects.order_by("position").values_list("role", "position", "name")
    assert list(parties) == [("applicant", 1, "甲大学"), ("applicant", 2, "乙公司")]


def test_each_filled_field_names_its_own_source(tmp_path: Path) -> None:
    load(sheet(tmp_path, [CLAMP[0], CLAMP[1], "", "", "", ""]))
    load(path := sheet(tmp_path, CLAMP))

    patent = Patent.objects.get()
    second = SheetImport.objects.get(file_name=path.name)
    assert patent.field_sources["filed_on"] == {"kind": "sheet", "import": second.pk, "row": 2, "column": "D"}
    assert {row.heading: row.source for row in sources_of(patent)} == {
        "申请号": "0.xlsx，工作表“Sheet1”，第 2 行",
        "名称": "0.xlsx，工作表“Sheet1”，第 2 行",
        "摘要": "1.xlsx，工作表“Sheet1”，F2 单元格",
        "主分类号": "1.xlsx，工作表“Sheet1”，E2 单元格",
        "申请人": "1.xlsx，工作表“Sheet1”，C2 单元格",
        "申请日": "1.xlsx，工作表“Sheet1”，D2 单元格",
    }
    assert list(PatentParty.objects.values_list("name", flat=True)) == ["甲大学"]


def test_design_carries_a_locarno_class(tmp_path: Path) -> None:
    load(sheet(tmp_path, ["酒瓶", "CN88301257.X", "某厂", "1988-09-17", "09-01-B0367", ""]))

    assert values("88301257", "kind", "main_class") == ("design", "09-01")


def test_unusable_class_or_status_is_left_out_with_a_warning(tmp_path: Path) -> None:
    path = sheet(tmp_path, ["夹具", CLAMP[1], "无类", "著录事项变更"], header=["名称", "申请号", "IPC", "法律状态"])

    outcome = import_file(path=path, holder=None, by=None)

    assert (outcome.new, outcome.warning) == (1, 2)
    assert values("201710601862", "main_class", "legal_status") == ("", "unknown")


def test_offer_of_a_holder(tmp_path: Path) -> None:
    holder = OrganisationFactory(kind="university", name="甲大学", city_code="370900")
    header = ["专利名称", "申请号", "申请人", "技术成熟度", "转化方式", "意向价格（万元）"]

    counts = load(sheet(tmp_path, [*CLAMP[:3], "7", "许可", "12.5"], header=header), holder=holder)

    assert counts == {"row": 1, "new": 1}
    assert values("201710601862", "holder_id", "city_code", "maturity", "transfer_way", "price_amount") == (
        holder.pk,
        "370900",
        7,
        "licence",
        Decimal("125000.00"),
    )
    listing = Listing.objects.get()
    assert (listing.organisation, listing.state, listing.maturity, listing.transfer_ways, listing.price_low_amount) == (
        holder, "draft", 7, ["licence"], Decimal("125000.00"),
    )  # fmt: skip


def test_an_offer_that_comes_later_fills_the_gaps_of_the_draft(tmp_path: Path) -> None:
    holder = OrganisationFactory(kind="university", name="甲大学", city_code="370900")
    header = ["专利名称", "申请号", "申请人", "技术成熟度", "转化方式", "意向价格（万元）"]
    load(sheet(tmp_path, [*CLAMP[:3], "7", "", ""], header=header), holder=holder)
    load(sheet(tmp_path, [*CLAMP[:3], "7", "许可", "12.5"], header=header), holder=holder)

    listing = Listing.objects.get()
    assert (listing.maturity, listing.transfer_ways, listing.price_high_amount) == (
        7,
        ["licence"],
        Decimal("125000.00"),
    )


def test_holder_takes_over_its_own_patent_from_the_public_pool(tmp_path: Path) -> None:
    load(sheet(tmp_path, CLAMP))
    holder = OrganisationFactory(kind="university", name="甲大学", city_code="370900")

    assert load(sheet(tmp_path, CLAMP), holder=holder) == {"row": 1, "changed": 1}
    assert values("201710601862", "holder_id", "city_code") == (holder.pk, "370900")


@pytest.mark.parametrize("has_holder", [True, False])
def test_holder_cannot_take_the_patent_of_another(tmp_path: Path, has_holder: bool) -> None:
    owner = OrganisationFactory(kind="university", name="乙大学") if has_holder else None
    PatentFactory(number="201710601862", check_digit="3", applicant_names="乙大学", holder=owner, title=CLAMP[0])
    thief = OrganisationFactory(kind="university", name="甲大学")

    outcome = import_file(path=sheet(tmp_path, CLAMP), holder=thief, by=None)

    assert (outcome.changed, outcome.conflict) == (0, 1)
    assert values("201710601862", "holder_id", "applicant_names") == (owner and owner.pk, "乙大学")


def test_publication_number_alone_identifies_a_patent_until_the_application_number_comes(tmp_path: Path) -> None:
    load(sheet(tmp_path, ["夹具", "CN103294796A"], header=["标题", "公布号"]))
    patent = Patent.objects.get()
    assert (patent.number, patent.publication_number, patent.display_number) == (None, "103294796", "CN103294796A")

    counts = load(sheet(tmp_path, ["夹具", "CN103294796A", "201310199708.X"], header=["标题", "公布号", "申请号"]))

    patent.refresh_from_db()
    assert counts == {"row": 1, "changed": 1}
    assert (patent.number, patent.check_digit, patent.publication_number) == ("201310199708", "X", "103294796")


def test_publication_number_of_another_patent_is_a_conflict(tmp_path: Path) -> None:
    header = ["标题", "公布号", "申请号"]
    load(sheet(tmp_path, ["夹具", "CN103294796A", ""], ["钻头", "", "201310199708.X"], header=header))

    outcome = import_file(
        path=sheet(tmp_path, ["钻头", "CN103294796A", "201310199708.X"], header=header), holder=None, by=None
    )

    assert (outcome.changed, outcome.conflict, Patent.objects.filter(publication_number=None).count()) == (0, 1, 1)


FULL_HEADER = [
    *HEADER, "其他分类号", "权利要求数", "主权项", "专利代理机构", "专利代理师", "优先权日", "优先权号", "公开日",
    "已缴年数", "费用减缴", "专利权人", "权利份额", "海外同族",
]  # fmt: skip
FULL = [
    *CLAMP[:4], "B23Q3/06(2006.01)I; B25B11/00", CLAMP[5], "B25J15/00", "8", "一种夹具，其特征在于……", "甲代理所", "王某；李某",
    "2016.07.30", "CN2016", "2018-01-19", "7", "85%", "甲大学；乙公司", "70%；30%", "US10123456B2；EP 3456789",
]  # fmt: skip


def test_every_field_of_a_record_comes_in_by_sheet(tmp_path: Path) -> None:
    assert load(sheet(tmp_path, FULL, header=FULL_HEADER)) == {"row": 1, "new": 1}

    patent = Patent.objects.get()
    assert (
        patent.classes, patent.claim_count, patent.first_claim, patent.agency_name, patent.agent_names,
        patent.priority_on, patent.priority_numbers, patent.published_on, patent.fees_paid_through, patent.fee_reduction,
    ) == (
        ["B23Q3/06", "B25B11/00", "B25J15/00"], 8, "一种夹具，其特征在于……", "甲代理所", "王某；李某",
        dt.date(2016, 7, 30), "CN2016", dt.date(2018, 1, 19), 7, "single",
    )  # fmt: skip
    assert [(owner.name, owner.share) for owner in owners_of(patent)] == [
        ("甲大学", Decimal("0.7")), ("乙公司", Decimal("0.3")),
    ]  # fmt: skip
    assert [str(member) for member in patent.family.all()] == ["EP3456789", "US10123456B2"]
    assert load(sheet(tmp_path, FULL, header=FULL_HEADER)) == {"row": 1, "unchanged": 1}


def test_a_later_sheet_adds_what_the_record_lacks_and_names_its_cells(tmp_path: Path) -> None:
    load(sheet(tmp_path, CLAMP))
    full = [*FULL[:-3], "甲大学", "100%", FULL[-1]]

    assert load(sheet(tmp_path, full, header=FULL_HEADER)) == {"row": 1, "changed": 1}

    patent = Patent.objects.get()
    assert (patent.further_classes, patent.family.count()) == (["B25B11/00", "B25J15/00"], 2)
    assert [(owner.role, owner.share) for owner in owners_of(patent)] == [("applicant", Decimal(1))]
    assert {patent.field_sources[name]["column"] for name in ("family", "claim_count")} == {"S", "H"}
    assert [(one.heading, one.source) for one in sources_of(patent)][-2:] == [
        ("权利份额", "1.xlsx，工作表“Sheet1”，R2 单元格"), ("同族专利", "1.xlsx，工作表“Sheet1”，S2 单元格"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("权利份额", "70%；20%", "份额合计应为 100%，现为 90.0000%。"),
        ("权利份额", "100%", "权利份额有 1 项，专利权人有 2 人，须一一对应。"),
        ("权利份额", "大部分", "份额应写成“70%；30%”的形式，按权利人的次序。"),
        ("海外同族", "美国专利", "第 1 行“美国专利”应为国别代码加号码。"),
        ("优先权日", "2018-01-01", "优先权日不能晚于申请日。"),
        ("公开日", "2099-01-01", "公布日晚于今天。"),
        ("权利要求数", "0", "“0”应为 1 至 2000 的整数。"),
    ],
)
def test_a_bad_detail_refuses_its_row_by_cell(tmp_path: Path, column: str, value: str, message: str) -> None:
    row = list(FULL)
    row[FULL_HEADER.index(column)] = value

    outcome = import_file(path=sheet(tmp_path, row, header=FULL_HEADER), holder=None, by=None)

    (problem,) = outcome.problems
    assert (problem.row, problem.message, Patent.objects.count()) == (2, message, 0)


def test_details_that_differ_are_told_and_nothing_is_overwritten(tmp_path: Path) -> None:
    load(sheet(tmp_path, FULL, header=FULL_HEADER))
    other = [*FULL[:-3], "丙公司", "", "JP2020123456"]

    outcome = import_file(path=sheet(tmp_path, other, header=FULL_HEADER), holder=None, by=None)

    assert [(one.heading, one.message) for one in outcome.problems] == [
        ("专利权人", "库中权利人为“甲大学；乙公司”，变更须登记法律事件，未作改动。"),
        ("同族专利", "库中已登记的同族专利不同，未作改动。"),
    ]
    assert [owner.name for owner in owners_of(Patent.objects.get())] == ["甲大学", "乙公司"]


def test_a_sheet_of_holders_alone_means_the_applicants_too(tmp_path: Path) -> None:
    header = ["专利权人" if name == "申请人" else name for name in HEADER]

    load(sheet(tmp_path, CLAMP, header=header))

    assert (Patent.objects.get().applicant_names, PatentParty.objects.get().role) == ("甲大学", "applicant")


def test_other_classes_that_differ_can_be_taken(tmp_path: Path) -> None:
    load(sheet(tmp_path, FULL, header=FULL_HEADER))
    other = list(FULL)
    other[FULL_HEADER.index("其他分类号")] = "B65G47/00"
    load(sheet(tmp_path, other, header=FULL_HEADER))
    conflict = FieldConflict.objects.get()
    assert (conflict.current_value, conflict.offered_value) == ("B25B11/00；B25J15/00", "B25B11/00；B65G47/00")

    decide_conflicts(conflict_ids=[conflict.pk], by=province_user(), take=True, note="")

    assert Patent.objects.get().further_classes == ["B25B11/00", "B65G47/00"]


def test_a_conflict_over_what_a_sheet_filled_names_that_sheet(tmp_path: Path) -> None:
    load(sheet(tmp_path, CLAMP))
    load(sheet(tmp_path, FULL[:-3], header=FULL_HEADER[:-3]))
    other = list(FULL[:-3])
    other[FULL_HEADER.index("权利要求数")] = "9"
    load(sheet(tmp_path, other, header=FULL_HEADER[:-3]))

    (row,) = side_by_side(list(FieldConflict.objects.select_related("patent__source_import", "source_import")))

    assert (row.current, row.current_source, row.offered) == ("8", "1.xlsx H2 单元格", "9")


def test_command_names_file_holder_and_refusals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="找不到文件"):
        call_command("import_patents", str(tmp_path / "none.xlsx"))
    with pytest.raises(CommandError, match="没有单位“999”"):
        call_command("import_patents", str(sheet(tmp_path, CLAMP)), "--holder", "999")
    with pytest.raises(CommandError, match="文件设有打开密码"):
        call_command("import_patents", str(builders.locked_xlsx(tmp_path / "locked.xlsx", [HEADER, CLAMP])))
    holder = OrganisationFactory(kind="university", name="甲大学")
    path = sheet(tmp_path, CLAMP)

    for _ in range(2):
        call_command("import_patents", str(path), "--holder", holder.uscc)

    lines = [line for line in capsys.readouterr().out.splitlines() if "行：" in line]
    assert lines == [
        "导入完成。共 1 行：新增 1，补充 0，未变 0，表内重复 0，不一致 0，退回 0；另有空行 0，提醒 0。",
        "没有变化：表中没有需要入库的内容。共 1 行：新增 0，补充 0，未变 1，表内重复 0，不一致 0，退回 0；另有空行 0，提醒 0。",
    ]
    assert Patent.objects.get().holder == holder


def test_real_pool_goes_in_in_one_go_and_a_second_time_changes_nothing() -> None:
    path = shared_file("pool/taian_patents.xlsx")

    assert load(path) == {"row": 7384, "new": 7384, "warning": 12}
    before = traces()
    assert load(path) == {"row": 7384, "unchanged": 7384, "warning": 12}

    assert (Patent.objects.count(), traces()) == (7384, before)
    assert (
        Patent.objects.filter(kind="design", main_class__regex=r"^\d{2}-\d{2}$").count()
        == Patent.objects.filter(kind="design").count()
    )
    assert all(check_digit(number) == check for number, check in Patent.objects.values_list("number", "check_digit"))


def test_real_sheet_of_60129_rows_with_blanks_and_repetitions() -> None:
    path = shared_file("imports/repeated_60k_rows.xlsx")

    assert load(path) == {"row": 59824, "new": 5369, "repeated": 54455, "blank": 304}
    assert load(path) == {"row": 59824, "unchanged": 5369, "repeated": 54455, "blank": 304}


def test_real_gazette_in_old_xls() -> None:
    assert load(shared_file("imports/legal_status_gazette.xls")) == {"row": 751, "new": 751, "warning": 4}

    patent = Patent.objects.get(number="201710068722")
    assert patent.title == "一种Ni-P镀层表面均匀镶嵌金刚石颗粒的制备方法"
    assert (patent.filed_on, patent.legal_status) == (dt.date(2017, 2, 8), "published")
    assert not Patent.objects.filter(inventor_names__endswith="；").exists()


def test_real_template_is_empty() -> None:
    with pytest.raises(Invalid, match="工作表“Sheet1”只有表头，没有数据。"):
        load(shared_file("imports/merged_header_template.xls"))
