"""Jobs of the pool."""

from celery import shared_task


@shared_task
def refresh_index() -> None:
    """Bring the index of matching up to date with the patents that changed."""
    from patents.index.services import refresh_index as refresh  # leaf: imported late on purpose

    refresh()


@shared_task
def refresh_words() -> None:
    """Bring the words of the public search up to date with the patents that changed."""
    from patents.words.services import refresh_words as refresh  # leaf: imported late on purpose

    refresh()


@shared_task
def check_pool_sheet(*, import_id: int) -> None:
    """Check an uploaded pool sheet for its preview."""
    from patents.imports.jobs import check_sheet  # leaf: imported late on purpose

    check_sheet(import_id=import_id)


@shared_task
def apply_pool_sheet(*, import_id: int) -> None:
    """Load a pool sheet whose preview was confirmed."""
    from patents.imports.jobs import apply_sheet  # leaf: imported late on purpose

    apply_sheet(import_id=import_id)


@shared_task
def chase_licence_records() -> None:
    """Remind of open licences whose record is due."""
    from patents.services.acceptances import chase_records  # leaf: imported late on purpose

    while chase_records():
        pass


@shared_task(acks_late=True)
def chase_unanswered_enquiries() -> None:
    """Remind holders of enquiries whose time to answer is over."""
    from patents.services.deals import chase_unanswered  # leaf: imported late on purpose

    chase_unanswered()


@shared_task(acks_late=True)
def chase_deals() -> None:
    """Remind the two sides of deals of what is due."""
    from patents.services.deals import chase_deals as chase  # leaf: imported late on purpose

    chase()


@shared_task
def check_recognition_sheet(*, import_id: int) -> None:
    """Check an uploaded list of recognised firms for its preview."""
    from patents.imports.recognitions import check_sheet  # leaf: imported late on purpose

    check_sheet(import_id=import_id)


@shared_task
def apply_recognition_sheet(*, import_id: int) -> None:
    """Record a list of recognised firms whose preview was confirmed."""
    from patents.imports.recognitions import apply_sheet  # leaf: imported late on purpose

    apply_sheet(import_id=import_id)


@shared_task
def daily() -> None:
    """What a new day brings: statuses by date, offers that run out, notices before dates."""
    from patents.services.reminders import daily as run  # leaf: imported late on purpose

    run()


@shared_task
def remind_ending_recognitions() -> None:
    """Remind firms of recognitions that end soon."""
    from patents.services.recognition import remind_ending  # leaf: imported late on purpose

    while remind_ending():
        pass


@shared_task
def make_vectors() -> None:
    """Make sentence vectors that are missing, for most of the time until beat asks again."""
    from patents.vectors.services import make_vectors as make  # leaf: imported late on purpose

    make(seconds=25)


@shared_task
def tag_patents() -> None:
    """Give industries to patents that are new or whose classes changed."""
    from patents.services.industries import tag_patents as tag  # leaf: imported late on purpose

    tag()


@shared_task
def prune_search_changes() -> None:
    """Forget changes that every process has read."""
    from patents.columns.services import prune_changes  # leaf: imported late on purpose

    prune_changes()


@shared_task
def tell_of_new_patents() -> None:
    """Tell owners of saved searches what is new, once a day."""
    from patents.forms.search import wanted_by  # leaf: imported late on purpose
    from patents.services.saved import tell_of_new_patents as tell

    tell(wanted_by=wanted_by)
