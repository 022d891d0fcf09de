"""Invented needs: the same for a seed, some answered by the demonstration patents."""

from portal.demo.need_texts import need_texts
from portal.demo.technical_fields import fields_without_patents
from portal.size_class import industry_of


def test_same_seed_gives_same_needs():
    assert list(need_texts(50, 3)) == list(need_texts(50, 3))
    assert list(need_texts(50, 3)) != list(need_texts(50, 4))


def test_some_needs_are_in_fields_without_patents():
    needs = list(need_texts(400, 1))
    share = sum(not need.has_patents for need in needs) / len(needs)

    assert 0.08 < share < 0.25
    assert {need.field_key for need in needs if not need.has_patents} == {
        field.key for field in fields_without_patents()
    }


def test_fields_are_taken_in_the_order_asked_for():
    needs = need_texts(3, 1, field_keys=("garlic_machines", "steel"))

    assert [need.field_key for need in needs] == ["garlic_machines", "steel", "garlic_machines"]


def test_need_is_filled_in():
    for need in need_texts(300, 2):
        text = need.title + need.description + need.target_figures + need.constraints

        assert "{" not in text
        assert need.object in need.description
        assert need.budget_amount >= 100_000
        assert len(need.title) <= 40
        assert industry_of(need.industry_code)
