"""The pool of the demonstration."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from random import Random

from patents.demos.pool import PoolRows
from patents.enums import IN_FORCE, TransferWay
from patents.models import Patent
from patents.text import search_vector
from portal import clock
from portal.accounts.demo import Cast
from portal.accounts.enums import HOLDER_KINDS, OrganisationKind
from portal.accounts.models import Organisation
from portal.demo.chance import stream
from portal.demo.patent_texts import PatentText, patent_texts
from portal.demo.people import person_names
from portal.regions import CITIES

BATCH = 1_000
INVENTORS = 400
SHARE_OF_PERSONS = 0.12
"""Patents of persons: no organisation holds them."""
SHARE_OF_FIRMS = 0.5
FIRM_PATENTS = (4, 9)
SHARE_OFFERED = 0.4
PRICES = (50_000, 80_000, 120_000, 200_000, 350_000, 500_000, 800_000, 1_500_000, 3_000_000)


def load_patents(*, cast: Cast, count: int, seed: int, progress: Callable[[int, int], None]) -> None:
    """Make `count` patents with their holders; calls `progress(done, count)` after each batch."""
    maker = _Maker(cast, stream(seed, "patents"), clock.today())
    rows = PoolRows(stream(seed, "pool"), clock.today())
    texts = patent_texts(count, seed)
    done = 0
    while batch := list(islice(texts, BATCH)):
        patents = [maker.patent(text) for text in batch]
        for patent in patents:
            rows.prepare(patent)
        rows.store(Patent.objects.bulk_create(patents))
        done += len(batch)
        progress(done, count)


class _Maker:
    """Gives each patent a holder that works in its field."""

    def __init__(self, cast: Cast, rng: Random, today: dt.date) -> None:
        self.rng, self.today = rng, today
        self.inventors = person_names(rng, INVENTORS)
        self.holders: defaultdict[str, list[Organisation]] = defaultdict(list)
        self.general: list[Organisation] = []
        for member in cast.of(*HOLDER_KINDS):
            for key in member.facts.field_keys:
                self.holders[key].append(member.organisation)
            if not member.facts.field_keys:
                self.general.append(member.organisation)
        self.firms: defaultdict[str, list[Organisation]] = defaultdict(list)
        # A firm holds a few patents, each in force: it can pledge them.
        for member in cast.of(OrganisationKind.SME):
            room = [member.organisation] * rng.randint(*FIRM_PATENTS)
            for key in member.facts.field_keys:
                self.firms[key] += room

    def patent(self, text: PatentText) -> Patent:
        status = text.status_on(self.today)
        is_granted = text.granted_on is not None and text.granted_on <= self.today
        holder = self._holder(text, is_in_force=status in IN_FORCE)
        is_offered = (
            status in IN_FORCE
            and holder is not None
            and holder.kind in HOLDER_KINDS
            and self.rng.random() < SHARE_OFFERED
        )
        inventors = self.rng.sample(self.inventors, self.rng.randint(1, 5))
        return Patent(
            number=text.number,
            check_digit=text.check_digit,
            kind=text.kind,
            title=text.title,
            abstract=text.abstract,
            main_class=text.main_class,
            applicant_names=holder.name if holder else inventors[0],
            inventor_names="；".join(inventors),
            filed_on=text.filed_on,
            granted_on=text.granted_on if is_granted else None,
            legal_status=status,
            holder=holder,
            city_code=holder.city_code if holder else self.rng.choice(list(CITIES)),
            maturity=self.rng.randint(3, 8) if is_offered else None,
            transfer_way=self.rng.choice(TransferWay.values) if is_offered else "",
            price_amount=Decimal(self.rng.choice(PRICES)) if is_offered else None,
            search_tokens=search_vector(text.title, text.abstract),
        )

    def _holder(self, text: PatentText, *, is_in_force: bool) -> Organisation | None:
        firms = self.firms[text.field_key]
        if is_in_force and firms and self.rng.random() < SHARE_OF_FIRMS:
            return firms.pop(self.rng.randrange(len(firms)))
        if self.rng.random() < SHARE_OF_PERSONS:
            return None
        return self.rng.choice(self.holders[text.field_key] or self.general)
