"""The main job from an empty pool to a subsidised loan, in a browser, with a real bank at the other end.

What a worker would do the test does itself, step by step: it opens due sheets, runs due deliveries, matches.
"""

from decimal import Decimal

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from demand import services as demands
from finance.models import Loan, Placement, Project
from patents.imports import jobs
from patents.index.services import refresh_index
from patents.models import Patent
from patents.numbers import check_digit
from portal import clock
from portal.accounts.models import Organisation
from portal.api.services import issue_credentials
from portal.outbox.sending import deliver_due
from portal.sheets.models import SheetImport
from tests.factories.accounts import PASSWORD, bank_user, city_user, holder_user, province_user, valid_uscc
from tests.factories.demand import GEAR_TEXT, GEAR_TITLE, indexed_pool
from tests.factories.finance import ProductFactory
from tests.factories.outbox import endpoint
from tests.factories.patents import PatentFactory
from tests.factories.policy import load_shipped
from tests.processes import Bank, free_port, wait_until
from tests.sheets import builders

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HEADINGS = ["专利名称", "申请号", "摘要", "主分类号", "法律状态"]
GEAR = [
    "一种风电齿轮箱行星齿轮的渗碳淬火方法",
    "201710601862.3",
    "本发明公开了一种行星齿轮渗碳淬火方法，控制渗碳淬火变形量，减小磨齿余量。",
    "C21D9/32",
    "有效",
]
FIRM_NAME = "试验齿轮有限公司"


@pytest.fixture(autouse=True)
def media(tmp_path):
    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        yield


@pytest.fixture
def bank(live_server, tmp_path):
    """A bank's own process with its product, its credentials and its signing key."""
    user, port = bank_user(), free_port()
    ProductFactory(institution=user.organisation)
    issued = issue_credentials(organisation=user.organisation, by=province_user())
    _, secret = endpoint(f"http://127.0.0.1:{port}/webhooks", organisation=user.organisation)
    credentials = {
        "client_id": issued.client_id,
        "client_secret": issued.client_secret,
        "webhook_secret": secret,
        "portal_url": live_server.url,
        "port": port,
    }
    running = Bank(tmp_path / "bank", credentials)
    yield running
    running.kill()


def number_of(sequence):
    """A number with its right check digit, as people write it."""
    return f"{sequence}.{check_digit(sequence)}"


def upload(tab, folder, *rows):
    """Choose the file, send it; the worker checks it."""
    sheet = builders.xlsx(folder / "list.xlsx", [HEADINGS, *rows])
    tab.open("/patents/uploads/")
    tab.page.get_by_label("文件").set_input_files(sheet)
    tab.page.get_by_role("button", name="上传并检查").click()
    received = SheetImport.objects.latest("pk")
    jobs.check_sheet(import_id=received.pk)
    tab.page.reload()
    return received


def import_patents(tab, folder):
    """A sheet with a mistyped number is refused for that row, mended, confirmed."""
    wrong = ["一种锁紧机构", "201710601862.4", "公开了一种锁紧机构，包括底座。", "F16B7/00", "有效"]
    upload(tab, folder, GEAR, wrong)
    expect(tab.page.get_by_text("下载带“错误说明”的表格")).to_be_visible()
    expect(tab.page.locator("tbody tr", has_text="201710601862.4")).to_be_visible()
    assert Patent.objects.filter(number="201710601862").count() == 0

    received = upload(tab, folder, GEAR, [wrong[0], number_of("201710601863"), *wrong[2:]])
    tab.page.get_by_role("button", name="确认入库：新增 2").click()
    jobs.apply_sheet(import_id=received.pk)
    tab.page.reload()
    expect(tab.page.get_by_text("已入库：新增 2 件")).to_be_visible()
    refresh_index()


def register(tab):
    tab.open("/accounts/register/")
    given = {
        "单位名称": FIRM_NAME,
        "统一社会信用代码": valid_uscc(500),
        "国民经济行业代码": "C3453",
        "从业人员（人）": "120",
        "上年度营业收入（万元）": "5000",
        "联系人": "周经理",
        "联系电话": "13800000000",
        "用户名": "gear-firm",
        "再次输入密码": PASSWORD,
    }
    tab.page.get_by_label("所在市").select_option("370100")
    for label, value in given.items():
        tab.page.get_by_label(label).fill(value)
    tab.page.get_by_label("密码", exact=True).fill(PASSWORD)
    tab.page.get_by_label("我已获得本单位授权").check()
    tab.page.get_by_role("button", name="提交注册").click()
    expect(tab.page.get_by_text(FIRM_NAME).first).to_be_visible()


