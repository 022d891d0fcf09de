"""Which clocks of a deal somebody was reminded of, so that each reminder goes out once."""

from django.db import models

from patents.enums.deals import DealClock
from patents.models.deals import Deal


class DealReminder(models.Model):
    """One reminder about a day of a deal."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="reminders", verbose_name="交易")
    clock = models.CharField("事项", max_length=16, choices=DealClock)
    due_on = models.DateField("期限")
    sent_at = models.DateTimeField("提醒时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "交易提醒"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["deal", "clock", "due_on"], name="deal_reminder_once")]

    def __str__(self) -> str:
        return f"{self.get_clock_display()} {self.due_on}"
