"""The Celery application: workers and beat."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    timezone="Asia/Shanghai",
    broker_connection_retry_on_startup=True,
    # The restore settings bring a task of a killed worker back within seconds of its visibility time-out;
    # no task may run longer than that time-out, or a second worker would start it again.
    broker_transport_options={
        "visibility_timeout": 900,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
    },
    task_time_limit=840,
    beat_schedule={
        "deliver-due-events": {"task": "portal.outbox.tasks.deliver_due", "schedule": 2.0},
        "match-waiting-demands": {"task": "demand.tasks.match_waiting", "schedule": 15.0},
        "refresh-search-words": {"task": "patents.tasks.refresh_words", "schedule": 5.0},
        "refresh-matching-index": {"task": "patents.tasks.refresh_index", "schedule": 15.0},
        "chase-licence-records": {
            "task": "patents.tasks.chase_licence_records",
            "schedule": crontab(hour="7", minute="5"),
        },
        "chase-unanswered-enquiries": {
            "task": "patents.tasks.chase_unanswered_enquiries",
            "schedule": crontab(hour="7", minute="15"),
        },
        "chase-deals": {"task": "patents.tasks.chase_deals", "schedule": crontab(hour="7", minute="20")},
        "patents-daily": {"task": "patents.tasks.daily", "schedule": crontab(hour="1", minute="5")},
        "remind-ending-recognitions": {
            "task": "patents.tasks.remind_ending_recognitions",
            "schedule": crontab(hour="7", minute="25"),
        },
        # One that finds another still at work returns at once; one that waited too long is not worth starting.
        "make-patent-vectors": {
            "task": "patents.tasks.make_vectors",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "tag-patents": {"task": "patents.tasks.tag_patents", "schedule": 30.0},
        "prune-search-changes": {"task": "patents.tasks.prune_search_changes", "schedule": crontab(minute="40")},
        "tell-of-new-patents": {
            "task": "patents.tasks.tell_of_new_patents",
            "schedule": crontab(hour="7", minute="30"),
        },
        "gather-payment-batches": {"task": "subsidies.tasks.gather_batches", "schedule": 10.0},
        "subsidies-daily": {"task": "subsidies.tasks.daily", "schedule": crontab(hour="0", minute="35")},
        "chase-unanswered-placements": {
            "task": "finance.tasks.chase_unanswered",
            "schedule": crontab(hour="7", minute="35"),
        },
        "lapse-projects": {"task": "finance.tasks.lapse_projects", "schedule": crontab(hour="2", minute="55")},
        "watch-collateral": {"task": "finance.tasks.watch_collateral", "schedule": crontab(hour="2", minute="40")},
        "compute-waiting-plans": {"task": "events.tasks.compute_waiting_plans", "schedule": 30.0},
        "remind-participants": {"task": "events.tasks.remind", "schedule": crontab(hour="9", minute="0")},
        "chase-event-reports": {"task": "events.tasks.chase_reports", "schedule": crontab(hour="7", minute="50")},
        "expire-demands": {"task": "demand.tasks.expire_due", "schedule": crontab(hour="0", minute="20")},
        "tell-watchers": {"task": "demand.tasks.tell_watchers", "schedule": crontab(hour="8", minute="10")},
        "compute-match-quality": {
            "task": "demand.tasks.compute_quality",
            "schedule": crontab(hour="3", minute="40", day_of_week="1"),
        },
        "refresh-numbers": {"task": "stats.tasks.refresh_changes", "schedule": 300.0, "options": {"expires": 290}},
        "count-all-nightly": {"task": "stats.tasks.count_everything", "schedule": crontab(hour="0", minute="50")},
        "chase-work-plan": {"task": "stats.tasks.chase_work", "schedule": crontab(hour="7", minute="45")},
        "match-all-nightly": {"task": "demand.tasks.match_everything", "schedule": crontab(hour="2", minute="10")},
    },
)
app.autodiscover_tasks()