def approve(tab, path, label):
    """The official opens the row's review and decides."""
    tab.open(f"/admin/{path}/review")
    tab.page.get_by_role("radio", name=label, exact=True).check()
    tab.page.get_by_role("button", name="确定").click()
    tab.page.get_by_text("已处理：").wait_for()


def post_need(tab):
    tab.open("/demands/new/")
    tab.page.get_by_label("需求名称").fill(GEAR_TITLE)
    tab.page.get_by_label("需求描述").fill(GEAR_TEXT)
    tab.page.get_by_role("button", name="提交审核").click()
    expect(tab.page.get_by_text("待审核").first).to_be_visible()
    return Organisation.objects.get(name=FIRM_NAME).demands.get()


def see_match(tab, need):
    tab.open(need.get_absolute_url())
    first = tab.page.locator("article").first
    assert GEAR[0] in first.inner_text()
    assert "匹配词：" in first.inner_text()
    assert first.locator("mark").count() > 0
    assert first.locator(".legend li").count() > 0


def ask_for_loan(tab):
    tab.open("/finance/projects/new/")
    tab.page.get_by_label("融资金额（万元）").fill("200")
    tab.page.get_by_label("期限（月）").fill("12")
    tab.page.get_by_label("资金用途").fill("采购原材料")
    for box in tab.page.locator("input[name=patents]").all() + tab.page.locator("input[name=recipients]").all():
        box.check()
    tab.page.locator("input[name=consent]").check()
    tab.page.get_by_role("button", name="提交审核").click()
    project = Project.objects.get()
    assert (project.state, project.amount, project.collateral.count()) == ("submitted", Decimal("2000000.00"), 2)
    return project


def test_main_job(open_tab, live_server, bank, tmp_path):
    load_shipped()
    indexed_pool()
    official = open_tab(city_user("370100"))
    university = open_tab(holder_user())
    firm = open_tab()

    import_patents(university, tmp_path)

    register(firm)
    organisation = Organisation.objects.get(name=FIRM_NAME)
    approve(official, f"accounts/organisation/{organisation.pk}", "通过")
    firm.sign_in("gear-firm", PASSWORD)

    need = post_need(firm)
    approve(official, f"demand/demand/{need.pk}", "同意发布并匹配")
    demands.match_demand(demand_id=need.pk)
    see_match(firm, need)
    see_match(university, need)

    for sequence in ("201810700001", "201810700002"):
        PatentFactory(number=sequence, holder=organisation, applicant_names=FIRM_NAME)
    project = ask_for_loan(firm)
    approve(official, f"finance/project/{project.pk}", "同意入库并推送")
    deliver_due()
    wait_until(lambda: Placement.objects.filter(state="lent").exists())
    bank.control(repay=project.ref)
    wait_until(lambda: Placement.objects.filter(state="repaid").exists())
    deliver_due()
    assert bank.answers() == [("accept", 201), ("lend", 201), ("repay", 201)]

    firm.open(f"/finance/projects/{project.ref}/")
    expect(firm.page.get_by_text("已还清").first).to_be_visible()
    firm.open(f"/subsidies/projects/{project.ref}/")
    expect(firm.page.locator("#lines")).to_be_visible()
    assert firm.page.locator("section[aria-labelledby=lines] tbody tr").count() > 0

    loan = Loan.objects.get()
    official.open(f"/stats/pledge/?year={loan.drawn_on.year}")
    row = official.page.locator("tbody tr", has_text="济南市").first.inner_text()
    assert clock.today().year >= loan.drawn_on.year
    assert "200.00 万元" in row


def test_registration_and_search_work_without_script(open_tab, live_server):
    PatentFactory(title=GEAR[0])
    firm = open_tab(java_script_enabled=False)

    register(firm)
    firm.open("/")
    firm.page.get_by_label("关键词或申请号").fill("行星齿轮")
    firm.page.get_by_role("button", name="检索专利").click()

    expect(firm.page.get_by_role("link", name=GEAR[0])).to_be_visible()
