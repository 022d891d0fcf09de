"""The whole demonstration, put together from each app's part."""

from collections.abc import Callable
from functools import partial

from django.db import connection, transaction

from demand.demo import load_needs
from events.demo import load_events
from events.demo_tables import load_tables
from events.demo_training import load_training
from finance.demo import load_products, load_projects
from finance.demo_bank import connect_sample_bank, issue_bank_credentials
from patents.demo import load_patents
from patents.demos import load_programme
from patents.demos.deals import load_deals
from patents.index.services import refresh_index
from patents.words.services import refresh_words
from portal.accounts.demo import is_loaded, load_cast
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.demo.accounts import DEMO_ACCOUNTS
from stats.demos import numbers, programme
from subsidies.demo import load_subsidies

Progress = Callable[[str, int, int], None]
PATENT_COUNTS = {"small": 2_000, "full": 60_000}
NEED_COUNTS = {"small": 60, "full": 300}
_LOCK = 0x64656D6F


def load_demo(*, size: str, seed: int, progress: Progress) -> bool:
    """Load everything in one transaction; False when it is there, then only the sample bank is connected anew."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if is_loaded():
            connect_sample_bank(by=_province())
            return False
        _load(size, seed, progress)
    return True


def _load(size: str, seed: int, progress: Progress) -> None:
    cast = load_cast(seed=seed)
    progress("单位和账号", len(cast.members), len(cast.members))
    load_patents(cast=cast, count=PATENT_COUNTS[size], seed=seed, progress=partial(progress, "专利"))
    refresh_words()
    refresh_index()
    load_programme(cast=cast, seed=seed)
    load_deals(cast=cast, seed=seed, progress=partial(progress, "转化交易"))
    load_needs(cast=cast, count=NEED_COUNTS[size], seed=seed, progress=partial(progress, "需求"))
    load_products(cast)
    issue_bank_credentials(by=cast.province)
    # The sample bank gets its endpoint after the projects of the past, which it must not answer once more.
    load_projects(cast=cast, seed=seed, progress=partial(progress, "融资项目"))
    load_subsidies(cast)
    connect_sample_bank(by=cast.province)
    load_events(cast=cast, seed=seed)
    load_tables(cast=cast)
    load_training(cast=cast, seed=seed)
    programme.load_programme(cast=cast, seed=seed)
    numbers.load_numbers(cast=cast, seed=seed)


def _province() -> User:
    name = next(account.username for account in DEMO_ACCOUNTS if account.role == Role.PROVINCE)
    return User.objects.get(username=name)
