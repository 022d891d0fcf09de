"""The list of industries as the standard prints it, and as the portal's own files have it."""

import pytest
from django.core.management import CommandError, call_command

from demand.models import IndustryClass
from tests.real_data import shared_file
from tests.sheets import builders

pytestmark = pytest.mark.django_db

PRINTED = [
    ["国民经济行业分类（样表）", "", "", "", "", ""],
    ["代  码", "", "", "", "类 别 名 称", "说明"],
    ["门类", "大类", "中类", "小类", "", ""],
    ["A", "", "", "", "农、林、牧、渔业", "本门类包括 01～05 大类"],
    ["", "01", "", "", "农  业", ""],
    ["", "", "011", "", "谷物种植", ""],
    ["", "", "", "0111", "稻谷种植", ""],
    ["", "", "", 112, "小麦种植", ""],
    ["", "", "018", "0181", "草种植及割草", ""],
    ["", "", "", "", "", ""],
    ["C", "", "", "", "制造业", ""],
    ["", 35, "", "", "专用设备制造业", ""],
    ["", "", 351.0, "", "采矿、冶金、建筑专用设备制造", ""],
    ["", "", "", "3512", "石油钻采专用设备制造", ""],
]
CLASSES = [
    ("A", "农、林、牧、渔业", "", 1),
    ("A01", "农业", "A", 2),
    ("A011", "谷物种植", "A01", 3),
    ("A0111", "稻谷种植", "A011", 4),
    ("A0112", "小麦种植", "A011", 4),
    ("A018", "草种植及割草", "A01", 3),
    ("A0181", "草种植及割草", "A018", 4),
    ("C", "制造业", "", 1),
    ("C35", "专用设备制造业", "C", 2),
    ("C351", "采矿、冶金、建筑专用设备制造", "C35", 3),
    ("C3512", "石油钻采专用设备制造", "C351", 4),
]


def classes():
    return list(IndustryClass.objects.order_by("code").values_list("code", "name", "parent_code", "level"))


def test_the_standards_own_table_replaces_the_list(tmp_path, capsys):
    IndustryClass.objects.create(code="Z99", name="旧", level=2)

    for _ in range(2):
        call_command("import_industries", str(builders.xlsx(tmp_path / "gbt.xlsx", PRINTED, merge="A2:D2")))

    assert classes() == CLASSES
    assert "已导入 11 个行业。" in capsys.readouterr().out


def test_one_code_a_row_in_gb18030(tmp_path):
    rows = [["code", "name", "parent", "level"], *([*map(str, one)] for one in CLASSES)]

    call_command("import_industries", str(builders.csv(tmp_path / "gbt.csv", rows, encoding="gb18030")))

    assert classes() == CLASSES


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["名称"], ["农业"]], "应有列 门类"),
        ([*PRINTED[:4], ["", "1A", "", "", "农业", ""]], "第 5 行：大类“1A”"),
        ([*PRINTED[:3], ["", "01", "", "", "农业", ""]], "第 4 行：大类“01”"),
        ([*PRINTED[:5], ["", "", "", "0111", "稻谷种植", ""]], "行业 A0111 的上级不在表中"),
        ([["code", "name", "parent", "level"], ["A", "", "", "1"]], "第 2 行：代码、名称、层级"),
    ],
)
def test_a_faulty_list_is_refused_and_the_present_one_stays(tmp_path, rows, message):
    IndustryClass.objects.create(code="A", name="农、林、牧、渔业", level=1)

    with pytest.raises(CommandError, match=message):
        call_command("import_industries", str(builders.xlsx(tmp_path / "gbt.xlsx", rows)))

    assert classes() == [("A", "农、林、牧、渔业", "", 1)]


def test_the_real_list_of_2011():
    call_command("import_industries", str(shared_file("codes/gbt4754_2011.csv")))

    levels = [IndustryClass.objects.filter(level=level).count() for level in (1, 2, 3, 4)]
    assert levels == [20, 96, 432, 876]
    assert IndustryClass.objects.get(code="A0111").parent_code == "A011"
