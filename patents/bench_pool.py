"""Pools for measuring: generated patents, and as many more as wanted made from them by SQL."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from random import Random

from django.db import connection

from patents.enums import TransferWay
from patents.models import Patent
from patents.services.industries import tag_patents
from patents.text import search_vector
from patents.words.services import refresh_words
from portal import clock
from portal.accounts.enums import OrganisationKind
from portal.accounts.models import Organisation
from portal.demo.patent_texts import PatentText, patent_texts
from portal.regions import CITIES

HOLDERS = 300
SHARE_OFFERED = 0.3
_BASE = 20_000
_AT_ONCE = 2_000
# Each copy has the title of one patent with the abstract of another. The serial numbers of generated patents start
# with 9: those of copies count from nought.
_COPY = """
INSERT INTO patents_patent (number, check_digit, publication_kind, kind, title, abstract, main_class, applicant_names,
    inventor_names, filed_on, legal_status, holder_id, city_code, maturity, transfer_way, price_amount, search_tokens,
    created_at, updated_at)
WITH base AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM patents_patent
    ORDER BY id LIMIT %(base)s)
SELECT CASE length(one.number) WHEN 12 THEN left(one.number, 5) ELSE '20031' END
        || lpad((one.place + %(copy)s * %(base)s)::text, 7, '0'),
    one.check_digit, '', one.kind, one.title, other.abstract, one.main_class, one.applicant_names, '', one.filed_on,
    other.legal_status, other.holder_id, other.city_code, other.maturity, other.transfer_way, other.price_amount,
    ts_filter(one.search_tokens, '{a}') || ts_filter(other.search_tokens, '{d}'), now(), now()
FROM base AS one JOIN base AS other ON other.place = (one.place * 7 + %(shift)s) %% %(base)s
"""


def fill_pool(size: int) -> None:
    """A throw-away database of at least `size` patents with facts, industries and lists of words."""
    missing = min(size, _BASE) - Patent.objects.count()
    if missing > 0:
        patents = _patents(missing)
        while batch := list(islice(patents, _AT_ONCE)):
            Patent.objects.bulk_create(batch)
    for copy in range(Patent.objects.count() // _BASE - 1, size // _BASE - 1):
        with connection.cursor() as cursor:
            cursor.execute(_COPY, {"base": _BASE, "copy": copy, "shift": 1_009 * (copy + 1)})
    tag_patents()
    refresh_words()
    with connection.cursor() as cursor:
        # What autovacuum does on a server within minutes.
        cursor.execute("VACUUM ANALYZE patents_patent, patents_industrytags, patents_wordbucket, patents_wordchange")


def _patents(count: int) -> Iterator[Patent]:
    rng, now = Random(3), clock.now()
    holders = _holders(rng)
    return (_patent(text, rng.choice(holders), rng, now) for text in patent_texts(count, seed=2))


def _holders(rng: Random) -> list[Organisation]:
    names = (f"试验大学{number}" for number in range(HOLDERS))
    return Organisation.objects.bulk_create(
        Organisation(kind=OrganisationKind.UNIVERSITY, name=name, city_code=rng.choice(list(CITIES))) for name in names
    )


def _patent(text: PatentText, holder: Organisation, rng: Random, now: dt.datetime) -> Patent:
    is_offered = rng.random() < SHARE_OFFERED
    return Patent(
        number=text.number,
        check_digit=text.check_digit,
        kind=text.kind,
        title=text.title,
        abstract=text.abstract,
        main_class=text.main_class,
        applicant_names=holder.name,
        filed_on=text.filed_on,
        legal_status=text.status_on(clock.today()),
        holder=holder,
        city_code=holder.city_code,
        maturity=rng.randint(3, 8) if is_offered else None,
        transfer_way=rng.choice(TransferWay.values) if is_offered else "",
        price_amount=Decimal(rng.randrange(2, 200)) * 10_000 if is_offered else None,
        search_tokens=search_vector(text.title, text.abstract),
        created_at=now,
    )
