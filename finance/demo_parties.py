"""Who acts for whom in the demonstration."""

from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User


def machine_user(bank: Organisation) -> User:
    """The user whom the bank's API credentials act as."""
    return User.objects.get(organisation=bank, role=Role.BANK)
