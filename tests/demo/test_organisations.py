"""Invented organisations: right codes, every city and size, the same for a seed."""

from collections import Counter

from portal.accounts.enums import OrganisationKind, SizeClass
from portal.codes import has_valid_inner_code, parse_uscc
from portal.demo.accounts import DEMO_ACCOUNTS
from portal.demo.organisations import organisations, uscc
from portal.regions import CITIES
from portal.size_class import industry_of, size_class


def test_same_seed_gives_same_organisations():
    assert organisations(7) == organisations(7)
    assert organisations(7) != organisations(8)


def test_credit_codes_are_right_and_differ():
    codes = [facts.uscc for facts in organisations() if facts.uscc]

    assert [parse_uscc(code) for code in codes] == codes
    assert all(has_valid_inner_code(code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_credit_code_shows_kind_and_city():
    public = {OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE}

    for facts in organisations():
        if facts.uscc:
            assert facts.uscc[:2] == ("12" if facts.kind in public else "91")
            assert facts.uscc[2:8] == facts.city_code


def test_known_credit_code_is_computed():
    assert uscc("91", "370200", "16356268") == "91370200163562681G"


def test_names_differ():
    names = [facts.name for facts in organisations()]

    assert len(set(names)) == len(names)


def test_every_kind_and_city_is_there():
    made = organisations()
    kinds = Counter(facts.kind for facts in made)

    assert kinds[OrganisationKind.AUTHORITY_CITY] == 16
    assert kinds[OrganisationKind.BANK] == 4
    assert kinds[OrganisationKind.SME] == 80
    holders = (OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE, OrganisationKind.STATE_FIRM)
    assert sum(kinds[kind] for kind in holders) >= 12
    assert {facts.city_code for facts in made if facts.kind == OrganisationKind.SME} == set(CITIES)
    assert sum(facts.is_pending for facts in made) == 4


def test_firms_are_small_or_medium_and_state_firms_large():
    sizes = Counter()
    for facts in organisations():
        if facts.kind in (OrganisationKind.SME, OrganisationKind.STATE_FIRM):
            size = size_class(
                industry_of(facts.industry_code), facts.employee_count, facts.revenue_amount, facts.assets_amount
            )
            sizes[facts.kind, size] += 1

    assert sizes[OrganisationKind.SME, SizeClass.LARGE] == 0
    assert {size for kind, size in sizes if kind == OrganisationKind.SME} == {
        SizeClass.MEDIUM,
        SizeClass.SMALL,
        SizeClass.MICRO,
    }
    assert {size for kind, size in sizes if kind == OrganisationKind.STATE_FIRM} == {SizeClass.LARGE}


def test_every_demonstration_account_has_its_organisation():
    made = organisations()

    for account in DEMO_ACCOUNTS:
        assert [
            facts
            for facts in made
            if (facts.kind, facts.city_code, facts.is_pending) == (account.kind, account.city_code, account.is_pending)
        ], account.username
