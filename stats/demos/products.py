"""Patent products in every state and city, filed over the last three years."""

import datetime as dt
from decimal import Decimal
from itertools import cycle

from patents.enums import LegalStatus
from patents.models import Patent
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind
from portal.demo.chance import stream
from portal.demo.documents import sample_pdf
from stats.enums.products import PatentBasis, ProductDocument, ProductState
from stats.models import Product
from stats.services import product_years as years
from stats.services import products as services

KINDS = (
    ("智能夹持装置", "C3489", "2.1", "台"),
    ("高效换热机组", "C3464", "7.1", "套"),
    ("耐腐蚀涂层材料", "C2641", "3.3", "吨"),
    ("在线检测仪", "C4014", "2.1", "台"),
    ("海水增氧设备", "C3575", "4.3", "台"),
    ("储能电池模组", "C3841", "6.5", "套"),
    ("医用导管组件", "C3584", "4.2", "件"),
    ("秸秆还田机", "C3572", "4.3", "台"),
)
UNFINISHED = ("draft", "submitted", "returned", "city_passed", "submitted")
FILED = 32
FIRST_YEAR = 2023


def load_products(cast: Cast, seed: int) -> None:
    """File one product for firms of every city in turn; some firms are still at it, one product left the market."""
    story = _Products(cast, seed)
    firms = _city_by_city(list(cast.of(OrganisationKind.SME)))
    account = cast.account("sme")
    firms = [account, *(firm for firm in firms if firm is not account)]
    for place, firm in enumerate(firms[: FILED + len(UNFINISHED)]):
        story.make(firm, place)
    story.unfinished(account)


def _city_by_city(firms: list[Member]) -> list[Member]:
    """The first firm of each city, then the second, and so on."""
    seen: dict[str, int] = {}
    keyed = []
    for firm in firms:
        turn = seen[firm.facts.city_code] = seen.get(firm.facts.city_code, 0) + 1
        keyed.append((turn, firm.facts.city_code, firm))
    return [firm for *_, firm in sorted(keyed, key=lambda item: item[:2])]


