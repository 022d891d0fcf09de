"""Sign-up, sign-in, second factor, the own organisation."""

import django_otp
import segno
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import services
from portal.accounts.access import public, roles, signed_in
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.forms import FactsForm, RegistrationForm, SignInForm, TokenForm
from portal.accounts.limits import limited
from portal.accounts.requests import organisation_of, user_of
from portal.errors import ServiceError

login = public(auth_views.LoginView.as_view(template_name="accounts/login.html", authentication_form=SignInForm))
logout = public(auth_views.LogoutView.as_view())
password = signed_in(
    auth_views.PasswordChangeView.as_view(
        template_name="accounts/password.html", success_url=reverse_lazy("accounts:profile")
    )
)


@public
@limited
def register(request: HttpRequest) -> HttpResponse:
    """Sign-up of an organisation."""
    form = RegistrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisation = services.register_organisation(form.applicant())
        except ServiceError as refusal:
            form.refuse(refusal)
        else:
            return render(request, "accounts/registered.html", {"organisation": organisation})
    return render(request, "accounts/register.html", {"form": form})


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """The account of who is signed in."""
    return render(request, "accounts/profile.html")


@roles(Role.SME, Role.HOLDER)
def organisation(request: HttpRequest) -> HttpResponse:
    """Facts of the own organisation, and the size class that follows."""
    own = organisation_of(request)
    names = ("industry_code", "employee_count", "revenue_amount", "assets_amount", "contact_name", "contact_phone")
    form = FactsForm(request.POST or None, initial={name: getattr(own, name) for name in names})
    if request.method == "POST" and form.is_valid():
        contact = {name: form.cleaned_data[name] for name in ("contact_name", "contact_phone")}
        try:
            services.update_facts(by=user_of(request), facts=form.facts(), **contact)
        except ServiceError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("accounts:organisation")
    return render(request, "accounts/organisation.html", {"form": form, "organisation": own})


@roles(*OFFICIALS)
def second_factor(request: HttpRequest) -> HttpResponse:
    """Enrol an authenticator at the first visit, then ask for its code at each sign-in."""
    device, _ = TOTPDevice.objects.get_or_create(
        user=user_of(request), defaults={"name": "身份验证器", "confirmed": False}
    )
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device.verify_token(form.cleaned_data["token"]):
            TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
            django_otp.login(request, device)
            return redirect(_wanted(request))
        form.add_error("token", "动态口令不正确或已过期，请稍候用新的口令再试。")
    # The secret is shown until it was proved once, and never again.
    code = None if device.confirmed else segno.make(device.config_url).svg_data_uri(scale=5)
    return render(request, "accounts/second_factor.html", {"form": form, "code": code})


def _wanted(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_safe else "admin:index"
