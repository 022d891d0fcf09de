"""Whom a version is for: firm classes and cities in and out, with the article of each step."""

from collections.abc import Callable, Iterator, Mapping
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
    is_barred: bool = False
    is_dishonest_debtor: bool = False

    @staticmethod
    def read(facts: Facts) -> "Claimant":
        """All facts of a firm that borrows. Raises Invalid with the field's path."""
        return Claimant(
            uscc=facts.text("uscc"),
            city=facts.text("city"),
            size_class=facts.word("size_class", SizeClass.values),
            is_independent_legal_person=facts.flag("independent_legal_person"),
            is_barred=_flag(facts, "barred"),
            is_dishonest_debtor=_flag(facts, "dishonest_debtor"),
        )

    @staticmethod
    def read_place(facts: Facts, *, is_asked: bool) -> "Claimant":
        """Only who and where, for a version that asks for no more; not even that where it asks nothing of a firm."""
        return Claimant(
            uscc=facts.text("uscc") if is_asked else "",
            city=facts.text("city") if is_asked else "",
            is_barred=_flag(facts, "barred"),
            is_dishonest_debtor=_flag(facts, "dishonest_debtor"),
        )

    @property
    def present_city(self) -> str:
        """The city that the code belongs to today; empty outside the province."""
        try:
            return city_of(self.city)
        except Invalid:
            return ""


def _flag(facts: Facts, name: str) -> bool:
    """Something that stands against few: false where nothing is said."""
    return facts.has(name) and facts.flag(name)


BARS: Mapping[str, tuple[Callable[[Claimant], bool], str, str]] = {
    "barred": (lambda claimant: claimant.is_barred, "山东省专利条例第五十条", "申报单位在五年禁止申报期内"),
    "dishonest_debtor": (lambda claimant: claimant.is_dishonest_debtor, "", "申报单位被列入失信被执行人名单"),
}
"""What stands against every subsidy: whether it holds, the article (empty: the version's own) and the fact."""


def bars(claimant: Claimant, default_article: str) -> Iterator[Refusal]:
    """The bars that the claimant is under, whatever the version says."""
    for code, (holds, article, fact) in BARS.items():
        if holds(claimant):
            yield Refusal(code, article or default_article, fact)


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
        yield from bars(claimant, self.articles["default"])
