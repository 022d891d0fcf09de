import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal.audit.models import AuditEntry
from portal.errors import Invalid, NotAllowed, WrongState
from subsidies import services
from subsidies.models import Budget, BudgetEntry, Claim, PaymentBatch, PaymentLine
from subsidies.services import payments
from subsidies.tasks import gather_batches
from tests.factories.accounts import finance_user, province_user
from tests.factories.subsidies import RECEIPT_HEADINGS, exported_batch, payable_claim, receipt
from tests.sheets import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


def read(batch, path):
    return services.read_receipt(batch_id=batch.pk, by=finance_user(), path=path)


def test_a_batch_gathers_all_that_can_be_paid_and_the_treasurys_file_has_full_accounts():
    claims = [payable_claim(), payable_claim()]
    by = finance_user()
    batch = services.create_batch(by=by, year=2025, kind="interest_subsidy")
    with pytest.raises(WrongState):
        services.export_batch(batch_id=batch.pk, by=by)

    gather_batches()
    rows = services.export_batch(batch_id=batch.pk, by=by)

    assert [(row[0], row[1], row[5], row[6]) for row in rows] == [
        (batch.ref, claim.ref, "6222000123456789012", Decimal("62962.50")) for claim in claims
    ]
    assert set(Claim.objects.values_list("state", flat=True)) == {"paying"}
    assert AuditEntry.objects.filter(verb="导出拨付文件（含完整账号）", actor=by).count() == 1
    with pytest.raises(WrongState):
        services.create_batch(by=by, year=2025, kind="interest_subsidy")


def test_a_gathering_that_was_killed_goes_on_and_makes_no_line_twice(monkeypatch):
    claims = [payable_claim() for _ in range(3)]
    batch = services.create_batch(by=finance_user(), year=2025, kind="interest_subsidy")
    monkeypatch.setattr(payments, "CHUNK", 1)
    real, calls = payments.move, []

    def killed(row, *args, **kwargs):
        calls.append(row)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(row, *args, **kwargs)

    monkeypatch.setattr(payments, "move", killed)
    with pytest.raises(KeyboardInterrupt):
        gather_batches()
    assert list(PaymentLine.objects.values_list("claim", flat=True)) == [claims[0].pk]

    gather_batches()
    gather_batches()

    assert list(PaymentLine.objects.order_by("id").values_list("claim", flat=True)) == [claim.pk for claim in claims]
    assert PaymentBatch.objects.get(pk=batch.pk).state == "ready"


def test_a_receipt_pays_and_a_failed_payment_is_repeated_without_doubling(tmp_path):
    good, bad = payable_claim(), payable_claim()
    first = exported_batch()

    outcome = read(first, receipt(tmp_path / "one.xlsx", first, {good: "", bad: "账号与户名不符"}))

    assert (outcome.paid, outcome.failed, outcome.unchanged) == (1, 1, 0)
    assert dict(Claim.objects.values_list("pk", "state")) == {good.pk: "paid", bad.pk: "payable"}
    assert Claim.objects.get(pk=good.pk).paid_on == dt.date(2025, 12, 5)
    assert PaymentBatch.objects.get(pk=first.pk).state == "closed"

    second = exported_batch()
    assert list(second.lines.values_list("claim", flat=True)) == [bad.pk]
    read(second, receipt(tmp_path / "two.xlsx", second, {bad: ""}))
    money = Budget.objects.get()
    assert (money.reserved_amount, money.paid_amount) == (Decimal("0.00"), Decimal("125925.00"))
    assert sorted(BudgetEntry.objects.values_list("kind", flat=True)) == ["pay", "pay", "reserve", "reserve"]


def test_the_same_receipt_again_changes_nothing(tmp_path):
    claim = payable_claim()
    batch = exported_batch()
    path = receipt(tmp_path / "one.xlsx", batch, {claim: ""})
    read(batch, path)

    outcome = read(batch, path)

    assert (outcome.paid, outcome.failed, outcome.unchanged) == (0, 0, 1)
    assert BudgetEntry.objects.filter(kind="pay").count() == 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({0: "BF2026-999999"}, "批次号应为"),
        ({1: "BT2026-999999"}, "批次中没有申领 BT2026-999999"),
        ({2: "62962.51"}, "金额 62962.51 与批次中的 62962.50 不同"),
        ({3: "不详"}, "不在可选范围内"),
        ({4: ""}, "成功的须有到账日期"),
        ({4: "2099-01-01"}, "成功的须有到账日期"),
        ({3: "失败"}, "失败的须写明失败原因"),
    ],
)
def test_a_receipt_that_does_not_fit_is_refused_whole(changed, message, tmp_path):
    good, other = payable_claim(), payable_claim()
    batch = exported_batch()
    rows = [[batch.ref, claim.ref, "62962.50", "成功", "2025-12-05", "LS1", ""] for claim in (good, other)]
    rows[1] = [changed.get(place, value) for place, value in enumerate(rows[1])]

    with pytest.raises(Invalid) as refusal:
        read(batch, builders.xlsx(tmp_path / "bad.xlsx", [RECEIPT_HEADINGS, *rows]))

    assert message in refusal.value.message
    assert "第 3 行" in refusal.value.message
    assert set(Claim.objects.values_list("state", flat=True)) == {"paying"}
    assert not BudgetEntry.objects.filter(kind="pay").exists()


def test_only_the_finance_department_pays():
    payable_claim()

    with pytest.raises(NotAllowed):
        services.create_batch(by=province_user(), year=2025, kind="interest_subsidy")

    assert PaymentBatch.objects.count() == 0


def test_the_database_refuses_a_second_line_for_a_claim():
    claim = payable_claim()
    first = exported_batch()
    other = PaymentBatch.objects.create(ref="BF2026-X", year=2025, kind=claim.kind, created_by=first.created_by)

    with pytest.raises(IntegrityError, match="payment_line_never_doubled"), transaction.atomic():
        PaymentLine.objects.create(batch=other, claim=claim, amount=1)
