"""A need as its reader may see it. Pages, exports, the index and the matcher read needs through here only."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from demand.enums import NeedPart
from demand.models import Demand, Release
from demand.policy.disclosure import Reader, hidden_parts, is_shown
from demand.ranking import NeedText
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User


@dataclass(frozen=True, slots=True)
class NeedView:
    """What one reader sees. A hidden part is empty, and named in `hidden` when the firm could release it."""

    ref: str
    title: str
    description: str
    industry: str
    sei: str
    way: str
    city_code: str
    firm_name: str
    object_text: str
    figures: list[str]
    target_figures: str
    constraints_text: str
    tried_text: str
    budget_amount: Decimal | None
    wanted_by: dt.date | None
    secret_text: str
    hidden: list[str]


def reader_of(demand: Demand, user: User | None) -> Reader:
    """In what relation a user (None: the public) stands to a need."""
    if user is None or not user.is_authenticated:
        return Reader.OUTSIDE
    if user.role in (Role.PROVINCE, Role.CITY):
        return Reader.INSIDE
    if user.role == Role.SME and demand.organisation_id == user.organisation_id:
        return Reader.INSIDE
    if user.role == Role.HOLDER and is_released_to(demand, user.organisation):
        return Reader.RELEASED
    return Reader.OUTSIDE


def is_released_to(demand: Demand, holder: Organisation | None) -> bool:
    """Whether the firm let this holder read what is not public."""
    return holder is not None and Release.objects.filter(demand=demand, holder=holder).exists()


def view_for(demand: Demand, user: User | None) -> NeedView:
    """The need as `user` sees it; None is the public."""
    return view_of(demand, reader_of(demand, user))


def view_of(demand: Demand, reader: Reader) -> NeedView:
    """The need as such a reader sees it. Reads the rows of figures; prefetch them for a list."""

    def shown(part: NeedPart) -> bool:
        return is_shown(part, demand.disclosure, reader)

    firm = demand.organisation
    with_figures = shown(NeedPart.FIGURES)
    return NeedView(
        ref=demand.ref,
        title=demand.title,
        description=demand.description,
        industry=" ".join(filter(None, (demand.industry_code, demand.industry_name))),
        sei=demand.get_sei_code_display(),
        way=demand.get_cooperation_way_display(),
        city_code=demand.city_code,
        firm_name=firm.name if firm and shown(NeedPart.ORGANISATION) else "",
        object_text=demand.object_text if shown(NeedPart.OBJECT) else "",
        figures=[str(figure) for figure in demand.figures.all()] if with_figures else [],
        target_figures=demand.target_figures if with_figures else "",
        constraints_text=demand.constraints_text if shown(NeedPart.CONSTRAINTS) else "",
        tried_text=demand.tried_text if shown(NeedPart.TRIED) else "",
        budget_amount=demand.budget_amount if shown(NeedPart.BUDGET) else None,
        wanted_by=demand.wanted_by if shown(NeedPart.WANTED_BY) else None,
        secret_text=demand.secret_text if shown(NeedPart.SECRET) else "",
        hidden=[part.label for part in hidden_parts(demand.disclosure, reader)],
    )


def public_text(demand: Demand) -> NeedText:
    """What the index and the matcher may read: public parts only."""
    view = view_of(demand, Reader.OUTSIDE)
    description = "\n".join(filter(None, (view.object_text, view.description)))
    return NeedText(demand.title, description)


def public_figures(demand: Demand) -> str:
    """The target figures that may be compared with the texts of patents; empty when they are not public."""
    view = view_of(demand, Reader.OUTSIDE)
    return "；".join(filter(None, (*view.figures, view.target_figures)))
