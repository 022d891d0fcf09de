"""Pages on which the two sides of a match speak to each other."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from demand import services
from demand.forms.interests import AcceptForm, AnswerForm, AskAdviserForm, AskForm, RefuseForm
from demand.models import Demand, Interest
from demand.views.needs import visible
from patents.models import Patent
from patents.numbers import parse_application_number
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import Invalid, ServiceError
from portal.ui.calls import act, tell


@roles(Role.HOLDER)
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """A holder offers one of its patents for a need."""
    found = visible(request, ref)
    form = AnswerForm(request.POST or None, initial={"number": request.GET.get("patent", "")})

    def act(data: dict[str, Any]) -> None:
        patent = _own_patent(request, data["number"])
        services.answer_need(demand_id=found.pk, by=user_of(request), patent_id=patent.pk, message=data["message"])

    return _act(request, found, form, act, title="用本单位专利应答", done="已应答，等待企业答复。", button="提交应答")


@roles(Role.SME)
def ask(request: HttpRequest, ref: str, patent_id: int) -> HttpResponse:
    """A firm asks for a matched patent."""
    found, patent = visible(request, ref), _matched(request, ref, patent_id)
    form = AskForm(request.POST or None)

    def act(data: dict[str, Any]) -> None:
        services.ask_for_patent(demand_id=found.pk, by=user_of(request), patent_id=patent.pk, **data)

    return _act(
        request, found, form, act, title="提出意向", done="已提出意向，权利人会在“洽谈与合同”中答复。",
        button="提出意向", patent=patent,
    )  # fmt: skip


@roles(Role.SME)
def adviser(request: HttpRequest, ref: str, patent_id: int | None = None) -> HttpResponse:
    """A firm asks its city for an adviser, for the need or for one of its matched patents."""
    found = visible(request, ref)
    patent = _matched(request, ref, patent_id) if patent_id is not None else None
    form = AskAdviserForm(request.POST or None)

    def act(data: dict[str, Any]) -> None:
        services.ask_adviser(demand_id=found.pk, by=user_of(request), patent_id=patent_id, message=data["message"])

    return _act(
        request, found, form, act, title="请求顾问", done="已请求，所在市会安排顾问与您联系。", button="提交请求",
        patent=patent,
    )  # fmt: skip


@roles(Role.SME, Role.HOLDER)
def refuse(request: HttpRequest, ref: str, patent_id: int) -> HttpResponse:
    """Either side says why a matched patent does not suit."""
    found, patent = visible(request, ref), _matched(request, ref, patent_id)
    form = RefuseForm(request.POST or None)

    def act(data: dict[str, Any]) -> None:
        services.refuse_match(demand_id=found.pk, by=user_of(request), patent_id=patent.pk, **data)

    return _act(
        request, found, form, act, title="暂不合适的原因", done="已记录，对方能看到原因。", button="提交", patent=patent
    )


@roles(Role.SME)
def accept(request: HttpRequest, ref: str, interest_id: int) -> HttpResponse:
    """The firm takes a holder's answer up."""
    found, interest = visible(request, ref), _interest(request, ref, interest_id)
    form = AcceptForm(request.POST or None)

    def act(data: dict[str, Any]) -> None:
        services.accept_interest(interest_id=interest.pk, by=user_of(request), **data)

    return _act(
        request, found, form, act, title="同意洽谈", done="已同意洽谈，后续在“洽谈与合同”中进行。", button="同意洽谈",
        patent=interest.patent,
    )  # fmt: skip


@roles(Role.SME)
def decline(request: HttpRequest, ref: str, interest_id: int) -> HttpResponse:
    """The firm declines a holder's answer."""
    found, interest = visible(request, ref), _interest(request, ref, interest_id)
    form = RefuseForm(request.POST or None)

    def act(data: dict[str, Any]) -> None:
        services.refuse_interest(interest_id=interest.pk, by=user_of(request), **data)

    return _act(
        request, found, form, act, title="暂不合适的原因", done="已答复，对方能看到原因。", button="提交",
        patent=interest.patent,
    )  # fmt: skip


@require_POST
@roles(Role.HOLDER)
def withdraw(request: HttpRequest, ref: str, interest_id: int) -> HttpResponse:
    """A holder takes its answer back."""
    interest = _interest(request, ref, interest_id)
    return _tell(
        request, ref, lambda: services.withdraw_interest(interest_id=interest.pk, by=user_of(request)), "应答已撤回。"
    )


@require_POST
@roles(Role.SME)
def release(request: HttpRequest, ref: str) -> HttpResponse:
    """The firm lets one holder read what is not public."""
    found = visible(request, ref)
    holder = request.POST.get("holder", "")
    if not holder.isdigit():
        raise Http404
    return _tell(
        request,
        ref,
        lambda: services.release_secrets(demand_id=found.pk, by=user_of(request), holder_id=int(holder)),
        "已向该权利人公开。",
    )


def _tell(request: HttpRequest, ref: str, verb: Callable[[], object], done: str) -> HttpResponse:
    return act(request, reverse("demand:demand", args=[ref]), done, verb)


def _act(
    request: HttpRequest, found: Demand, form: forms.Form, verb: Callable[[dict[str, Any]], object], **shown: Any
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            verb(form.cleaned_data)
        except ServiceError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, shown["done"])
            return redirect(found)
    return render(request, "demand/act.html", {"form": form, "demand": found, **shown})


def _own_patent(request: HttpRequest, text: str) -> Patent:
    number = parse_application_number(text)
    patent = Patent.objects.filter(number=number.value, holder_id=user_of(request).organisation_id).first()
    if patent is None:
        raise Invalid("本单位专利中没有这个申请号。", field="number")
    return patent


def _matched(request: HttpRequest, ref: str, patent_id: int) -> Patent:
    rows = visible(request, ref).matches.select_related("patent")
    user = user_of(request)
    if user.role == Role.HOLDER:
        rows = rows.filter(patent__holder_id=user.organisation_id)
    return get_object_or_404(rows, patent_id=patent_id).patent


def _interest(request: HttpRequest, ref: str, interest_id: int) -> Interest:
    rows = Interest.objects.visible_to(user_of(request)).select_related("patent")
    return get_object_or_404(rows, pk=interest_id, demand__ref=ref)
