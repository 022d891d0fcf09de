"""A university's day in the browser: upload, listing, enquiry, contract, money, inventors."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import override_settings

from patents.enums import LegalStatus
from patents.imports import jobs
from patents.index.services import refresh_index
from patents.models import Deal, IncomeShare, Patent, Payout
from portal import clock
from portal.sheets.models import SheetImport
from tests.e2e import browser as browsers
from tests.factories.accounts import holder_user, sme_user
from tests.factories.deals import pdf
from tests.factories.policy import load_shipped
from tests.sheets import builders

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SHEET = [
    ["专利名称", "申请号", "摘要", "主分类号", "法律状态", "发明人", "申请日"],
    [
        "一种低温烧结陶瓷刀具",
        "201710601862.3",
        "公开了一种陶瓷刀具。",
        "C04B35/10",
        "有效",
        "陈砚溪；李澈岚",
        "2017-07-21",
    ],
]


@pytest.fixture(autouse=True)
def media(tmp_path):
    load_shipped()
    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        yield


@pytest.fixture
def paper(tmp_path):
    path = tmp_path / "凭证.pdf"
    path.write_bytes(pdf().read())
    return path


def day(back):
    return str(clock.today() - dt.timedelta(days=back))


def click(tab, name):
    tab.page.get_by_role("button", name=name, exact=True).click()


def follow(tab, name):
    tab.page.get_by_role("link", name=name, exact=True).first.click()


def fill(tab, **fields):
    for label, value in fields.items():
        tab.page.get_by_label(label, exact=False).first.fill(value)


def test_a_universitys_day(open_tab, tmp_path, paper):
    holder, firm = holder_user(), sme_user()
    university, company = open_tab(holder), open_tab(firm)

    _upload(university, tmp_path)
    _complete_the_listing(university)
    deal = _enquire_and_answer(university, company)
    _publish_and_sign(university, deal, paper)
    _confirm(company, deal)
    _record_and_receive(university, deal, paper)
    _pay_inventors(university, deal, paper)

    browsers.assert_accessible(university, "/patents/deals/")
    browsers.assert_accessible(university, f"/patents/deals/{deal.ref}/")
    browsers.assert_accessible(university, f"/patents/deals/{deal.ref}/income/")
    browsers.assert_accessible(company, f"/patents/deals/{deal.ref}/")


def _upload(tab, folder):
    sheet = builders.xlsx(folder / "list.xlsx", SHEET)
    tab.open("/patents/uploads/")
    tab.page.locator("input[type=file]").set_input_files(sheet)
    click(tab, "上传并检查")
    received = SheetImport.objects.latest("pk")
    jobs.check_sheet(import_id=received.pk)
    tab.open(f"/patents/uploads/{received.pk}/")
    tab.page.get_by_role("button", name="确认入库").click()
    jobs.apply_sheet(import_id=received.pk)
    refresh_index()
    assert Patent.objects.get().legal_status == LegalStatus.VALID


def _complete_the_listing(tab):
    tab.open(f"/patents/{Patent.objects.get().number}/listing/")
    page = tab.page
    page.get_by_label("技术成熟度（TRL 1-9）").select_option("6")
    page.get_by_label("解决的技术问题").fill("陶瓷刀具烧结温度高、易崩刃。")
    page.get_by_label("技术效果").fill("烧结温度降低 200 摄氏度，寿命提高三成。")
    page.get_by_label("应用领域").fill("干式切削")
    page.get_by_label("与现有方案的经济性比较").fill("每把刀具成本由 90 元降到 60 元。")
    page.get_by_label("许可", exact=True).check()
    page.get_by_label("意向价格下限（万元）").fill("30")
    page.get_by_label("联系人").fill("陈老师")
    page.get_by_label("联系电话").fill("0531-10000000")
    click(tab, "保存")
    patent = Patent.objects.get()
    listing = patent.listings.get()
    assert (listing.maturity, listing.transfer_ways, listing.price_low_amount) == (6, ["licence"], Decimal("300000.00"))


def _enquire_and_answer(university, company):
    company.open(f"/patents/{Patent.objects.get().number}/")
    follow(company, "提出转化意向")
    company.page.get_by_label("希望的方式").select_option("ordinary")
    fill(company, 意向说明="用于干式切削，想了解许可条件。")
    click(company, "提交意向")
    deal = Deal.objects.get()
    university.open("/patents/deals/")
    university.page.get_by_role("link", name="一种低温烧结陶瓷刀具").click()
    follow(university, "答复意向")
    fill(university, 答复="可以许可，欢迎来访。")
    click(university, "答复意向")
    assert university.page.get_by_text("洽谈中", exact=True).count() == 1
    return deal


def _publish_and_sign(tab, deal, paper):
    follow(tab, "登记价格公示")
    tab.page.get_by_label("科技成果名称").fill("一种低温烧结陶瓷刀具")
    tab.page.get_by_label("拟交易价格（万元）").fill("30")
    tab.page.get_by_label("公示开始日").fill(day(40))
    tab.page.get_by_label("公示截止日").fill(day(25))
    tab.page.get_by_label("公示地点（网址）").fill("学校网站")
    tab.page.get_by_label("异议受理方式").fill("科技处")
    click(tab, "登记价格公示")
    follow(tab, "登记合同")
    _fill_contract(tab, paper, signed_on=day(25))
    assert "签订日期须在此之后" in tab.page.content()
    assert "不能签订" in tab.page.content()
    _fill_contract(tab, paper, signed_on=day(20))
    assert tab.page.get_by_text("合同已登记，已通知对方确认。").count() == 1


def _fill_contract(tab, paper, *, signed_on):
    page = tab.page
    page.get_by_label("合同编号").fill("HT-2026-1")
    page.get_by_label("签订日期").fill(signed_on)
    page.get_by_label("合同生效日").fill(signed_on)
    page.get_by_label("许可期限截止日").fill(day(-700))
    page.get_by_label("计价方式").select_option("fixed")
    page.get_by_label("定价方式").select_option("agreement")
    page.get_by_label("合同金额（万元）").fill("30")
    page.get_by_label("合同文件").set_input_files(paper)
    click(tab, "登记合同")


def _confirm(tab, deal):
    tab.open(f"/patents/deals/{deal.ref}/")
    follow(tab, "确认合同")
    click(tab, "确认合同")
    assert tab.page.get_by_text("合同已确认。").count() == 1


def _record_and_receive(tab, deal, paper):
    page = tab.page
    tab.open(f"/patents/deals/{deal.ref}/")
    follow(tab, "登记备案结果")
    page.get_by_label("登记（备案）号").fill("X2026370000001")
    page.get_by_label("登记（备案）日").fill(day(10))
    page.get_by_label("生效日").fill(day(20))
    page.get_by_label("登记（备案）证明").set_input_files(paper)
    click(tab, "登记备案结果")
    follow(tab, "登记到账")
    page.get_by_label("到账金额（元）").fill("300000.01")
    page.get_by_label("到账日期").fill(day(5))
    page.get_by_label("到账凭证").set_input_files(paper)
    click(tab, "登记到账")
    assert "超过合同金额" in page.content()
    page.get_by_label("到账金额（元）").fill("100000")
    page.get_by_label("到账凭证").set_input_files(paper)
    click(tab, "登记到账")
    assert page.get_by_text("到账已登记。").count() == 1


def _pay_inventors(tab, deal, paper):
    page = tab.page
    follow(tab, "收益分配")
    follow(tab, "编制分配表")
    # The inventors of the patent stand there already, in equal parts; the office's people are added.
    page.locator("[name=people-2-group]").select_option("office")
    page.locator("[name=people-2-name]").fill("技术转移中心")
    page.locator("[name=people-2-share]").fill("100")
    page.locator("[name=costs-0-kind]").select_option("valuation")
    page.locator("[name=costs-0-amount]").fill("3000")
    page.locator("[name=costs-0-file]").set_input_files(paper)
    click(tab, "计算并保存")
    click(tab, "确认分配表")
    for _ in range(3):
        follow(tab, "登记发放")
        page.get_by_label("发放日期").fill(day(1))
        page.get_by_label("发放凭证").set_input_files(paper)
        click(tab, "确定")
    shares = list(IncomeShare.objects.order_by("pk").values_list("person_name", "amount"))
    assert shares == [
        ("陈砚溪", Decimal("33950.00")),
        ("李澈岚", Decimal("33950.00")),
        ("技术转移中心", Decimal("9700.00")),
    ]
    assert list(Payout.objects.order_by("pk").values_list("share__person_name", "amount")) == shares
    with page.expect_download() as download:
        click(tab, "下载证明材料包（zip）")
    assert download.value.suggested_filename == f"{deal.ref}.zip"
