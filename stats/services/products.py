"""Verbs of a patent product's filing: the firm hands in, its city checks, the province files."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from patents.classifications import SEI
from patents.enums import PatentKind
from patents.numbers import parse_application_number
from patents.services.moves import lock, move, own_organisation, require_past, require_text
from portal import clock, refs
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import Organisation, User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.industries import section_of
from portal.notices.services import notify
from portal.outbox.services import publish
from portal.regions import city_of
from stats.enums.products import (
    NEEDS_PROOF,
    PRODUCT_EDITABLE,
    REQUIRED_DOCUMENTS,
    FirmPart,
    PatentBasis,
    PatentFinding,
    PatentPart,
    ProductDocument,
    ProductState,
    YearState,
)
from stats.models.products import Product, ProductPatent
from stats.queries.products import ask_pool
from stats.workflow.products import PRODUCT_FLOW

MOST_PATENTS = 100
"""Main patents of one product (own default): a form with more is a mistake."""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What the firm says about its product."""

    part: str
    name: str
    model_number: str
    brand: str
    industry_code: str
    sei_code: str
    first_sold_on: dt.date
    description: str
    contact_name: str
    contact_phone: str

    def values(self) -> dict[str, Any]:
        """The columns, without blanks around."""
        given = {name: getattr(self, name) for name in self.__slots__}
        return {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}


@transaction.atomic
def save_product(*, by: User, facts: ProductFacts, product_id: int | None = None) -> Product:
    """Start a filing, or change one that is with the firm.

    Raises:
        NotAllowed: universities, institutes and officials file no products.
        Conflict: the firm has a filing of the same name and model.
    """
    firm = own_firm(by)
    values = checked(facts)
    try:
        with transaction.atomic():
            if product_id is None:
                pk, ref = refs.reserve(Product, "CP")
                city, size = city_of(firm.city_code), firm.size_class
                product = Product.objects.create(
                    pk=pk, ref=ref, organisation=firm, city_code=city, size_class=size, **values
                )
            else:
                product = lock_editable(product_id, by)
                for name, value in values.items():
                    setattr(product, name, value)
                product.save(update_fields=[*values, "updated_at"])
    except IntegrityError as error:
        raise Conflict("本单位已有同名同型号的产品备案。", field="model_number", code="filed_already") from error
    record(by=by, verb="保存专利产品备案", target=product)
    return product


def checked(facts: ProductFacts) -> dict[str, Any]:
    """The columns. Raises Invalid naming the field."""
    values = facts.values()
    labels = {
        "name": "产品名称",
        "model_number": "型号规格",
        "description": "专利在产品中的作用",
        "contact_name": "联系人",
        "contact_phone": "联系电话",
    }
    for name, label in labels.items():
        require_text(values[name], f"请填写{label}。", field=name)
    if facts.part not in FirmPart.values:
        raise Invalid("请选择企业身份。", field="part")
    if not section_of(values["industry_code"]):
        raise Invalid("请填写国民经济行业代码，例如 C3512。", field="industry_code")
    if values["sei_code"] and values["sei_code"] not in SEI:
        raise Invalid("请从列出的战略性新兴产业中选择。", field="sei_code")
    require_past(facts.first_sold_on, "首次销售日", field="first_sold_on")
    return values


