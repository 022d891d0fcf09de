"""The people and organisations of the demonstration, and who acts for whom."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from portal import clock
from portal.accounts.enums import OFFICIALS, SELF_REGISTERED, OrganisationKind, RegistrationState, Role
from portal.accounts.models import Organisation, User
from portal.accounts.services import Applicant, FirmFacts, register_organisation
from portal.demo.accounts import DEMO_ACCOUNTS, DEMO_EMAIL_DOMAIN, DEMO_PASSWORD, DemoAccount
from portal.demo.organisations import OrganisationFacts, organisations
from portal.size_class import industry_of, size_class

_ROLE_OF_AUTHORITY = {
    OrganisationKind.AUTHORITY_PROVINCE: Role.PROVINCE,
    OrganisationKind.AUTHORITY_CITY: Role.CITY,
    OrganisationKind.FINANCE_DEPARTMENT: Role.FINANCE,
}
_SIZED = frozenset({OrganisationKind.SME, OrganisationKind.STATE_FIRM})


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation of the demonstration with what was invented about it and the user who acts for it.

    Banks have no such user: their machine users come with their credentials.
    """

    facts: OrganisationFacts
    organisation: Organisation
    user: User | None

    @property
    def is_approved(self) -> bool:
        return not self.facts.is_pending

    @property
    def acting_user(self) -> User:
        """The user, where there must be one."""
        if self.user is None:
            raise LookupError(f"nobody acts for {self.organisation}")
        return self.user


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody in the demonstration."""

    members: tuple[Member, ...]

    def of(self, *kinds: OrganisationKind) -> Iterator[Member]:
        """The approved members of these kinds."""
        return (member for member in self.members if member.facts.kind in kinds and member.is_approved)

    @property
    def province(self) -> User:
        return next(user for user in self._users() if user.role == Role.PROVINCE)

    def official_of(self, city_code: str) -> User:
        """The official of a city."""
        return next(user for user in self._users() if user.role == Role.CITY and user.city_code == city_code)

    def account(self, username: str) -> Member:
        """The member that a demonstration account belongs to."""
        return next(member for member in self.members if member.user and member.user.username == username)

    def _users(self) -> Iterator[User]:
        return (member.user for member in self.members if member.user)


def is_loaded() -> bool:
    """Whether the demonstration is in this database."""
    return User.objects.filter(username__in=[account.username for account in DEMO_ACCOUNTS]).exists()


def load_cast(*, seed: int) -> Cast:
    """Make every organisation with one user each; the accounts of `portal.demo.accounts` can sign in.

    Approved ones are written at once; those that await review register as everybody does.
    """
    invented = organisations(seed)
    approved = [facts for facts in invented if not facts.is_pending]
    pairs = list(zip(approved, Organisation.objects.bulk_create(map(_organisation, approved)), strict=True))
    users = _load_users(pairs)
    members = [Member(facts, organisation, users.get(organisation.pk)) for facts, organisation in pairs]
    members += [_register(facts) for facts in invented if facts.is_pending]
    return Cast(tuple(members))


def _register(facts: OrganisationFacts) -> Member:
    account = next((one for one in DEMO_ACCOUNTS if _belongs(one, facts)), None)
    organisation = register_organisation(
        Applicant(
            kind=facts.kind,
            name=facts.name,
            uscc=facts.uscc or "",
            city_code=facts.city_code,
            contact_name=facts.contact_name,
            contact_phone=facts.contact_phone,
            username=account.username if account else f"demo-{facts.uscc}",
            password=DEMO_PASSWORD,
            facts=FirmFacts(facts.industry_code, facts.employee_count, facts.revenue_amount, facts.assets_amount),
        )
    )
    return Member(facts, organisation, organisation.users.get())


def _organisation(facts: OrganisationFacts) -> Organisation:
    size = ""
    if facts.kind in _SIZED:
        industry = industry_of(facts.industry_code)
        size = size_class(industry, facts.employee_count, facts.revenue_amount, facts.assets_amount)
    return Organisation(
        kind=facts.kind,
        name=facts.name,
        uscc=facts.uscc,
        city_code=facts.city_code,
        state=RegistrationState.APPROVED,
        industry_code=facts.industry_code,
        employee_count=facts.employee_count,
        revenue_amount=facts.revenue_amount,
        assets_amount=facts.assets_amount,
        size_class=size,
        contact_name=facts.contact_name,
        contact_phone=facts.contact_phone,
        reviewed_at=clock.now(),
    )


_SURNAMES = "孙钱冯陈褚卫蒋沈韩杨朱秦许何吕"


def _load_users(pairs: list[tuple[OrganisationFacts, Organisation]]) -> dict[int, User]:
    """One user for each organisation but the banks, by the organisation's id."""
    waiting = list(DEMO_ACCOUNTS)
    # One hash for all: they share the password, and each hash takes a third of a second.
    password, unusable = make_password(DEMO_PASSWORD), make_password(None)
    users = []
    for facts, organisation in pairs:
        role = _ROLE_OF_AUTHORITY.get(facts.kind) or SELF_REGISTERED.get(facts.kind)
        if role is None:
            continue
        account = next((one for one in waiting if _belongs(one, facts)), None)
        if account is not None:
            waiting.remove(account)
        users.append(_user(role, organisation, account, password if account else unusable))
    return {user.organisation_id: user for user in User.objects.bulk_create(users) if user.organisation_id}


def _belongs(account: DemoAccount, facts: OrganisationFacts) -> bool:
    wanted = (account.kind, account.city_code, account.is_pending)
    return wanted == (facts.kind, facts.city_code, facts.is_pending)


def _user(role: Role, organisation: Organisation, account: DemoAccount | None, password: str) -> User:
    username = account.username if account else f"demo-{organisation.pk}"
    # An authority has no contact person of its own.
    name = organisation.contact_name or f"{_SURNAMES[organisation.pk % len(_SURNAMES)]}管理员"
    return User(
        username=username,
        role=role,
        organisation=organisation,
        last_name=account.surname if account else name[:1],
        first_name=account.given_name if account else name[1:],
        email=f"{username}@{DEMO_EMAIL_DOMAIN}",
        password=password,
        is_staff=role in OFFICIALS,
    )
