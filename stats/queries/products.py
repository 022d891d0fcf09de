"""Reads of patent products that services, pages, officials and indicator I10 share."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from patents.enums import IN_FORCE, AcceptanceState, LegalStatus
from patents.enums.deals import LICENCES, SIGNED_STATES, Side
from patents.models import Acceptance, Deal, DealParty, Patent
from patents.queries.parties import is_owner, owners_of
from portal.accounts.models import Organisation, User
from portal.regions import RETIRED
from stats.enums.products import PatentBasis, PatentFinding, ProductState
from stats.models.products import IntensiveProduct, PatentProductQuerySet, Product, ProductYear


@dataclass(frozen=True, slots=True)
class PoolAnswer:
    """The pool's patent, if it has it, and what it says of the firm's right in it."""

    patent: Patent | None
    finding: PatentFinding


def ask_pool(firm: Organisation, number: str, basis: str) -> PoolAnswer:
    """What the pool says about a patent that the firm says it owns, or is licensed. At most four queries."""
    patent = Patent.objects.filter(number=number).first()
    if patent is None:
        return PoolAnswer(None, PatentFinding.NOT_IN_POOL)
    if patent.legal_status == LegalStatus.UNKNOWN:
        return PoolAnswer(patent, PatentFinding.STATUS_UNKNOWN)
    if patent.legal_status not in IN_FORCE:
        return PoolAnswer(patent, PatentFinding.NOT_IN_FORCE)
    if basis == PatentBasis.OWNED:
        is_own = patent.holder_id == firm.pk or is_owner(firm, owners_of(patent))
        return PoolAnswer(patent, PatentFinding.CONFIRMED if is_own else PatentFinding.OTHER_OWNER)
    has_licence = _is_licensed(firm, patent)
    return PoolAnswer(patent, PatentFinding.CONFIRMED if has_licence else PatentFinding.NO_LICENCE)


def _is_licensed(firm: Organisation, patent: Patent) -> bool:
    """Whether a licence to the firm was signed on the portal, or an open licence was accepted by it."""
    receives = DealParty.objects.filter(deal=OuterRef("pk"), side=Side.RECEIVER, organisation=firm)
    signed = Deal.objects.filter(items__patent=patent, kind__in=LICENCES, state__in=SIGNED_STATES)
    if signed.filter(Exists(receives)).exists():
        return True
    accepted = Acceptance.objects.filter(open_licence__patent=patent, firm=firm)
    return accepted.filter(state__in=[AcceptanceState.EFFECTIVE, AcceptanceState.RECORDED]).exists()


def products_of(user: User) -> PatentProductQuerySet:
    """The firm's own products, the newest first."""
    own = (
        Product.objects.filter(organisation_id=user.organisation_id) if user.organisation_id else Product.objects.none()
    )
    return own.order_by("-id")


def products_filed(first: dt.date, last: dt.date, *, city_code: str = "") -> PatentProductQuerySet:
    """I10: the products filed from `first` to `last`, without those cancelled by `last`; one row each.

    A city's count those of areas that became part of it. The event date is the day of filing.
    """
    rows = Product.objects.filter(
        Q(cancelled_on__isnull=True) | Q(cancelled_on__gt=last),
        filed_on__range=(first, last),
        state__in=[ProductState.FILED, ProductState.CANCELLED],
    )
    if city_code:
        merged = [old for old, present in RETIRED.items() if present == city_code]
        rows = rows.filter(city_code__in=[city_code, *merged])
    return rows.order_by("filed_on", "id")


def registered(words: str = "") -> QuerySet[Product]:
    """What the public finds: products filed and not cancelled, by part of the product's or the firm's name."""
    rows = Product.objects.filter(state=ProductState.FILED).select_related("organisation")
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(organisation__name__icontains=words) | Q(ref__iexact=words))
    return rows.order_by("-filed_on", "-id")


def year_before(product: Product, year: int) -> ProductYear | None:
    """The product's figures of the year before `year`."""
    return product.years.filter(year=year - 1).first()


def shared_with(product: Product) -> list[str]:
    """Other products handed in that name one of the same patents, for the reviewer: ref, name and number."""
    numbers = product.patents.values("number")
    others = Product.objects.filter(patents__number__in=numbers).exclude(pk=product.pk)
    others = others.exclude(state__in=[ProductState.DRAFT, ProductState.WITHDRAWN, ProductState.REFUSED])
    return [f"{one.ref} {one.name}" for one in others.distinct().order_by("id")[:20]]


def certificate(number: str) -> Product | IntensiveProduct | None:
    """What a certificate's number stands for, also after its end; None for a number that was never given."""
    wanted = number.strip().upper()
    product = Product.objects.certified().select_related("organisation").filter(ref=wanted).first()
    if product is not None:
        return product
    rows = IntensiveProduct.objects.certified().select_related("product__organisation", "rule")
    return rows.filter(ref=wanted).first()
