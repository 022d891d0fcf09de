import pytest

from tests.factories.accounts import bank_user
from tests.factories.api import BankClient
from tests.factories.finance import admitted_project


@pytest.fixture
def bank_client(db):
    return BankClient(bank_user())


@pytest.fixture
def project(bank_client):
    """A project pushed to the bank."""
    return admitted_project(banks=[bank_client.bank])
