"""Shandong's cities by their GB/T 2260 codes (RULES section 4)."""

import unicodedata

from portal.errors import Invalid

PROVINCE_CODE = "370000"
PROVINCE_NAME = "山东省"
CITIES: dict[str, str] = {
    "370100": "济南市",
    "370200": "青岛市",
    "370300": "淄博市",
    "370400": "枣庄市",
    "370500": "东营市",
    "370600": "烟台市",
    "370700": "潍坊市",
    "370800": "济宁市",
    "370900": "泰安市",
    "371000": "威海市",
    "371100": "日照市",
    "371300": "临沂市",
    "371400": "德州市",
    "371500": "聊城市",
    "371600": "滨州市",
    "371700": "菏泽市",
}
# Laiwu became part of Jinan in 2019-01. Old addresses and credit codes keep 3712xx: store those as they are,
# count them under Jinan.
RETIRED: dict[str, str] = {"371200": "370100"}
CODE_LENGTH = 6
RETIRED_NAMES: dict[str, str] = {"莱芜市": "371200"}
CITY_CHOICES: list[tuple[str, str]] = list(CITIES.items())


def city_of(area_code: str) -> str:
    """The present city's code of a six-digit area code: `371202` (once Laiwu) gives `370100`.

    The province's own code gives itself.

    Raises:
        Invalid: the area is not in Shandong.
    """
    code = area_code.strip()
    if code == PROVINCE_CODE:
        return code
    city = f"{code[:4]}00"
    city = RETIRED.get(city, city)
    if len(code) != CODE_LENGTH or not code.isascii() or not code.isdigit() or city not in CITIES:
        raise Invalid(f"“{area_code[:20]}”不是山东省的行政区划代码。")
    return city


def name_of(area_code: str) -> str:
    """The name of the city that the area belongs to, or of the province."""
    code = city_of(area_code)
    return PROVINCE_NAME if code == PROVINCE_CODE else CITIES[code]


def parse_city(text: object) -> str:
    """The city's code from its code or name: `370900`, `泰安`, `泰安市`, `山东省泰安市`.

    Raises:
        Invalid: no city of the province is called so.
    """
    word = "".join(unicodedata.normalize("NFKC", str(text)).split())
    if word.isdigit() and word != PROVINCE_CODE:
        return city_of(word)
    name = word.removeprefix(PROVINCE_NAME).removeprefix("山东")
    for code, city in [*CITIES.items(), *((code, name) for name, code in RETIRED_NAMES.items())]:
        if name in (city, city.removesuffix("市")):
            return city_of(code)
    raise Invalid(f"“{str(text)[:20]}”不是山东省的设区市。")
