"""Reads of the work plan: lights by item and by city, the tasks behind each."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from portal import clock, regions
from portal.accounts.enums import OrganisationKind
from portal.accounts.models import Organisation, User
from stats.enums.workplan import Light
from stats.models.workplan import PlanItem, WorkTask, WorkTaskQuerySet

PROVINCE_LABEL = "省级部门"


@dataclass(slots=True)
class LightRow:
    """How many tasks of one item, or of one city, stand at which light. `key` names it in an address."""

    key: str
    label: str
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Tasks that count: cancelled ones do not."""
        return sum(count for light, count in self.counts.items() if light != Light.OFF)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What the bar draws, in the order of the legend."""
        shown = (Light.DONE, Light.GREEN, Light.YELLOW, Light.RED)
        return [{"light": light.value, "label": light.label, "value": self.counts[light]} for light in shown]


def lit_tasks(user: User, year: int) -> WorkTaskQuerySet:
    """The tasks of a year that `user` may see, each with its light today."""
    return WorkTask.objects.visible_to(user).filter(year=year).with_light(clock.today())


def overview(user: User, year: int) -> tuple[list[LightRow], list[LightRow]]:
    """Rows by item and by city of what `user` may see in a year. Two queries."""
    items = {item.place: LightRow(str(item.place), str(item)) for item in PlanItem.objects.all()}
    cities: dict[str, LightRow] = {}
    # One row a task: the light is an aggregate already, and a year has a few hundred tasks.
    rows: Any = lit_tasks(user, year)
    for place, city_code, light in rows.values_list("measure__item__place", "city_code", "light"):
        items[place].counts[light] += 1
        label = regions.name_of(city_code) if city_code else PROVINCE_LABEL
        cities.setdefault(city_code, LightRow(city_code, label)).counts[light] += 1
    return list(items.values()), [cities[code] for code in sorted(cities)]


def item_tasks(user: User, item: PlanItem, year: int) -> WorkTaskQuerySet:
    """The tasks of an item, the late ones first."""
    rows = lit_tasks(user, year).filter(measure__item=item).select_related("measure", "owner")
    return rows.order_by(F("next_due_on").asc(nulls_last=True), "city_code", "id")


def years_with_tasks(user: User) -> list[int]:
    """The years in which `user` may see tasks, the newest first."""
    rows = WorkTask.objects.visible_to(user).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct()[:20])


def authority_of(city_code: str) -> Organisation | None:
    """The authority that carries a city's tasks; of the province when the code is empty."""
    kind = OrganisationKind.AUTHORITY_CITY if city_code else OrganisationKind.AUTHORITY_PROVINCE
    rows = Organisation.objects.filter(kind=kind)
    return (rows.filter(city_code=city_code) if city_code else rows).order_by("id").first()
