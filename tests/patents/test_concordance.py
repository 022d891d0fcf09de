"""Reference tables come in whole or not at all, each as a version; industries follow from the current ones."""

import pytest
from django.core.management import CommandError, call_command

from patents.models import IndustryTags, Patent, ReferenceRow, ReferenceTable
from patents.policy.industries import industry_codes, intensive_codes
from patents.queries.evaluation import high_value_of
from patents.services.industries import tag_patents
from portal import clock
from portal.outbox.models import Event
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db
SEI = "国际专利分类号,战略性新兴产业分类代码\nB23Q,2.1\nB23Q 3/00,2.2\nB23Q3/06,3.1.2\n"
GBT = "国际专利分类号,国民经济行业分类代码\nB23Q,C3425\nB60,3670\n"
INTENSIVE = "国民经济行业代码,专利密集型产业\n3425,新装备制造业\n36,03\n"
NAMES = "国际专利分类号,类名\nB23,机床\nB23Q,机床的零件\n"


@pytest.fixture
def sheet(tmp_path):
    def write(text, name="table.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def load(path, kind="ipc_sei", version="2021"):
    call_command("import_concordance", str(path), "--kind", kind, "--version", version)


@pytest.mark.parametrize(
    ("classes", "codes"),
    [
        (["B23Q3/06"], ("3.1.2",)),
        (["B23Q3/18"], ("2.2",)),
        (["B23Q5/00"], ("2.1",)),
        (["B23Q5/00", "B23Q3/06"], ("2.1", "3.1.2")),
        (["B23K9/00"], ()),
        (["07-01"], ()),
        ([], ()),
    ],
)
def test_the_narrowest_place_decides(classes, codes):
    mapping = {"B23Q": ["2.1"], "B23Q3": ["2.2"], "B23Q3/06": ["3.1.2"]}

    assert industry_codes(classes, mapping) == codes


def test_intensive_industries_by_the_narrowest_group():
    mapping = {"36": ["03"], "3670": ["04"]}

    assert intensive_codes(["3611", "3670", "1200"], mapping) == ("03", "04")


def test_the_coarse_mapping_stands_until_a_table_is_imported(sheet):
    own = ReferenceTable.objects.get(is_current=True)
    patent = PatentFactory(main_class="B25J9/00")
    tag_patents()
    assert (own.is_own, own.row_count, patent.industries.sei_codes, patent.industries.sei_table) == (
        True,
        29,
        ["2.1"],
        own,
    )

    load(sheet(SEI))

    official = ReferenceTable.objects.get(kind="ipc_sei", is_current=True)
    tags = IndustryTags.objects.get(patent=patent)
    assert (official.version, official.is_own, official.row_count) == ("2021", False, 3)
    assert (tags.sei_codes, tags.sei_table) == ([], official)
    assert Event.objects.filter(name="patents.reference.imported").count() == 1


def test_the_test_of_high_value_goes_by_the_current_table(sheet):
    """A further class counts too; the fact names the table, and only the portal's own mapping is doubtful."""
    patent = PatentFactory(main_class="A47J31/00", further_classes=["B23Q3/06"])
    assert industry_kind(patent) == (
        "not_met",
        "分类号 A47J31/00、B23Q3/06 没有对应的产业（平台粗略对应（未经确认））",
        "国际专利分类与产业的对应为平台粗略映射，未经确认",
    )

    load(sheet(SEI))

    assert industry_kind(patent) == (
        "met", "分类号 B23Q3/06 对应战略性新兴产业 3.1.2 先进钢铁材料（参照关系表 2021）", "",
    )  # fmt: skip


def industry_kind(patent):
    patent.refresh_from_db()
    kind = high_value_of(patent, clock.today())[0]
    return kind.finding, kind.fact, kind.caveat


def test_industries_through_both_tables(sheet):
    patent = PatentFactory(main_class="B23Q3/06", further_classes=["B60L1/00"])

    load(sheet(GBT), "ipc_industry", "2018")
    load(sheet(INTENSIVE), "intensive", "2019")

    tags = IndustryTags.objects.get(patent=patent)
    assert (tags.industry_codes, tags.intensive_codes) == (["3425", "3670"], ["03"])
    assert [str(table.version) for table in (tags.industry_table, tags.intensive_table)] == ["2018", "2019"]


def test_names_of_places(sheet, client):
    PatentFactory(main_class="B23Q3/06")

    load(sheet(NAMES), "ipc_names", "2026.01")

    assert client.get("/patents/ipc/?at=B").context["children"] == [("B23", "机床", 1)]


def test_a_changed_class_loses_its_industries_until_they_are_computed_anew():
    patent = PatentFactory(main_class="B25J9/00")
    tag_patents()

    Patent.objects.filter(pk=patent.pk).update(title="别的名称")
    assert IndustryTags.objects.get().sei_codes == ["2.1"]
    Patent.objects.filter(pk=patent.pk).update(main_class="C22C38/00")
    assert IndustryTags.objects.count() == 0

    assert (tag_patents(), tag_patents()) == (1, 0)
    assert IndustryTags.objects.get().sei_codes == ["3.2"]


def test_the_same_file_again_changes_nothing(sheet):
    load(sheet(SEI))
    load(sheet(SEI, "again.csv"))

    assert ReferenceTable.objects.filter(kind="ipc_sei", is_own=False).count() == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SEI + "X99,1.1\n", "第 5 行 A 列“国际专利分类号”：不是国际专利分类号。"),
        (SEI + "B24,12.7\n", "第 5 行 B 列“战略性新兴产业分类代码”：不是战略性新兴产业分类（2018）的代码。"),
        ("名称\n机床\n", "缺少"),
    ],
)
def test_a_faulty_table_is_refused_whole(sheet, text, message):
    before = list(ReferenceRow.objects.values_list("pk", flat=True))

    with pytest.raises(CommandError, match=message.replace("（", r"\（")):
        load(sheet(text))

    assert list(ReferenceRow.objects.values_list("pk", flat=True)) == before
    assert not Event.objects.exists()


def test_another_content_needs_another_version(sheet):
    load(sheet(SEI))

    with pytest.raises(CommandError, match="请另起版本号"):
        load(sheet(SEI + "B24,2.1\n"))

    assert ReferenceTable.objects.get(kind="ipc_sei", is_current=True).row_count == 3