@transaction.atomic
def name_patent(*, product_id: int, by: User, number: str, basis: str, part: str, title: str = "") -> ProductPatent:
    """Add a main patent; kind and title are the pool's where it has the patent.

    Raises:
        Invalid: the number is none, the patent is not in force, or the pool does not have it and no title was given.
        Conflict: the product names it already.
    """
    product = lock_editable(product_id, by)
    if basis not in PatentBasis.values:
        raise Invalid("请选择权利来源。", field="basis")
    if part not in PatentPart.values:
        raise Invalid("请选择专利在产品中的作用。", field="part")
    try:
        parsed = parse_application_number(number)
    except Invalid as refusal:
        raise Invalid(refusal.message, field="number") from refusal
    answer = ask_pool(product.organisation, parsed.value, basis)
    if answer.finding == PatentFinding.NOT_IN_FORCE and answer.patent:
        raise Invalid(f"该专利为“{answer.patent.get_legal_status_display()}”，不是有效专利。", field="number")
    if answer.patent is None:
        title = require_text(title, "专利库中没有该专利，请填写专利名称。", field="title")
    if product.patents.count() >= MOST_PATENTS:
        raise Invalid(f"一个产品最多填报 {MOST_PATENTS} 件专利。", field="number")
    named, is_new = ProductPatent.objects.get_or_create(
        product=product,
        number=parsed.value,
        defaults={
            "check_digit": parsed.check,
            "patent": answer.patent,
            "kind": answer.patent.kind if answer.patent else PatentKind(parsed.kind),
            "title": answer.patent.title if answer.patent else title[:400],
            "basis": basis,
            "part": part,
            "finding": answer.finding,
            "checked_at": clock.now(),
        },
    )
    if not is_new:
        raise Conflict("该产品已填报这件专利。", field="number", code="named_already")
    record(by=by, verb="填报产品专利", target=product, number=parsed.value, finding=answer.finding)
    return named


@transaction.atomic
def drop_patent(*, product_id: int, by: User, patent_id: int) -> None:
    """Take a main patent off the form."""
    product = lock_editable(product_id, by)
    named = product.patents.filter(pk=patent_id).first()
    if named is None:
        raise NotFound("没有这件产品专利。")
    record(by=by, verb="移除产品专利", target=product, number=named.number)
    named.delete()


@transaction.atomic
def attach_document(*, product_id: int, by: User, purpose: str, file: Any, file_name: str) -> Attachment:
    """Add a document; to a product that is filed too, as evidence of a year."""
    own_firm(by)
    product = lock(Product, by, pk=product_id)
    if product.state not in PRODUCT_EDITABLE | {ProductState.FILED}:
        raise WrongState(f"当前状态为“{product.get_state_display()}”，不能上传材料。")
    if purpose not in ProductDocument.values:
        raise Invalid("请选择材料种类。", field="purpose")
    return attachments.attach(target=product, purpose=purpose, file=file, file_name=file_name, by=by)


@transaction.atomic
def remove_document(*, product_id: int, by: User, attachment_id: int) -> None:
    """Take a document away while the filing is with the firm."""
    attachments.remove(target=lock_editable(product_id, by), attachment_id=attachment_id, by=by)


@transaction.atomic
def submit_product(*, product_id: int, by: User) -> Product:
    """Hand the filing to the firm's city; the pool is asked about each patent once more.

    Raises:
        Invalid: no patent, no yearly figures, a document that lacks, or a patent that is not in force (any more).
    """
    product = lock_editable(product_id, by)
    PRODUCT_FLOW.require(product.state, ProductState.SUBMITTED, actor=by)
    firm = product.organisation
    found = _ask_again(product)
    if not found:
        raise Invalid("请至少填报一件主要专利。", code="patents_missing")
    if not product.years.exists():
        raise Invalid("请填报至少一个年度的销售数据。", code="years_missing")
    _require_documents(product, found)
    _move(
        product,
        ProductState.SUBMITTED,
        by=by,
        submitted_at=clock.now(),
        note="",
        city_code=city_of(firm.city_code),
        size_class=firm.size_class,
    )
    return product


def _ask_again(product: Product) -> list[ProductPatent]:
    found = list(product.patents.all())
    for named in found:
        answer = ask_pool(product.organisation, named.number, named.basis)
        named.patent, named.finding, named.checked_at = answer.patent, answer.finding, clock.now()
        named.save(update_fields=["patent", "finding", "checked_at"])
    if ended := [named.display_number for named in found if named.finding == PatentFinding.NOT_IN_FORCE]:
        raise Invalid(f"下列专利不是有效专利，请移除：{'、'.join(ended)}。", code="patent_not_in_force")
    return found


