"""The programme's own work in the world: products, work plan, collections, navigation, evaluation."""

from portal import clock
from portal.attachments.models import Attachment
from stats.services import evaluation, navigation, workplan
from tests.factories.accounts import province_user
from tests.factories.collection import draft_form, opened, sent
from tests.factories.evaluation_city import published_scheme, scored
from tests.factories.navigation import approved_project, published_call, submitted_application
from tests.factories.navigation import draft_application as draft_navigation
from tests.factories.products import applied_product, draft_product, recognised_product, submitted_product
from tests.factories.workplan import reported, tasks


def programme_rows(*, firm, holder, city):
    """Make the rows of the firm and the city; the keys that each of their addresses names."""
    return {**_products(firm), **_work(city), **_navigation(holder)}


def _work(city):
    """A task of the city with a report that waits and a chase that is not answered."""
    (task,) = tasks(cities=(city.city_code,))
    reported(task.milestones.first(), city)
    workplan.chase_task(task_id=task.pk, by=province_user(), text="请加快。")
    period = opened()
    sheet = sent(period, city.city_code, by=city)
    draft_form()
    evaluated = _evaluated(city)
    return {
        "stats/workplan/<int:place>": 5,
        "stats/collections/sheets/<int:pk>": sheet.pk,
        "stats/collections/periods/<int:pk>": period.pk,
        "stats/evaluations/<int:year>": evaluated.scheme.year,
        "stats/evaluations/cities/<int:pk>": evaluated.pk,
    }


def _evaluated(city):
    """An evaluation of the city that is announced, with an appeal; another year's that waits for its report."""
    year = clock.today().year
    official = province_user()
    last = published_scheme(official, year=year - 1)
    found = scored(last, city.city_code, by=official, official=city)
    # Reports of the fifteen others would fill the world with users and files.
    last.evaluations.exclude(pk=found.pk).update(
        state=found.state,
        self_total=found.self_total,
        scores=found.scores,
        total=found.total,
        submitted_at=found.submitted_at,
        scored_by=official,
    )
    evaluation.announce(scheme_id=last.pk, by=official)
    evaluation.appeal(evaluation_id=found.pk, by=city, criterion="c1", grounds="有新材料。")
    return published_scheme(year=year).evaluations.get(city_code=city.city_code)


def _navigation(holder):
    """A project of the holder, an application in the making, one that the holder judges."""
    project = approved_project(holder)
    call = published_call()
    judged = submitted_application(call=call)
    review = navigation.assign_expert(application_id=judged.pk, by=province_user(), username=holder.username)
    draft = draft_navigation(holder, call)
    # The newest ones are the holder's: the admin's addresses name them.
    submitted_application(holder, published_call())
    return {
        "stats/navigation/calls/<str:ref>": call.ref,
        "stats/navigation/applications/<str:ref>": draft.ref,
        "stats/navigation/reviews/<int:review_id>": review.pk,
        "stats/navigation/projects/<str:number>/report/<int:step_id>": {
            "number": project.number,
            "step_id": project.milestones.get().pk,
        },
        "stats/navigation/projects/<str:number>": project.number,
    }


def _products(firm):
    draft = draft_product(firm, model_number="W-1")
    submitted_product(firm, model_number="W-2")
    certified = recognised_product(firm, model_number="W-3")
    applied = applied_product(firm, model_number="W-4")
    named, document = draft.patents.get(), Attachment.objects.of(draft).first()
    return {
        "stats/products/<str:ref>": draft.ref,
        "stats/products/<str:ref>/patents/<int:patent_id>": {"ref": draft.ref, "patent_id": named.pk},
        "stats/products/<str:ref>/documents/<int:attachment_id>": {"ref": draft.ref, "attachment_id": document.pk},
        "stats/products/<str:ref>/intensive/<int:intensive_id>": {
            "ref": applied.product.ref,
            "intensive_id": applied.pk,
        },
        "stats/certificates/<str:number>": certified.ref,
    }
