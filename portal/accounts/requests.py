"""The type of a request behind `roles(...)`: somebody is signed in."""

from django.http import HttpRequest

from portal.accounts.models import User


class SignedInRequest(HttpRequest):
    user: User
