"""From finding a roadshow to what came of it, in the browser: a firm, its helper at the door, and the city.

The day of the event comes by moving the event to now, as a test cannot wait.
"""

import datetime as dt

import pytest
from playwright.sync_api import expect

from events.models import Event, Outcome, Signup
from portal import clock
from tests.e2e import browser as browsers
from tests.factories.accounts import city_user, holder_user, sme_user
from tests.factories.events import EventFactory, ExhibitFactory
from tests.factories.patents import PatentFactory
from tests.factories.policy import load_shipped

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people():
    """A city that holds a roadshow with one place and a university's patent on show; a firm."""
    load_shipped()
    city, holder = city_user("370100"), holder_user()
    event = EventFactory(kind="roadshow", title="新材料专利路演", organiser=city.organisation, capacity=1)
    patent = PatentFactory(title="一种耐高温涂层", holder=holder.organisation)
    ExhibitFactory(event=event, patent=patent)
    return sme_user(), city, event


def find_and_sign_up(firm, event):
    """The calendar leads to the event, the form to a badge."""
    page = firm.page
    firm.open("/events/month/" + f"{event.starts_at.astimezone(clock.SHANGHAI):%Y/%-m/}")
    page.get_by_role("link", name="新材料专利路演").click()
    page.get_by_role("link", name="立即报名").click()
    page.get_by_label("姓名").fill("周工")
    page.get_by_label("手机").fill("139 0000 0001")
    page.get_by_role("button", name="提交报名").click()
    page.get_by_text("报名成功 1 人。").wait_for()
    page.get_by_role("link", name="参会证").click()
    expect(page.locator(".qr svg")).to_be_visible()
    return page.url


def come(helper, city, event, badge):
    """The helper opens the link that the city hands out, reads the badge, and checks in once."""
    city.open(f"/events/{event.pk}/manage/")
    link = city.page.get_by_role("link", name="/events/door/").get_attribute("href")
    helper.open(link)
    helper.page.get_by_label("签到处和姓名").fill("东门 小王")
    helper.page.get_by_role("button", name="开始签到").click()
    helper.open(badge)
    helper.page.get_by_role("button", name="签到").click()
    helper.page.get_by_text("周工 签到成功。").wait_for()
    helper.page.get_by_role("link", name="回到签到页").click()
    helper.page.get_by_label("按姓名、单位或手机尾号查找").fill("周工")
    helper.page.get_by_role("button", name="查找").click()
    expect(helper.page.get_by_text("已签到")).to_be_visible()


def ask(firm, event):
    firm.open(event.get_absolute_url())
    firm.page.get_by_role("link", name="提出意向").click()
    firm.page.get_by_label("希望的方式").select_option("ordinary")
    firm.page.get_by_label("意向说明").fill("用于炉衬，今年内试用。")
    firm.page.get_by_role("button", name="提交意向").click()
    firm.page.get_by_text("用于炉衬，今年内试用。").wait_for()


def report(city, event):
    city.open(f"/events/{event.pk}/manage/report/")
    city.page.get_by_label("活动总结").fill("到会踊跃。")
    city.page.get_by_label("实际支出（元）").fill("5000")
    city.page.get_by_role("button", name="上报总结").click()
    city.page.get_by_text("已上报总结。").wait_for()


def test_roadshow_to_outcome(open_tab, people):
    sme, official, event = people
    firm, city, helper = open_tab(sme), open_tab(official), open_tab(viewport=browsers.PHONE)

    badge = find_and_sign_up(firm, event)
    now = clock.now()
    Event.objects.filter(pk=event.pk).update(starts_at=now - dt.timedelta(hours=1), ends_at=now + dt.timedelta(hours=1))
    come(helper, city, event, badge)
    ask(firm, event)
    Event.objects.filter(pk=event.pk).update(ends_at=now - dt.timedelta(minutes=1))
    report(city, event)

    row, outcome = Signup.objects.get(), Outcome.objects.get()
    assert (row.checked_in_via, row.door) == ("qr", "东门 小王")
    assert (outcome.event_id, outcome.source) == (event.pk, "page")
    city.open(f"/events/{event.pk}/manage/outcomes/")
    expect(city.page.get_by_role("link", name=outcome.deal.ref, exact=True)).to_be_visible()
    event.refresh_from_db()
    assert event.report.attendee_count == 1
