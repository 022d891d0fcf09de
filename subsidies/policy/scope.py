"""Whom a version is for: firm classes and cities in and out, with the article of each step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portal.accounts.enums import SizeClass
from portal.errors import Invalid
from portal.policy.facts import Facts
from portal.policy.results import Refusal
from portal.regions import CITIES, city_of


@dataclass(frozen=True, slots=True)
class Claimant:
    """`city` as the firm's papers carry it, e.g. 370202 or the retired 371202."""

    uscc: str
    city: str
    size_class: str = ""
    is_independent_legal_person: bool = True

    @staticmethod
    def read(facts: Facts) -> "Claimant":
        """All four facts. Raises Invalid with the field's path."""
        return Claimant(
            uscc=facts.text("uscc"),
            city=facts.text("city"),
            size_class=facts.word("size_class", SizeClass.values),
            is_independent_legal_person=facts.flag("independent_legal_person"),
        )

    @property
    def present_city(self) -> str:
        """The city that the code belongs to today; empty outside the province."""
        try:
            return city_of(self.city)
        except Invalid:
            return ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Empty sets put no limit."""

    cities_in: frozenset[str]
    cities_out: frozenset[str]
    size_classes: frozenset[str]
    articles: Mapping[str, str]

    @staticmethod
    def read(parameters: Facts) -> "Scope":
        """The scope in a version's parameters; a list that is missing puts no limit."""

        def words(name: str) -> frozenset[str]:
            return frozenset(parameters.items(name)) if parameters.has(name) else frozenset()

        articles = parameters.part("articles")
        return Scope(words("cities_in"), words("cities_out"), words("size_classes"), articles.texts())

    @property
    def names_cities(self) -> bool:
        return bool(self.cities_in or self.cities_out)

    def article(self, step: str) -> str:
        """Where the version says so; its general reference where no own article was read."""
        return self.articles.get(step) or self.articles["default"]

    def takes_city(self, city: str) -> bool:
        """Whether a firm of that present city is in the scope."""
        return city in CITIES and city not in self.cities_out and (not self.cities_in or city in self.cities_in)

    def refusals(self, claimant: Claimant) -> Iterator[Refusal]:
        """The conditions on the firm itself that fail."""
        if self.size_classes and claimant.size_class not in self.size_classes:
            size = SizeClass(claimant.size_class).label
            yield Refusal("size_class", self.article("size_class"), f"企业规模为{size}，不在适用范围")
        if not self.takes_city(claimant.present_city):
            name = CITIES.get(claimant.present_city, "省外")
            yield Refusal("city", self.article("city"), f"企业所在地为{name}（{claimant.city}），不在适用范围")
