import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_shows_the_operations_offline_under_the_content_policy(open_tab):
    tab = open_tab()

    tab.page.goto("/api/v1/docs/")

    assert tab.page.wait_for_selector("#operations-项目-answerProject", timeout=20_000).is_visible()
