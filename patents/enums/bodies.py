"""The bodies that operate patents (plan item 14): one platform, many centres."""

from django.db.models import TextChoices


class BodyKind(TextChoices):
    PLATFORM = "platform", "省知识产权公共服务平台"
    CENTRE = "centre", "省知识产权运营中心"
    BRANCH = "branch", "产业知识产权运营中心"
    KEY_CITY = "key_city", "国家知识产权重点运营城市"
    INSTITUTION = "institution", "高校、园区、国有企业等运营机构"


class BodyState(TextChoices):
    LISTED = "listed", "运行中"
    CLOSED = "closed", "已撤销"


class ActivityState(TextChoices):
    SUBMITTED = "submitted", "待核实"
    RETURNED = "returned", "退回修改"
    CONFIRMED = "confirmed", "已核实"
