"""From a need to talks in the browser, both sides: the firm writes, the city reviews, the holder answers, they talk.

What a worker would do the test does itself: it matches.
"""

import pytest
from playwright.sync_api import expect

from demand import services
from demand.models import AdviserRequest, Demand, Interest
from patents.models import Deal
from tests.e2e import browser as browsers
from tests.factories.accounts import city_user, holder_user, sme_user
from tests.factories.demand import gear_patent, indexed_pool
from tests.factories.policy import load_shipped

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ABSTRACT = "本发明公开了一种行星齿轮渗碳淬火方法，控制渗碳淬火变形量。试验表明，磨齿余量降到150 μm。"


@pytest.fixture
def people():
    """A firm, its city and a university whose patent answers the need."""
    load_shipped()
    holder = holder_user()
    patent = gear_patent(holder=holder.organisation, applicant_names=holder.organisation.name, abstract=ABSTRACT)
    indexed_pool(patent)
    return sme_user(), city_user("370100"), holder, patent


def write_need(firm):
    """Help comes while typing; the suggested field is taken over; a figure is typed."""
    page = firm.page
    firm.open("/demands/new/")
    page.get_by_label("需求名称").fill("行星齿轮渗碳淬火变形控制")
    page.get_by_label("需求描述").fill("风电增速箱行星齿轮渗碳淬火后变形大，需要控制渗碳淬火变形量的热处理工艺。")
    page.get_by_text("没有带单位的指标").wait_for()
    page.get_by_role("button", name="采用 C21D").click()
    assert page.get_by_label("技术领域（IPC 小类）").input_value() == "C21D"
    page.get_by_label("指标", exact=True).first.fill("磨齿余量")
    page.get_by_label("要求").first.select_option("le")
    page.get_by_label("数值").first.fill("0.2")
    page.get_by_label("单位", exact=True).first.fill("mm")
    page.get_by_role("button", name="提交审核").click()
    page.get_by_text("等待所在市审核").wait_for()
    return Demand.objects.get()


def review(city, need):
    city.open(f"/admin/demand/demand/{need.pk}/review")
    expect(city.page.get_by_text("磨齿余量不高于 0.2 mm")).to_be_visible()
    city.page.get_by_role("radio", name="同意发布并匹配", exact=True).check()
    city.page.get_by_role("button", name="确定").click()
    city.page.get_by_text("已处理：").wait_for()
    services.match_demand(demand_id=need.pk)


def ask_for_advice(firm, city, need):
    firm.open(need.get_absolute_url())
    card = firm.page.locator("article").first
    expect(card.get_by_text("磨齿余量降到150 μm", exact=True)).to_be_visible()
    firm.page.get_by_role("link", name="请求顾问").first.click()
    firm.page.get_by_label("希望得到的帮助").fill("请协助判断技术是否适用。")
    firm.page.get_by_role("button", name="提交请求").click()
    firm.page.get_by_text("所在市会安排顾问").wait_for()
    city.open(f"/admin/demand/adviserrequest/{AdviserRequest.objects.get().pk}/handle")
    city.page.get_by_label("顾问姓名").fill("孙工")
    city.page.get_by_label("顾问电话").fill("0531-80000000")
    city.page.get_by_role("button", name="安排顾问").click()
    city.page.get_by_text("已办理“安排顾问”").wait_for()


def answer(university, need):
    university.open("/demands/matched/")
    university.page.get_by_role("link", name="查看需求并应答").click()
    university.page.get_by_role("link", name="用这件专利应答").click()
    university.page.get_by_label("应答说明").fill("已有样机，可试用。")
    university.page.get_by_role("button", name="提交应答").click()
    university.page.get_by_text("已应答，等待企业答复").wait_for()


def talk(firm, need):
    firm.open(need.get_absolute_url())
    expect(firm.page.get_by_text("孙工，0531-80000000")).to_be_visible()
    firm.page.get_by_role("link", name="同意洽谈").click()
    firm.page.get_by_label("意向说明").fill("请提供试用条件。")
    firm.page.get_by_role("button", name="同意洽谈").click()
    firm.page.get_by_text("已同意洽谈，后续在").wait_for()


def test_need_to_talks(open_tab, people):
    sme, official, owner, patent = people
    firm, city, university = open_tab(sme), open_tab(official), open_tab(owner, viewport=browsers.PHONE)

    need = write_need(firm)
    review(city, need)
    ask_for_advice(firm, city, need)
    answer(university, need)
    talk(firm, need)

    interest, deal = Interest.objects.get(), Deal.objects.get()
    assert (interest.state, interest.patent, interest.deal_ref) == ("accepted", patent, deal.ref)
    university.open(f"/patents/deals/{deal.ref}/")
    expect(university.page.get_by_text("请提供试用条件。")).to_be_visible()
    firm.open(f"{need.get_absolute_url()}close/")
    firm.page.get_by_role("radio", name="通过平台专利解决").check()
    firm.page.get_by_label("解决需求的专利").select_option(str(patent.pk))
    firm.page.get_by_role("button", name="结束需求").click()
    firm.page.get_by_text(f"需求 {need.ref} 已结束").wait_for()
    assert Demand.objects.get().outcome_patent == patent
