"""The admin's own scripts under a policy without eval: filters, actions, menus, date pickers.

`open_tab` fails the test when a page complains of anything, such as an expression that the evaluator cannot read.
"""

import pytest
from playwright.sync_api import expect

from finance.models import Project
from portal import clock
from tests.factories.accounts import city_user
from tests.factories.finance import ProductFactory, submitted_project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def official(open_tab):
    return open_tab(city_user("370100"))


def waiting_project():
    """A project that waits for its city, and a bank that could take it."""
    ProductFactory()
    return submitted_project()


def test_filter_panel_opens_and_narrows_the_list(official):
    project = waiting_project()
    page = official.page
    official.open("/admin/finance/project/")
    assert page.locator("#changelist-filter").is_hidden()

    page.get_by_text("过滤器").first.click()
    page.locator("#changelist-filter").get_by_role("link", name="待市级审核").click()
    page.wait_for_url("**state__exact=submitted**")
    expect(page.get_by_role("link", name=project.ref)).to_be_visible()

    official.open("/admin/finance/project/?state__exact=lent")
    assert page.get_by_role("link", name=project.ref).count() == 0


def test_action_admits_the_selected_project(official):
    project = waiting_project()
    page = official.page
    official.open("/admin/finance/project/")

    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option("admit_selected")
    page.locator("#changelist-actions button[type=submit], button[name=index]").first.click()
    page.wait_for_load_state()

    assert Project.objects.get(pk=project.pk).state == "admitted"


def test_date_picker_fills_in_today(official):
    page = official.page
    official.open("/admin/events/event/add/")

    page.locator("#calendarlink0").click()
    page.locator(".calendar-shortcuts").first.get_by_text("今天").click()
    value = page.locator("input.vDateField").first.input_value()

    assert value == clock.today().strftime("%Y/%m/%d")
