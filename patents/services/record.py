"""Additions to a patent's record by its holder or an official, each with its source."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from patents.enums import FeeReduction, PatentKind, SourceKind
from patents.models import FamilyMember, Patent, PatentParty
from patents.numbers import parse_application_number
from patents.policy.shares import parse_shares
from patents.policy.terms import term_years
from patents.queries.parties import owners_of
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid
from portal.outbox.services import publish

EDITABLE = (
    "fees_paid_through",
    "fee_reduction",
    "claim_count",
    "first_claim",
    "published_on",
    "priority_on",
    "priority_numbers",
    "agency_name",
    "agent_names",
    "further_classes",
    "inventor_names",
)
_FAMILY = re.compile(r"([A-Z]{2})[ \t]*([0-9A-Z./\-]{3,30})", re.ASCII)


@transaction.atomic
def update_record(
    *, patent_id: int, by: User, values: Mapping[str, Any], family_lines: str, same_day: str, shares: str = ""
) -> Patent:
    """Write the given fields; those that change keep this form as their source. Empty `shares` leave them as they are.

    Raises Patent.DoesNotExist for a patent that `by` may not edit, Invalid naming the field.
    """
    patent = Patent.objects.editable_by(by).select_for_update(of=("self",)).get(pk=patent_id)
    given = {name: values[name] for name in EDITABLE if name in values}
    given["fee_reduction"] = given.get("fee_reduction") or FeeReduction.NONE
    given["same_day_invention_id"] = _same_day(patent, same_day)
    _check(patent, given)
    changed = {name: value for name, value in given.items() if getattr(patent, name) != value}
    family = read_family(family_lines)
    family_changed = family != [(one.country, one.number) for one in patent.family.order_by("country", "number")]
    shared = _read_shares(patent, shares)
    if not changed and not family_changed and not shared:
        return patent
    before = {name: str(getattr(patent, name) or "") for name in changed}
    for name, value in changed.items():
        setattr(patent, name, value)
    beside = [*(["family"] if family_changed else []), *(["shares"] if shared else [])]
    note_source(patent, [*changed, *beside], kind=SourceKind.FORM, by=by)
    patent.save(update_fields=[*changed, "field_sources", "updated_at"])
    if family_changed:
        _write_family(patent, family)
    PatentParty.objects.bulk_update(shared, ["share"])
    after = {name: str(value or "") for name, value in changed.items()}
    after |= {f"份额：{owner.name}": str(owner.share) for owner in shared}
    record(by=by, verb="补充著录事项", target=patent, before=before, after=after)
    fields = sorted([*changed, *beside])
    publish("patents.record.updated", key=f"patent:{patent.pk}", patent_number=patent.address, fields=fields)
    return patent


def note_source(patent: Patent, names: list[str], *, kind: SourceKind, by: User | None, **where: Any) -> None:
    """Write down where the values of these fields came from; the caller saves `field_sources`."""
    source = {"kind": str(kind), "on": clock.today().isoformat(), **({"by": by.pk} if by else {}), **where}
    patent.field_sources = {**patent.field_sources, **dict.fromkeys(names, source)}


def _check(patent: Patent, given: Mapping[str, Any]) -> None:
    paid = given.get("fees_paid_through")
    if paid is not None and patent.filed_on is not None:
        years = term_years(patent.kind, patent.filed_on)
        if paid > years:
            raise Invalid(f"该专利只有 {years} 个年度，不能缴至第 {paid} 年度。", field="fees_paid_through")
    for symbol in given.get("further_classes", ()):
        if (patent.kind == PatentKind.DESIGN) != symbol[0].isdigit():
            raise Invalid(f"分类号“{symbol}”与专利类型不符。", field="further_classes")
    today = clock.today()
    for name in ("published_on", "priority_on"):
        day = given.get(name)
        if day is not None and day > today:
            raise Invalid("日期不能晚于今天。", field=name)
    if given.get("priority_on") and patent.filed_on and given["priority_on"] > patent.filed_on:
        raise Invalid("优先权日不能晚于申请日。", field="priority_on")


def _read_shares(patent: Patent, text: str) -> list[PatentParty]:
    """The owners with the shares that the text gives them in order; none where nothing changes."""
    if not text.strip():
        return []
    owners = owners_of(patent)
    try:
        shares = parse_shares(text)
    except Invalid as refusal:
        raise Invalid(refusal.message, field="shares") from refusal
    if len(shares) != len(owners):
        raise Invalid(f"份额有 {len(shares)} 项，权利人有 {len(owners)} 人，须一一对应。", field="shares")
    if [owner.share for owner in owners] == list(shares):
        return []
    for owner, share in zip(owners, shares, strict=True):
        owner.share = share
    return owners


def _same_day(patent: Patent, text: str) -> int | None:
    if not text.strip():
        return None
    if patent.kind != PatentKind.UTILITY_MODEL:
        raise Invalid("只有实用新型填写同日申请的发明专利。", field="same_day_number")
    try:
        number = parse_application_number(text)
    except Invalid as refusal:
        raise Invalid(refusal.message, field="same_day_number") from refusal
    other = Patent.objects.filter(number=number.value, kind=PatentKind.INVENTION).only("pk", "filed_on").first()
    if other is None:
        raise Invalid("库中没有这件发明专利。", field="same_day_number")
    if other.filed_on != patent.filed_on:
        raise Invalid(f"该发明专利的申请日是 {other.filed_on}，与本专利不是同日申请。", field="same_day_number")
    return other.pk


def read_family(text: str) -> list[tuple[str, str]]:
    members = set()
    for place, line in enumerate(text.upper().splitlines(), start=1):
        if not line.strip():
            continue
        match = _FAMILY.fullmatch(line.strip())
        if match is None:
            raise Invalid(f"第 {place} 行“{line.strip()[:30]}”应为国别代码加号码。", field="family_lines")
        members.add((match[1], match[2]))
    return sorted(members)


def _write_family(patent: Patent, family: list[tuple[str, str]]) -> None:
    standing = {(member.country, member.number): member for member in patent.family.all()}
    FamilyMember.objects.filter(pk__in=[row.pk for key, row in standing.items() if key not in family]).delete()
    FamilyMember.objects.bulk_create(
        FamilyMember(patent=patent, country=country, number=number)
        for country, number in family
        if (country, number) not in standing
    )
