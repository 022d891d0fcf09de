"""Who signs up, and how far a sign-up has come."""

from django.db.models import TextChoices

from portal.accounts.enums import HOLDER_KINDS, LENDER_KINDS, OrganisationKind


class SignupState(TextChoices):
    CONFIRMED = "confirmed", "报名成功"
    WAITING = "queued", "候补"
    WITHDRAWN = "withdrawn", "已取消"


STANDING = (SignupState.CONFIRMED, SignupState.WAITING)


class Audience(TextChoices):
    """The groups that places are divided among."""

    FIRM = "firm", "中小企业"
    HOLDER = "holder", "高校院所和国有企业"
    LENDER = "lender", "金融机构"
    OTHER = "other", "其他单位和个人"


class CheckInWay(TextChoices):
    QR = "qr", "扫码"
    NAME = "name", "按姓名"
    WALK_IN = "walk_in", "现场登记"


def audience_of(kind: str | None) -> Audience:
    """The group of an organisation of this kind; None is a person who comes for no organisation of the portal."""
    if kind == OrganisationKind.SME:
        return Audience.FIRM
    if kind in HOLDER_KINDS:
        return Audience.HOLDER
    return Audience.LENDER if kind in LENDER_KINDS else Audience.OTHER
