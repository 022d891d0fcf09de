"""Believable Chinese patents in any number, across all IPC sections."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from portal.demo.abstracts import design_abstract, patent_abstract
from portal.demo.technical_fields import TechnicalField, technical_fields
from portal.demo.titles import Subject, design_title, patent_title

INVENTION, UTILITY_MODEL, DESIGN = "invention", "utility_model", "design"
LAST_FILING = dt.date(2026, 6, 30)
"""A fixed date, so that the same seed gives the same patents on any day."""
NEW_NUMBERS_FROM = dt.date(2003, 10, 1)
LONGER_DESIGN_TERM_FROM = dt.date(2021, 6, 1)
OLD_NUMBER_SHARE = 0.006
TITLE_ATTEMPTS = 12

_KIND_DIGIT = {INVENTION: "1", UTILITY_MODEL: "2", DESIGN: "3"}
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
# Chance of a design, then of a utility model; only products can be either (patent law, article 2).
_KIND_SHARES = {"device": (0.07, 0.50), "material": (0.04, 0.0), "process": (0.03, 0.0), "system": (0.03, 0.0)}
_DAYS_TO_GRANT = {INVENTION: (540, 1250), UTILITY_MODEL: (150, 330), DESIGN: (100, 260)}


@dataclass(frozen=True, slots=True)
class PatentText:
    """One invented patent. Its serial number starts with 9, which the office has not issued."""

    number: str
    """8 or 12 digits, without the check digit."""
    check_digit: str
    kind: str
    title: str
    abstract: str
    main_class: str
    """IPC symbol, or Locarno class of a design."""
    filed_on: dt.date
    granted_on: dt.date | None
    fate: str
    """What ended it early: refused, withdrawn, lapsed_unpaid; empty when nothing did."""
    field_key: str

    def expires_on(self) -> dt.date:
        """The anniversary of filing on which the full term is over (RULES section 1); of 29 February, 1 March."""
        if self.kind == DESIGN:
            years = 15 if self.filed_on >= LONGER_DESIGN_TERM_FROM else 10
        else:
            years = 20 if self.kind == INVENTION else 10
        month = self.filed_on.replace(year=self.filed_on.year + years, day=1)
        return month + dt.timedelta(days=self.filed_on.day - 1)

    def status_on(self, day: dt.date) -> str:
        """The legal status on a day, as `patents.enums.LegalStatus` codes it."""
        if self.granted_on is None or day < self.granted_on:
            examined = (day - self.filed_on).days > 548  # published after 18 months at the latest
            return self.fate if self.granted_on is None and self.fate else "in_examination" if examined else "filed"
        if day >= self.expires_on():
            return "expired"
        return self.fate or "valid"


def patent_texts(count: int, seed: int) -> Iterator[PatentText]:
    """`count` patents, the same for the same seed; a longer run starts with the shorter one.

    Titles repeat as rarely as the vocabulary allows, numbers never.
    """
    rng = Random(seed)
    fields = technical_fields()
    titles: set[str] = set()
    numbers: set[str] = set()
    for index in range(count):
        field = fields[index % len(fields)]
        yield _patent(rng, field, titles=titles, numbers=numbers)


def check_digit(number: str) -> str:
    """The check digit of an application number: weighted sum modulo 11, ten is X."""
    remainder = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11
    return "X" if remainder == 10 else str(remainder)


def _patent(rng: Random, field: TechnicalField, *, titles: set[str], numbers: set[str]) -> PatentText:
    kind = _kind(rng, field)
    filed_on = _filing_date(rng, kind)
    number = _number(rng, filed_on, kind, numbers)
    granted_on, fate = _outcome(rng, kind, filed_on)
    if kind == DESIGN:
        title, main_class = design_title(rng, field, titles), field.design_class
        abstract = design_abstract(rng, title, field)
    else:
        subject = Subject.draw(rng, field)
        title = patent_title(rng, subject, is_invention=kind == INVENTION)
        for _ in range(TITLE_ATTEMPTS):
            if title not in titles:
                break
            subject = Subject.draw(rng, field)
            title = patent_title(rng, subject, is_invention=kind == INVENTION)
        titles.add(title)
        main_class = rng.choice(field.ipc)
        abstract = patent_abstract(rng, title, subject, is_invention=kind == INVENTION)
    return PatentText(
        number=number,
        check_digit=check_digit(number),
        kind=kind,
        title=title,
        abstract=abstract,
        main_class=main_class,
        filed_on=filed_on,
        granted_on=granted_on,
        fate=fate,
        field_key=field.key,
    )


def _kind(rng: Random, field: TechnicalField) -> str:
    design, utility_model = _KIND_SHARES[field.form]
    drawn = rng.random()
    if field.design_class and drawn < design:
        return DESIGN
    return UTILITY_MODEL if drawn < design + utility_model else INVENTION


def _filing_date(rng: Random, kind: str) -> dt.date:
    """Filings grow from year to year; a few inventions are old enough for an 8-digit number."""
    if kind == INVENTION and rng.random() < OLD_NUMBER_SHARE:
        return dt.date(1999, 1, 4) + dt.timedelta(days=rng.randrange(1700))
    return LAST_FILING - dt.timedelta(days=int(7600 * rng.random() ** 2.2))


def _number(rng: Random, filed_on: dt.date, kind: str, numbers: set[str]) -> str:
    """A number not used before whose serial grows through the year, as the office counts."""
    day = filed_on.timetuple().tm_yday
    while True:
        if filed_on < NEW_NUMBERS_FROM:
            number = f"{filed_on:%y}{_KIND_DIGIT[kind]}{90000 + day * 27 + rng.randrange(27)}"
        else:
            number = f"{filed_on.year}{_KIND_DIGIT[kind]}{9_000_000 + day * 2700 + rng.randrange(2700)}"
        if number not in numbers:
            numbers.add(number)
            return number


def _outcome(rng: Random, kind: str, filed_on: dt.date) -> tuple[dt.date | None, str]:
    """When it was granted, if it was, and what ended it early, if anything did."""
    shortest, longest = _DAYS_TO_GRANT[kind]
    granted_on = filed_on + dt.timedelta(days=rng.randint(shortest, longest))
    drawn = rng.random()
    if kind == INVENTION and drawn < 0.12:
        return None, "refused" if drawn < 0.07 else "withdrawn"
    return granted_on, "lapsed_unpaid" if drawn > 0.9 else ""
