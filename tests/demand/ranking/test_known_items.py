import json
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from demand.ranking.evaluation import KnownItems, known_item_pool, known_items
from patents.index.memory import MemoryPatent


def sheet(folder, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "pool.xlsx")
    return folder / "pool.xlsx"


def evaluate(path, *options):
    out = StringIO()
    call_command("evaluate_known_items", f"--pool={path}", *options, stdout=out)
    return out.getvalue()


def test_title_is_taken_away_wherever_it_stands_whole():
    pool = {"1": MemoryPatent("循环水箱", "本发明的循环水箱，循环水箱有水。", "F24H"), "2": MemoryPatent("", "塔。")}

    assert known_item_pool(pool) == {"1": MemoryPatent("", "本发明的，有水。", "F24H"), "2": pool["2"]}


def test_equal_titles_are_one_and_ranks_below_ten_are_not_found():
    titles = {"1": "甲", "2": "甲", "3": "乙", **{f"x{n}": f"丁{n}" for n in range(10)}}
    rankings = {"1": ["2"], "2": ["2"], "3": [*(f"x{n}" for n in range(10)), "3"]}

    assert known_items(["1", "2", "3"], rankings, titles) == KnownItems(3, 0.6667, 0.3333)


def test_command_asks_for_a_fixed_sample(tmp_path):
    heading = ("专利名称", "摘要", "主分类号")
    path = sheet(tmp_path, heading, ("循环水箱", "一种循环的水箱", "F24H9/00"), ("止血器", "肱动脉压迫", "A61B17/12"))

    figures = json.loads(evaluate(path, "--titles=1", "--seed=1", "--json"))

    assert figures == {"asked": 1, "recall_at_10": 1.0, "same_patent_at_10": 1.0, "version": figures["version"]}
    assert evaluate(path, "--titles=1", "--seed=1").split()[:2] == ["asked", "1"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [([("专利名称", "摘要")], "缺少列 主分类号。"), ([], "缺少列 专利名称、摘要、主分类号。")],
)
def test_command_refuses_a_sheet_without_the_columns(tmp_path, rows, message):
    path = sheet(tmp_path, *rows)

    with pytest.raises(CommandError) as refused:
        evaluate(path)

    assert str(refused.value) == f"{path}：{message}"


def test_command_refuses_what_is_no_sheet(tmp_path):
    (tmp_path / "pool.xlsx").write_text("x")

    with pytest.raises(CommandError, match="无法读取"):
        evaluate(tmp_path / "pool.xlsx")
