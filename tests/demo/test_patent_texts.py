"""Invented patents: the same for a seed, well formed, varied, and never a real number."""

import datetime as dt
import hashlib
import time
from collections import Counter

import pytest

from patents.numbers import parse_application_number
from portal.codes import parse_class_symbol
from portal.demo.patent_texts import LAST_FILING, PatentText, patent_texts
from portal.demo.technical_fields import Form, draw_figures, fields_without_patents, technical_fields

SEED = 1
SECTIONS = "ABCDEFGH"


@pytest.fixture(scope="module")
def patents() -> list[PatentText]:
    return list(patent_texts(6000, SEED))


def _hash(texts: list[PatentText]) -> str:
    return hashlib.sha256(repr(texts).encode()).hexdigest()


def test_same_seed_gives_same_patents(patents):
    assert _hash(list(patent_texts(6000, SEED))) == _hash(patents)


def test_other_seed_gives_other_patents(patents):
    assert _hash(list(patent_texts(6000, SEED + 1))) != _hash(patents)


def test_longer_run_starts_with_shorter_one(patents):
    assert list(patent_texts(200, SEED)) == patents[:200]


def test_numbers_are_right_and_agree_with_kind_and_year(patents):
    for patent in patents:
        number = parse_application_number(f"{patent.number}.{patent.check_digit}")

        assert (number.kind, number.year) == (patent.kind, patent.filed_on.year)


def test_numbers_never_repeat(patents):
    assert len({patent.number for patent in patents}) == len(patents)


def test_serial_numbers_are_ones_the_office_has_not_issued(patents):
    assert {patent.number[5 if len(patent.number) == 12 else 3] for patent in patents} == {"9"}


def test_old_and_new_number_forms_occur(patents):
    assert {len(patent.number) for patent in patents} == {8, 12}


def test_classes_are_ipc_except_for_designs(patents):
    for patent in patents:
        scheme = parse_class_symbol(patent.main_class).scheme

        assert scheme == ("locarno" if patent.kind == "design" else "ipc")


def test_every_section_has_its_share(patents):
    counts = Counter(patent.main_class[0] for patent in patents if patent.kind != "design")

    assert sorted(counts) == list(SECTIONS)
    assert min(counts.values()) > len(patents) * 0.04


def test_titles_hardly_repeat_and_fit(patents):
    titles = {patent.title for patent in patents}

    assert 1 - len(titles) / len(patents) < 0.02
    assert all(4 <= len(title) <= 40 for title in titles)


def test_abstracts_are_of_usual_length_and_filled_in(patents):
    for patent in patents:
        assert 120 <= len(patent.abstract) <= 260
        assert "{" not in patent.abstract
        assert "None" not in patent.abstract


def test_abstract_names_its_title(patents):
    assert all(patent.title in patent.abstract for patent in patents)


def test_utility_models_name_no_method(patents):
    titles = [patent.title for patent in patents if patent.kind == "utility_model"]

    assert len(titles) > 1000
    assert not [title for title in titles if title.endswith(("方法", "工艺"))]


def test_dates_are_in_order(patents):
    for patent in patents:
        assert patent.filed_on <= LAST_FILING
        assert patent.granted_on is None or patent.granted_on > patent.filed_on


@pytest.mark.parametrize(
    ("kind", "filed_on", "expires_on"),
    [
        ("invention", dt.date(2010, 3, 5), dt.date(2030, 3, 5)),
        ("utility_model", dt.date(2016, 2, 29), dt.date(2026, 3, 1)),
        ("utility_model", dt.date(2016, 3, 1), dt.date(2026, 3, 1)),
        ("design", dt.date(2021, 5, 31), dt.date(2031, 5, 31)),
        ("design", dt.date(2021, 6, 1), dt.date(2036, 6, 1)),
    ],
)
def test_expiry_follows_kind_and_filing_date(kind, filed_on, expires_on):
    patent = PatentText("202010000000", "0", kind, "", "", "", filed_on, None, "", "")

    assert patent.expires_on() == expires_on


@pytest.mark.parametrize(
    ("day", "fate", "status"),
    [
        (dt.date(2020, 6, 1), "", "filed"),
        (dt.date(2021, 9, 1), "", "in_examination"),
        (dt.date(2022, 6, 1), "", "valid"),
        (dt.date(2023, 6, 1), "lapsed_unpaid", "lapsed_unpaid"),
        (dt.date(2040, 1, 2), "", "expired"),
    ],
)
def test_status_follows_the_day(day, fate, status):
    filed_on, granted_on = dt.date(2020, 1, 2), dt.date(2022, 1, 2)
    patent = PatentText("202010000000", "0", "invention", "", "", "", filed_on, granted_on, fate, "")

    assert patent.status_on(day) == status


def test_sixty_thousand_are_made_in_time_and_hardly_repeat():
    start = time.perf_counter()
    titles = {patent.title for patent in patent_texts(60_000, SEED)}

    assert 1 - len(titles) / 60_000 < 0.02
    assert time.perf_counter() - start < 60  # 3 s on an idle core; the machine may be shared


def test_vocabulary_covers_every_section_form_and_city():
    fields = technical_fields()

    assert len(fields) >= 60
    assert {field.section for field in fields} == set(SECTIONS)
    assert {field.form for field in fields} == set(Form)
    assert len({city for field in fields for city in field.cities}) == 16


def test_every_thing_has_enough_words():
    for field in (*technical_fields(), *fields_without_patents()):
        for thing in field.things:
            assert len(thing.parts) >= 3, (field.key, thing.name)
            assert thing.scenes, (field.key, thing.name)
            assert thing.solutions, (field.key, thing.name)


def test_figures_stay_within_their_bounds_and_decimals():
    from random import Random

    rng = Random(0)
    drawn = {draw_figures(rng, "{0.8-1.2} mm") for _ in range(200)}

    assert drawn == {"0.8 mm", "0.9 mm", "1.0 mm", "1.1 mm", "1.2 mm"}
    assert draw_figures(rng, "{-5--5} ℃至{7-7} ℃") == "-5 ℃至7 ℃"
