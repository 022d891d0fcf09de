"""Kinds of organisations, roles of people, and states of a registration."""

from django.db.models import TextChoices


class Role(TextChoices):
    PROVINCE = "province", "省级管理人员"
    CITY = "city", "市级管理人员"
    FINANCE = "finance", "财政部门人员"
    HOLDER = "holder", "专利权人经办人"
    SME = "sme", "企业经办人"
    BANK = "bank", "金融机构接口"


OFFICIALS = frozenset({Role.PROVINCE, Role.CITY, Role.FINANCE})


class OrganisationKind(TextChoices):
    AUTHORITY_PROVINCE = "authority_province", "省级知识产权管理部门"
    AUTHORITY_CITY = "authority_city", "市级知识产权管理部门"
    FINANCE_DEPARTMENT = "finance_department", "财政部门"
    UNIVERSITY = "university", "高等院校"
    INSTITUTE = "institute", "科研院所"
    STATE_FIRM = "state_firm", "国有企业"
    SME = "sme", "中小企业"
    BANK = "bank", "银行"
    INSURER = "insurer", "保险机构"
    GUARANTOR = "guarantor", "担保机构"


HOLDER_KINDS = frozenset({OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE, OrganisationKind.STATE_FIRM})
LENDER_KINDS = frozenset({OrganisationKind.BANK, OrganisationKind.INSURER, OrganisationKind.GUARANTOR})
# Kinds that may register themselves, with the role their first user gets.
SELF_REGISTERED = {
    OrganisationKind.SME: Role.SME,
    OrganisationKind.UNIVERSITY: Role.HOLDER,
    OrganisationKind.INSTITUTE: Role.HOLDER,
    OrganisationKind.STATE_FIRM: Role.HOLDER,
}


class RegistrationState(TextChoices):
    PENDING = "pending", "待审核"
    APPROVED = "approved", "已通过"
    REFUSED = "refused", "未通过"


class SizeClass(TextChoices):
    LARGE = "large", "大型"
    MEDIUM = "medium", "中型"
    SMALL = "small", "小型"
    MICRO = "micro", "微型"
