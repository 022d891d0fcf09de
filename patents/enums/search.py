"""Kinds of reference tables and orders of a search."""

from django.db.models import TextChoices


class TableKind(TextChoices):
    """Tables that come in by `manage.py import_concordance`."""

    IPC_SEI = "ipc_sei", "国际专利分类与战略性新兴产业分类参照关系"
    IPC_INDUSTRY = "ipc_industry", "国际专利分类与国民经济行业分类参照关系"
    INTENSIVE = "intensive", "知识产权（专利）密集型产业目录"
    IPC_NAMES = "ipc_names", "国际专利分类类名"


class Sorting(TextChoices):
    RELEVANCE = "relevance", "相关度"
    ENTERED = "entered", "入库时间"
    NEWEST = "newest", "申请日（新到旧）"
    CHEAPEST = "cheapest", "价格（低到高）"
    DEAREST = "dearest", "价格（高到低）"
    MATURITY = "maturity", "成熟度（高到低）"
