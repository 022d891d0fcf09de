"""Stopgap by the lead (UI helper: overwrite)."""
import functools
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
def public(view): view.access = "public"; return view
def roles(*allowed):
    def wrap(view):
        @functools.wraps(view)
        def inner(request, *args, **kwargs):
            if not request.user.is_authenticated: return redirect_to_login(request.get_full_path())
            if request.user.role not in allowed: raise PermissionDenied
            return view(request, *args, **kwargs)
        inner.access = allowed
        return inner
    return wrap
