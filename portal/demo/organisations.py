"""Invented organisations of all kinds in all 16 cities, with credit codes and size facts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from stdnum.cn.uscc import calc_check_digit

from portal.accounts.enums import OrganisationKind
from portal.demo.chance import stream
from portal.demo.people import person_name
from portal.demo.technical_fields import TechnicalField, technical_fields
from portal.regions import CITIES

DEFAULT_SEED = 370000
SMES_PER_CITY = 5
PENDING_SMES = 4
MARK = "（演示）"
"""Ends the name of every demonstration authority, so that none is taken for the real one."""

_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COMPANY, _PUBLIC_INSTITUTION = "91", "12"
_AREA_CODES = {
    "370100": "0531", "370200": "0532", "370300": "0533", "370400": "0632", "370500": "0546", "370600": "0535",
    "370700": "0536", "370800": "0537", "370900": "0538", "371000": "0631", "371100": "0633", "371300": "0539",
    "371400": "0534", "371500": "0635", "371600": "0543", "371700": "0530",
}  # fmt: skip
# name, city, technical fields it holds patents in (none: all)
_UNIVERSITIES = (
    ("岱麓工业大学", "370100", ""),
    ("瀛岬海洋大学", "370200", "aquaculture sea_food ocean_monitoring ships coatings radar_positioning"),
    ("沂岚农业大学", "370900", "garlic_machines seeding_machines apple_processing saline_breeding smart_agriculture"),
    ("澄陵理工大学", "370300", "ceramics pumps_valves motors polymers water_treatment machine_tools catalysts"),
    ("渤野化工大学", "370500", "tyre_compounds catalysts drilling chlor_alkali membranes polymers hydrogen_storage"),
    ("琅屿师范大学", "370800", "pharma_synthesis enzymes fertilisers knowledge_software sensors visual_inspection"),
    ("汶原医科大学", "370700", "chinese_medicine medical_devices hyaluronate pharma_synthesis feed_additives"),
)  # fmt: skip
_INSTITUTES = (
    ("齐峦新材料研究院", "370600", "fibres batteries aluminium semiconductors additive"),
    ("泺禾智能制造研究院", "370100", "robots visual_inspection industrial_control equipment_diagnosis communications"),
    ("胶屿海洋装备研究所", "370200", "ships wind_hydro ocean_monitoring drones"),
)
_STATE_FIRMS = (
    ("鲁垣重型装备集团有限公司", "370800", "3511", "mining vehicles engines welding bearings boilers"),
    ("岱岫钢铁集团有限公司", "371100", "3130", "steel flotation heat_exchange"),
    ("瀛川路桥建设集团有限公司", "370100", "4813", "bridges building water_works locks"),
    ("澄岭能源集团有限公司", "370100", "4412", "power_storage photovoltaics cables wind_hydro"),
)
SAMPLE_BANK_NAME = "岱麓银行股份有限公司"
"""The bank that `sample_bank` plays."""
_BANKS = (
    (SAMPLE_BANK_NAME, "370100"),
    ("海岬农村商业银行股份有限公司", "370200"),
    ("沂澄银行股份有限公司", "371300"),
    ("瀛洲科创银行股份有限公司", "370600"),
)
_BRAND = ("岚岱沂汶澄泺稷瀛琅蓼昀翮洵屹旸砚", "禾屿溯衡岫澈桓筠珩榕", "崮岭川垣洲泓峦")
_LEGAL_FORMS = ("有限公司", "科技有限公司", "股份有限公司")


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """An invented organisation. Money in yuan; what does not apply is empty or None."""

    kind: OrganisationKind
    name: str
    city_code: str
    uscc: str | None = None
    industry_code: str = ""
    employee_count: int | None = None
    revenue_amount: Decimal | None = None
    assets_amount: Decimal | None = None
    contact_name: str = ""
    contact_phone: str = ""
    field_keys: tuple[str, ...] = ()
    """Technical fields it works in; empty for all."""
    is_pending: bool = False
    """A registration that its city has not reviewed yet."""


def organisations(seed: int = DEFAULT_SEED) -> tuple[OrganisationFacts, ...]:
    """Province, 16 cities, finance department, holders, banks and SMEs; the same for the same seed."""
    rng = stream(seed, "organisations")
    codes = _codes(rng)
    made = [*_authorities(), *_holders(rng), *_banks(rng), *_smes(rng)]
    return tuple(_complete(rng, facts, codes) for facts in made)


def uscc(entity: str, area_code: str, serial: str) -> str:
    """The credit code of entity type `91` or `12`, with both check digits (GB 32100, GB 11714).

    `serial` is the organisation's eight characters.
    """
    total = sum(_INNER_ALPHABET.index(char) * weight for char, weight in zip(serial, _INNER_WEIGHTS, strict=True))
    inner = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    body = f"{entity}{area_code}{serial}{inner}"
    return body + calc_check_digit(body)


def _codes(rng: Random) -> Iterator[str]:
    """Organisation codes that begin with Y9: those in use begin with a digit or with MA."""
    used: set[int] = set()
    while True:
        serial = rng.randrange(1_000_000)
        if serial not in used:
            used.add(serial)
            yield f"Y9{serial:06d}"


def _complete(rng: Random, facts: OrganisationFacts, codes: Iterator[str]) -> OrganisationFacts:
    if facts.kind in (
        OrganisationKind.AUTHORITY_PROVINCE,
        OrganisationKind.AUTHORITY_CITY,
        OrganisationKind.FINANCE_DEPARTMENT,
    ):
        return facts
    public = facts.kind in (OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE)
    return replace(
        facts,
        uscc=uscc(_PUBLIC_INSTITUTION if public else _COMPANY, facts.city_code, next(codes)),
        contact_name=person_name(rng),
        # No local number begins with 0, so nobody is called.
        contact_phone=f"{_AREA_CODES[facts.city_code]}-0{rng.randrange(10**7):07d}",
    )


def _authorities() -> list[OrganisationFacts]:
    capital = "370100"
    return [
        OrganisationFacts(OrganisationKind.AUTHORITY_PROVINCE, f"省知识产权管理部门{MARK}", capital),
        OrganisationFacts(OrganisationKind.FINANCE_DEPARTMENT, f"省财政部门{MARK}", capital),
        *(
            OrganisationFacts(OrganisationKind.AUTHORITY_CITY, f"{name}知识产权管理部门{MARK}", code)
            for code, name in CITIES.items()
        ),
    ]


def _holders(rng: Random) -> list[OrganisationFacts]:
    holders = [
        OrganisationFacts(kind, name, city, field_keys=tuple(fields.split()))
        for kind, group in ((OrganisationKind.UNIVERSITY, _UNIVERSITIES), (OrganisationKind.INSTITUTE, _INSTITUTES))
        for name, city, fields in group
    ]
    for name, city, industry_code, fields in _STATE_FIRMS:
        revenue = Decimal(rng.randint(120_000, 900_000) * 10_000)
        holders.append(
            OrganisationFacts(
                OrganisationKind.STATE_FIRM,
                name,
                city,
                industry_code=industry_code,
                employee_count=rng.randint(2_000, 12_000),
                revenue_amount=revenue,
                assets_amount=revenue * 2,
                field_keys=tuple(fields.split()),
            )
        )
    return holders


def _banks(rng: Random) -> list[OrganisationFacts]:
    return [OrganisationFacts(OrganisationKind.BANK, name, city, industry_code="6621") for name, city in _BANKS]


def _smes(rng: Random) -> list[OrganisationFacts]:
    """Five firms in each city, in trades of that city where there are any; some of them await review."""
    brands = [f"{a}{b}{c}" for a in _BRAND[0] for b in _BRAND[1] for c in _BRAND[2]]
    rng.shuffle(brands)
    firms = []
    for city in CITIES:
        local = [field for field in technical_fields() if city in field.cities]
        fields = rng.sample(local, min(SMES_PER_CITY, len(local)))
        fields += rng.choices(technical_fields(), k=SMES_PER_CITY - len(fields))
        firms += [_sme(rng, brands.pop(), city, field) for field in fields]
    pending = set(range(SMES_PER_CITY - 1, len(firms), len(firms) // PENDING_SMES)[:PENDING_SMES])
    return [replace(firm, is_pending=index in pending) for index, firm in enumerate(firms)]


def _sme(rng: Random, brand: str, city: str, field: TechnicalField) -> OrganisationFacts:
    """A firm below the size of a large one in every industry of the vocabulary."""
    employees = rng.choice((8, 14, 26, 38, 55, 72, 96, 130, 180, 260))
    revenue = Decimal(employees * rng.randint(30, 70) * 10_000)
    trade = field.name.split("与")[0]
    return OrganisationFacts(
        OrganisationKind.SME,
        f"{brand}{trade}{rng.choice(_LEGAL_FORMS)}",
        city,
        industry_code=field.industry_code,
        employee_count=employees,
        revenue_amount=revenue,
        assets_amount=(revenue * rng.randint(60, 150) / 100).quantize(Decimal("0.01")),
        field_keys=(field.key,),
    )
