import importlib.util
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from demand.ranking.evaluation import Figures, measure
from tests.real_data import SHARED, shared_file

TITLES = {"a": "甲", "a2": "甲", "b": "乙", "c": "丙", "d": "丁"}


@pytest.fixture
def files(tmp_path):
    """A pool of three, a need and its judgements, as the command reads them."""
    (tmp_path / "pool.csv").write_text(
        "id,title,abstract,main_ipc\n1,循环水箱,一种水箱,F24H9/00\n2,废气吸附塔,吸附废气,B01D53/04\n3,止血器,止血,\n",
        encoding="utf-8-sig",
    )
    (tmp_path / "demands.csv").write_text("id,title,description\nn,废气吸附,塔\n", encoding="utf-8")
    (tmp_path / "grades.tsv").write_text("demand_id\tpool_id\tgrade\nn\t2\t3\nn\t1\t0\n", encoding="utf-8")
    return tmp_path


def evaluate(folder, *options):
    out = StringIO()
    call_command(
        "evaluate_matching",
        f"--pool={folder / 'pool.csv'}",
        f"--demands={folder / 'demands.csv'}",
        f"--judgements={folder / 'grades.tsv'}",
        f"--ranking-out={folder / 'ranking.tsv'}",
        *options,
        stdout=out,
    )
    return out.getvalue()


def test_equal_titles_are_one_document_and_unjudged_ones_are_left_out():
    figures = measure({"n": ["d", "a", "a2", "b"]}, {"n": {"a": 3, "b": 1, "c": 0}}, TITLES)

    assert figures == Figures(demands=1, ndcg_at_10=1.0, p_at_5=0.2, judged_share_at_10=0.2)


def test_unjudged_count_as_nothing_when_not_condensed():
    figures = measure({"n": ["d", "a"]}, {"n": {"a": 1}}, TITLES, condensed=False)

    assert figures.rounded() == {"demands": 1, "ndcg_at_10": 0.6309, "p_at_5": 0.0, "judged_share_at_10": 0.1}


def test_need_without_any_good_judgement_counts_only_in_the_judged_share():
    figures = measure({"n": ["a"], "m": ["b"]}, {"n": {"a": 0}, "m": {"b": 2}}, TITLES)

    assert figures == Figures(demands=1, ndcg_at_10=1.0, p_at_5=0.2, judged_share_at_10=0.1)


def test_nothing_judged_gives_zeros():
    assert measure({}, {}, TITLES) == Figures(0, 0.0, 0.0, 0.0)


def test_command_prints_figures_and_writes_the_ranking(files):
    figures = json.loads(evaluate(files, "--json"))

    product = {"demands": 1, "ndcg_at_10": 1.0, "p_at_5": 0.2, "judged_share_at_10": 0.1}
    reference = product | {"judged_share_at_10": 0.2}
    refusals = {"refused": 0, "rightly_refused": 0, "unanswerable": 0}
    assert figures == {
        **product,
        "version": figures["version"],
        "condensed": True,
        "reference": reference,
        "refusals": refusals,
    }
    assert (files / "ranking.tsv").read_text() == "demand_id\tpool_id\trank\nn\t2\t1\n"


def test_command_prints_a_table_without_json(files):
    lines = evaluate(files).splitlines()

    assert [line.split()[:2] for line in lines] == [
        ["demands", "1"],
        ["ndcg_at_10", "1.0"],
        ["p_at_5", "0.2"],
        ["judged_share_at_10", "0.1"],
        ["refused", "0"],
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("pool.csv", "id,title\n1,水箱\n", "缺少列 abstract。"),
        ("grades.tsv", "demand_id\tpool_id\tgrade\nn\t9\t3\n", "专利 9 不在专利文件中。"),
        ("grades.tsv", "demand_id\tpool_id\tgrade\nn\t2\t7\n", "分级“7”不是 0 至 3。"),
    ],
)
def test_command_refuses_a_bad_file_in_words(files, name, content, message):
    (files / name).write_text(content, encoding="utf-8")

    with pytest.raises(CommandError) as refused:
        evaluate(files)

    assert str(refused.value) == f"{files / name}：{message}"


def test_empty_pool_is_measured_as_nothing(files):
    (files / "pool.csv").write_text("id,title,abstract\n", encoding="utf-8")
    (files / "grades.tsv").write_text("demand_id\tpool_id\tgrade\n", encoding="utf-8")

    assert json.loads(evaluate(files, "--json"))["reference"]["demands"] == 0


@pytest.mark.slow
def test_real_judgements_agree_with_the_shared_score_and_reach_the_bar(tmp_path, capsys):
    pool, demands, grades = (
        shared_file(f"matching/{name}") for name in ("pool.csv", "dev_demands.csv", "dev_judgements.tsv")
    )
    ranking, out = tmp_path / "ranking.tsv", StringIO()
    call_command(
        "evaluate_matching",
        f"--pool={pool}",
        f"--demands={demands}",
        f"--judgements={grades}",
        f"--ranking-out={ranking}",
        "--json",
        stdout=out,
    )
    figures = json.loads(out.getvalue())

    spec = importlib.util.spec_from_file_location("match_score", SHARED.parent / "checks" / "match_score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    score.main(ranking, grades, pool)

    names = ("demands", "ndcg_at_10", "p_at_5", "judged_share_at_10")
    assert {name: figures[name] for name in names} == json.loads(capsys.readouterr().out)
    assert figures["ndcg_at_10"] >= 0.7  # by words alone: the suite runs without the model
    assert figures["reference"]["ndcg_at_10"] < figures["ndcg_at_10"]