def _require_documents(product: Product, found: list[ProductPatent]) -> None:
    given = set(Attachment.objects.of(product).values_list("purpose", flat=True))
    wanted = list(REQUIRED_DOCUMENTS)
    if any(named.finding in NEEDS_PROOF for named in found):
        wanted.append(ProductDocument.PATENT_PROOF)
    if missing := [str(one.label) for one in wanted if one not in given]:
        raise Invalid(f"还缺材料：{'；'.join(missing)}。", code="documents_missing")


@transaction.atomic
def withdraw_product(*, product_id: int, by: User) -> Product:
    """Take a filing back that is not filed yet."""
    own_firm(by)
    product = lock(Product, by, pk=product_id)
    _move(product, ProductState.WITHDRAWN, by=by)
    return product


@transaction.atomic
def pass_product(*, product_id: int, by: User, note: str = "") -> Product:
    """The firm's city has checked the filing and passes it on; the figures handed in with it are confirmed by that."""
    product = lock(Product, by, pk=product_id)
    PRODUCT_FLOW.require(product.state, ProductState.CITY_PASSED, actor=by)
    product.years.filter(state=YearState.WITH_FILING).update(state=YearState.CONFIRMED)
    _move(product, ProductState.CITY_PASSED, by=by, note=note.strip())
    return product


@transaction.atomic
def file_product(*, product_id: int, by: User, note: str = "") -> Product:
    """The province files the product today; from now on I10 counts it and its certificate can be checked."""
    product = lock(Product, by, pk=product_id)
    _move(product, ProductState.FILED, by=by, note=note.strip(), filed_on=clock.today())
    _tell(product, "已备案", f"备案编号 {product.ref}，可在公开查询页核验。请每年填报年度数据。")
    return product


@transaction.atomic
def return_product(*, product_id: int, by: User, note: str) -> Product:
    """Give the filing back, saying what to change."""
    return _decide(product_id, ProductState.RETURNED, by, note, "请填写退回意见。")


@transaction.atomic
def refuse_product(*, product_id: int, by: User, note: str) -> Product:
    """Decide against the filing, with the reason."""
    return _decide(product_id, ProductState.REFUSED, by, note, "请填写不予备案的理由。")


@transaction.atomic
def cancel_product(*, product_id: int, by: User, note: str) -> Product:
    """Take a filing off the register from today, with the reason; the days before stay counted."""
    return _decide(product_id, ProductState.CANCELLED, by, note, "请填写注销理由。", cancelled_on=clock.today())


def _decide(product_id: int, to: ProductState, by: User, note: str, message: str, **values: Any) -> Product:
    note = require_text(note, message, field="note")
    product = lock(Product, by, pk=product_id)
    _move(product, to, by=by, note=note, **values)
    _tell(product, to.label, note)
    return product


def own_firm(by: User) -> Organisation:
    """The registered firm that `by` acts for. Raises NotAllowed for bodies that sell no products."""
    firm = own_organisation(by, Role.SME, Role.HOLDER)
    if firm.kind not in (OrganisationKind.SME, OrganisationKind.STATE_FIRM):
        raise NotAllowed("专利产品由生产或销售产品的企业备案。")
    return firm


def lock_editable(product_id: int, by: User) -> Product:
    """The own filing, locked, while it is with the firm."""
    own_firm(by)
    product = lock(Product, by, pk=product_id)
    if product.state not in PRODUCT_EDITABLE:
        raise WrongState(f"当前状态为“{product.get_state_display()}”，不能修改。")
    return product


def _move(product: Product, to: ProductState, *, by: User, **values: Any) -> None:
    move(product, PRODUCT_FLOW, to, by=by, **values)
    record(by=by, verb=f"专利产品{to.label}", target=product, note=str(values.get("note", "")))
    publish(f"stats.product.{to}", key=product.ref, product_ref=product.ref, city_code=product.city_code)


def _tell(product: Product, what: str, body: str) -> None:
    notify(
        recipient=product.organisation,
        kind="stats.product",
        title=f"专利产品 {product.ref} {what}",
        body=body,
        link=product.get_absolute_url(),
    )