class _Products:
    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.rng = cast, stream(seed, "products")
        self.kinds = cycle(KINDS)
        self.today = clock.today()
        # Patents of others: what the firms were licensed outside the portal.
        pool = Patent.objects.filter(legal_status=LegalStatus.VALID, number__isnull=False)
        self.others = cycle(pool.filter(holder__kind=OrganisationKind.UNIVERSITY).order_by("pk")[:40])

    def make(self, firm: Member, place: int) -> None:
        """One firm's product; the last ones are not filed yet."""
        if place >= FILED:
            self._bring(firm, UNFINISHED[place - FILED], self.today - dt.timedelta(days=6))
            return
        span = (self.today - dt.date(FIRST_YEAR, 3, 1)).days - 20
        day = dt.date(FIRST_YEAR, 3, 1) + dt.timedelta(days=span * place // FILED)
        product = self._bring(firm, ProductState.FILED, day)
        self._later_years(product, firm, day)
        self._recognise(product, firm, place)
        if place == FILED // 2:
            services.cancel_product(product_id=product.pk, by=self.cast.province, note="产品已停产。")

    def unfinished(self, firm: Member) -> None:
        """A draft of the firm whose account signs in."""
        self._bring(firm, "draft", self.today - dt.timedelta(days=2))

    def _bring(self, firm: Member, state: str, day: dt.date) -> Product:
        with clock.told(day):
            product = self._draft(firm, day)
            if state == "draft":
                return product
            services.submit_product(product_id=product.pk, by=firm.acting_user)
            city = self.cast.official_of(product.city_code)
            if state == "returned":
                note = "请补充销售收入证明中的产品明细。"
                return services.return_product(product_id=product.pk, by=city, note=note)
            if state == "submitted":
                return product
            services.pass_product(product_id=product.pk, by=city, note="专利与产品对应，材料齐全。")
        if state == ProductState.FILED:
            with clock.told(day + dt.timedelta(days=9)):
                return services.file_product(product_id=product.pk, by=self.cast.province)
        return product

    def _draft(self, firm: Member, day: dt.date) -> Product:
        name, industry, sei, unit = next(self.kinds)
        facts = services.ProductFacts(
            part="maker",
            name=name,
            model_number=f"{self.rng.choice('ABCDEFGH')}{self.rng.randrange(10, 99)}-{self.rng.randrange(100, 999)}",
            brand=firm.organisation.name[:2],
            industry_code=industry,
            sei_code=sei,
            first_sold_on=dt.date(day.year - 2, 5, 18),
            description=f"{name}的核心结构采用所列专利，决定产品的精度和寿命。",
            contact_name=firm.facts.contact_name,
            contact_phone=firm.facts.contact_phone,
        )
        user = firm.acting_user
        product = services.save_product(by=user, facts=facts)
        patent, basis = self._patent_of(firm)
        services.name_patent(product_id=product.pk, by=user, number=patent.display_number, basis=basis, part="core")
        self._year(product, firm, day.year - 1, unit)
        for purpose in (ProductDocument.PICTURE, ProductDocument.SALES, ProductDocument.PATENT_PROOF):
            file = sample_pdf(f"{purpose.label} {product.ref}")
            services.attach_document(
                product_id=product.pk, by=user, purpose=purpose, file=file, file_name=str(file.name)
            )
        return product

    def _patent_of(self, firm: Member) -> tuple[Patent, str]:
        own = Patent.objects.filter(holder=firm.organisation, legal_status=LegalStatus.VALID, number__isnull=False)
        found = own.order_by("pk").first()
        return (found, PatentBasis.OWNED) if found else (next(self.others), PatentBasis.LICENSED)

    def _year(self, product: Product, firm: Member, year: int, unit: str) -> None:
        revenue = Decimal(self.rng.randrange(120, 2_600)) * 10_000
        facts = years.YearFacts(
            year=year,
            unit_count=self.rng.randrange(80, 700),
            unit_name=unit,
            revenue_amount=revenue,
            profit_amount=revenue * 12 // 100,
            tax_amount=revenue * 4 // 100,
            export_amount=revenue * self.rng.randrange(0, 30) // 100,
            rd_amount=revenue * self.rng.randrange(4, 11) // 100,
            patent_share=Decimal(self.rng.randrange(25, 75)) / 100,
            confirmed_jump="上年产品刚投产。",
        )
        years.save_year(product_id=product.pk, by=firm.acting_user, facts=facts)

    def _later_years(self, product: Product, firm: Member, day: dt.date) -> None:
        """The years since the filing: all confirmed, the last one of every third firm still waits."""
        city = self.cast.official_of(product.city_code)
        unit = product.years.get().unit_name
        for year in range(day.year, self.today.year):
            with clock.told(dt.date(year + 1, 2, 20)):
                self._year(product, firm, year, unit)
                row = product.years.get(year=year)
                if year < self.today.year - 1 or product.pk % 3:
                    years.confirm_year(year_id=row.pk, by=city)

    def _recognise(self, product: Product, firm: Member, place: int) -> None:
        if place % 5 != 0 or (self.today - (product.filed_on or self.today)).days < 120:
            return
        day = (product.filed_on or self.today) + dt.timedelta(days=60)
        year = product.years.filter(state="confirmed").order_by("year").first()
        with clock.told(day):
            row = years.apply_intensive(
                product_id=product.pk,
                by=firm.acting_user,
                year=year.year if year else day.year - 1,
                statement="产品收入主要来自专利技术，专利在研、产、销各环节起决定作用，测算过程见附件。",
            )
        if place == 5:
            years.return_intensive(intensive_id=row.pk, by=self.cast.province, note="请补充专利贡献的测算表。")
        elif place != 10:
            with clock.told(day + dt.timedelta(days=30)):
                years.recognise_product(
                    intensive_id=row.pk,
                    by=self.cast.province,
                    document_number=f"演示〔{clock.today().year}〕{40 + place} 号",
                    recognised_on=clock.today(),
                )
