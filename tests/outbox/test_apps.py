import os
import subprocess
import sys

from django.conf import settings

ASKED = "from patents.tasks import refresh_index; print(refresh_index.app.main, refresh_index.app.conf.broker_url)"


def test_every_process_sends_its_tasks_to_our_broker():
    """A process of its own: this one has long imported the Celery application."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}

    asked = subprocess.run(
        [sys.executable, "-m", "django", "shell", "--no-imports", "-c", ASKED],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert asked.stdout.strip() == f"portal {settings.CELERY_BROKER_URL}"
