"""States and lights of the work plan."""

from django.db.models import TextChoices


class TaskState(TextChoices):
    RUNNING = "running", "推进中"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class MilestoneState(TextChoices):
    OPEN = "open", "未完成"
    REPORTED = "reported", "待核实"
    RETURNED = "returned", "退回补充"
    CONFIRMED = "confirmed", "已完成"


WITH_OWNER = (MilestoneState.OPEN, MilestoneState.RETURNED)
"""Milestones that wait for who carries the task."""


class Light(TextChoices):
    """How a task stands on a day: red is late, yellow is near or waits for confirmation."""

    RED = "red", "红灯（逾期）"
    YELLOW = "yellow", "黄灯（临近或待核实）"
    GREEN = "green", "绿灯（正常）"
    DONE = "done", "已完成"
    OFF = "off", "已取消"


EVIDENCE = "evidence"
