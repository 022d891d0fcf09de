"""Which scopes a client may have: those of the kind of caller it is."""

from typing import Any

from oauth2_provider.scopes import SettingsScopes

from portal.accounts.enums import Role

OFFICE = frozenset({"legal-events:read", "legal-events:write"})
"""Scopes of the authority's own programs; every other scope is the banks'."""


class ScopesByCaller(SettingsScopes):
    """A bank cannot even ask for the authority's scopes, nor the authority for a bank's."""

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        is_office = application is not None and application.user is not None and application.user.role == Role.PROVINCE
        return [scope for scope in self.get_all_scopes() if (scope in OFFICE) == is_office]

    def get_default_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        return self.get_available_scopes(application, request)
